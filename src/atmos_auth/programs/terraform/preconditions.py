"""What must hold of a component before anybody signs in for it."""

import os
import shlex
from collections.abc import Iterable

from atmos_auth.domain.errors import InvalidComponent, UsageError
from atmos_auth.host.nothing_to_read import has_nothing_to_read
from atmos_auth.programs.terraform.files import planfile_of
from atmos_auth.programs.terraform.request import Request
from atmos_auth.programs.terraform.vocabulary import told_apart
from atmos_auth.stacks.component import Component

# The type of backend that has none.
WITHOUT_WORKSPACES = "http"
_NOT_ABSTRACT = frozenset({"plan", "apply", "deploy", "workspace"})
_NOT_LOCKED = frozenset({"apply", "deploy", "destroy", "import", "state", "taint", "untaint"})
_ASKING = frozenset({"apply", "destroy"})
# Variables with flags for Terraform, which may say yes.
_FLAGS = "TF_CLI_ARGS"
_STDIN = 0


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
    if component.sections.get("backend_type") == WITHOUT_WORKSPACES and subcommand == "workspace":
        raise InvalidComponent(
            f'the component "{name}" keeps its state in a backend of type http, which has no workspaces',
            place=component.place,
        )


def require_plan(request: Request, component: Component, folder: str) -> None:
    """Raise `UsageError` where a stored plan is asked for that is not there; looks for it in the component's folder."""
    if request.planfile is None:
        return
    path = os.path.join(folder, request.planfile or planfile_of(component))
    if not os.path.isfile(path):
        again = f"-out {shlex.quote(request.planfile)}" if request.planfile else ""
        raise UsageError(
            f'there is no stored plan for component "{component.name}" of stack "{component.stack}": {path}',
            hints=[f"run `{f'atmos terraform plan {component.name} -s {component.stack} {again}'.strip()}` first"],
        )


def require_approval(request: Request, variables: Iterable[str], *, approves: bool) -> None:
    """Raise `UsageError` where Terraform would ask whether it may go on, and nobody is there to say so.

    `variables` are the names of those that it will have; `approves` tells that the configuration says yes to every
    `apply`. Looks at our stdin, which it inherits, and reads nothing.
    """
    if request.name not in _ASKING or (approves and request.name == "apply") or request.planfile is not None:
        return
    words, flags = told_apart(request.given)
    # A word that is no flag is a stored plan, which was approved when it was stored.
    if words or any(flag.partition("=")[0] == "-auto-approve" for flag in flags):
        return
    if any(name.startswith(_FLAGS) for name in variables) or not has_nothing_to_read(_STDIN):
        return
    component = f"{request.component} -s {request.stack}"
    deploying = [f"atmos terraform deploy {component}", "or components.terraform.apply_auto_approve: true"]
    raise UsageError(
        f"no TTY attached: `{request.name}` asks before it changes anything, and nobody is there to answer",
        hints=[
            f"atmos terraform {request.name} {component} -auto-approve",
            *(deploying if request.name == "apply" else []),
        ],
    )
