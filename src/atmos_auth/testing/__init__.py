"""Fakes for everything a kind or a store touches, and the contracts that every implementation passes.

Nothing else in the package imports this one. `atmos_auth.testing.contracts` needs pytest, the rest does not.
"""

from atmos_auth.testing.browser import FakeBrowser
from atmos_auth.testing.clock import FakeClock
from atmos_auth.testing.connections import Call, FakeConnections
from atmos_auth.testing.driven_browser import FakeDrivenBrowser, Visit
from atmos_auth.testing.listen import FakeListen, FakeListenForForm
from atmos_auth.testing.log import RecordingLog
from atmos_auth.testing.mfa import FakeMfaCodes
from atmos_auth.testing.prompter import FakePrompter
from atmos_auth.testing.samples import (
    NOW,
    aws_credentials,
    browser_session,
    chain,
    saml_assertion,
    sso_token,
    web_identity_token,
)
from atmos_auth.testing.stores import MemoryBrowserSessions, MemoryProfileStore, MemoryTokenStore
from atmos_auth.testing.tools import tools
from atmos_auth.testing.web import FakeWeb, WebRequest

__all__ = [
    "NOW",
    "Call",
    "FakeBrowser",
    "FakeClock",
    "FakeConnections",
    "FakeDrivenBrowser",
    "FakeListen",
    "FakeListenForForm",
    "FakeMfaCodes",
    "FakePrompter",
    "FakeWeb",
    "MemoryBrowserSessions",
    "MemoryProfileStore",
    "MemoryTokenStore",
    "RecordingLog",
    "Visit",
    "WebRequest",
    "aws_credentials",
    "browser_session",
    "chain",
    "saml_assertion",
    "sso_token",
    "tools",
    "web_identity_token",
]
