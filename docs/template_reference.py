"""The page about templates, from the table of functions and what `template_functions.yaml` says of each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import yaml

from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.functions import table, world
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.template import Template

WORDS = Path(__file__).parent / "template_functions.yaml"
# What the examples of functions that need the world outside are given.
OUTSIDE: tuple[Function, ...] = (
    *world.clock_functions(lambda: datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
    *world.environment_functions({"STAGE": "dev"}),
    *world.file_functions({"version.txt": "1.2.3"}.__getitem__),
    *world.source_functions({"teams": "./teams.yaml"}, {"./teams.yaml": {"blue": "ann"}}.__getitem__),
)
THEMES: dict[str, tuple[Function, ...]] = {**table.THEMES, "From outside": OUTSIDE}
LEAD = (
    "Templates are those of Go (`text/template`), with the functions of Sprig and those parts of gomplate that "
    "manifests use. What is not on this page is an error that names the function and its place; nothing is passed over "
    "in silence."
)
LANGUAGE = (
    (
        "`{{ .vars.stage }}`",
        "prints a value; `.` is the data, or what `with` and `range` put there; `$` is the data",
    ),
    ("`{{ .vars.name \\| upper \\| quote }}`", "passes each value on, as the last argument of the next function"),
    ("`{{ (index .list 0).name }}`", "a pipeline in parentheses is a value, which may have fields"),
    (
        "`{{ if .a }}…{{ else if .b }}…{{ else }}…{{ end }}`",
        "prints by a condition; empty are nothing, false, zero, and text, lists and maps without content",
    ),
    ("`{{ with .a }}…{{ else }}…{{ end }}`", "makes a value the dot, unless it is empty"),
    (
        "`{{ range $key, $value := .map }}…{{ else }}…{{ end }}`",
        "goes over a map (sorted by key), a list, or a whole number; `{{ break }}` and `{{ continue }}` leave it",
    ),
    ("`{{ $name := .a }}`, `{{ $name = .b }}`", "sets a variable, until the `end` around it; sets it anew"),
    (
        '`{{ define "name" }}…{{ end }}`, `{{ template "name" . }}`, `{{ block "name" . }}…{{ end }}`',
        "a template of its own, which sees nothing but what it is given",
    ),
    ("`{{- .a -}}`", "removes blanks and line breaks before or after it"),
    ("`{{/* words */}}`", "a comment"),
    ("``{{`{{ .later }}`}}``", "prints braces as they are, for a later pass"),
)
MISSING = (
    "A key that is not there prints `<no value>`, or is an error where the page about the file says so. `index`, "
    "`get`, `dig` and `hasKey` can be asked for keys that may be missing."
)
TWINS = "Sprig's twins that begin with `must`, such as `mustFirst`, do what the function without it does."
DIFFERENCES = """\
- Functions that hide what went wrong (`b64dec`, `regexMatch`, `dateModify`) stop with an error.
- `keys` and `values` are sorted; Sprig's have no order.
- A whole number is taken wherever a number is; Go tells `int` and `int64` apart.
- `slice` cuts text too.
- `index`, `and` and the others are Go's of today: `else with`, and `range` over a whole number, are there.
- A value is never changed for anybody but the text that is rendered: `set` works on a copy of the data.
- Functions that make something new each time, such as `randAlphaNum`, `uuidv4` and `genCA`, do not exist.
- Loops, recursion and the size of what is made are limited; a text that goes beyond ends with an error."""


def sections() -> Iterator[str]:
    """Yield the parts of the page. Raises LookupError for a function without words."""
    yield LEAD
    yield "## The language"
    yield "\n".join(("| written | does |", "|---|---|", *(f"| {written} | {does} |" for written, does in LANGUAGE)))
    yield MISSING
    yield "## Functions"
    yield TWINS
    for theme, functions in THEMES.items():
        yield f"### {theme}"
        yield _table(theme, functions)
    yield "## What differs from Go and Sprig"
    yield DIFFERENCES


def words() -> dict[str, dict[str, tuple[str, str, str]]]:
    """Give, by theme and function, what it does, an example, and what that prints."""
    said = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return {theme: {name: tuple(row) for name, row in rows.items()} for theme, rows in said.items()}


def printed(example: str) -> str:
    """Render an example."""
    return Template(example, Place("example", 1, 1)).render({}, functions=OUTSIDE)


def _table(theme: str, functions: tuple[Function, ...]) -> str:
    said = words().get(theme, {})
    lines = ["| function | takes | gives | for example | prints |", "|---|---|---|---|---|"]
    for function in functions:
        if function.name not in said:
            raise LookupError(f"docs/template_functions.yaml has nothing about {function.name} under {theme}")
        says, example, gives = said[function.name]
        takes = function.takes.replace("target", "map")
        lines.append(f"| `{function.name}` | {takes} | {says} | {_code(example)} | {_code(gives)} |")
    return "\n".join(lines).replace("|  |", "| |")


def _code(text: str) -> str:
    if not text:
        return ""
    text = text.replace("\n", "⏎").replace("|", "\\|")
    ticks = "``" if "`" in text else "`"
    blank = " " if "`" in text or text != text.strip() else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"
