"""A text with templates in it: read once, rendered with data as often as one likes."""

import re
from collections.abc import Iterable
from typing import Any, Literal, NoReturn

from atmos_auth.domain.errors import InvalidTemplate
from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.fault import Fault
from atmos_auth.stacks.templates.functions.function import Function

DELIMITERS = ("{{", "}}")
# These change the map that they are given; the caller's own must not be it.
CHANGING = frozenset(("set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite", "coll.Merge"))
LONGEST_SHOWN = 100
QUOTED = r"""\"(?:[^\"\\]|\\.)*\"|`[^`]*`|'(?:[^'\\]|\\.)*'"""


class Template:
    """A template. `place` is where the text begins; a text without actions costs nothing to read or render."""

    def __init__(self, text: str, place: Place, *, delimiters: tuple[str, str] = DELIMITERS) -> None:
        """Read `text`. Raises InvalidTemplate with the place of what is wrong."""
        self._text = text
        self._place = place
        self._delimiters = delimiters
        self._parsed = None
        if delimiters[0] in text:
            from atmos_auth.stacks.templates.parser import parse

            try:
                self._parsed = parse(text, *delimiters)
            except Fault as fault:
                self._fail(fault)

    def render(
        self,
        data: Any,
        *,
        functions: Iterable[Function] = (),
        missing: Literal["default", "error"] = "default",
    ) -> str:
        """Give the text with its actions carried out on `data`: maps, lists, text, numbers, truth values and None.

        `functions` come on top of the built-in ones; `atmos.Component` is a name like any other. `missing` says what a
        key that is not there means: `default` prints `<no value>`, `error` is an error. Raises InvalidTemplate, and
        what a function of the caller raises.
        """
        parsed = self._parsed
        if parsed is None:
            return self._text
        from atmos_auth.stacks.templates.evaluation import Run
        from atmos_auth.stacks.templates.functions.names import check_names
        from atmos_auth.stacks.templates.functions.table import TABLE

        known = TABLE | {function.name: function for function in functions}
        run = Run(parsed.defined, known, missing_is_error=missing == "error")
        try:
            check_names(parsed.words, known)
            if any(word.names[0] in CHANGING or ".".join(word.names) in CHANGING for word in parsed.words):
                data = _copied(data)
            run.body(parsed.main, data)
        except Fault as fault:
            self._fail(fault)
        except RecursionError:
            self._fail(Fault("the template, or the data that it goes through, is nested too deeply", 0))
        return "".join(run.pieces)

    def looked_at(self) -> frozenset[tuple[str, ...]]:
        """Return the ways into its data that the template goes; an empty one leads to all of it."""
        from atmos_auth.stacks.templates.looking import looked_at

        return looked_at(self._parsed) if self._parsed is not None else frozenset()

    def _fail(self, fault: Fault) -> NoReturn:
        raise InvalidTemplate(
            fault.message, place=self._where(fault.at), hints=fault.hints, details=self._excerpt(fault.at)
        ) from None

    def _where(self, at: int) -> Place:
        before = self._text[:at]
        line = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1)
        file, first_line, first_column = self._place
        return Place(file, first_line + line, column + (1 if line else first_column))

    def _excerpt(self, at: int) -> list[str]:
        """Show the line of the action that `at` lies in; quoted texts in it, and what is around it, may be secret."""
        left, right = self._delimiters
        start = self._text.rfind(left, 0, at + len(left))
        if start < 0:
            return []
        end = self._text.find(right, max(start, at))
        action = self._text[start : end + len(right) if end >= 0 else start + LONGEST_SHOWN].partition("\n")[0]
        shown = re.sub(
            QUOTED, lambda quoted: f"{quoted[0][0]}…{quoted[0][0]}" if quoted[0][1:-1] else quoted[0], action
        )
        return [f"in {shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + '…'}"]


def _copied(value: Any) -> Any:
    """Copy maps and lists, so that a template that changes one changes its own."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
