"""Why a driven browser did not bring what was waited for, in words that name hosts and hold no address."""

from typing import NamedTuple
from urllib.parse import urlsplit

from atmos_auth.domain.errors import AuthenticationFailed, Cancelled
from atmos_auth.host.browser_profile import BrowserProfile
from atmos_auth.host.browser_programs import ENGINES, BrowserProgram


class Trouble(NamedTuple):
    """Why the first page could not be opened: the address that failed, and the browser's word for it."""

    url: str
    code: str


def not_there(browser_type: str) -> AuthenticationFailed:
    """Say that there is no browser of this type, or none at all."""
    if browser_type and browser_type not in ENGINES:
        return AuthenticationFailed(
            f'the browser "{browser_type}" is not installed here',
            hints=[
                "install it, or remove `browser_type` to have any browser taken",
                "or let `browser_executable_path` name its program",
            ],
        )
    engine = browser_type or "chromium"
    return AuthenticationFailed(
        f'there is no browser "{engine}" to drive here' if browser_type else "there is no browser to drive here",
        hints=[
            *([] if engine != "chromium" else ["install Chrome, Edge or Chromium"]),
            f"or have Playwright download one: playwright install {engine}",
            "or set `download_browser_driver: true`, to have that done when it is needed",
            "or choose another `driver`, or let `browser_executable_path` name a browser's program",
        ],
    )


def no_playwright(said: str) -> AuthenticationFailed:
    """Say why Playwright itself did not start."""
    if "asyncio loop" in said:
        return AuthenticationFailed(
            "a browser cannot be driven from a thread in which an asyncio loop runs",
            hints=["call it in a thread of its own: asyncio.to_thread"],
        )
    return AuthenticationFailed(
        "Playwright could not be started",
        details=said.splitlines()[:1],
        hints=["see whether this works: python -m playwright --version", "or choose another `driver`"],
    )


def no_screen() -> AuthenticationFailed:
    """Say that nobody would see a window."""
    return AuthenticationFailed(
        "a browser window cannot be opened here: there is no screen (DISPLAY and WAYLAND_DISPLAY name none)",
        hints=["run the command where there is one, or choose another `driver`"],
    )


def not_started(said: str, program: BrowserProgram, kept: BrowserProfile) -> AuthenticationFailed:
    """Say why the browser did not start; what it printed holds no address yet, and so no secret."""
    if "XServer" in said or "Missing X server" in said or "cannot open display" in said:
        return no_screen()
    if "Executable doesn't exist" in said:
        return not_there(program.name)
    # It is there twice: what the browser printed, and within what Playwright did.
    printed = dict.fromkeys(line.partition("[err] ")[2].strip() for line in said.splitlines() if "[err] " in line)
    return AuthenticationFailed(
        f"the browser {program.path or program.name} could not be started",
        details=[line for line in printed if line][-3:],
        hints=[
            "see whether it starts by itself, or choose another `browser_type`",
            f"if it did start before, remove what it keeps: {kept.path}",
        ],
    )


def closed() -> Cancelled:
    """Say that the person closed the window."""
    return Cancelled(
        "the browser was closed before the sign-in was finished",
        hints=["run the command again, and leave the window open until the sign-in is done"],
    )


def lost(said: str) -> AuthenticationFailed:
    """Say that the browser failed us; what Playwright says of it may hold addresses."""
    if "closed" in said.partition("\n")[0]:
        return closed()
    return AuthenticationFailed(
        "the browser does not do what it is told", hints=["run the command again, or choose another `browser_type`"]
    )


def not_opened(trouble: Trouble) -> AuthenticationFailed:
    """Say which host failed, and nothing else of the address: the rest may hold secrets."""
    parts = urlsplit(trouble.url)
    host = parts.hostname or "the identity provider"
    where = f"{host}:{parts.port}" if parts.port else host
    code = trouble.code
    if "NAME_NOT_RESOLVED" in code or "UNKNOWN_HOST" in code:
        what, hint = "its name is not known here", "check the address, and whether a VPN is needed"
    elif "CERT" in code or "SSL" in code or "SEC_ERROR" in code:
        what, hint = "the browser does not trust its connection", "check the address and the clock; install its CA"
    elif "PROXY" in code or "TUNNEL" in code:
        what, hint = "the proxy does not let the browser through", "check the proxy settings of this machine"
    else:
        what, hint = "it could not be reached", "check the address, the network, and whether a VPN is needed"
    return AuthenticationFailed(
        f"the browser could not open {where}: {what}",
        details=[f"the browser says {code}"] if code else [],
        hints=[hint],
    )
