"""`atmos describe stacks`."""

import argparse
from collections.abc import Iterator
from typing import Any

from atmos_auth.cli import data_output
from atmos_auth.cli.stack_words import (
    add_override_flags,
    add_stack_flag,
    add_wish_flags,
    said_stack,
    wished,
    without_secrets,
)
from atmos_auth.stacks.opening import Stacks
from atmos_auth.stacks.repository import TERRAFORM
from atmos_auth.wiring import Project

USAGE = "atmos describe stacks [flags]"
DESCRIPTION = """\
Show every component of every stack, merged: stacks, below them components by
type, below them their sections.

examples:
  atmos describe stacks
  atmos describe stacks -s plat-dev --components vpc,dns
  atmos describe stacks --sections vars -f json"""
COMPLETIONS = data_output.COMPLETIONS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser, about="only this stack")
    add_override_flags(parser)
    parser.add_argument("--components", metavar="NAMES", help="only these components, separated by commas")
    parser.add_argument("--component-types", metavar="TYPES", help="only components of these types: terraform")
    parser.add_argument("--sections", metavar="NAMES", help="only these sections, separated by commas")
    parser.add_argument("--include-empty-stacks", action="store_true", help="also stacks of which nothing is left")
    data_output.add_flags(parser)
    add_wish_flags(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the stacks."""
    data_output.show_entries(_entries(arguments, project), arguments, project)
    return 0


def _entries(arguments: argparse.Namespace, project: Project) -> Iterator[tuple[str, Any]]:
    stacks = Stacks(project, wish=wished(arguments))
    wanted, only = _names(arguments.components), said_stack(arguments, project)
    is_wanted = TERRAFORM in (_names(arguments.component_types) or [TERRAFORM])
    sections = _names(arguments.sections)
    for stack in [only] if only else stacks.repository.stacks():
        components: dict[str, Any] = {}
        for name in stacks.repository.components(stack):
            if is_wanted and (not wanted or name in wanted):
                data = without_secrets(stacks.data(stacks.component(name, stack)))
                components[name] = {key: data[key] for key in data if not sections or key in sections}
        if components or arguments.include_empty_stacks:
            yield stack, {"components": {TERRAFORM: components}}


def _names(words: str | None) -> list[str]:
    return [name.strip() for name in (words or "").split(",") if name.strip()]
