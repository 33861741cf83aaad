"""YAML values that know where they stand, read strictly: what is wrong is named with file, line and key."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

_NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


class StateFileError(ValueError):
    """The state file cannot be used; the message names file, line, key and what was expected."""


class Value:
    """One YAML value with the place where it stands."""

    def __init__(self, node: yaml.Node, file: str, path: str) -> None:
        self.node = node
        self._file = file
        self._path = path

    def fail(self, problem: str) -> NoReturn:
        """Raise a `StateFileError` that names this place."""
        line = self.node.start_mark.line + 1
        where = f"{self._path}: " if self._path else ""
        message = f"{self._file}, line {line}: {where}{problem}"
        raise StateFileError(message)

    def entries(self) -> Iterator[tuple[str, Value]]:
        """Give the keys, as written, and values of a mapping; a key given twice is refused."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("expected a mapping")
        seen: set[str] = set()
        for key, node in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail("expected plain keys")
            name = str(key.value)
            value = Value(node, self._file, f"{self._path}.{name}" if self._path else name)
            if name in seen:
                Value(key, self._file, value._path).fail("this key stands here twice")
            seen.add(name)
            yield name, value

    def members(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Value]:
        """Give the members of a mapping with known keys; others, and missing ones, are refused by name."""
        members = {}
        for name, value in self.entries():
            if name not in required + optional:
                value.fail(f"unknown key; known here are {', '.join(sorted(required + optional))}")
            members[name] = value
        missing = [name for name in required if name not in members]
        if missing:
            self.fail(f"{missing[0]} is missing")
        return members

    def items(self) -> list[Value]:
        """Give the values of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("expected a list")
        return [Value(node, self._file, f"{self._path}[{index}]") for index, node in enumerate(self.node.value)]

    def is_null(self) -> bool:
        """Say whether the value is null."""
        return bool(self.node.tag == "tag:yaml.org,2002:null")

    def text(self) -> str:
        """Give a scalar as written, so that an unquoted account id keeps its zeros."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value:
            self.fail("expected text")
        return str(self.node.value)

    def flag(self) -> bool:
        """Give true or false."""
        if self.node.tag != "tag:yaml.org,2002:bool" or self.node.value.lower() not in ("true", "false"):
            self.fail("expected true or false")
        return bool(self.node.value.lower() == "true")

    def whole(self, least: int, most: int) -> int:
        """Give a whole number within bounds."""
        number = self.number()
        if number != int(number) or not least <= number <= most:
            self.fail(f"expected a whole number from {least} to {most}, not {self.text()}")
        return int(number)

    def number(self) -> float:
        """Give a number."""
        if self.node.tag not in _NUMBER_TAGS:
            self.fail("expected a number")
        try:
            number = float(self.text())
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.fail(f"expected a plain decimal number, not {self.text()}")
        return number
