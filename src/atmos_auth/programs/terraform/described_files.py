"""Files that a component's `generate` section describes: a name, and a text or what is written as the name ends."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.programs.terraform.hcl_text import attributes, blocks
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.evaluation import GENERATE
from atmos_auth.stacks.plain import plain


def described_files(component: Component) -> dict[str, str]:
    """Return the files by name, below the folder of the component's code; raises `InvalidSetting` with the place."""
    section = component.sections[GENERATE]
    return {
        name: _content(name, plain(value), section.value_places[name])
        for name, value in section.items()
        if value is not None
    }


def names_of(section: Map) -> list[str]:
    """Return the names of all files that a section describes; raises `InvalidSetting` for one that leads elsewhere."""
    for name in section:
        _require_below(name, section.key_places[name])
    return list(section)


def _content(name: str, value: Any, place: Place) -> str:
    _require_below(name, place)
    if isinstance(value, str):
        return value
    ending = os.path.splitext(name)[1]
    write = _WRITERS.get(ending)
    # Terraform's language has no file that is a list.
    if write is None or not isinstance(value, Mapping if ending in _HCL else Mapping | list):
        raise InvalidSetting(
            f"{GENERATE}: {name} takes text",
            place=place,
            hints=[f"or a mapping, for a name that ends in {', '.join(_WRITERS)}"],
        )
    return write(value)


def _require_below(name: str, place: Place) -> None:
    parts = name.replace("\\", "/").split("/")
    if os.path.isabs(name) or ".." in parts or not parts[-1]:
        raise InvalidSetting(
            f'{GENERATE}: "{name}" is no name of a file in the component\'s folder',
            place=place,
            hints=["name it without .. and without a slash at its beginning"],
        )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _yaml(value: Any) -> str:
    import yaml

    return str(yaml.safe_dump(value, allow_unicode=True))


_HCL: dict[str, Callable[[Any], str]] = {".tf": blocks, ".hcl": blocks, ".tofu": blocks, ".tfvars": attributes}
_WRITERS: dict[str, Callable[[Any], str]] = {".json": _json, ".yaml": _yaml, ".yml": _yaml, **_HCL}
