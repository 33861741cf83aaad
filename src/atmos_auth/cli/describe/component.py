"""`atmos describe component`."""

import argparse
import os
from typing import Any

from atmos_auth.cli import data_output
from atmos_auth.cli.describe import error_mode
from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.output import DIM, Paint
from atmos_auth.cli.running_as import without_flags
from atmos_auth.cli.shell_completion.following import COMPONENTS
from atmos_auth.cli.stack_words import (
    add_override_flags,
    add_stack_flag,
    add_wish_flags,
    required_stack,
    without_secrets,
    written_choice,
    written_switch,
)
from atmos_auth.cli.switches import add_switch, said
from atmos_auth.cli.terraform_words import terraform_for
from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import UsageError
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
POSITIONAL_COMPLETIONS = COMPONENTS
COMPLETIONS = data_output.COMPLETIONS | error_mode.COMPLETIONS
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
    error_mode.add_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the component."""
    if not arguments.positional:
        raise UsageError("no component named", hints=["atmos describe component COMPONENT -s STACK"])
    stack = required_stack(arguments, project)
    shows_all = arguments.query or _filter(project) == "full"
    has_places = _wants_places(arguments, project)
    terraform = terraform_for(arguments, project, tolerate=error_mode.tolerating(arguments, project))
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
        # What is set for a whole shell or project does not keep programs from their JSON.
        is_yaml = arguments.format == "yaml" and not arguments.query
        return is_yaml and written_switch(project, ("describe", "provenance"))
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


def _filter(project: Project) -> str:
    return written_choice(project, ("describe", "component", "filter"), FILTERS)
