"""Where a component keeps its state: the backend that is chosen, with what it needs and nobody wrote."""

from collections.abc import Iterable
from typing import Any

from atmos_auth.config.tree import NOWHERE, Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.holders import mapping_at
from atmos_auth.stacks.merge import merged

AZURE = "azurerm"
# Which setting of a backend keeps the states of components apart.
_NAMED_BY = {"s3": "workspace_key_prefix", "gcs": "prefix"}
_Chosen = dict[str, tuple[Any, Place]]


def chosen_backend(sections: Map, own: Iterable[Map], *, component: str, stack: str, name: str) -> _Chosen:
    """Pick the backends of the chosen types, and fill in their defaults; raises `ConfigError` when there is none.

    `own` are the backends that the component and its bases write down themselves, `name` is what its state is called.
    Returns values and their places, by the names of the sections.
    """
    has_own_key = any("key" in (mapping_at(backend, (AZURE,)) or ()) for backend in own)
    written: Map = sections["backend"]
    backend_type, type_place = _type(sections, "backend_type")
    chosen = _of_type(written, backend_type, type_place, "backend_type", component, stack)
    remote = merged([written, sections["remote_state_backend"]])
    remote_type, remote_place = _type(sections, "remote_state_backend_type")
    if not remote_type:
        remote_type, remote_place = backend_type, type_place
    remote_chosen = _of_type(remote, remote_type, remote_place, "remote_state_backend_type", component, stack)

    def filled(backend: Map, chosen: str) -> Map:
        return _filled(backend, chosen, name, has_own_key=has_own_key)

    return {
        "backend": (filled(chosen, backend_type), chosen.place),
        "backend_type": (backend_type, type_place),
        "remote_state_backend": (
            filled(remote_chosen, remote_type),
            remote_chosen.place,
        ),
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


def _filled(backend: Map, chosen: str, name: str, *, has_own_key: bool) -> Map:
    if chosen == AZURE:
        return backend if has_own_key else _with_azure_key(backend, name)
    key = _NAMED_BY.get(chosen)
    return backend if key is None or backend.get(key) is not None else _with(backend, key, name)


def _with_azure_key(backend: Map, name: str) -> Map:
    """A key that all components have in common is where their states stand."""
    common = backend.get("key")
    file = f"{name}.terraform.tfstate"
    return _with(backend, "key", f"{common.rstrip('/')}/{file}" if isinstance(common, str) and common else file)


def _with(backend: Map, key: str, value: str) -> Map:
    filled = backend.copied()
    filled.put(key, value, backend.place, backend.place)
    return filled
