"""Print values: `print`, and `printf` with the verbs of Go."""

import re
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.functions.verbs import Verb, formatted, typed
from atmos_auth.stacks.templates.values import check_size, gathered, plain

VERB = (
    r"%(?P<flags>[-+# 0]*)(?:\[(?P<index>\d+)\])?(?P<width>\d+|\*)?"
    r"(?:\.(?P<precision>\*|\d*))?(?:\[(?P<late>\d+)\])?(?P<verb>[\s\S])?"
)
WIDEST = 1_000_000


def print_all(*values: Any) -> str:
    """Print values, with a blank between two of which neither is text."""
    pieces: list[str] = []
    for number, value in enumerate(values):
        if number and not isinstance(value, str) and not isinstance(values[number - 1], str):
            pieces.append(" ")
        pieces.append(plain(value))
    return gathered(pieces)


def print_line(*values: Any) -> str:
    """Print values with blanks between them, and a line break after them."""
    return gathered(map(plain, values), " ") + "\n"


def printf(form: str, *values: Any) -> str:
    """Print values by a format; what does not fit is marked in the text, as Go does."""
    check_size(list(values))
    pieces: list[str] = []
    end = taken = 0
    reordered = False
    for found in re.finditer(VERB, form):
        if found.start() < end:
            continue
        pieces.append(form[end : found.start()])
        end = found.end()
        if found["verb"] == "%":
            pieces.append("%")
            continue
        text, taken, reordered_here = _verb(found, values, taken)
        reordered = reordered or reordered_here
        pieces.append(text)
    pieces.append(form[end:])
    if taken < len(values) and not reordered:
        pieces.append(f"%!(EXTRA {', '.join(typed(value) for value in values[taken:])})")
    return gathered(pieces)


def _verb(found: re.Match[str], values: tuple[Any, ...], taken: int) -> tuple[str, int, bool]:
    """Give the text of a verb, how many values are used then, and whether it named one by its number."""
    index = found["index"] or found["late"]
    if index and not 1 <= int(index) <= len(values):
        return f"%!{found['verb'] or ''}(BADINDEX)", taken, True
    if found["index"]:
        taken = int(index) - 1
    width, taken = _number(found["width"], values, taken)
    precision, taken = _number(found["precision"], values, taken)
    if found["late"]:
        taken = int(found["late"]) - 1
    flags = found["flags"]
    if width is not None and width < 0:
        flags, width = flags + "-", -width
    if not found["verb"]:
        return "%!(NOVERB)", taken, bool(index)
    if taken >= len(values):
        return f"%!{found['verb']}(MISSING)", taken, bool(index)
    verb = Verb(found["verb"], flags, width, precision if precision is None or precision >= 0 else None)
    return formatted(verb, values[taken]), taken + 1, bool(index)


def _number(written: str | None, values: tuple[Any, ...], taken: int) -> tuple[int | None, int]:
    if written is None:
        return None, taken
    if written == "*":
        value = values[taken] if taken < len(values) else None
        number = value if isinstance(value, int) and not isinstance(value, bool) else 0
        taken += 1
    else:
        number = int(written or 0)
    if abs(number) > WIDEST:
        raise Refused(f"pads to more than {WIDEST} characters")
    return number, taken


def _printed(values: tuple[Any, ...]) -> str:
    """Print values as where they stand in the text, so that nil reads `<no value>`."""
    return print_all(*("<no value>" if value is None else value for value in values))


def html(*values: Any) -> str:
    """Escape what has a meaning in HTML."""
    table = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\0": "\ufffd"}
    return _printed(values).translate({ord(c): text for c, text in table.items()})


def js(*values: Any) -> str:
    """Escape what has a meaning in JavaScript."""
    table = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    text = _printed(values)
    return "".join(table.get(c, c if c.isprintable() else f"\\u{ord(c):04X}") for c in text)


def urlquery(*values: Any) -> str:
    """Escape what has a meaning in the query of an address."""
    from urllib.parse import quote_plus

    return quote_plus(_printed(values), safe="", errors="surrogatepass")


FUNCTIONS = (
    Function("print", "any…", print_all),
    Function("printf", "text any…", printf),
    Function("println", "any…", print_line),
    Function("html", "any…", html),
    Function("js", "any…", js),
    Function("urlquery", "any…", urlquery),
)
