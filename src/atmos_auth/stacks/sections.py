"""The sections of one top-level manifest over all that it imports, each merged when it is asked for."""

from collections.abc import Iterator, Mapping
from typing import Optional

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.manifests import Document
from atmos_auth.stacks.merge import merged


class Sections:
    """What the documents of a closure say together; later documents win. Nothing that is returned may be changed.

    `below` holds the sections of all documents but the last: what many manifests import is merged for them once.
    """

    def __init__(self, documents: tuple[Document, ...], lists: str, below: Optional["Sections"] = None) -> None:
        self.documents = documents
        self._lists = lists
        self._below = below
        self._merged: dict[tuple[str, ...], Map] = {}
        self._named: dict[tuple[str, ...], Mapping[str, Place]] = {}
        self._own_values: dict[str, frozenset[str]] = {}

    @property
    def own(self) -> Document:
        """The top-level manifest itself."""
        return self.documents[-1]

    def section(self, *path: str) -> Map:
        """Merge the mappings at `path`; empty where no document has one. Raises `ConfigError` for anything else."""
        if path not in self._merged:
            layers = [] if self._below is None else [self._below.section(*path)]
            self._merged[path] = merged([*layers, *self._at(path)], self._lists)
        return self._merged[path]

    def names(self, *path: str) -> Mapping[str, Place]:
        """List the keys of the mappings at `path`, in the order in which they first appear.

        With each comes the place where it is last written.
        """
        if path not in self._named:
            found = {} if self._below is None else self._below.names(*path)
            for mapping in self._at(path):
                found = {**found, **mapping.key_places}
            self._named[path] = found
        return self._named[path]

    def own_values(self, kind: str) -> frozenset[str]:
        """Name the `vars` that any component of a type has of its own."""
        if kind not in self._own_values:
            found = set() if self._below is None else set(self._below.own_values(kind))
            for components in self._at(("components", kind)):
                for says in components.values():
                    if isinstance(says, Map):
                        found.update(mapping_at(says, ("vars",)) or ())
            self._own_values[kind] = frozenset(found)
        return self._own_values[kind]

    def _at(self, path: tuple[str, ...]) -> Iterator[Map]:
        """Yield the mappings of the documents that no sections below hold."""
        for document in self.documents if self._below is None else self.documents[-1:]:
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
