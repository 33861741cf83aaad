"""Let the `env:` section set `ATMOS_*` variables that the real environment does not have."""

from typing import Any

from atmos_auth.config.functions import Functions
from atmos_auth.config.observer import Observer
from atmos_auth.config.tree import Map, lookup
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

_BEGINNING = "ATMOS_"


def promote(tree: Map, observer: Observer, functions: Functions) -> None:
    """Set the variables in `observer.promoted`; works out functions in their values. Raises ConfigError."""
    found = lookup(tree, "env")
    section = functions.head(found[1]) if found else None
    if found is None or section is None:
        return
    if not isinstance(section, Map):
        raise ConfigError("`env` takes a mapping of variables", place=tree.value_places[found[0]])
    for name, value in section.items():
        if name.startswith(_BEGINNING):
            observer.record.variables[name] = observer.environ.get(name)
            if name not in observer.environ:
                observer.promoted[name] = _text(name, functions.whole(value), section.value_places[name])


def _text(name: str, value: Any, place: Place) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Map | list):
        raise ConfigError(f"the variable {name} takes a single value", place=place)
    return str(value)
