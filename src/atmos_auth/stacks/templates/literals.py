"""Read the constants of Go: quoted text, characters, numbers."""

import re

from atmos_auth.stacks.templates.fault import Fault
from atmos_auth.stacks.templates.lexer import Token

# Patterns are compiled when they are first used: most templates have no escapes.
ESCAPE = (
    r"\\(?:(?P<octal>[0-7]{3})|x(?P<x>[\da-fA-F]{2})|u(?P<u>[\da-fA-F]{4})|U(?P<U>[\da-fA-F]{8})|(?P<letter>[\s\S]))"
)
LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
LARGEST = 2**63


def text(token: Token) -> str:
    """Give the text of a quoted or raw constant. Raises Fault."""
    if token.kind == "raw":
        return token.text[1:-1].replace("\r", "")
    return _unescaped(token)


def character(token: Token) -> int:
    """Give the number of a character constant. Raises Fault."""
    found = _unescaped(token)
    if len(found) != 1:
        raise Fault("a character constant holds one character", token.at, hints=['Write text in double quotes: "…".'])
    return ord(found)


def number(token: Token) -> int | float:
    """Give a number; whole ones are `int`, with a point or an exponent `float`. Raises Fault."""
    written = token.text
    fraction = any(mark in written.lower() for mark in (".", "p")) or (
        "e" in written.lower() and "x" not in written.lower()
    )
    try:
        if fraction:
            is_hex = "x" in written.lower()
            return float.fromhex(written.replace("_", "")) if is_hex and "p" in written.lower() else float(written)
        legacy_octal = re.fullmatch(r"([+-]?)0([0-7_]+)", written)
        whole = int(f"{legacy_octal[1]}0o{legacy_octal[2]}" if legacy_octal else written, 0)
    except ValueError:
        raise Fault(f"{written} is not a number", token.at, hints=["Put text in double quotes."]) from None
    if not -LARGEST <= whole < LARGEST:
        raise Fault(f"{written} is too large for a whole number", token.at, hints=["Put it in double quotes."])
    return whole


def _unescaped(token: Token) -> str:
    quote = token.text[0]
    inside = token.text[1:-1]
    if "\\" not in inside:
        return inside
    raw = bytearray()
    end = 0
    for found in re.finditer(ESCAPE, inside):
        raw += inside[end : found.start()].encode("utf-8", "surrogatepass")
        raw += _escape(found, quote, token)
        end = found.end()
    raw += inside[end:].encode("utf-8", "surrogatepass")
    return raw.decode("utf-8", "replace")


def _escape(found: re.Match[str], quote: str, token: Token) -> bytes:
    if found["letter"]:
        meant = LETTERS.get(found["letter"], quote if found["letter"] == quote else None)
        if meant is None:
            raise _unknown(found[0], token)
        return meant.encode()
    code = int(found["octal"], 8) if found["octal"] else int(found["x"] or found["u"] or found["U"], 16)
    by_byte = found["octal"] or found["x"]
    if code > (0xFF if by_byte else 0x10FFFF) or 0xD800 <= code < 0xE000:
        raise _unknown(found[0], token)
    if by_byte and quote == '"':
        return bytes([code])
    return chr(code).encode()


def _unknown(escape: str, token: Token) -> Fault:
    hint = "Write a backslash twice, or the whole text between backquotes, where nothing is escaped."
    return Fault(f"{escape} is not an escape in quoted text", token.at, hints=[hint])
