"""The values that a template can reach, and how Go prints them; nothing of a Python object but these is ever shown."""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from atmos_auth.stacks.templates.fault import Refused

# A value with more parts than this was made by a template that went wrong.
MOST_PARTS = 200_000
LONGEST_TEXT = 16 * 1024 * 1024
TOO_LONG = "Look at the numbers and loops that it comes from."
# From here on Go prints fractions with an exponent.
LARGEST_EXPONENT = 6


def kind(value: Any) -> str:
    """Name what a value is, in Go's words."""
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return "unknown"


_KINDS: tuple[tuple[type, str], ...] = (
    (type(None), "nil"),
    (bool, "bool"),
    (int, "int"),
    (float, "float64"),
    (str, "string"),
    (dict, "map"),
    (list, "slice"),
    (datetime, "time"),
)
_MAY_BE_EMPTY = (bool, int, float, str, dict, list)
WORDS = {
    "nil": "nothing (nil)",
    "bool": "true or false",
    "int": "a whole number",
    "float64": "a fraction",
    "string": "text",
    "map": "a map",
    "slice": "a list",
    "time": "a time",
    "unknown": "something that templates cannot use",
}


def described(value: Any) -> str:
    """Say what a value is, without showing it."""
    return WORDS[kind(value)]


def is_true(value: Any) -> bool:
    """Tell what `if` makes of a value: zero, nothing, and what is empty are false."""
    return bool(value) if isinstance(value, _MAY_BE_EMPTY) else value is not None


def gathered(pieces: Iterable[str], between: str = "") -> str:
    """Join pieces of text, and refuse to go on where the whole would not fit into a sane memory."""
    kept: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece) + len(between)
        if length > LONGEST_TEXT:
            raise Refused(f"would make a text of more than {LONGEST_TEXT} characters", hints=[TOO_LONG])
        kept.append(piece)
    return between.join(kept)


def check_size(value: Any) -> None:
    """Refuse a value that has more parts than anybody wrote, or that contains itself."""
    waiting = [value]
    left, room = MOST_PARTS, LONGEST_TEXT
    while waiting:
        item = waiting.pop()
        inside: Any = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        left -= 1 + len(inside)
        room -= sum(len(part) for part in inside if isinstance(part, str))
        if room < 0:
            raise Refused(f"a value holds more than {LONGEST_TEXT} characters", hints=[TOO_LONG])
        if left < 0:
            hint = "Does it contain itself, or a list that was doubled again and again?"
            raise Refused(f"a value has more than {MOST_PARTS} parts", hints=[hint])
        waiting.extend(part for part in inside if isinstance(part, (dict, list)))


def pairs(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """Give a map's entries in the order of Go: sorted by key; numbers before text."""
    try:
        return sorted(value.items(), key=_by_text)
    except TypeError:
        return sorted(value.items(), key=_order)


def _by_text(pair: tuple[Any, Any]) -> str:
    if isinstance(pair[0], str):
        return pair[0]
    raise TypeError


def _order(pair: tuple[Any, Any]) -> tuple[int, Any]:
    key = pair[0]
    if isinstance(key, bool):
        return 1, key
    if isinstance(key, (int, float)):
        return 2, key
    return (3, key) if isinstance(key, str) else (0, str(type(key)))


def shown(value: Any) -> str:
    """Print a value where it stands in the text: what is missing reads `<no value>`."""
    return "<no value>" if value is None else plain(value)


def plain(value: Any) -> str:
    """Print a value as Go's `%v` does. Raises Refused for what no template can use."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        check_size(value)
        return gathered(_parts(value))
    return _single(value)


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield "map["
        for number, (key, item) in enumerate(pairs(value)):
            yield f"{' ' if number else ''}{_single(key)}:"
            yield from _parts(item)
        yield "]"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            if number:
                yield " "
            yield from _parts(item)
        yield "]"
    else:
        yield _single(value)


def _single(value: Any) -> str:
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int.__repr__(value) if -(2**64) < value < 2**64 else fraction(as_fraction(value))
    if isinstance(value, float):
        return fraction(value)
    if isinstance(value, datetime):
        from atmos_auth.stacks.templates.functions.layouts import printed

        return printed(value)
    raise Refused("a value is something that templates cannot print")


def as_fraction(value: float) -> float:
    """Make a fraction of a number, however large; as one, Go reads whole numbers of more than 64 bits."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def fraction(value: float) -> str:
    """Print a fraction as Go does: the shortest that reads back, with an exponent where it is very large or small."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    digits, exponent = shortest(value)
    if -4 <= exponent < LARGEST_EXPONENT:
        return positional(digits, exponent, negative=math.copysign(1, value) < 0)
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    sign = "-" if math.copysign(1, value) < 0 else ""
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def shortest(value: float) -> tuple[str, int]:
    """Give the fewest digits that read back as `value`, and the exponent of the first one."""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    first = int(exponent or 0) + (len(whole) - 1 if whole.strip("0") else -(len(part) - len(part.lstrip("0")) + 1))
    return digits.rstrip("0") or "0", first if digits else 0


def positional(digits: str, exponent: int, *, negative: bool) -> str:
    """Write digits without an exponent."""
    sign = "-" if negative else ""
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    part = digits[exponent + 1 :]
    return f"{sign}{whole}{f'.{part}' if part else ''}"


def wrapped(number: int) -> int:
    """Keep a whole number within 64 bits, as Go's arithmetic does."""
    return (number + 2**63) % 2**64 - 2**63
