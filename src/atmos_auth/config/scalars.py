"""What an unquoted YAML scalar means: the YAML 1.2 core schema, except that account ids stay text."""

from typing import Any

_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    ".inf": float("inf"),
    ".Inf": float("inf"),
    ".INF": float("inf"),
    "+.inf": float("inf"),
    "+.Inf": float("inf"),
    "+.INF": float("inf"),
    "-.inf": float("-inf"),
    "-.Inf": float("-inf"),
    "-.INF": float("-inf"),
    ".nan": float("nan"),
    ".NaN": float("nan"),
    ".NAN": float("nan"),
}
_MAY_BEGIN_A_NUMBER = frozenset("+-.0123456789")
_IN_A_FLOAT = frozenset("+-.0123456789eE")
_IN_HEX = frozenset("0123456789abcdefABCDEF")
_ACCOUNT_ID_DIGITS = 12
# Python refuses to convert longer digit strings, and no setting is a number of that size.
_LONGEST_INTEGER = 400


def plain(text: str) -> Any:
    """Give the value of an unquoted scalar: None, bool, int, float or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_BEGIN_A_NUMBER:
        return text
    digits = text[1:] if text[0] in "+-" else text
    if digits.isascii() and digits.isdigit():
        return integer(text)
    if text[:2] in ("0x", "0o"):
        return _based(text)
    return _float(text) if _IN_A_FLOAT.issuperset(text) else text


def integer(text: str) -> int | str:
    """Give the number that decimal digits (with or without sign) write; what may be an account id stays text.

    A leading zero or exactly twelve digits make it an account id: as a number it would lose its zeros.
    """
    digits = text.lstrip("+-")
    keep = (len(digits) > 1 and digits[0] == "0") or len(digits) == _ACCOUNT_ID_DIGITS
    return text if keep or len(digits) > _LONGEST_INTEGER else int(text)


def _based(text: str) -> int | str:
    base, digits = (16, text[2:]) if text[1] == "x" else (8, text[2:])
    fits = _IN_HEX.issuperset(digits) if base == 16 else frozenset("01234567").issuperset(digits)
    return int(digits, base) if digits and fits and len(digits) <= _LONGEST_INTEGER else text


def _float(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
