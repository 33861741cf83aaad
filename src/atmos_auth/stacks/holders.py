"""What mappings of manifests have under a name, where they may also say that all of it is gone."""

from collections.abc import Iterable

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.merge import begins_anew, begun_anew


def layers_at(holders: Iterable[Map], name: str, below: Iterable[Map] = ()) -> list[Map]:
    """Return the mappings that the holders have under a name over those `below`, from the last `!unset` on."""
    found = list(below)
    for holder in holders:
        if name in holder:
            if begins_anew(holder[name]):
                found.clear()
            said = mapping_at(holder, (name,))
            if said is not None:
                found.append(said)
    return found


def mapping_at(tree: Map, path: tuple[str, ...]) -> Map | None:
    """Return the mapping at `path`, None where there is nothing or null; raises `ConfigError` for anything else."""
    for step in path:
        below = begun_anew(tree.get(step))
        if below is None:
            return None
        if not isinstance(below, Map):
            raise ConfigError(
                f"`{'.'.join(path)}` is a mapping",
                place=tree.value_places[step],
                hints=[f"write `key: value` lines below `{step}:`"],
            )
        tree = below
    return tree
