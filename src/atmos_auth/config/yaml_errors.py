"""Say what is wrong with a YAML text, and what to write instead."""

from yaml.error import MarkedYAMLError

from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

# Nobody writes so many levels, and each takes some of the stack.
DEEPEST = 100
_HINTS = (
    (
        "mapping values are not allowed",
        "Quote a value that holds `: `, and check the indentation of this line.",
    ),
    ("could not find expected ':'", "Write `key: value`, with a space after the colon."),
    ("did not find expected key", "Indent this line exactly like the lines of the same mapping."),
    ("did not find expected '-'", "Indent this line exactly like the other items of the list."),
    ("expected <block end>", "Indent this line exactly like the lines around it."),
    ("did not find expected ','", "Close the bracket or brace, or put a comma between the items."),
    ("expected node content", "Close the bracket or brace, or write a value before the comma."),
    ("expected ',' or", "Close the bracket or brace, or put a comma between the items."),
    ("unexpected end of stream", "Close the quotation mark that was opened above."),
    ("cannot start any token", "Put quotation marks around a value that begins with this character."),
    ("unknown escape", "Use single quotation marks when the backslash is meant literally."),
    ("undefined tag handle", "Quote the text if the exclamation mark belongs to it."),
)


def explained(error: MarkedYAMLError, text: str, file: str) -> ConfigError:
    """Give the error for a person, from the parser's; `text` is what was parsed."""
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and mark.index >= len(text.rstrip()):
        # Something is never closed: where it was opened says more than where the file ends.
        mark = error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    problem = error.problem or error.context or "the text cannot be understood"
    if "nesting depth" in problem:
        return too_deep(place)
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation:
        hint = "Indent with spaces: YAML does not allow tabs there."
    else:
        hint = next((hint for part, hint in _HINTS if part in problem), "Check the YAML around this place.")
    return ConfigError(f"this is not valid YAML: {problem}", place=place, hints=[hint])


def too_deep(place: Place) -> ConfigError:
    """Give the error for a text that is nested too deep, which newer versions of libyaml notice by themselves."""
    return ConfigError(f"the nesting is deeper than {DEEPEST} levels", place=place)


def unprintable(text: str, file: str) -> ConfigError:
    """Give the error for the first control character of the text."""
    for number, line in enumerate(text.split("\n"), 1):
        for column, character in enumerate(line, 1):
            if not character.isprintable() and character not in "\t\r\x85\u00a0":
                return ConfigError(
                    f"the character U+{ord(character):04X} is not allowed in YAML",
                    place=Place(file, number, column),
                    hints=["Remove it, or write it as an escape inside double quotation marks."],
                )
    return ConfigError("this file holds characters that YAML does not allow", place=Place(file, 1, 1))


def duplicate(key: str, first: Place, second: Place) -> ConfigError:
    """Give the error for a key that one mapping holds twice."""
    hint = (
        "Write one `<<: [*first, *second]`." if key == "<<" else "Keep one of them, or put both values under one key."
    )
    return ConfigError(
        f"the key {key!r} is written twice in one mapping",
        place=second,
        hints=[hint],
        details=[f"first at {first}"],
    )
