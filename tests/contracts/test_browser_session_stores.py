"""Every store of browser sign-ins, fakes included, holds to the contract."""

from pathlib import Path

import pytest

from atmos_auth.stores.browser_sessions import BrowserSessions
from atmos_auth.testing import FakeClock, MemoryBrowserSessions
from atmos_auth.testing.contracts import BrowserSessionStoreContract


class TestBrowserSessions(BrowserSessionStoreContract):
    def make_store(self, folder: Path) -> BrowserSessions:
        return BrowserSessions(str(folder / "sign-ins"), realm="", clock=FakeClock(), warn=pytest.fail)


class TestMemoryBrowserSessions(BrowserSessionStoreContract):
    @pytest.fixture(autouse=True)
    def _one_store(self) -> None:
        self.store_of_this_test = MemoryBrowserSessions()

    def make_store(self, folder: Path) -> MemoryBrowserSessions:
        return self.store_of_this_test
