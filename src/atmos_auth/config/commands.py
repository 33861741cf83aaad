"""Merge lists of custom commands: commands of one name become one command, others are added."""

from collections.abc import Callable
from typing import Any

from atmos_auth.config.tree import Map, Seq, lookup

Lay = Callable[[Map, Map], Map]
_KEY = "commands"


def with_commands_merged(weaker: Map, stronger: Map, lay: Lay) -> Map:
    """Lay one mapping over another with `lay`, except that their `commands` lists become one list.

    Commands of one name merge, sub-commands included; an entry without a name cannot be matched and is added.
    """
    merged = lay(weaker, stronger)
    mine, theirs = lookup(weaker, _KEY), lookup(stronger, _KEY)
    if mine and theirs and isinstance(mine[1], Seq) and isinstance(theirs[1], Seq):
        merged[mine[0]] = _by_name(mine[1], theirs[1], lay)
    return merged


def _by_name(weaker: Seq, stronger: Seq, lay: Lay) -> Seq:
    merged = Seq(stronger.place)
    at: dict[str, int] = {}
    for source in (weaker, stronger):
        for command, place in zip(source, source.value_places, strict=True):
            name = _name(command)
            index = at.get(name) if name is not None else None
            if index is not None:
                merged[index] = with_commands_merged(merged[index], command, lay)
                merged.value_places[index] = place
                continue
            if name is not None:
                at[name] = len(merged)
            merged.add(command, place)
    return merged


def _name(command: Any) -> str | None:
    found = lookup(command, "name") if isinstance(command, Map) else None
    return found[1] if found and isinstance(found[1], str) else None
