"""Where a component keeps its state: the backend that is chosen, with what it needs and nobody wrote."""

from typing import Any

from atmos_auth.config.tree import NOWHERE, Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.merge import merged

_Chosen = dict[str, tuple[Any, Place]]


def chosen_backend(sections: Map, *, kind: str, component: str, stack: str, base: str) -> _Chosen:
    """Pick the backends of the chosen types, and fill in their defaults; raises `ConfigError` when there is none.

    Returns values and their places, by the names of the sections.
    """
    name = _name(sections["metadata"], base, component)
    written: Map = sections["backend"]
    backend_type, type_place = _type(sections, "backend_type")
    chosen = _of_type(written, backend_type, type_place, "backend_type", component, stack)
    remote = merged([written, sections["remote_state_backend"]])
    remote_type, remote_place = _type(sections, "remote_state_backend_type")
    if not remote_type:
        remote_type, remote_place = backend_type, type_place
    remote_chosen = _of_type(remote, remote_type, remote_place, "remote_state_backend_type", component, stack)
    return {
        "backend": (_filled(chosen, backend_type, name), chosen.place),
        "backend_type": (backend_type, type_place),
        "remote_state_backend": (_filled(remote_chosen, remote_type, name), remote_chosen.place),
        "remote_state_backend_type": (remote_type, remote_place),
    }


def _type(sections: Map, key: str) -> tuple[str, Place]:
    value = sections.get(key) or ""
    if not isinstance(value, str):
        raise ConfigError(f"`{key}` is the name of a backend", place=sections.value_places[key])
    return value, sections.value_places.get(key, NOWHERE)


def _of_type(written: Map, chosen: str, place: Place, key: str, component: str, stack: str) -> Map:
    if not chosen:
        return Map(written.place)
    found = written.get(chosen)
    if found is None and any(value is not None for value in written.values()):
        raise ConfigError(
            f'component "{component}" of stack "{stack}": {key} is "{chosen}", and no such backend is configured',
            place=None if place == NOWHERE else place,
            details=[f"configured: {', '.join(written)}"],
            hints=[f"write `backend: {{ {chosen}: ... }}`, or set {key} to one that is configured"],
        )
    if found is not None and not isinstance(found, Map):
        raise ConfigError(f"`backend.{chosen}` is a mapping", place=written.value_places[chosen])
    return found if found is not None else Map(written.place)


def _filled(backend: Map, chosen: str, name: str) -> Map:
    default = {"s3": ("workspace_key_prefix", name), "gcs": ("prefix", name), "azurerm": ("key", _azure(name))}
    if chosen not in default or backend.get(default[chosen][0]) is not None:
        return backend
    key, value = default[chosen]
    filled = backend.copied()
    filled.put(key, value, backend.place, backend.place)
    return filled


def _azure(name: str) -> str:
    return f"{name}.terraform.tfstate"


def _name(metadata: Map, base: str, component: str) -> str:
    chosen = metadata.get("name") or base or component
    return str(chosen).replace("/", "-")
