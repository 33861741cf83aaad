"""Every profile store, fakes included, holds to the contract."""

from pathlib import Path

import pytest

from atmos_auth.delivery.aws_files import AwsFiles
from atmos_auth.host.paths import Paths
from atmos_auth.testing import FakeClock, MemoryProfileStore
from atmos_auth.testing.contracts import ProfileStoreContract


class TestAwsFiles(ProfileStoreContract):
    def make_store(self, folder: Path) -> AwsFiles:
        return AwsFiles(Paths({"HOME": str(folder)}), clock=FakeClock(), config_directory=str(folder))


class TestMemoryProfileStore(ProfileStoreContract):
    @pytest.fixture(autouse=True)
    def _one_store(self) -> None:
        self.store_of_this_test = MemoryProfileStore()

    def make_store(self, folder: Path) -> MemoryProfileStore:
        return self.store_of_this_test
