"""What every `BrowserSessionStore` must hold to."""

# ruff: noqa: S101 - a contract is made of assertions

from pathlib import Path

import pytest

from atmos_auth.domain.ports import BrowserSessionStore
from atmos_auth.testing.samples import NOW, browser_session


class BrowserSessionStoreContract:
    """Subclass as `class TestMyStore(BrowserSessionStoreContract)` and write `make_store`."""

    def make_store(self, folder: Path) -> BrowserSessionStore:
        """Return a new store on top of what `folder` holds; called twice, both see the same sign-ins."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> BrowserSessionStore:
        """The store under test, empty."""
        return self.make_store(tmp_path)

    def test_an_empty_store_has_nothing(self, store: BrowserSessionStore) -> None:
        """Reading what is not there is no error."""
        assert store.read("me") is None
        assert store.remove("me") is False

    @pytest.mark.parametrize("name", ["me", "With Space", "team/me", "..", "ünïcode"])
    def test_what_was_written_is_read(self, store: BrowserSessionStore, name: str) -> None:
        """Every field comes back, whatever the identity's name."""
        store.write(name, browser_session())
        assert store.read(name) == browser_session()
        assert store.remove(name) is True
        assert store.read(name) is None

    def test_a_principal_that_is_not_known_stays_unknown(self, store: BrowserSessionStore) -> None:
        """None does not become a text."""
        store.write("me", browser_session(principal=None))
        assert store.read("me") == browser_session(principal=None)

    def test_the_case_of_the_name_does_not_matter(self, store: BrowserSessionStore) -> None:
        """Names of identities are found in any case."""
        store.write("Me", browser_session())
        assert store.read("ME") == browser_session()

    def test_one_that_is_over_is_still_given(self, store: BrowserSessionStore) -> None:
        """Whether it is good is for the caller to decide."""
        store.write("me", browser_session(expires_at=NOW - 1))
        assert store.read("me") == browser_session(expires_at=NOW - 1)

    def test_sign_ins_do_not_mix_and_writing_replaces(self, store: BrowserSessionStore) -> None:
        """Each identity has its own."""
        store.write("me", browser_session(client_id="first"))
        store.write("you", browser_session())
        store.write("me", browser_session(client_id="second"))
        assert (store.read("me"), store.read("you")) == (browser_session(client_id="second"), browser_session())
        store.remove("me")
        assert store.read("you") == browser_session()

    def test_a_sign_in_can_be_had_to_oneself(self, store: BrowserSessionStore) -> None:
        """It may be read, replaced and removed meanwhile, and is free again afterwards."""
        for _ in range(2):
            with store.exclusive("me"):
                store.write("me", browser_session())
                assert store.read("me") is not None
        with store.exclusive("me"):
            assert store.remove("me") is True

    def test_another_instance_sees_the_same(self, store: BrowserSessionStore, tmp_path: Path) -> None:
        """Processes share what is stored."""
        store.write("me", browser_session())
        assert self.make_store(tmp_path).read("me") == browser_session()
