"""`atmos terraform generate varfile`."""

import argparse
import os

from atmos_auth.cli.shell_completion.following import COMPONENTS
from atmos_auth.cli.terraform.generate import add_file_flag, add_flags, made_for, write
from atmos_auth.wiring import Project

USAGE = "atmos terraform generate varfile COMPONENT -s STACK [flags]"
DESCRIPTION = """\
Write the variables of a component, as Terraform reads them, beside its code or
into another file.

examples:
  atmos terraform generate varfile vpc -s plat-dev
  atmos terraform generate varfile vpc -s plat-dev --file -"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = COMPONENTS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_flags(parser)
    add_file_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Write the file."""
    folder, made = made_for(arguments, project, with_backend=False)
    write(made.contents[made.varfile], os.path.join(folder, made.varfile), arguments, project)
    return 0
