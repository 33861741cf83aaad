"""`atmos terraform generate files`."""

import argparse
import os
from collections.abc import Iterator

from atmos_auth.cli.shell_completion.following import COMPONENTS
from atmos_auth.cli.stack_words import required_stack, said_stack
from atmos_auth.cli.terraform.generate import add_flags
from atmos_auth.cli.terraform_words import terraform_for
from atmos_auth.domain.errors import UsageError
from atmos_auth.programs.terraform import files
from atmos_auth.programs.terraform.described_files import described_files, names_of
from atmos_auth.programs.terraform.run import Terraform
from atmos_auth.programs.terraform.several import Selection, selected
from atmos_auth.stacks.evaluation import GENERATE
from atmos_auth.wiring import Project

USAGE = "atmos terraform generate files [COMPONENT] -s STACK [flags]"
DESCRIPTION = """\
Write the files that the `generate` section of a component describes, beside its
code. With `components.terraform.auto_generate_files: true` every command of
Terraform does so.

examples:
  atmos terraform generate files vpc -s plat-dev
  atmos terraform generate files vpc -s plat-dev --dry-run
  atmos terraform generate files vpc -s plat-dev --clean
  atmos terraform generate files --all"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = COMPONENTS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_flags(parser)
    parser.add_argument("--all", action="store_true", help="of all components, of the stack if one is given")
    parser.add_argument("--clean", action="store_true", help="delete the files instead")
    parser.add_argument("--dry-run", action="store_true", help="print their names, and change nothing")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Write or delete the files, and say which."""
    terraform = terraform_for(arguments, project)
    streams = project.streams
    for name, stack in _instances(arguments, project, terraform):
        component = terraform.stacks.repository.component(name, stack)
        folder, section = terraform.stacks.folder(component), component.sections[GENERATE]
        shown = os.path.relpath(folder, project.config.base_path)
        if arguments.dry_run:
            streams.stdout.writelines(f"{os.path.join(shown, file)}\n" for file in names_of(section))
        elif arguments.clean:
            gone = [file for file in names_of(section) if files.remove(folder, file)]
            streams.stderr.writelines(f"✓ Deleted {os.path.join(shown, file)}\n" for file in gone)
        elif section:
            contents = described_files(terraform.component(name, stack))
            files.write(folder, contents)
            streams.stderr.writelines(f"✓ Wrote {os.path.join(shown, file)}\n" for file in contents)
    return 0


def _instances(arguments: argparse.Namespace, project: Project, terraform: Terraform) -> Iterator[tuple[str, str]]:
    if arguments.all and arguments.positional:
        raise UsageError("--all can't be used with the name of a component", hints=["leave one of them out"])
    if not arguments.all and not arguments.positional:
        raise UsageError("no component named", hints=["atmos terraform generate files COMPONENT -s STACK", "or --all"])
    if arguments.positional:
        stack = required_stack(arguments, project)
        yield terraform.stacks.named(arguments.positional[0], stack), stack
        return
    for component in selected(terraform.stacks.repository, Selection(said_stack(arguments, project))):
        yield component.name, component.stack
