"""The identities of one component: those of the configuration, and over them what its stack says in `auth`."""

from atmos_auth.config.load import Config
from atmos_auth.config.tree import Map, lookup
from atmos_auth.domain.errors import UnknownIdentity
from atmos_auth.stacks.merge import merged

_DEFAULT = "default"


def with_auth(config: Config, said: Map) -> Config:
    """Return the configuration as the component has it; works out no function, reads no file.

    A default that the stack names takes the place of those that the configuration names. An identity of which the stack
    says `default` and nothing else must be defined elsewhere: raises `UnknownIdentity` with its place.
    """
    identities = said.get("identities")
    if not said or not isinstance(identities, Map):
        return config.overlaid(_below("auth", said)) if said else config
    configured = config.peek(("auth", "identities"))
    known = configured if isinstance(configured, Map) else Map()
    wanted = Map(identities.place)
    for name, entry in identities.items():
        if not _is_marker_of_nobody(name, entry, known, identities):
            wanted.put(name, entry, identities.key_places[name], identities.value_places[name])
    chosen = {name.lower() for name, entry in wanted.items() if isinstance(entry, Map) and entry.get(_DEFAULT) is True}
    layers = [_unmarked(known, chosen), wanted] if chosen else [wanted]
    rest = said.copied()
    rest.drop("identities")
    return config.overlaid(_below("auth", merged([rest, *(_below("identities", layer) for layer in layers)])))


def _is_marker_of_nobody(name: str, entry: object, known: Map, identities: Map) -> bool:
    """Tell whether the entry only says that an identity is not the default which nobody defines."""
    if not isinstance(entry, Map) or set(entry) != {_DEFAULT} or lookup(known, name) is not None:
        return False
    if entry[_DEFAULT] is not True:
        return True
    raise UnknownIdentity(
        f'identity "{name}" is marked as the default, and nothing defines it',
        place=identities.key_places[name],
        hints=["define it under auth.identities, here or in atmos.yaml", "atmos auth list"],
    )


def _unmarked(known: Map, chosen: set[str]) -> Map:
    """Say of every identity of the configuration that is not chosen that it is no default."""
    unmarked = Map(known.place)
    for name, entry in known.items():
        if name.lower() not in chosen and isinstance(entry, Map) and _DEFAULT in entry:
            place = entry.value_places[_DEFAULT]
            mark = Map(place)
            mark.put(_DEFAULT, False, place, place)
            unmarked.put(name, mark, place, place)
    return unmarked


def _below(key: str, value: Map) -> Map:
    document = Map(value.place)
    document.put(key, value, value.place, value.place)
    return document
