"""The table of functions that every template has, and what to say of a name that is not in it."""

from collections.abc import Iterable, Mapping

from atmos_auth.stacks.templates.fault import Fault
from atmos_auth.stacks.templates.functions import (
    comparison,
    defaults,
    encoding,
    groups,
    lists,
    maps,
    numbers,
    paths,
    patterns,
    printing,
    text,
    time,
)
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.near import near
from atmos_auth.stacks.templates.nodes import Word

THEMES = {
    "Comparison and logic": comparison.FUNCTIONS,
    "Defaults and kinds": defaults.FUNCTIONS,
    "Text": text.FUNCTIONS,
    "Printing": printing.FUNCTIONS,
    "Patterns": patterns.FUNCTIONS,
    "Lists": lists.FUNCTIONS,
    "Maps": maps.FUNCTIONS,
    "Numbers": numbers.FUNCTIONS,
    "Encoding": encoding.FUNCTIONS,
    "Paths and addresses": paths.FUNCTIONS,
    "Lengths of time": time.FUNCTIONS,
    "Groups of gomplate": groups.FUNCTIONS,
}
# Sprig has a twin of each that fails aloud; ours do so anyway.
LOUD = (
    "append", "push", "prepend", "first", "last", "rest", "initial", "reverse", "uniq", "compact", "without", "has",
    "slice", "chunk", "merge", "mergeOverwrite", "deepCopy", "toJson", "toRawJson", "toPrettyJson", "regexMatch",
    "regexFind", "regexFindAll", "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit",
)  # fmt: skip
TABLE = {function.name: function for functions in THEMES.values() for function in functions}
TABLE |= {(twin := f"must{name[0].upper()}{name[1:]}"): TABLE[name]._replace(name=twin) for name in LOUD}
FROM_OUTSIDE = frozenset(
    (
        "now", "date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone", "ago", "env", "expandenv", "getenv",
        "datasource", "atmos", "time", "file",
    )
)  # fmt: skip


def check_names(words: Iterable[Word], known: Mapping[str, Function]) -> None:
    """Refuse names that are no functions, wherever they stand. Raises Fault."""
    for word in words:
        if word.names[0] in known:
            continue
        dotted = ".".join(word.names)
        if dotted in known:
            continue
        if any(name.startswith(f"{word.names[0]}.") for name in known):
            raise _unknown(dotted, word.at, known)
        raise _unknown(word.names[0], word.at, known)


def _unknown(name: str, at: int, known: Mapping[str, Function]) -> Fault:
    if name in FROM_OUTSIDE:
        return Fault(
            f"the function `{name}` cannot be used here",
            at,
            hints=["It needs the world outside, which this text is not given."],
        )
    found = near(name, known)
    hint = f"Did you mean {found}?" if found else f"A key of the data begins with a dot: .{name}."
    return Fault(f"the function `{name}` is not known", at, hints=[hint, "docs/reference/templates.md lists them all."])
