"""Which of several layers says who is the default: the nearest one that names anybody."""

from collections.abc import Iterable

from atmos_auth.config.tree import Map
from atmos_auth.domain.place import Place
from atmos_auth.stacks.holders import mapping_at

_DEFAULT = "default"


def with_nearest_default(auths: Iterable[Map | None]) -> list[list[Map]]:
    """Return for each `auth` section, weakest first, what is to be laid in its stead.

    Where one names a default, those that weaker ones named are none any more. Two that one and the same section names
    stay two.
    """
    laid: list[list[Map]] = []
    named: dict[str, Place] = {}
    for auth in auths:
        identities = (mapping_at(auth, ("identities",)) or Map()) if auth is not None else Map()
        chosen = {
            name: entry.value_places[_DEFAULT]
            for name, entry in identities.items()
            if isinstance(entry, Map) and entry.get(_DEFAULT) is True
        }
        folded = {name.lower() for name in chosen}
        gone = {name: place for name, place in named.items() if name.lower() not in folded} if chosen else {}
        laid.append([*([_unmarked(gone)] if gone else []), *([auth] if auth is not None else [])])
        named = chosen or named
    return laid


def _unmarked(names: dict[str, Place]) -> Map:
    """Return an `auth` section that says of identities that they are no default."""
    identities = Map()
    for name, place in names.items():
        mark = Map(place)
        mark.put(_DEFAULT, False, place, place)
        identities.put(name, mark, place, place)
    auth = Map()
    auth.put("identities", identities, identities.place, identities.place)
    return auth
