"""How an entry stands, in a symbol, a word and a colour: no one of them is the only sign."""

from typing import NamedTuple

from atmos_auth.cli.output import GREEN, RED, YELLOW
from atmos_auth.usecases.listing import BLOCKED, BROKEN, EXPIRED, NONE, SOON, VALID, Entry


class Look(NamedTuple):
    """A symbol one column wide, and its colour."""

    symbol: str
    color: str


LOOKS = {
    VALID: Look("●", GREEN),
    SOON: Look("◐", YELLOW),
    EXPIRED: Look("○", RED),
    BROKEN: Look("✗", RED),
    BLOCKED: Look("✗", RED),
    NONE: Look("", ""),
}


def time_words(entry: Entry, now: float) -> str:
    """Say how an entry stands: `2h5m`, `45m`, `30s`, `expired`, `no end`, `broken`; nothing without credentials."""
    state = entry.state(now)
    if state in (BROKEN, BLOCKED):
        return "broken"
    if state == NONE:
        return ""
    return "no end" if entry.expires_at is None else left(entry.expires_at - now)


def left(seconds: float) -> str:
    """Give a span in its two largest units: `2h5m`, `45m`, `30s`, `expired`."""
    whole = int(seconds)
    if whole <= 0:
        return "expired"
    if whole >= 3600:
        return f"{whole // 3600}h{whole % 3600 // 60}m"
    return f"{whole // 60}m" if whole >= 60 else f"{whole}s"


def reason(entry: Entry) -> str:
    """Say why an entry cannot be used, where it is at fault itself, or whom to look at."""
    if entry.blocked_by is not None:
        role, name = entry.blocked_by
        return f'cannot be used: see {role} "{name}"'
    return entry.problem or ""
