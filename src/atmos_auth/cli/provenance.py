"""Plain data as YAML, with a comment behind every value that says in which file, and on which line, it was written."""

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from atmos_auth.cli.yaml_text import yaml_text
from atmos_auth.config.tree import NOWHERE, Map, Seq
from atmos_auth.domain.place import Place
from atmos_auth.host.plain_text import plain_text

# Comments of short lines stand below each other.
_COLUMN = 40
_INDENT = "  "


class _Line(NamedTuple):
    text: str
    place: Place | None = None

    def behind(self, before: str) -> "_Line":
        return self._replace(text=before + self.text if self.text else "")


def with_places(
    data: dict[str, Any], tree: Map, *, folder: str, directory: str, dimmed: Callable[[str], str] = str
) -> str:
    """Write the data; `tree` is what it was made of, and has the places.

    Files below `folder` are named from `directory`, others in full. What no file says has no comment.
    """

    def noted(line: _Line) -> str:
        if line.place is None or line.place == NOWHERE or not line.place.file:
            return line.text
        file = line.place.file
        named = os.path.relpath(file, directory) if file.startswith(os.path.join(folder, "")) else file
        return f"{line.text:<{_COLUMN}}  {dimmed(f'# {plain_text(named)}:{line.place.line}')}"

    return "".join(f"{noted(line)}\n" for line in _mapping(data, tree)) or "{}\n"


def _below(value: Any, tree: Any) -> Iterator[_Line]:
    return _list(value, tree) if isinstance(value, list) else _mapping(value, tree)


def _mapping(value: dict[str, Any], tree: Any) -> Iterator[_Line]:
    for key in sorted(value):
        below = value[key]
        if isinstance(below, dict | list) and below:
            yield from map(_Line, yaml_text({key: {}}).removesuffix("{}\n").rstrip(" ").splitlines())
            indent = _INDENT if isinstance(below, dict) else ""
            lines = _below(below, tree.get(key) if isinstance(tree, Map) else None)
            yield from (line.behind(indent) for line in lines)
        else:
            yield from _single({key: below}, tree.value_places.get(key) if isinstance(tree, Map) else None)


def _list(value: list[Any], tree: Any) -> Iterator[_Line]:
    # A list that was made anew has other elements, whose places nobody knows.
    is_known = isinstance(tree, Seq) and len(tree) == len(value)
    for index, below in enumerate(value):
        if isinstance(below, dict | list) and below:
            lines = _below(below, tree[index] if is_known else None)
            yield next(lines).behind("- ")
            yield from (line.behind(_INDENT) for line in lines)
        else:
            yield from _single([below], tree.value_places[index] if is_known else None)


def _single(holder: Any, place: Place | None) -> Iterator[_Line]:
    """Write one entry; what goes over several lines is quoted, and its comment follows after the last quote."""
    *first, last = yaml_text(holder).splitlines()
    yield from map(_Line, first)
    yield _Line(last, place)
