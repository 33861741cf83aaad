"""Ranges of versions, as `version.constraint.require` writes them: `>=1.2`, `~1.2`, `^0.3, !=0.3.4`, `1.x || 2.0.*`."""

import re

_PART = re.compile(r"(?P<operator>[!<>=~^]*)\s*v?(?P<numbers>[0-9xX*]+(?:\.[0-9xX*]+){0,2})(?:[-+][0-9A-Za-z.+-]+)?")
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")

Numbers = tuple[int, ...]


def allows(written: str, version: str) -> bool:
    """Tell whether a version is in a range; what stands behind its three numbers does not count.

    Raises `ValueError` for what is no range.
    """
    alternatives = [_parts(alternative) for alternative in written.split("||")]
    numbers = tuple(int(number) for number in re.findall(r"[0-9]+", version)[:3])
    return any(all(_fits(operator, said, numbers) for operator, said in parts) for parts in alternatives)


def _parts(written: str) -> list[tuple[str, Numbers]]:
    text = _HYPHEN.sub(r">=\1 <=\2", written).strip()
    parts, at = [], 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or found["operator"] not in _OPERATORS:
            raise ValueError(f"{text[at:]!r} is no version")
        parts.append((found["operator"], _numbers(found["numbers"])))
        at = found.end()
        between = re.compile(r"\s*,?\s*").match(text, at)
        at = between.end() if between else at
    if not parts:
        raise ValueError("a version is missing")
    return parts


def _numbers(written: str) -> Numbers:
    """Return the numbers up to the first that may be any."""
    numbers = []
    for part in written.split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def _fits(operator: str, said: Numbers, version: Numbers) -> bool:
    least, beyond = _OPERATORS[operator](said)
    is_within = (least is None or version >= _padded(least)) and (beyond is None or version < _padded(beyond))
    return is_within != (operator == "!=")


# From the numbers that are said to the least that fits and the least that is beyond; None where there is no end.
_Range = tuple[Numbers | None, Numbers | None]


def _padded(numbers: Numbers) -> Numbers:
    return (*numbers, 0, 0, 0)[:3]


def _after(numbers: Numbers) -> Numbers | None:
    return (*numbers[:-1], numbers[-1] + 1) if numbers else None


def _equal(said: Numbers) -> _Range:
    return said, _after(said)


def _tilde(said: Numbers) -> _Range:
    return said, _after(said[:2])


def _caret(said: Numbers) -> _Range:
    leading = next((at for at, number in enumerate(said) if number), len(said) - 1)
    return said, _after(said[: leading + 1])


_OPERATORS = {
    "": _equal,
    "=": _equal,
    "==": _equal,
    "!=": _equal,
    ">": lambda said: (_after(said) or (), None),
    ">=": lambda said: (said, None),
    "=>": lambda said: (said, None),
    "<": lambda said: (None, said),
    "<=": lambda said: (None, _after(said)),
    "=<": lambda said: (None, _after(said)),
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
