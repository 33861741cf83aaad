"""The Terraform workspace of a component: a name of its own for every instance in every stack."""

from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.domain.place import Place
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.names import TOKEN

DEFAULT = "default"
_TEMPLATE = "terraform_workspace_template"


def workspace_of(component: Component, *, enabled: bool, by_template: Callable[[str, Place], str]) -> str:
    """Name the workspace; `enabled` tells whether the configuration wants workspaces at all.

    `by_template` works out a name that the component gives as a template, which stands at a place.
    """
    is_off = component.sections["settings"].get("workspaces_enabled") is False
    if not enabled or is_off or component.sections.get("backend_type") == "http":
        return DEFAULT
    metadata = component.metadata
    template = metadata.get(_TEMPLATE)
    pattern, name = metadata.get("terraform_workspace_pattern"), metadata.get("terraform_workspace")
    if isinstance(template, str) and template:
        chosen = by_template(template, metadata.value_places[_TEMPLATE])
    elif isinstance(pattern, str) and pattern:
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
