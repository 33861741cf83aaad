"""Answer questions about a merged configuration, and work out functions only where the question leads."""

from collections.abc import Sequence
from typing import Any

from atmos_auth.config.functions import Functions
from atmos_auth.config.tree import Map, Seq, lookup, place_of
from atmos_auth.domain.place import Place


class Resolver:
    """Walks one tree; every answer is worked out once and then kept."""

    def __init__(self, tree: Map, functions: Functions) -> None:
        self._tree = tree
        self.functions = functions
        self._answers: dict[tuple[str | int, ...], Any] = {}

    def resolve(self, path: Sequence[str | int]) -> Any:
        """Give the value at `path` without any function left in it, or None when there is none.

        Case does not matter in the path. May read files and start processes. Raises ConfigError.
        """
        key = tuple(path)
        if key not in self._answers:
            self._answers[key] = self.functions.whole(self._at(key))
        return self._answers[key]

    def peek(self, path: Sequence[str | int]) -> Any:
        """Give the value at `path` with functions only worked out on the way to it. Raises ConfigError."""
        return self.functions.head(self._at(tuple(path)))

    def place(self, path: Sequence[str | int]) -> Place | None:
        """Tell where the value at `path`, or its nearest ancestor, was written; evaluates nothing."""
        return place_of(self._tree, path, self.functions.known)

    def _at(self, path: tuple[str | int, ...]) -> Any:
        value: Any = self._tree
        for step in path:
            value = self.functions.head(value)
            if isinstance(value, Map) and isinstance(step, str):
                found = lookup(value, step)
                if found is None:
                    return None
                value = found[1]
            elif isinstance(value, Seq) and isinstance(step, int) and -len(value) <= step < len(value):
                value = value[step]
            else:
                return None
        return value
