"""Every keyring holds to the contract; the Secret Service does so in tests/stores/test_system_keyring.py."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from atmos_auth.domain.env_names import ATMOS_KEYRING_PASSWORD
from atmos_auth.host.clock import SystemClock
from atmos_auth.stores.keyring.file_keyring import FileKeyring
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.stores.keyring.native_keyring import NativeKeyring
from atmos_auth.stores.keyring.password import PasswordSource
from atmos_auth.stores.keyring.password_key import LEAST_COST
from atmos_auth.stores.keyring.text_keyring import TextKeyring
from atmos_auth.testing.contracts.secret_store import SecretStoreContract


class TestMemoryKeyring(SecretStoreContract):
    @pytest.fixture(autouse=True)
    def _one_process(self) -> None:
        self.texts: dict[str, str] = {}

    def make_store(self, folder: Path, realm: str = "") -> MemoryKeyring:
        return MemoryKeyring(realm=realm, shared=self.texts)


class TestFileKeyring(SecretStoreContract):
    def make_store(self, folder: Path, realm: str = "") -> FileKeyring:
        password = PasswordSource({ATMOS_KEYRING_PASSWORD: "correct horse"}, "file keyring", ask=None)
        return FileKeyring(
            str(folder / "keyring"), realm=realm, password=password, clock=SystemClock(), cost=LEAST_COST
        )


class PasswordsOfTheSystem:
    """What the `keyring` package's backends for macOS and Windows have in common."""

    def __init__(self) -> None:
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        from keyring.errors import PasswordDeleteError

        if self.passwords.pop((service, username), None) is None:
            raise PasswordDeleteError(service)


class TestNativeKeyring(SecretStoreContract):
    @pytest.fixture(autouse=True)
    def _one_system(self) -> None:
        self.system = PasswordsOfTheSystem()

    def make_store(self, folder: Path, realm: str = "") -> TextKeyring:
        return TextKeyring("native keyring", NativeKeyring(self.system, locked=nullcontext), realm=realm)
