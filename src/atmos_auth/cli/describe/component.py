"""`atmos describe component`."""

import argparse
import os
from collections.abc import Callable
from functools import partial
from typing import Any

from atmos_auth.cli import data_output
from atmos_auth.cli.output import DIM, Paint
from atmos_auth.cli.parsing import add_identity_flag
from atmos_auth.cli.running_as import without_flags
from atmos_auth.cli.stack_words import (
    add_override_flags,
    add_stack_flag,
    add_wish_flags,
    required_stack,
    without_secrets,
)
from atmos_auth.cli.switches import add_switch, by_variable, said
from atmos_auth.cli.terraform_words import terraform_for
from atmos_auth.config.tree import Map
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AtmosAuthError, InvalidSetting, UsageError
from atmos_auth.stacks.description import usual
from atmos_auth.wiring import Project

USAGE = "atmos describe component COMPONENT -s STACK [flags]"
DESCRIPTION = """\
Show what a component of a stack is in the end, when all that it imports and
inherits is merged. Shown is what most ask for; a query sees everything, such as
.auth and .workspace, and `describe.component.filter: full` shows it.

examples:
  atmos describe component vpc -s plat-dev
  atmos describe component vpc -s plat-dev -q .auth
  atmos describe component vpc -s plat-dev -q '.vars | keys' -f json
  atmos describe component vpc -s plat-dev --provenance"""
POSITIONALS = 1
ERROR_MODES = ("strict", "warn", "silent")
COMPLETIONS = data_output.COMPLETIONS | {"--error-mode": ERROR_MODES}
FILTERS = ("schema", "full")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser)
    add_override_flags(parser)
    add_identity_flag(parser)
    without_flags(parser)
    data_output.add_flags(parser)
    add_switch(parser, "--provenance", "say behind every value where it was written")
    add_wish_flags(parser)
    parser.add_argument(
        "--error-mode",
        metavar="MODE",
        help="for YAML functions that fail: strict (default) ends it, warn shows null and says why, silent only null",
    )


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the component."""
    if not arguments.positional:
        raise UsageError("no component named", hints=["atmos describe component COMPONENT -s STACK"])
    stack = required_stack(arguments, project)
    shows_all = arguments.query or _filter(project) == "full"
    has_places = _wants_places(arguments, project)
    terraform = terraform_for(arguments, project, tolerate=_tolerating(arguments, project))
    component = terraform.component(arguments.positional[0], stack)
    data = without_secrets(terraform.stacks.data(component))
    data = data if shows_all else usual(data)
    if has_places:
        _show_with_places(data, terraform.stacks.tree(component), arguments, project)
    else:
        data_output.show(data, arguments, project)
    return 0


def _wants_places(arguments: argparse.Namespace, project: Project) -> bool:
    told = said(arguments, "--provenance")
    if told is None:
        # A variable that is set for a whole shell does not keep programs from their JSON.
        is_yaml = arguments.format == "yaml" and not arguments.query
        return is_yaml and by_variable(project, env_names.ATMOS_DESCRIBE_PROVENANCE)
    if told and (arguments.query or arguments.format != "yaml"):
        raise UsageError(
            "--provenance writes comments, and only the whole component as YAML can have them",
            hints=["leave out --query and --format"],
        )
    return told


def _show_with_places(data: dict[str, Any], tree: Map, arguments: argparse.Namespace, project: Project) -> None:
    from atmos_auth.cli.provenance import with_places

    paint = Paint(project.streams.stdout, project.environ, plain=project.plain or bool(arguments.file))
    text = with_places(
        data,
        tree,
        folder=os.path.abspath(project.config.base_path),
        directory=project.directory,
        dimmed=lambda comment: paint(comment, DIM),
    )
    data_output.show_text(text, arguments, project)


def _tolerating(arguments: argparse.Namespace, project: Project) -> Callable[[AtmosAuthError], None] | None:
    """Return what is told of functions that fail; None where that is the end."""
    mode: str = arguments.error_mode or _setting(project, ("describe", "error_mode"), ERROR_MODES)
    if mode not in ERROR_MODES:
        raise UsageError(f'--error-mode is "{mode}"', hints=[f"use one of: {', '.join(ERROR_MODES)}"])
    if mode == "strict":
        return None
    if mode != "warn":
        return lambda _: None
    from atmos_auth.cli.workflow_names import warn

    return partial(warn, project)


def _filter(project: Project) -> str:
    return _setting(project, ("describe", "component", "filter"), FILTERS)


def _setting(project: Project, path: tuple[str, ...], choices: tuple[str, ...]) -> str:
    """Return one of the choices, the first where nothing is written."""
    chosen = project.config.resolve(path) or choices[0]
    if chosen not in choices:
        raise InvalidSetting(
            f'{".".join(path)} is one of {", ".join(choices)}, not "{chosen}"', place=project.config.place(path)
        )
    return str(chosen)
