"""Read a length of time the ways people write it: 3600, 90s, 1h30m, 1d."""

import re
from decimal import Decimal

_REFUSAL = "invalid duration format (use: 3600, 1h, 12h, 1d, etc.)"
_DAY = 86_400
_UNITS = {
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "\u00b5s": Decimal("1e-6"),  # micro sign
    "\u03bcs": Decimal("1e-6"),  # Greek mu
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
}
_NUMBER = r"[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18}"
_PART = re.compile(rf"({_NUMBER})(ns|us|\u00b5s|\u03bcs|ms|s|m|h)")
_PARTS = re.compile(rf"(?:{_PART.pattern})+")
_WHOLE = re.compile(r"([0-9]{1,18})(d?)")


def seconds(value: int | str) -> int:
    """Give whole seconds; parts of a second are cut off.

    Accepts positive integers (also as text), durations in Go's notation ("1h30m", "1.5h") and days ("7d").
    Raises ValueError for anything else, and for what comes to less than one second.
    """
    whole = int(_exact(value))
    if whole < 1:
        raise ValueError(_REFUSAL)
    return whole


def precise_seconds(value: int | str) -> float:
    """Give seconds with their parts, in the notation that `seconds` reads, or none at all ("0s"); raises ValueError."""
    return float(_exact(value))


def _exact(value: int | str) -> Decimal:
    # A type checker cannot see what a configuration file holds: `true` is an int for Python, too.
    if type(value) is int and value >= 0:
        return Decimal(value)
    if not isinstance(value, str):
        raise ValueError(_REFUSAL)
    text = value.strip()
    if whole := _WHOLE.fullmatch(text):
        return Decimal(whole[1]) * (_DAY if whole[2] else 1)
    if not _PARTS.fullmatch(text):
        raise ValueError(_REFUSAL)
    return sum((Decimal(number) * _UNITS[unit] for number, unit in _PART.findall(text)), Decimal(0))
