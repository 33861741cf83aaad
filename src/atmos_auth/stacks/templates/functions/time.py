"""Work with times; what the clock says comes from outside."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function, fitted
from atmos_auth.stacks.templates.functions.layouts import DAYS, MONTHS, written

UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
LENGTH = r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)"
ROUGH = (("y", 365 * 86400), ("mo", 30 * 86400), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def length(text: str) -> timedelta:
    """Read a length of time such as `1h30m`. Raises Refused."""
    sign, rest = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    seconds = sum(float(number) * UNITS[unit] for number, unit in re.findall(LENGTH, rest))
    if re.sub(LENGTH, "", rest) or not rest:
        if rest == "0":
            return timedelta()
        raise Refused("was given text that is not a length of time", hints=['Write it like "1h30m" or "-24h".'])
    return timedelta(seconds=sign * seconds)


def zone(name: str, local: tzinfo | None) -> tzinfo:
    """Find a time zone by its name; one that does not exist is UTC."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    if name == "Local" and local is not None:
        return local
    try:
        return ZoneInfo(name) if name and name != "UTC" else UTC
    except (OSError, ValueError, LookupError):
        return UTC


def moved(by: str, moment: datetime) -> datetime:
    """Move a time by a length. Raises Refused."""
    return _within(lambda: moment + length(by))


def _within(reckon: Callable[[], datetime]) -> datetime:
    try:
        return reckon()
    except (OverflowError, ValueError):
        raise Refused("leaves the years 1 to 9999") from None


def duration(seconds: Any) -> str:
    """Write seconds as a length of time: `1h0m5s`."""
    if isinstance(seconds, str):
        seconds = int(seconds) if re.fullmatch(r"[+-]?[0-9]{1,18}", seconds) else 0
    if not isinstance(seconds, int):
        return "0s"
    return length_text(seconds)


def length_text(seconds: int) -> str:
    """Write whole seconds as Go writes a length of time."""
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{hours}h{rest // 60}m{rest % 60}s" if hours else f"{rest // 60}m{rest % 60}s" if rest >= 60 else f"{rest}s"
    return f"-{text}" if seconds < 0 else text


def duration_round(text: Any) -> str:
    """Write a length of time by its largest unit; what is none is `0s`."""
    try:
        seconds = abs(length(text).total_seconds()) if isinstance(text, str) else 0
    except Refused:
        return "0s"
    return next((f"{int(seconds // size)}{unit}" for unit, size in ROUGH if seconds > size), "0s")


def _later(moment: datetime, years: int, months: int, days: int) -> datetime:
    month = moment.month - 1 + months
    first = moment.replace(year=moment.year + years + month // 12, month=month % 12 + 1, day=1)
    return first + timedelta(days=moment.day - 1 + days)


def asked(moment: datetime, name: str, arguments: list[Any]) -> Any:
    """Answer what is asked of a time with a dot: `now.Year`, `now.Format "2006"`. Raises Refused."""
    if name not in METHODS:
        raise Refused("is nothing that a time has", hints=[f"It has {', '.join(sorted(METHODS))}."])
    takes, call = METHODS[name]
    return call(moment, *fitted(takes, arguments))


METHODS: dict[str, tuple[str, Callable[..., Any]]] = {
    "Format": ("text", lambda moment, layout: written(layout, moment)),
    "Unix": ("", lambda moment: int(moment.timestamp())),
    "UTC": ("", lambda moment: moment.astimezone(zone("UTC", None))),
    "Year": ("", lambda moment: moment.year),
    "Month": ("", lambda moment: MONTHS[moment.month - 1]),
    "Day": ("", lambda moment: moment.day),
    "YearDay": ("", lambda moment: moment.timetuple().tm_yday),
    "Weekday": ("", lambda moment: DAYS[moment.weekday()]),
    "Hour": ("", lambda moment: moment.hour),
    "Minute": ("", lambda moment: moment.minute),
    "Second": ("", lambda moment: moment.second),
    "AddDate": ("int int int", lambda moment, *by: _within(lambda: _later(moment, *by))),
}


FUNCTIONS = (
    Function("dateModify", "text time", moved),
    Function("date_modify", "text time", moved),
    Function("unixEpoch", "time", lambda moment: str(int(moment.timestamp()))),
    Function("duration", "any", duration),
    Function("durationRound", "any", duration_round),
)
