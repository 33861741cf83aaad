"""How things look on a terminal, in a pipe, and without colour."""

import codecs
import os
import time
from collections.abc import Mapping, Sequence
from typing import TextIO

from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.time_left import time_left
from atmos_auth.host.ascii_text import ascii_text
from atmos_auth.host.plain_text import plain_lines

_INDENT = 2
RED, GREEN, YELLOW, BOLD, DIM = "31", "32", "33", "1", "2"


# Our own symbols, for streams whose encoding has none of them.
_SYMBOLS = {
    "✅": "+",
    "❌": "x",
    "💡": "hint:",
    "👽": "@",
    "▶": ">",
    "●": "*",
    "◐": "!",
    "○": "o",
    "│": "|",
    "├": "|",
    "└": "`",
    "─": "-",
}


def register_ascii_fallback() -> str:
    """Make known, and name, the way in which text is written that a stream cannot encode."""
    codecs.register_error(_FALLBACK, _in_ascii)
    return _FALLBACK


_FALLBACK = "atmos-ascii"


def _in_ascii(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    substitute = _SYMBOLS.get(character) or ascii_text(character)
    if not substitute.isascii():
        substitute = character.encode("ascii", "backslashreplace").decode()
    return substitute, error.start + 1


class Paint:
    """Colours for one stream: none without a terminal, with NO_COLOR, with --no-color or on a dumb terminal."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str], *, plain: bool = False) -> None:
        off = plain or environ.get("NO_COLOR") or environ.get("TERM") == "dumb"
        self._on = not off and stream.isatty()

    def __call__(self, text: str, *codes: str) -> str:
        """Return `text` in the given colours."""
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._on and codes else text


def show_error(error: AtmosAuthError, stream: TextIO, paint: Paint) -> None:
    """Print what is wrong, where, and what mends it."""
    # What AWS or a configuration says may hold control codes.
    stream.write(f"{paint('✗', RED, BOLD)} {_folded(error.message, stream)}\n")
    if error.place:
        stream.write(f"  {paint(f'at {error.place}', DIM)}\n")
    stream.writelines(f"  {paint(_folded(detail, stream), DIM)}\n" for detail in error.details)
    show_hints(error, stream)


def _folded(text: str, stream: TextIO) -> str:
    """Break a sentence between words where the screen ends; places and commands are left to be clicked and copied."""
    text = plain_lines(text)
    if not stream.isatty():
        return text
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return text
    if len(text) + _INDENT < width or width <= 2 * _INDENT:
        return text
    from textwrap import wrap

    lines = wrap(text, width - _INDENT - 1, break_long_words=False, break_on_hyphens=False)
    return ("\n" + " " * _INDENT).join(lines)


def show_warning(warning: AtmosAuthError, stream: TextIO, paint: Paint) -> None:
    """Print what is not as it should be and keeps nothing from working, where, and what mends it."""
    stream.write(f"{paint('⚠', YELLOW)} {plain_lines(warning.message)}\n")
    if warning.place:
        stream.write(f"  {paint(f'at {warning.place}', DIM)}\n")
    show_hints(warning, stream)


def show_hints(error: AtmosAuthError, stream: TextIO) -> None:
    """Print what mends an error, one line each."""
    stream.writelines(f"💡 {plain_lines(hint)}\n" for hint in error.hints)


def show_rows(rows: Sequence[tuple[str, str | None]], stream: TextIO, paint: Paint) -> None:
    """Print names and values in two columns; rows without a value are left out."""
    present = [(name, value) for name, value in rows if value]
    width = max((len(name) for name, _ in present), default=0)
    stream.writelines(f"  {paint(name.ljust(width), BOLD)}  {value}\n" for name, value in present)


def moment(seconds: float) -> str:
    """Give a time in the machine's own time zone: `2026-01-02 18:30:00 UTC`."""
    return time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(seconds))


def age(seconds: float) -> str:
    """Give how long ago something was: `just now`, `5 min ago`, `3 h ago`, `2 days ago`."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days ago"


def expiry(expires_at: float | None, now: float) -> str | None:
    """Give an end as a time and a span, None when there is none."""
    return f"{moment(expires_at)} ({time_left(expires_at - now)})" if expires_at is not None else None
