"""Names that look like one that is not there."""

from collections.abc import Iterable
from typing import Any


def near(name: str, names: Iterable[Any]) -> str:
    """Give up to three of `names` that are like `name`, as words of a sentence; empty if there are none."""
    from difflib import get_close_matches

    by_case = {other.lower(): other for other in names if isinstance(other, str)}
    found = [by_case[low] for low in get_close_matches(name.lower(), by_case, n=3, cutoff=0.6)]
    return " or ".join(", ".join(found).rsplit(", ", 1))
