"""Lay one configuration document over another: mappings merge key by key, everything else is replaced."""

from collections.abc import Callable
from typing import Any

from atmos_auth.config.commands import with_commands_merged
from atmos_auth.config.sections import case_matters_below
from atmos_auth.config.tags import APPEND, INCLUDE, UNSET
from atmos_auth.config.tree import Later, Map, Seq, Tagged
from atmos_auth.domain.errors import ConfigError

Opened = Callable[[Tagged], Any]


def lay_document(weaker: Map, stronger: Map, opened: Opened) -> Map:
    """Give a new tree in which `stronger` wins; neither argument changes.

    `opened` gives what an `!include` stands for, and is asked only where that must merge with a mapping or
    extend a list. Custom commands of both documents merge by name. Raises ConfigError.
    """
    return with_commands_merged(weaker, stronger, lambda mine, theirs: _lay(mine, theirs, opened, same_key=_folded))


SameKey = Callable[[str], str]


def _folded(key: str) -> str:
    return key.lower()


def _exact(key: str) -> str:
    return key


def _lay(weaker: Map, stronger: Map, opened: Opened, same_key: SameKey) -> Map:
    merged = Map(stronger.place)
    for key, value in weaker.items():
        merged.put(key, value, weaker.key_places[key], weaker.value_places[key])
    first_spelling = {same_key(key): key for key in weaker}
    for written, value in stronger.items():
        key = first_spelling.get(same_key(written), written)
        if isinstance(value, Tagged) and value.tag == UNSET:
            merged.drop(key)
            continue
        earlier = merged.get(key)
        if value is None and isinstance(earlier, Map):
            continue  # an empty section says nothing
        below: SameKey = _exact if case_matters_below(key) else _folded
        laid = _over(earlier, value, opened, below)
        merged.put(key, laid, stronger.key_places[written], stronger.value_places[written])
    return merged


def _over(weaker: Any, stronger: Any, opened: Opened, same_key: SameKey) -> Any:
    if isinstance(stronger, Tagged) and stronger.tag == APPEND:
        return _extended(weaker, stronger, opened)
    if _stands_for_a_mapping(weaker) and (isinstance(stronger, Map) or _is_include(stronger)):
        weaker = opened(weaker)
    if isinstance(weaker, Map) and _is_include(stronger):
        stronger = opened(stronger)
    if isinstance(stronger, Map):
        return _lay(weaker if isinstance(weaker, Map) else Map(stronger.place), stronger, opened, same_key)
    return stronger


def _stands_for_a_mapping(value: Any) -> bool:
    return _is_include(value) or isinstance(value, Later)


def _is_include(value: Any) -> bool:
    return isinstance(value, Tagged) and value.tag == INCLUDE


def _extended(weaker: Any, append: Tagged, opened: Opened) -> Seq:
    if _is_include(weaker):
        weaker = opened(weaker)
    if isinstance(weaker, Tagged):
        raise ConfigError(
            f"!append cannot extend a list that {weaker.tag} gives",
            place=append.place,
            details=[f"the list is at {weaker.place}"],
            hints=["Write the whole list here, without !append."],
        )
    extended = Seq(append.place)
    for part in (weaker if isinstance(weaker, Seq) else None, appended(append)):
        if part is not None:
            for value, place in zip(part, part.value_places, strict=True):
                extended.add(value, place)
    return extended


def appended(append: Tagged) -> Seq:
    """Give the elements that an `!append` adds; a single value is a list of one. Raises ConfigError."""
    argument = append.argument
    if isinstance(argument, Seq):
        return argument
    if isinstance(argument, Map) or not argument:
        raise ConfigError(
            "!append takes a list", place=append.place, hints=["Write `!append` and the `- items` below it."]
        )
    single = Seq(append.place)
    single.add(argument, append.place)
    return single
