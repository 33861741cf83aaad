"""A component as plain data, for people and programs: all of it, or what most ask for."""

import os
from collections.abc import Mapping
from typing import Any

from atmos_auth.stacks.component import MERGED, OF_TYPE, SINGLE, Component
from atmos_auth.stacks.plain import plain

# What is shown where not everything is wanted.
USUAL = (
    "vars",
    "settings",
    "env",
    "backend",
    "metadata",
    "overrides",
    "providers",
    "imports",
    "dependencies",
    "component",
    "hooks",
)


def described(component: Component, *, workspace: str, auth: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Return everything that is known of a component.

    `auth` is the effective section; `folder` is that of the components of its type. YAML functions that are still there
    stand as they are written.
    """
    sections = component.sections
    described: dict[str, Any] = {
        name: plain(sections[name]) for name in (*MERGED, *OF_TYPE, *SINGLE) if name in sections
    }
    described |= {name: plain(sections[name]) for name in ("overrides", "dependencies", "locals") if name in sections}
    return described | {
        "atmos_component": component.name,
        "atmos_stack": component.stack,
        "atmos_manifest": component.manifest_key,
        "atmos_stack_file": component.manifest_key,
        "stack": component.stack,
        "component": component.base,
        "component_info": {
            "component_path": os.path.join(folder, component.base),
            "component_type": component.kind,
        },
        "inheritance": list(component.bases),
        "metadata": plain(component.metadata),
        "env": {name: value for name, value in described["env"].items() if value is not None},
        "auth": plain(auth),
        "imports": list(component.files),
        "deps": list(component.contributing),
        "deps_all": list(component.files),
        "workspace": workspace,
    }


def usual(described: Mapping[str, Any]) -> dict[str, Any]:
    """Leave of a description what most ask for."""
    return {name: described[name] for name in USUAL if name in described}
