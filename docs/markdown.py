"""Pieces of generated pages."""

import inspect
from typing import Any

NOTICE = "<!-- Written by `python -m docs.generate`; edit {source} instead. -->\n"


def page(title: str, source: str, *parts: str) -> str:
    """Return a whole page; `source` names what is to be edited instead of it."""
    return "\n\n".join((NOTICE.format(source=source).rstrip(), f"# {title}", *parts)) + "\n"


def table(header: tuple[str, ...], rows: list[str]) -> str:
    """Return a table, its rows ready made."""
    return "\n".join((f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *rows))


def fenced(text: str) -> str:
    """Return text that is shown as it is."""
    return f"```text\n{text}\n```"


def first_sentence(documented: type) -> str:
    """Return what the first paragraph of a class says of it."""
    return inspect.cleandoc(documented.__doc__ or "").split("\n\n")[0].replace("|", "\\|")


def paragraph(thing: Any) -> str:
    """Return the first paragraph of what a thing says of itself, on one line of a table."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split()).replace("|", "\\|")
