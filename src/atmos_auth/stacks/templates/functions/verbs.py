"""Write one value by one verb of a format, as Go does: `%5d`, `%-10s`, `%.2f`."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from atmos_auth.stacks.templates.functions.text import quoted
from atmos_auth.stacks.templates.values import as_fraction, fraction, gathered, kind, pairs, plain, positional, shortest

NAMES = {"nil": "<nil>", "map": "map[string]interface {}", "slice": "[]interface {}", "time": "time.Time"}


class Verb(NamedTuple):
    """One verb of a format, with its flags."""

    letter: str
    flags: str
    width: int | None
    precision: int | None


PLAINLY = Verb("v", "", None, None)


def formatted(verb: Verb, value: Any) -> str:
    """Write a value by a verb; one that does not fit is marked in the text."""
    if isinstance(value, int) and not -(2**64) < value < 2**64:
        value = as_fraction(value)
    if verb.letter == "T":
        return _padded(verb, NAMES.get(kind(value), kind(value)))
    if verb.letter == "v":
        return _value(verb._replace(flags=verb.flags.replace("+", "")), value)
    if isinstance(value, (list, dict)):
        return _each(verb, value)
    write = _WRITERS.get((kind(value), verb.letter))
    if write is None:
        return f"%!{verb.letter}({typed(value, verb)})"
    return write(verb, value)


def _value(verb: Verb, value: Any) -> str:
    if "#" in verb.flags:
        return _padded(verb, _source(value))
    if isinstance(value, (list, dict)):
        return _each(verb, value)
    write = _WRITERS.get((kind(value), _NATURAL.get(kind(value), "")))
    return write(verb, value) if write else _padded(verb, plain(value))


def _each(verb: Verb, value: Any) -> str:
    """Format what is inside, each by the same verb."""
    if isinstance(value, list):
        return f"[{gathered((_inside(verb, item) for item in value), ' ')}]"
    inside = (f"{_inside(verb, key)}:{_inside(verb, item)}" for key, item in pairs(value))
    return f"map[{gathered(inside, ' ')}]"


def _inside(verb: Verb, value: Any) -> str:
    return "<nil>" if value is None else formatted(verb, value)


def _source(value: Any) -> str:
    """Write a value as Go source, as `%#v` does."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(map(_inner_source, value))}}}"
    if isinstance(value, dict):
        inside = ", ".join(f"{_inner_source(key)}:{_inner_source(item)}" for key, item in pairs(value))
        return f"map[string]interface {{}}{{{inside}}}"
    return plain(value)


def _inner_source(value: Any) -> str:
    return "interface {}(nil)" if value is None else _source(value)


def typed(value: Any, verb: Verb = PLAINLY) -> str:
    """Write a value with its type, as where a verb does not fit."""
    if value is None:
        return "<nil>"
    return f"{NAMES.get(kind(value), kind(value))}={_value(verb._replace(letter='v'), value)}"


def _padded(verb: Verb, text: str) -> str:
    if verb.width is None or len(text) >= verb.width:
        return text
    if "-" in verb.flags:
        return text.ljust(verb.width)
    return text.rjust(verb.width, "0" if "0" in verb.flags else " ")


def _padded_number(verb: Verb, text: str) -> str:
    """Pad with zeros behind the sign, if they are wanted."""
    if verb.width is None or "0" not in verb.flags or "-" in verb.flags:
        return _padded(verb, text)
    sign = text[:1] if text[:1] in "+- " else ""
    return sign + text[len(sign) :].rjust(verb.width - len(sign), "0")


def _text(verb: Verb, value: str) -> str:
    return _padded(verb, value if verb.precision is None else value[: verb.precision])


def _quoted(verb: Verb, value: str) -> str:
    value = value if verb.precision is None else value[: verb.precision]
    return _padded(
        verb, f"`{value}`" if "#" in verb.flags and "`" not in value and value.isprintable() else quoted(value)
    )


def _hexadecimal(verb: Verb, value: str) -> str:
    raw = value.encode("utf-8", "surrogatepass")[: verb.precision]
    text = raw.hex(" ") if " " in verb.flags and raw else raw.hex()
    return _padded(verb, text.upper() if verb.letter == "X" else text)


def _whole(verb: Verb, value: int) -> str:
    base, prefix = _BASES[verb.letter]
    digits = f"{abs(value):{base}}"
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0") if value or verb.precision else ""
    if "#" in verb.flags or verb.letter == "O":
        digits = prefix + digits
    sign = "-" if value < 0 else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    if verb.precision is not None:
        return _padded(verb._replace(flags=verb.flags.replace("0", "")), sign + digits if digits else "")
    return _padded_number(verb, sign + digits)


_BASES = {"d": ("d", ""), "b": ("b", "0b"), "o": ("o", "0"), "O": ("o", "0o"), "x": ("x", "0x"), "X": ("X", "0X")}


def _character(verb: Verb, value: int) -> str:
    character = chr(value) if 0 <= value < 0x110000 and not 0xD800 <= value < 0xE000 else "\ufffd"
    if verb.letter == "U":
        return _padded(verb, f"U+{value:04X}")
    if verb.letter == "q":
        escaped = quoted(character)[1:-1]
        return _padded(verb, "'" + ("\\'" if character == "'" else '"' if character == '"' else escaped) + "'")
    return _padded(verb, character)


def _float(verb: Verb, value: float) -> str:
    text = _digits(verb, value)
    if "+" in verb.flags and not text.startswith(("-", "+")):
        text = f"+{text}"
    elif " " in verb.flags and not text.startswith(("-", "+")):
        text = f" {text}"
    if not math.isfinite(value):
        return _padded(verb._replace(flags=verb.flags.replace("0", "")), text)
    return _padded_number(verb, text)


def _digits(verb: Verb, value: float) -> str:
    letter = "g" if verb.letter == "v" else verb.letter
    if not math.isfinite(value):
        return fraction(value)
    if letter in "gG" and verb.precision is None:
        text = fraction(value)
        return text.upper() if letter == "G" else text
    if letter in "gG":
        return _significant(value, verb.precision or 1, letter)
    return f"{value:.{6 if verb.precision is None else verb.precision}{letter}}"


def _significant(value: float, precision: int, letter: str) -> str:
    """Write with this many digits at most, and an exponent where Go writes one."""
    digits, exponent = shortest(float(f"{value:.{precision - 1}e}"))
    sign = "-" if math.copysign(1, value) < 0 else ""
    if -4 <= exponent < max(precision, len(digits)):
        return positional(digits, exponent, negative=bool(sign))
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    text = f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return text.upper() if letter == "G" else text


def _truth(verb: Verb, value: bool) -> str:
    return _padded(verb, "true" if value else "false")


def _moment(verb: Verb, value: datetime) -> str:
    return _text(verb, plain(value))


_WRITERS: dict[tuple[str, str], Callable[[Verb, Any], str]] = {
    ("string", "s"): _text,
    ("string", "q"): _quoted,
    ("string", "x"): _hexadecimal,
    ("string", "X"): _hexadecimal,
    ("bool", "t"): _truth,
    ("time", "s"): _moment,
    **{("int", letter): _character for letter in "cqU"},
    **{("int", letter): _whole for letter in _BASES},
    **{("float64", letter): _float for letter in "eEfFgG"},
}
_NATURAL = {"string": "s", "bool": "t", "time": "s"}


def _plain_int(verb: Verb, value: int) -> str:
    return _whole(verb._replace(letter="d"), value)


_WRITERS[("int", "")] = _plain_int
_WRITERS[("float64", "")] = _float
