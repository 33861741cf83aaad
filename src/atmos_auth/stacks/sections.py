"""The sections of one top-level manifest over all that it imports, each merged when it is asked for."""

from collections.abc import Iterator
from typing import Any

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.manifests import Document
from atmos_auth.stacks.merge import merged


class Sections:
    """What the documents of a closure say together; later documents win. Nothing that is returned may be changed."""

    def __init__(self, documents: tuple[Document, ...], lists: str) -> None:
        self.documents = documents
        self._lists = lists
        self._merged: dict[tuple[str, ...], Map] = {}

    @property
    def own(self) -> Document:
        """The top-level manifest itself."""
        return self.documents[-1]

    def section(self, *path: str) -> Map:
        """Merge the mappings at `path`; empty where no document has one. Raises `ConfigError` for anything else."""
        if path not in self._merged:
            self._merged[path] = merged(self._at(path), self._lists)
        return self._merged[path]

    def names(self, *path: str) -> list[str]:
        """List the keys of the mappings at `path`, in the order in which they first appear."""
        return list(dict.fromkeys(name for mapping in self._at(path) for name in mapping))

    def value(self, *path: str) -> Any:
        """Return the single value at `path` that wins, None where no document has one."""
        *above, last = path
        return next((mapping[last] for mapping in reversed(list(self._at(tuple(above)))) if last in mapping), None)

    def _at(self, path: tuple[str, ...]) -> Iterator[Map]:
        for document in self.documents:
            found = mapping_at(document.body, path)
            if found is not None:
                yield found


def mapping_at(tree: Map, path: tuple[str, ...]) -> Map | None:
    """Return the mapping at `path`, None where there is nothing or null; raises `ConfigError` for anything else."""
    for step in path:
        below = tree.get(step)
        if below is None:
            return None
        if not isinstance(below, Map):
            raise ConfigError(f"`{'.'.join(path)}` is a mapping", place=tree.value_places[step])
        tree = below
    return tree
