"""The verbs of `atmos terraform generate`, which write a file and run nothing."""

import argparse
import json
import os
from typing import Any

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.running_as import without_flags
from atmos_auth.cli.stack_words import add_override_flags, add_stack_flag, add_wish_flags, required_stack
from atmos_auth.cli.terraform_words import terraform_for
from atmos_auth.domain.errors import UsageError
from atmos_auth.host.files import write_private
from atmos_auth.programs.terraform.files import Generated, generated
from atmos_auth.wiring import Project


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags that these verbs have in common."""
    add_stack_flag(parser)
    add_override_flags(parser)
    add_identity_flag(parser)
    without_flags(parser)
    add_wish_flags(parser)


def add_file_flag(parser: argparse.ArgumentParser) -> None:
    """`--file`, of those that write a single one."""
    parser.add_argument("-f", "--file", metavar="FILE", help="write to this file instead; - is stdout")


def made_for(arguments: argparse.Namespace, project: Project, *, with_backend: bool) -> tuple[str, Generated]:
    """Return the folder of the component that is meant, and what would be written there; may sign somebody in."""
    if not arguments.positional:
        raise UsageError("no component named", hints=["atmos describe component COMPONENT -s STACK"])
    terraform = terraform_for(arguments, project)
    component = terraform.component(arguments.positional[0], required_stack(arguments, project))
    workspace = terraform.stacks.workspace(component)
    return terraform.stacks.folder(component), generated(component, workspace=workspace, with_backend=with_backend)


def write(content: Any, path: str, arguments: argparse.Namespace, project: Project) -> None:
    """Write a file, or what stands in for it, and say which."""
    text = json.dumps(content, indent=2, sort_keys=True) + "\n"
    if arguments.file == "-":
        project.streams.stdout.write(text)
        return
    project.log.debug(text.rstrip())
    path = os.path.abspath(arguments.file or path)
    write_private(path, text.encode())
    project.streams.stderr.write(f"✓ Wrote {os.path.relpath(path)}\n")
