"""The sections of one top-level manifest over all that it imports, each merged when it is asked for."""

from collections.abc import Iterator, Mapping
from typing import Any, Optional

from atmos_auth.config.tree import Map
from atmos_auth.domain.place import Place
from atmos_auth.stacks.default_identity import with_nearest_default
from atmos_auth.stacks.holders import mapping_at
from atmos_auth.stacks.manifests import Document
from atmos_auth.stacks.merge import is_taken_away, merged

_AUTH = "auth"
# What a file says that is no value of any component.
_OF_NONE = ("components", "name", "workflows")


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
        self._contributing: dict[tuple[str, frozenset[str]], tuple[str, ...]] = {}
        self._locals: Mapping[str, Mapping[str, Any]] | None = None

    @property
    def own(self) -> Document:
        """The top-level manifest itself."""
        return self.documents[-1]

    @property
    def locals(self) -> Mapping[str, Mapping[str, Any]]:
        """The locals of the files that have any, by path."""
        if self._locals is None:
            self._locals = {document.path: document.locals for document in self.documents if document.locals}
        return self._locals

    def contributing(self, kind: str, names: frozenset[str]) -> tuple[str, ...]:
        """Name the files that say anything of components with these names: of all of them, of their type, or of one."""
        asked = (kind, names)
        if asked not in self._contributing:
            found = () if self._below is None else self._below.contributing(kind, names)
            self._contributing[asked] = (*found, *(one.key for one in self._own() if _contributes(one, kind, names)))
        return self._contributing[asked]

    def section(self, *path: str) -> Map:
        """Merge the mappings at `path`; empty where no document has one. Raises `ConfigError` for anything else.

        What it says with `!unset` and `!append` of what is weaker than all documents is still in it.
        """
        if path not in self._merged:
            layers = [] if self._below is None else [self._below.section(*path)]
            for said in self._at(path):
                layers = [] if said is None else [*layers, said]
            if len(layers) > 1:
                layers = _with_nearest_default(path, layers)
            self._merged[path] = merged(layers, self._lists)
        return self._merged[path]

    def names(self, *path: str) -> Mapping[str, Place]:
        """List the keys of the mappings at `path`, in the order in which they first appear.

        With each comes the place where it is last written.
        """
        if path not in self._named:
            found = {} if self._below is None else self._below.names(*path)
            for mapping in self._at(path):
                found = {} if mapping is None else _renamed(found, mapping)
            self._named[path] = found
        return self._named[path]

    def own_values(self, kind: str) -> frozenset[str]:
        """Name the `vars` that any component of a type has of its own."""
        if kind not in self._own_values:
            found = set() if self._below is None else set(self._below.own_values(kind))
            for components in self._at(("components", kind)):
                for says in (components or {}).values():
                    if isinstance(says, Map):
                        found.update(mapping_at(says, ("vars",)) or ())
            self._own_values[kind] = frozenset(found)
        return self._own_values[kind]

    def _own(self) -> tuple[Document, ...]:
        """Return the documents that no sections below hold."""
        return self.documents if self._below is None else self.documents[-1:]

    def _at(self, path: tuple[str, ...]) -> Iterator[Map | None]:
        """Yield the mappings of the documents of its own; None takes away all that came before."""
        for document in self._own():
            found = mapping_at(document.body, path)
            if found is not None:
                yield found
            elif _is_taken_away_at(document.body, path):
                yield None


def _contributes(document: Document, kind: str, names: frozenset[str]) -> bool:
    components = mapping_at(document.body, ("components", kind))
    return any(key not in _OF_NONE for key in document.body) or (
        components is not None and not names.isdisjoint(components)
    )


def _with_nearest_default(path: tuple[str, ...], layers: list[Map]) -> list[Map]:
    """Return layers in which a default identity that one names takes the place of those of weaker files."""
    if path == (_AUTH,):
        return [one for laid in with_nearest_default(layers) for one in laid]
    if sum(_AUTH in layer for layer in layers) < 2:
        return layers
    result = []
    for layer, laid in zip(layers, with_nearest_default(mapping_at(layer, (_AUTH,)) for layer in layers), strict=True):
        for before in laid[:-1]:
            holder = Map(layer.place)
            holder.put(_AUTH, before, before.place, before.place)
            result.append(holder)
        result.append(layer)
    return result


def _renamed(names: Mapping[str, Place], mapping: Map) -> Mapping[str, Place]:
    found = {**names, **mapping.key_places}
    for key, value in mapping.items():
        if is_taken_away(value):
            del found[key]
    return found


def _is_taken_away_at(tree: Map, path: tuple[str, ...]) -> bool:
    below: Any = tree
    for step in path:
        below = below.get(step) if isinstance(below, Map) else None
    return is_taken_away(below)
