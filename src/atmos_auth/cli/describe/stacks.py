"""`atmos describe stacks`."""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

from atmos_auth.cli import data_output
from atmos_auth.cli.describe import error_mode
from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import flag_only
from atmos_auth.cli.running_as import without_flags
from atmos_auth.cli.stack_words import (
    add_override_flags,
    add_stack_flag,
    add_wish_flags,
    said_stack,
    wished,
    without_secrets,
)
from atmos_auth.cli.terraform_words import terraform_for
from atmos_auth.domain import env_names
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.opening import Stacks
from atmos_auth.stacks.repository import TERRAFORM
from atmos_auth.usecases.select_identity import disables
from atmos_auth.wiring import Project

USAGE = "atmos describe stacks [flags]"
DESCRIPTION = """\
Show every component of every stack, merged: stacks, below them components by
type, below them their sections. YAML functions that need somebody to sign in
stand as they are written, unless an identity is named.

examples:
  atmos describe stacks
  atmos describe stacks -s plat-dev --components vpc,dns
  atmos describe stacks --sections vars -f json
  atmos describe stacks --identity dev --error-mode warn"""
COMPLETIONS = data_output.COMPLETIONS | error_mode.COMPLETIONS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser, about="only this stack")
    add_override_flags(parser)
    parser.add_argument("--components", metavar="NAMES", help="only these components, separated by commas")
    parser.add_argument("--component-types", metavar="TYPES", help="only components of these types: terraform")
    parser.add_argument("--sections", metavar="NAMES", help="only these sections, separated by commas")
    parser.add_argument("--include-empty-stacks", action="store_true", help="also stacks of which nothing is left")
    add_identity_flag(parser)
    without_flags(parser)
    data_output.add_flags(parser)
    add_wish_flags(parser)
    error_mode.add_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the stacks."""
    data_output.show_entries(_entries(arguments, project), arguments, project)
    return 0


def _entries(arguments: argparse.Namespace, project: Project) -> Iterator[tuple[str, Any]]:
    stacks, worked_out = _stacks(arguments, project)
    wanted, only = _names(arguments.components), said_stack(arguments, project)
    is_wanted = TERRAFORM in (_names(arguments.component_types) or [TERRAFORM])
    sections = _names(arguments.sections)
    for stack in [only] if only else stacks.repository.stacks():
        components: dict[str, Any] = {}
        for name in stacks.repository.components(stack):
            if is_wanted and (not wanted or name in wanted):
                written = stacks.repository.component(name, stack)
                # Nobody signs in for what is not to be used, and nothing is run for it.
                component = worked_out(written) if written.is_enabled else written
                data = without_secrets(stacks.data(component))
                components[name] = {key: data[key] for key in data if not sections or key in sections}
        if components or arguments.include_empty_stacks:
            yield stack, {"components": {TERRAFORM: components}}


def _stacks(arguments: argparse.Namespace, project: Project) -> tuple[Stacks, Callable[[Component], Component]]:
    """Return the stacks, and what works a component out: with what may need a sign-in only where somebody is named."""
    tolerate, asked = error_mode.tolerating(arguments, project), flag_only(arguments)
    named = asked.name or project.environ.get(env_names.ATMOS_IDENTITY)
    if asked.pick or (named and not disables(named)):
        terraform = terraform_for(arguments, project, tolerate=tolerate)
        return terraform.stacks, terraform.worked_out
    stacks = Stacks(project, wish=wished(arguments)._replace(tolerate=tolerate))
    return stacks, stacks.worked_out


def _names(words: str | None) -> list[str]:
    return [name.strip() for name in (words or "").split(",") if name.strip()]
