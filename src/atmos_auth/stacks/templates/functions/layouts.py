"""Write times by the layouts of Go, in which a sample date stands for its parts: `2006-01-02 15:04:05`."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
PART = (
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|__2|002|_2(?!006)|01|02|03|04|05|06|15|PM|pm|-07:00:00|-070000|-07:00|-0700|-07"
    r"|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5"
)


def written(layout: str, moment: datetime) -> str:
    """Write a time by a layout."""
    return re.sub(PART, lambda found: _part(found[0], moment), layout)


def printed(moment: datetime) -> str:
    """Write a time as Go prints it."""
    return written("2006-01-02 15:04:05.999999999 -0700 MST", moment)


def _part(part: str, moment: datetime) -> str:
    if part[0] in ".,":
        digits = f"{moment.microsecond:06d}000"[: len(part) - 1]
        if part[1] == "9":
            digits = digits.rstrip("0")
        return part[0] + digits if digits else ""
    if part[0] in "-Z":
        return _offset(part, moment)
    return _PARTS[part](moment)


def _offset(part: str, moment: datetime) -> str:
    seconds = int((moment.utcoffset() or timedelta()).total_seconds())
    if part[0] == "Z" and not seconds:
        return "Z"
    hours, rest = divmod(abs(seconds), 3600)
    colon = ":" if ":" in part else ""
    text = f"{'-' if seconds < 0 else '+'}{hours:02d}"
    if len(part) > 3:
        text += f"{colon}{rest // 60:02d}"
    return text + (f"{colon}{rest % 60:02d}" if len(part) > 6 else "")


def _zone(moment: datetime) -> str:
    name = moment.tzname() or "UTC"
    if name.startswith("UTC") and name != "UTC":
        return _offset("-0700" if (moment.utcoffset() or timedelta()).seconds % 3600 else "-07", moment)
    return name


_PARTS: dict[str, Callable[[datetime], str]] = {
    "January": lambda t: MONTHS[t.month - 1],
    "Jan": lambda t: MONTHS[t.month - 1][:3],
    "Monday": lambda t: DAYS[t.weekday()],
    "Mon": lambda t: DAYS[t.weekday()][:3],
    "MST": _zone,
    "2006": lambda t: f"{t.year:04d}",
    "06": lambda t: f"{t.year % 100:02d}",
    "01": lambda t: f"{t.month:02d}",
    "1": lambda t: str(t.month),
    "02": lambda t: f"{t.day:02d}",
    "_2": lambda t: f"{t.day:2d}",
    "2": lambda t: str(t.day),
    "002": lambda t: f"{t.timetuple().tm_yday:03d}",
    "__2": lambda t: f"{t.timetuple().tm_yday:3d}",
    "15": lambda t: f"{t.hour:02d}",
    "03": lambda t: f"{t.hour % 12 or 12:02d}",
    "3": lambda t: str(t.hour % 12 or 12),
    "04": lambda t: f"{t.minute:02d}",
    "4": lambda t: str(t.minute),
    "05": lambda t: f"{t.second:02d}",
    "5": lambda t: str(t.second),
    "PM": lambda t: "PM" if t.hour >= 12 else "AM",
    "pm": lambda t: "pm" if t.hour >= 12 else "am",
}
