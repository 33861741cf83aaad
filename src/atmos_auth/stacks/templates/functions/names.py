"""Names of functions: which one is meant, and what to say of one that does not exist."""

from collections.abc import Iterable, Mapping

from atmos_auth.stacks.templates.fault import Fault
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.near import near
from atmos_auth.stacks.templates.nodes import Word

# These are handed in by whoever renders, if at all.
FROM_OUTSIDE = frozenset(
    (
        "now", "date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone", "ago", "env", "expandenv", "getenv",
        "datasource", "atmos", "time", "file",
    )
)  # fmt: skip


def named(names: tuple[str, ...], functions: Mapping[str, Function]) -> tuple[str, tuple[str, ...]]:
    """Tell which function dotted names begin with, and what is asked of its value; an empty name if there is none."""
    for length in range(len(names), 0, -1):
        name = ".".join(names[:length])
        if name in functions:
            return name, names[length:]
    return "", names


def check_names(words: Iterable[Word], known: Mapping[str, Function]) -> None:
    """Refuse names that are no functions, wherever they stand. Raises Fault."""
    for word in words:
        if not named(word.names, known)[0]:
            is_group = any(name.startswith(f"{word.names[0]}.") for name in known)
            raise _unknown(".".join(word.names) if is_group else word.names[0], word.at, known)


def _unknown(name: str, at: int, known: Mapping[str, Function]) -> Fault:
    if name in FROM_OUTSIDE:
        return Fault(
            f"the function `{name}` cannot be used here",
            at,
            hints=["It needs the world outside, which this text is not given."],
        )
    found = near(name, known)
    hints = [f"Did you mean {found}?"] if found else []
    hints += [
        f"A key of the data begins with a dot: .{name}.",
        "There are the functions of Go and Sprig, and parts of gomplate; the reference page Templates lists them.",
    ]
    return Fault(f"the function `{name}` is not known", at, hints=hints)
