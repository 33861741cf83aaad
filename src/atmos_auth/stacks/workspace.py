"""The Terraform workspace of a component: a name of its own for every instance in every stack."""

from collections.abc import Mapping
from typing import Any

from atmos_auth.stacks.component import Component
from atmos_auth.stacks.names import TOKEN

DEFAULT = "default"


def workspace_of(component: Component, *, enabled: bool) -> str:
    """Name the workspace; `enabled` tells whether the configuration wants workspaces at all."""
    if not enabled or component.sections.get("backend_type") == "http":
        return DEFAULT
    metadata = component.metadata
    pattern, name = metadata.get("terraform_workspace_pattern"), metadata.get("terraform_workspace")
    if isinstance(pattern, str) and pattern:
        chosen = _by_pattern(pattern, component)
    elif isinstance(name, str) and name:
        chosen = name
    else:
        is_an_instance = component.base != component.name
        chosen = f"{component.stack}-{component.name}" if is_an_instance else component.stack
    return chosen.replace("/", "-")


def _by_pattern(pattern: str, component: Component) -> str:
    values: Mapping[str, Any] = {
        **component.sections["vars"],
        "component": component.name,
        "base-component": component.base,
    }
    return TOKEN.sub(lambda match: str(values.get(match[1], match[0])), pattern)
