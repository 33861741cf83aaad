"""Everything a kind may use, with nothing real behind it."""

from typing import Any

from atmos_auth.domain.ports import Tools
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring
from atmos_auth.testing.browser import FakeBrowser
from atmos_auth.testing.clock import FakeClock
from atmos_auth.testing.connections import FakeConnections
from atmos_auth.testing.driven_browser import FakeDrivenBrowser
from atmos_auth.testing.listen import FakeListen, FakeListenForForm
from atmos_auth.testing.log import RecordingLog
from atmos_auth.testing.mfa import FakeMfaCodes
from atmos_auth.testing.prompter import FakePrompter
from atmos_auth.testing.stores import MemoryBrowserSessions
from atmos_auth.testing.web import FakeWeb


def tools(**overrides: Any) -> Tools:
    """Return tools made of fakes, `overrides` replacing some by name; random bytes count up from zero."""
    defaults: dict[str, Any] = {
        "clock": FakeClock(),
        "random_bytes": lambda count: bytes(n % 256 for n in range(count)),
        "environ": {},
        "prompter": FakePrompter(),
        "browser": FakeBrowser(),
        "listen": FakeListen(),
        "aws": FakeConnections(),
        "log": RecordingLog(),
        "keys": MemoryKeyring(),
        "mfa": FakeMfaCodes(),
        "browser_sessions": MemoryBrowserSessions(),
        "web": FakeWeb(),
        "driven_browser": FakeDrivenBrowser(),
        "listen_for_form": FakeListenForForm(),
    }
    unknown = set(overrides) - set(Tools._fields)
    if unknown:
        raise TypeError(f"no such tool: {', '.join(sorted(unknown))}")
    return Tools(**(defaults | overrides))
