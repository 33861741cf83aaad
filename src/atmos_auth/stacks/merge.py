"""Lay parts of manifests over each other: mappings merge key by key, lists as the strategy says, the rest is replaced.

Nothing that is merged changes: two stacks that import one catalog do not see each other's values. What did not have to
change is shared.
"""

from collections.abc import Iterable
from typing import Any

from atmos_auth.config.merge import appended
from atmos_auth.config.tags import APPEND, UNSET
from atmos_auth.config.tree import Map, Seq, Tagged

REPLACE, APPENDING, MERGE = "replace", "append", "merge"
STRATEGIES = (REPLACE, APPENDING, MERGE)


def merged(layers: Iterable[Map], strategy: str = REPLACE) -> Map:
    """Return a new mapping in which later layers win; keys differ if their case does. Raises ConfigError.

    `strategy` says what becomes of a list that meets a list: it is replaced, appended to, or merged element by element.
    `!append` appends whatever the strategy; `!unset` takes away what earlier layers gave; null replaces by null.
    """
    merging = _Merging(strategy)
    result = merging.new(None)
    for layer in layers:
        result.place = layer.place
        merging.lay(result, layer)
    return result


class _Merging:
    def __init__(self, strategy: str) -> None:
        self._strategy = strategy
        # The mappings and lists that this merge made, and may therefore change.
        self._own: dict[int, Any] = {}

    def new(self, original: Map | None) -> Map:
        copy = Map(original.place) if original is not None else Map()
        self._own[id(copy)] = copy
        for key, value in (original or {}).items():
            copy.put(key, value, original.key_places[key], original.value_places[key])  # type: ignore[union-attr]
        return copy

    def lay(self, target: Map, layer: Map) -> None:
        for key, value in layer.items():
            if isinstance(value, Tagged) and value.tag == UNSET:
                target.drop(key)
                continue
            laid = self._over(target.get(key), value)
            target.put(key, laid, layer.key_places[key], layer.value_places[key])

    def _over(self, weaker: Any, stronger: Any) -> Any:
        if isinstance(weaker, Map) and isinstance(stronger, Map):
            target = weaker if id(weaker) in self._own else self.new(weaker)
            self.lay(target, stronger)
            return target
        if isinstance(stronger, Tagged) and stronger.tag == APPEND:
            return _extended(_listed(weaker), appended(stronger))
        before = _listed(weaker)
        if isinstance(before, Seq) and isinstance(stronger, Seq) and self._strategy != REPLACE:
            return _extended(before, stronger) if self._strategy == APPENDING else self._element_wise(before, stronger)
        return stronger

    def _element_wise(self, weaker: Seq, stronger: Seq) -> Seq:
        result = Seq(stronger.place)
        for index in range(max(len(weaker), len(stronger))):
            if index >= len(stronger):
                result.add(weaker[index], weaker.value_places[index])
            else:
                below = weaker[index] if index < len(weaker) else None
                result.add(self._over(below, stronger[index]), stronger.value_places[index])
        return result


def _listed(value: Any) -> Any:
    """Give the list that an `!append` without anything before it stands for."""
    return appended(value) if isinstance(value, Tagged) and value.tag == APPEND else value


def _extended(weaker: Any, more: Seq) -> Seq:
    extended = Seq(more.place)
    for part in (weaker, more):
        if isinstance(part, Seq):
            for value, place in zip(part, part.value_places, strict=True):
                extended.add(value, place)
    return extended
