"""Every token store, fakes included, holds to the contract."""

from pathlib import Path

import pytest

from atmos_auth.stores.token_files import TokenFiles
from atmos_auth.testing import MemoryTokenStore
from atmos_auth.testing.contracts import TokenStoreContract


class TestTokenFiles(TokenStoreContract):
    def make_store(self, folder: Path) -> TokenFiles:
        return TokenFiles(str(folder / "sessions"), warn=pytest.fail)


class TestMemoryTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def _one_store(self) -> None:
        self.store_of_this_test = MemoryTokenStore()

    def make_store(self, folder: Path) -> MemoryTokenStore:
        return self.store_of_this_test
