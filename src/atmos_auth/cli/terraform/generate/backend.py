"""`atmos terraform generate backend`."""

import argparse
import os

from atmos_auth.cli.shell_completion.following import COMPONENTS
from atmos_auth.cli.terraform.generate import add_file_flag, add_flags, made_for, write
from atmos_auth.programs.terraform.files import BACKEND
from atmos_auth.wiring import Project

USAGE = "atmos terraform generate backend COMPONENT -s STACK [flags]"
DESCRIPTION = """\
Write backend.tf.json of a component, beside its code or into another file.

examples:
  atmos terraform generate backend vpc -s plat-dev"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = COMPONENTS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_flags(parser)
    add_file_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Write the file."""
    folder, made = made_for(arguments, project, with_backend=True)
    write(made.contents[BACKEND], os.path.join(folder, BACKEND), arguments, project)
    return 0
