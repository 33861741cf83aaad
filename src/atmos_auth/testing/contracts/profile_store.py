"""What every `ProfileStore` must hold to."""

# ruff: noqa: S101 - a contract is made of assertions

from pathlib import Path

import pytest

from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.domain.ports import ProfileStore
from atmos_auth.testing.samples import NOW, aws_credentials, chain

_PROVIDER = Link("portal", PROVIDER, "aws/iam-identity-center", {"region": "us-east-1"})


def _chain(name: str, **settings: str) -> Chain:
    return chain(_PROVIDER, Link(name, IDENTITY, "aws/permission-set", settings))


class ProfileStoreContract:
    """Subclass as `class TestMyStore(ProfileStoreContract)` and write `make_store`; its clock stands at NOW."""

    def make_store(self, folder: Path) -> ProfileStore:
        """Return a new store on top of what `folder` holds; called twice, both see the same profiles."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> ProfileStore:
        """The store under test, empty."""
        return self.make_store(tmp_path)

    def test_an_empty_store_has_nothing(self, store: ProfileStore) -> None:
        """Reading what is not there is no error."""
        assert store.read(_chain("dev")) is None
        assert store.restore(_chain("dev")) is None

    def test_what_was_written_is_read(self, store: ProfileStore) -> None:
        """Every field comes back."""
        credentials = aws_credentials(endpoint_url="http://127.0.0.1:1")
        store.write(_chain("dev"), credentials)
        assert store.read(_chain("dev")) == credentials

    def test_keys_without_an_end_are_kept(self, store: ProfileStore) -> None:
        """A user's own keys have neither end nor token."""
        keys = aws_credentials(session_token=None, expires_at=None, issued_at=None, session=None, region=None)
        store.write(_chain("dev"), keys)
        assert store.read(_chain("dev")) == keys

    def test_expired_credentials_are_still_given(self, store: ProfileStore) -> None:
        """Whether they are good is for the caller to decide."""
        expired = aws_credentials(expires_at=NOW - 60, issued_at=NOW - 3660)
        store.write(_chain("dev"), expired)
        assert store.read(_chain("dev")) == expired

    def test_another_chain_of_the_same_name_finds_nothing(self, store: ProfileStore) -> None:
        """An edited setting must miss."""
        store.write(_chain("dev", role="Admin"), aws_credentials())
        assert store.read(_chain("dev", role="Reader")) is None

    def test_profiles_do_not_mix(self, store: ProfileStore) -> None:
        """Each name has its own."""
        one, other = aws_credentials(), aws_credentials(access_key_id="ASIAOTHER", session_token="other-token")  # noqa: S106 - a sample
        store.write(_chain("one"), one)
        store.write(_chain("other", role="Other"), other)
        assert (store.read(_chain("one")), store.read(_chain("other", role="Other"))) == (one, other)
        assert store.remove(_chain("one")) is True
        assert (store.read(_chain("one")), store.read(_chain("other", role="Other"))) == (None, other)

    def test_writing_replaces(self, store: ProfileStore) -> None:
        """Nothing of the former keys is left, their token included."""
        store.write(_chain("dev"), aws_credentials())
        keys = aws_credentials(access_key_id="AKIANEW", session_token=None, expires_at=None, issued_at=None)
        store.write(_chain("dev"), keys)
        assert store.read(_chain("dev")) == keys

    def test_what_was_displaced_can_be_restored(self, store: ProfileStore) -> None:
        """Editing a setting and editing it back costs no sign-in."""
        admin, reader = aws_credentials(), aws_credentials(access_key_id="ASIAREADER")
        store.write(_chain("dev", role="Admin"), admin)
        store.write(_chain("dev", role="Reader"), reader)
        assert store.restore(_chain("dev", role="Admin")) == admin
        assert store.read(_chain("dev", role="Admin")) == admin
        assert store.restore(_chain("dev", role="Reader")) == reader
        assert store.read(_chain("dev", role="Admin")) is None

    def test_removing_takes_along_what_was_displaced(self, store: ProfileStore) -> None:
        """After a logout nothing of the identity is left."""
        store.write(_chain("dev", role="Admin"), aws_credentials())
        store.write(_chain("dev", role="Reader"), aws_credentials())
        assert store.remove(_chain("dev", role="Reader")) is True
        assert store.remove(_chain("dev", role="Reader")) is False
        assert store.restore(_chain("dev", role="Admin")) is None

    def test_what_a_session_gave_goes_with_it(self, store: ProfileStore) -> None:
        """The next to sign in may be another person."""
        store.write(_chain("mine", role="Mine"), aws_credentials(session="mine"))
        store.write(_chain("dev", role="Admin"), aws_credentials(session="mine"))
        store.write(_chain("dev", role="Reader"), aws_credentials(session="other"))
        store.remove_derived("mine")
        assert store.read(_chain("mine", role="Mine")) is None
        assert store.restore(_chain("dev", role="Admin")) is None
        assert store.read(_chain("dev", role="Reader")) == aws_credentials(session="other")

    def test_removing_a_session_that_gave_nothing_is_no_error(self, store: ProfileStore) -> None:
        """Nor does it touch keys that came from no session."""
        keys = aws_credentials(session=None)
        store.write(_chain("dev"), keys)
        store.remove_derived("unheard-of")
        assert store.read(_chain("dev")) == keys

    @pytest.mark.parametrize("name", ["default", "with space", "team/dev", "a.b", "ünïcode", "x=y", "50%"])
    def test_any_name_works(self, store: ProfileStore, name: str) -> None:
        """Names are people's own."""
        store.write(_chain(name), aws_credentials())
        assert store.read(_chain(name)) == aws_credentials()
        assert store.remove(_chain(name)) is True

    def test_another_instance_sees_the_same(self, store: ProfileStore, tmp_path: Path) -> None:
        """Processes share what is delivered."""
        store.write(_chain("dev"), aws_credentials())
        assert self.make_store(tmp_path).read(_chain("dev")) == aws_credentials()
