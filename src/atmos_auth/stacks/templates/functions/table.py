"""The table of functions that every template has."""

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
