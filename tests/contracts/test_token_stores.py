"""Every token store, fakes included, holds to the contract."""

from pathlib import Path

import pytest

from atmos_auth.stores.aws_cli.folder import CliFolder
from atmos_auth.stores.aws_cli.sharing_tokens import GivenTokens, LentTokens
from atmos_auth.stores.token_files import TokenFiles
from atmos_auth.testing import FakeClock, MemoryTokenStore, RecordingLog
from atmos_auth.testing.contracts import TokenStoreContract


class TestTokenFiles(TokenStoreContract):
    def make_store(self, folder: Path) -> TokenFiles:
        return TokenFiles(str(folder / "sessions"), warn=pytest.fail)


def cli_folder(folder: Path) -> CliFolder:
    return CliFolder(
        str(folder / "cli"),
        endpoint=None,
        names=lambda token: [token.start_url],
        clock=FakeClock(),
        log=RecordingLog(),
        warn=pytest.fail,
    )


class TestGivenTokens(TokenStoreContract):
    def make_store(self, folder: Path) -> GivenTokens:
        own = TokenFiles(str(folder / "sessions"), warn=pytest.fail)
        return GivenTokens(own, cli_folder(folder))


class TestLentTokens(TokenStoreContract):
    def make_store(self, folder: Path) -> LentTokens:
        own = TokenFiles(str(folder / "sessions"), warn=pytest.fail)
        return LentTokens(own, cli_folder(folder), clock=FakeClock())


class TestMemoryTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def _one_store(self) -> None:
        self.store_of_this_test = MemoryTokenStore()

    def make_store(self, folder: Path) -> MemoryTokenStore:
        return self.store_of_this_test
