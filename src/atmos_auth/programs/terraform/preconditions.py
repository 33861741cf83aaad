"""What must hold of a component before anybody signs in for it."""

import os

from atmos_auth.domain.errors import InvalidComponent
from atmos_auth.stacks.component import Component

_NOT_ABSTRACT = frozenset({"plan", "apply", "deploy", "workspace"})
_NOT_LOCKED = frozenset({"apply", "deploy", "destroy", "import", "state", "taint", "untaint"})


def require_usable(component: Component, subcommand: str, folder: str) -> None:
    """Raise `InvalidComponent` where the command cannot be run for the component; looks at no more than its folder."""
    name = component.name
    if not os.path.isdir(folder):
        raise InvalidComponent(
            f'the component "{name}" points to the code "{component.base}", which does not exist in {folder}',
            place=component.place,
            hints=["check metadata.component, and components.terraform.base_path in atmos.yaml"],
        )
    if component.is_abstract and subcommand in _NOT_ABSTRACT:
        raise InvalidComponent(
            "abstract component cannot be provisioned",
            place=component.place,
            details=[f'the component "{name}" is there to be inherited from (metadata.type: abstract)'],
            hints=["name a component that inherits from it"],
        )
    if component.metadata.get("locked") is True and subcommand in _NOT_LOCKED:
        raise InvalidComponent(
            "locked component cannot be provisioned",
            place=component.place,
            details=[f"component '{name}' cannot be modified (metadata.locked: true)"],
            hints=["`plan` is allowed; remove `locked` to change it"],
        )
    if component.sections.get("backend_type") == "http" and subcommand == "workspace":
        raise InvalidComponent(
            f'the component "{name}" keeps its state in a backend of type http, which has no workspaces',
            place=component.place,
        )
