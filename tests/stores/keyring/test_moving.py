"""Moving entries: copied, read back, and only then deleted."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from atmos_auth.domain.env_names import ATMOS_KEYRING_PASSWORD
from atmos_auth.domain.errors import StoreError, WrongPassword
from atmos_auth.host.clock import SystemClock
from atmos_auth.stores.keyring.file_keyring import FileKeyring
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.stores.keyring.moving import move
from atmos_auth.stores.keyring.password import PasswordSource
from atmos_auth.stores.keyring.password_key import LEAST_COST
from atmos_auth.testing.contracts.secret_store import KEYS, OTHER_KEYS


def file_keyring(folder: Path, password: str = "correct horse") -> FileKeyring:
    source = PasswordSource({ATMOS_KEYRING_PASSWORD: password}, "file keyring", ask=None)
    return FileKeyring(str(folder), password=source, clock=SystemClock(), cost=LEAST_COST)


def another() -> MemoryKeyring:
    store = MemoryKeyring()
    store.label = "another keyring"
    return store


@pytest.fixture
def source() -> MemoryKeyring:
    store = MemoryKeyring()
    store.put("Dev", KEYS)
    store.put("prod", OTHER_KEYS)
    return store


def test_everything_is_moved_and_named(source: MemoryKeyring, tmp_path: Path) -> None:
    target = file_keyring(tmp_path)
    assert move(source, target) == ["Dev", "prod"]
    assert (source.names(), target.names()) == ([], ["Dev", "prod"])
    assert (target.get("dev"), target.get("prod")) == (KEYS, OTHER_KEYS)
    assert move(target, source) == ["Dev", "prod"]
    assert (source.names(), target.names()) == (["Dev", "prod"], [])


def test_an_empty_keyring_moves_nothing(tmp_path: Path) -> None:
    assert move(MemoryKeyring(), file_keyring(tmp_path / "keyring")) == []
    assert not (tmp_path / "keyring").exists()


def test_other_realms_stay(tmp_path: Path) -> None:
    texts: dict[str, str] = {}
    MemoryKeyring(realm="acme", shared=texts).put("dev", KEYS)
    store = MemoryKeyring(shared=texts)
    store.put("dev", OTHER_KEYS)
    move(store, another())
    assert MemoryKeyring(realm="acme", shared=texts).get("dev") == KEYS


def test_other_keys_at_the_target_are_not_overwritten(source: MemoryKeyring) -> None:
    target = another()
    target.put("DEV", OTHER_KEYS)
    with pytest.raises(StoreError, match="already holds other keys for Dev; nothing was moved"):
        move(source, target)
    assert source.names() == ["Dev", "prod"]
    assert (target.get("dev"), target.names()) == (OTHER_KEYS, ["DEV"])


def test_the_same_keys_at_the_target_are_no_obstacle(source: MemoryKeyring) -> None:
    target = another()
    target.put("dev", KEYS)
    assert move(source, target) == ["Dev", "prod"]


def test_a_target_that_cannot_be_opened_costs_nothing(source: MemoryKeyring, tmp_path: Path) -> None:
    file_keyring(tmp_path).put("x", KEYS)
    with pytest.raises(WrongPassword):
        move(source, file_keyring(tmp_path, "wrong horse"))
    assert source.names() == ["Dev", "prod"]


class Unreliable(MemoryKeyring):
    """Fails, or lies, at the second entry."""

    def __init__(self, failing: bool) -> None:
        super().__init__()
        self.label = "unreliable keyring"
        self._failing = failing
        self._puts = 0

    def put(self, name: str, secret: Mapping[str, str]) -> None:
        self._puts += 1
        if self._puts == 2 and self._failing:
            raise StoreError("no space")
        if self._puts != 2:
            super().put(name, secret)


@pytest.mark.parametrize("failing", [True, False], ids=["fails", "lies"])
def test_nothing_is_deleted_before_all_is_read_back(source: MemoryKeyring, failing: bool) -> None:
    target = Unreliable(failing)
    with pytest.raises(StoreError):
        move(source, target)
    assert (source.get("dev"), source.get("prod")) == (KEYS, OTHER_KEYS)
    # The failure gone, the same move goes through.
    assert move(source, target) == ["Dev", "prod"]


def test_a_keyring_is_not_moved_to_itself(source: MemoryKeyring) -> None:
    with pytest.raises(StoreError, match="one and the same; nothing was moved"):
        move(source, source)
    assert source.names() == ["Dev", "prod"]


def test_one_keyring_by_two_paths_loses_nothing(tmp_path: Path) -> None:
    folder, link = tmp_path / "keyring", tmp_path / "link"
    store = file_keyring(folder)
    store.put("dev", KEYS)
    store.put("prod", OTHER_KEYS)
    link.symlink_to(folder)
    with pytest.raises(StoreError, match="one and the same"):
        move(store, file_keyring(link))
    assert (store.get("dev"), store.get("prod")) == (KEYS, OTHER_KEYS)
