"""Lay parts of manifests over each other: mappings merge key by key, lists as the strategy says, the rest is replaced.

Nothing that is merged changes: two stacks that import one catalog do not see each other's values. What did not have to
change is shared, so that nobody may change what comes of it either.
"""

from collections.abc import Iterable
from typing import Any

from atmos_auth.config.merge import appended
from atmos_auth.config.tags import APPEND, UNSET
from atmos_auth.config.tree import COMPOUND, Map, Seq, Tagged
from atmos_auth.domain.errors import ConfigError

REPLACE, APPENDING, MERGE = "replace", "append", "merge"
STRATEGIES = (REPLACE, APPENDING, MERGE)
# No file can hold this tag: what it holds came after an `!unset`, and nothing that is weaker goes into it.
_ANEW = "!unset, then"
_NOTHING = Map()


def merged(layers: Iterable[Map], strategy: str = REPLACE) -> Map:
    """Return a mapping in which later layers win; keys differ if their case does. Raises ConfigError.

    `strategy` says what becomes of a list that meets a list: it is replaced, appended to, or merged element by element.
    `!append` appends whatever the strategy; `!unset` takes away what earlier layers gave; null replaces by null. Both
    stay in the result, for what comes of it may be laid over more; `settled` ends that.
    """
    laid = [layer for layer in layers if layer]
    if not laid:
        return _NOTHING
    if len(laid) == 1:
        return laid[0]
    merging = _Merging(strategy)
    result = merging.new(_NOTHING)
    for layer in laid:
        result.place = layer.place
        merging.lay(result, layer)
    return result


def settled(value: Any) -> Any:
    """Return what is left when nothing weaker comes any more; itself where nothing is to be taken away or appended.

    Raises `ConfigError` for an `!unset` that stands in a list.
    """
    if isinstance(value, Map):
        below = {key: settled(one) for key, one in value.items() if isinstance(one, COMPOUND)}
        if all(value[key] is one and not is_taken_away(one) for key, one in below.items()):
            return value
        mapping = value.copied()
        for key, one in below.items():
            mapping[key] = one
            if is_taken_away(one):
                mapping.drop(key)
        return mapping
    if isinstance(value, Seq):
        items = [_settled_item(one) for one in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        sequence = Seq(value.place)
        for item, place in zip(items, value.value_places, strict=True):
            sequence.add(item, place)
        return sequence
    if isinstance(value, Tagged) and value.tag in (_ANEW, APPEND):
        return settled(value.argument if value.tag == _ANEW else appended(value))
    return value


def is_taken_away(value: Any) -> bool:
    """Tell whether a value only says that what is weaker is gone."""
    return isinstance(value, Tagged) and value.tag == UNSET


def begun_anew(value: Any) -> Any:
    """Return what was written after an `!unset`, None where nothing was, and any other value as it is."""
    if isinstance(value, Tagged) and value.tag in (_ANEW, UNSET):
        return value.argument if value.tag == _ANEW else None
    return value


def begins_anew(value: Any) -> bool:
    """Tell whether a value takes away all that is weaker, and may say something itself."""
    return isinstance(value, Tagged) and value.tag in (_ANEW, UNSET)


def _settled_item(value: Any) -> Any:
    if is_taken_away(value):
        raise ConfigError(
            "!unset takes away a key of a mapping, and this is an element of a list",
            place=value.place,
            hints=["leave the element out"],
        )
    return settled(value)


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
        met = [
            (key, target[key], value) for key, value in layer.items() if isinstance(value, COMPOUND) and key in target
        ]
        target.update(layer)
        target.key_places.update(layer.key_places)
        target.value_places.update(layer.value_places)
        for key, weaker, stronger in met:
            target[key] = self._over(weaker, stronger)

    def _over(self, weaker: Any, stronger: Any) -> Any:
        if isinstance(weaker, Map) and isinstance(stronger, Map):
            target = weaker if id(weaker) in self._own else self.new(weaker)
            self.lay(target, stronger)
            return target
        if begins_anew(weaker) and not begins_anew(stronger):
            before = begun_anew(weaker)
            return Tagged(_ANEW, _listed(stronger) if before is None else self._over(before, stronger), weaker.place)
        if isinstance(stronger, Tagged) and stronger.tag == APPEND:
            more = _extended(_listed(weaker), appended(stronger))
            return Tagged(APPEND, more, stronger.place) if isinstance(weaker, Tagged) else more
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
