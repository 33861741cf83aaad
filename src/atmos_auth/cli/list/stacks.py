"""`atmos list stacks`."""

import argparse

from atmos_auth.cli.stack_words import accept_identity_flag, add_override_flags
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project

USAGE = "atmos list stacks [flags]"
DESCRIPTION = """\
List the stacks, one name per line.

examples:
  atmos list stacks
  atmos list stacks -c vpc               only those that have this component"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("-c", "--component", metavar="NAME", help="only stacks with this component")
    add_override_flags(parser)
    accept_identity_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the names."""
    repository = Stacks(project).repository
    for stack in repository.stacks():
        if not arguments.component or arguments.component in repository.components(stack):
            project.streams.stdout.write(f"{stack}\n")
    return 0
