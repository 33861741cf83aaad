"""Fakes for everything a kind or a store touches, and the contracts that every implementation passes.

Nothing else in the package imports this one. `atmos_auth.testing.contracts` needs pytest, the rest does not.
"""

from atmos_auth.testing.browser import FakeBrowser
from atmos_auth.testing.clock import FakeClock
from atmos_auth.testing.connections import Call, FakeConnections
from atmos_auth.testing.listen import FakeListen
from atmos_auth.testing.log import RecordingLog
from atmos_auth.testing.mfa import FakeMfaCodes
from atmos_auth.testing.prompter import FakePrompter
from atmos_auth.testing.samples import NOW, aws_credentials, browser_session, chain, sso_token
from atmos_auth.testing.stores import MemoryBrowserSessions, MemoryProfileStore, MemoryTokenStore
from atmos_auth.testing.tools import tools

__all__ = [
    "NOW",
    "Call",
    "FakeBrowser",
    "FakeClock",
    "FakeConnections",
    "FakeListen",
    "FakeMfaCodes",
    "FakePrompter",
    "MemoryBrowserSessions",
    "MemoryProfileStore",
    "MemoryTokenStore",
    "RecordingLog",
    "aws_credentials",
    "browser_session",
    "chain",
    "sso_token",
    "tools",
]
