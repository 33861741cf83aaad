"""Trees in which some values are others: what does not change is shared."""

from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.config.tags import LITERAL
from atmos_auth.config.tree import COMPOUND, Map, Seq, Tagged
from atmos_auth.domain.place import Place
from atmos_auth.stacks.merge import is_taken_away


class Texts:
    """Changes those texts of a tree that may be templates: `change` gets each with its place; keys are texts too.

    A text without `opening` is none, nor is what stands in a `!literal`.
    """

    def __init__(self, change: Callable[[str, Place], str], opening: str = "{{") -> None:
        self._change = change
        self._opening = opening

    def tree(self, value: Any, place: Place | None = None) -> Any:
        """Return the value with every such text changed; what `change` raises comes through."""
        if isinstance(value, str):
            return self._change(value, place or Place("", 1, 1)) if self._opening in value else value
        if isinstance(value, Tagged):
            if value.tag == LITERAL:
                return value
            argument = self.tree(value.argument, value.place)
            return value if argument is value.argument else Tagged(value.tag, argument, value.place)
        if isinstance(value, Map):
            return self._mapping(value)
        if isinstance(value, Seq):
            return changed_sequence(value, [self.tree(*one) for one in zip(value, value.value_places, strict=True)])
        return value

    def _mapping(self, value: Map) -> Map:
        changed, has_changed_keys = {}, False
        for key, below in value.items():
            has_changed_keys = has_changed_keys or self._opening in key
            if isinstance(below, COMPOUND) or (isinstance(below, str) and self._opening in below):
                new = self.tree(below, value.value_places[key])
                if new is not below:
                    changed[key] = new
        if not has_changed_keys:
            return changed_mapping(value, changed)
        mapping = Map(value.place)
        for key, below in value.items():
            written = self._change(key, value.key_places[key]) if self._opening in key else key
            mapping.put(written, changed.get(key, below), value.key_places[key], value.value_places[key])
        return mapping


def changed_mapping(value: Map, changed: Mapping[str, Any]) -> Map:
    """Return the mapping with other values, without those that are taken away; itself where none is another."""
    if not changed:
        return value
    copy = value.copied()
    for key, new in changed.items():
        if is_taken_away(new):
            copy.drop(key)
        else:
            copy.put(key, new, value.key_places[key], value.value_places[key])
    return copy


def changed_sequence(value: Seq, new: list[Any]) -> Seq:
    """Return a list of other elements at the same places; itself where none is another."""
    if all(one is old for one, old in zip(new, value, strict=True)):
        return value
    sequence = Seq(value.place)
    for one, place in zip(new, value.value_places, strict=True):
        sequence.add(one, place)
    return sequence
