"""What every `TokenStore` must hold to."""

# ruff: noqa: S101 - a contract is made of assertions

from pathlib import Path

import pytest

from atmos_auth.domain.ports import TokenStore
from atmos_auth.testing.samples import NOW, sso_token


class TokenStoreContract:
    """Subclass as `class TestMyStore(TokenStoreContract)` and write `make_store`."""

    def make_store(self, folder: Path) -> TokenStore:
        """Return a new store on top of what `folder` holds; called twice, both see the same tokens."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> TokenStore:
        """The store under test, empty."""
        return self.make_store(tmp_path)

    def test_an_empty_store_has_nothing(self, store: TokenStore) -> None:
        """Reading what is not there is no error."""
        assert store.read(sso_token().session) is None

    def test_what_was_written_is_read(self, store: TokenStore) -> None:
        """Every field comes back."""
        token = sso_token(endpoint_url="http://127.0.0.1:1")
        store.write(token)
        assert store.read(token.session) == token

    def test_fields_that_are_absent_stay_absent(self, store: TokenStore) -> None:
        """A token that cannot be refreshed does not become one that can."""
        token = sso_token(
            issued_at=None, refresh_token=None, client_id=None, client_secret=None, client_expires_at=None
        )
        store.write(token)
        assert store.read(token.session) == token

    def test_an_expired_token_is_still_given(self, store: TokenStore) -> None:
        """Its refresh token may be good: the engine decides."""
        token = sso_token(expires_at=NOW - 86400, issued_at=NOW - 2 * 86400)
        store.write(token)
        assert store.read(token.session) == token

    def test_writing_replaces(self, store: TokenStore) -> None:
        """One session, one token."""
        store.write(sso_token(access_token="first"))  # noqa: S106 - a sample
        store.write(sso_token(access_token="second", refresh_token=None))  # noqa: S106 - a sample
        assert store.read(sso_token().session) == sso_token(access_token="second", refresh_token=None)  # noqa: S106 - a sample

    def test_sessions_do_not_mix(self, store: TokenStore) -> None:
        """Another region of the same portal is another session."""
        here, there = sso_token(), sso_token(region="eu-west-1")
        store.write(here)
        assert store.read(there.session) is None
        store.write(there)
        assert store.remove(here.session) is True
        assert (store.read(here.session), store.read(there.session)) == (None, there)

    def test_removing_tells_whether_there_was_one(self, store: TokenStore) -> None:
        """Forgetting twice is no error."""
        token = sso_token()
        assert store.remove(token.session) is False
        store.write(token)
        assert store.remove(token.session) is True
        assert store.remove(token.session) is False
        assert store.read(token.session) is None

    def test_any_text_survives(self, store: TokenStore) -> None:
        """Tokens are opaque."""
        token = sso_token(access_token='a "b" \\ \n=;#% ключ 🔑', refresh_token="x" * 20_000)  # noqa: S106 - a sample
        store.write(token)
        assert store.read(token.session) == token

    def test_another_instance_sees_the_same(self, store: TokenStore, tmp_path: Path) -> None:
        """Processes share what is stored."""
        store.write(sso_token())
        assert self.make_store(tmp_path).read(sso_token().session) == sso_token()
