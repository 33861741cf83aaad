"""`locals`: values that a file names for its own templates, and that nobody else sees."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from atmos_auth.config.compose import compose
from atmos_auth.config.tree import Map, Tagged, planted
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.changing import Texts, changed_mapping
from atmos_auth.stacks.holders import mapping_at
from atmos_auth.stacks.merge import merged
from atmos_auth.stacks.plain import plain

LOCALS = "locals"
# What a local, or the path of an import, may look at beside locals and the context of an import.
SEEN = ("settings", "vars", "env")


class Rendering(Protocol):
    """How texts of locals, and texts that use them, are worked out."""

    def looked_at(self, text: str, place: Place) -> frozenset[tuple[str, ...]]:
        """Return the ways into its data that a template goes."""
        ...

    def strictly(self, text: str, place: Place, data: Mapping[str, Any]) -> str:
        """Work a text out; a key that is missing is an error."""
        ...


class Applied(NamedTuple):
    """A file whose own templates got their locals: its tree, and the locals that all its components see."""

    tree: Map
    locals: Mapping[str, Any]


class FileLocals:
    """Works out the locals of files. `function` works out a YAML function. Raises `ConfigError` with the place."""

    def __init__(self, rendering: Rendering, function: Callable[[Any], Any], kinds: tuple[str, ...]) -> None:
        self._rendering = rendering
        self._function = function
        self._kinds = kinds

    def of_text(self, text: str, path: str, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the locals that a template names at its top, given its context; it need not be YAML elsewhere."""
        holder = Map(Place(path, 1, 1))
        for name in (LOCALS, *SEEN):
            block = _block(text, path, name)
            if block is not None:
                holder.put(name, block, block.place, block.place)
        return self._scope([holder], {}, context)

    def applied(self, tree: Map) -> Applied:
        """Return the file with those templates rendered that use nothing but its locals; all others come later."""
        if not self._has_locals(tree):
            return Applied(tree, {})
        common = self._scope([tree], {})
        of_kinds = {
            kind: self._scope([tree, said], common) for kind in self._kinds if (said := mapping_at(tree, (kind,)))
        }
        changed: dict[str, Any] = {}
        for key, value in tree.items():
            if key == "components" and isinstance(value, Map):
                of_kind = {
                    kind: self._components(tree, kind, components, of_kinds.get(kind, common))
                    for kind, components in value.items()
                    if isinstance(components, Map)
                }
                changed[key] = changed_mapping(value, of_kind)
            elif key != LOCALS:
                changed[key] = self._using(of_kinds.get(key, common)).tree(value, tree.value_places[key])
        result = changed_mapping(tree, changed)
        result.drop(LOCALS)
        for kind in of_kinds:
            below = result[kind].copied()
            below.drop(LOCALS)
            result[kind] = below
        # Components of all types may be in one file; those of Terraform are the ones that get worked out later.
        return Applied(result, of_kinds.get(self._kinds[0], common))

    def _has_locals(self, tree: Map) -> bool:
        if LOCALS in tree:
            return True
        for kind in self._kinds:
            if isinstance(said := tree.get(kind), Map) and LOCALS in said:
                return True
        groups = tree.get("components")
        for group in groups.values() if isinstance(groups, Map) else ():
            for says in group.values() if isinstance(group, Map) else ():
                if isinstance(says, Map) and LOCALS in says:
                    return True
        return False

    def _components(self, tree: Map, kind: str, components: Map, outer: Mapping[str, Any]) -> Map:
        changed = {}
        for name, says in components.items():
            if not isinstance(says, Map):
                continue
            holders = [holder for holder in (tree, mapping_at(tree, (kind,)), says) if holder is not None]
            known, own = outer, says
            if LOCALS in says:
                known = self._scope(holders, outer)
                own = says.copied()
                # What others inherit is the values, which no other file could work out.
                worked_out = _picked(known, says[LOCALS])
                own[LOCALS] = worked_out
            changed[name] = self._using(known, may_inherit=True).tree(own, components.value_places[name])
        return changed_mapping(components, changed)

    def _using(self, known: Mapping[str, Any], *, may_inherit: bool = False) -> Texts:
        def change(text: str, place: Place) -> str:
            if LOCALS not in text:
                return text
            ways = self._rendering.looked_at(text, place)
            if not only_locals(ways) or (may_inherit and any(way[1] not in known for way in ways)):
                return text
            return self._rendering.strictly(text, place, {LOCALS: known})

        return Texts(change)

    def _scope(
        self, holders: list[Map], outer: Mapping[str, Any], context: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """Return the locals of the last holder over those outside; the holders say what they may look at."""
        written = mapping_at(holders[-1], (LOCALS,))
        if not written:
            return outer
        seen = {
            name: plain(merged([said for holder in holders if (said := mapping_at(holder, (name,))) is not None]))
            for name in SEEN
        }
        return _Resolving(written, outer, seen | dict(context or {}), self._rendering, self._function).all()


def only_locals(ways: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether a template looks at locals, and at nothing else."""
    found = tuple(ways)
    return bool(found) and all(way[0] == LOCALS and len(way) > 1 if way else False for way in found)


def _picked(known: Mapping[str, Any], written: Any) -> Any:
    if not isinstance(written, Map):
        return written
    picked = Map(written.place)
    for name in written:
        value = planted(known[name], written.value_places[name])
        picked.put(name, value, written.key_places[name], written.value_places[name])
    return picked


class _Resolving:
    """Works out the locals of one mapping, each after those that it needs."""

    def __init__(
        self,
        written: Map,
        outer: Mapping[str, Any],
        seen: Mapping[str, Any],
        rendering: Rendering,
        function: Callable[[Any], Any],
    ) -> None:
        self._written = written
        self._seen = seen
        self._rendering = rendering
        self._function = function
        self._known = {name: value for name, value in outer.items() if name not in written}
        self._running: list[str] = []

    def all(self) -> Mapping[str, Any]:
        for name in self._written:
            self._resolve(name)
        return self._known

    def _resolve(self, name: str) -> None:
        if name in self._known or name not in self._written:
            return
        if name in self._running:
            circle = [*self._running[self._running.index(name) :], name]
            raise ConfigError(
                f"the local `{name}` needs itself",
                place=self._written.value_places[name],
                details=[" needs ".join(f"`{step}`" for step in circle)],
                hints=["write one of them without the other"],
            )
        self._running.append(name)
        rendered = Texts(self._rendered).tree(self._written[name], self._written.value_places[name])
        self._known[name] = plain(self._function(rendered)) if isinstance(rendered, Tagged) else self._plain(rendered)
        self._running.pop()

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Tagged):
            return plain(self._function(value))
        if isinstance(value, Map):
            return {key: self._plain(below) for key, below in value.items()}
        return [self._plain(below) for below in value] if isinstance(value, list) else value

    def _rendered(self, text: str, place: Place) -> str:
        for way in sorted(self._rendering.looked_at(text, place)):
            if way[:1] == (LOCALS,) and len(way) > 1:
                self._resolve(way[1])
        return self._rendering.strictly(text, place, {**self._seen, LOCALS: self._known})


def _block(text: str, path: str, name: str) -> Map | None:
    """Read one key at the top of a text that may not be YAML elsewhere; None where there is none, or no mapping."""
    found = re.search(rf"^{name}:.*\n?(?:(?:[ \t#].*)?\n|[ \t#].*\Z)*", text, re.MULTILINE)
    if found is None:
        return None
    try:
        tree = compose("\n" * text.count("\n", 0, found.start()) + found[0], path)
    except ConfigError:
        return None
    block = tree.get(name) if isinstance(tree, Map) else None
    return block if isinstance(block, Map) else None
