"""Lay parts of manifests over each other: mappings merge key by key, lists as the strategy says, the rest is replaced.

Nothing that is merged changes: two stacks that import one catalog do not see each other's values. What did not have to
change is shared, so that nobody may change what comes of it either.
"""

from collections.abc import Iterable
from typing import Any

from atmos_auth.config.merge import appended
from atmos_auth.config.tags import APPEND, UNSET
from atmos_auth.config.tree import COMPOUND, Map, Seq, Tagged

REPLACE, APPENDING, MERGE = "replace", "append", "merge"
STRATEGIES = (REPLACE, APPENDING, MERGE)
_NOTHING = Map()


def merged(layers: Iterable[Map], strategy: str = REPLACE) -> Map:
    """Return a mapping in which later layers win; keys differ if their case does. Raises ConfigError.

    `strategy` says what becomes of a list that meets a list: it is replaced, appended to, or merged element by element.
    `!append` appends whatever the strategy; `!unset` takes away what earlier layers gave; null replaces by null.
    """
    laid = [layer for layer in layers if layer]
    if not laid:
        return _NOTHING
    if len(laid) == 1 and not any(isinstance(value, Tagged) for value in laid[0].values()):
        return laid[0]
    merging = _Merging(strategy)
    result = merging.new(_NOTHING)
    for layer in laid:
        result.place = layer.place
        merging.lay(result, layer)
    return result


class _Merging:
    def __init__(self, strategy: str) -> None:
        self._strategy = strategy
        # The mappings and lists that this merge made, and may therefore change.
        self._own: dict[int, Any] = {}

    def new(self, original: Map) -> Map:
        copy = original.copied()
        self._own[id(copy)] = copy
        return copy

    def lay(self, target: Map, layer: Map) -> None:
        # Most values are single ones, which replace whatever was there.
        met = [(key, target.get(key), value) for key, value in layer.items() if isinstance(value, COMPOUND)]
        target.update(layer)
        target.key_places.update(layer.key_places)
        target.value_places.update(layer.value_places)
        for key, weaker, stronger in met:
            if isinstance(stronger, Tagged) and stronger.tag == UNSET:
                target.drop(key)
            else:
                target[key] = self._over(weaker, stronger)

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
