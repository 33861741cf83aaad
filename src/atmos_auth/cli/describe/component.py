"""`atmos describe component`."""

import argparse

from atmos_auth.cli import data_output
from atmos_auth.cli.identity_words import flag_only
from atmos_auth.cli.parsing import add_identity_flag
from atmos_auth.cli.running_as import environment_over
from atmos_auth.cli.stack_words import add_stack_flag, add_wish_flags, required_stack, wished
from atmos_auth.domain.errors import InvalidSetting, UsageError
from atmos_auth.programs.terraform.run import Terraform
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
  atmos describe component vpc -s plat-dev -q '.vars | keys' -f json"""
POSITIONALS = 1
COMPLETIONS = data_output.COMPLETIONS
FILTERS = ("schema", "full")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser)
    add_identity_flag(parser)
    data_output.add_flags(parser)
    add_wish_flags(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the component."""
    if not arguments.positional:
        raise UsageError("no component named", hints=["atmos describe component COMPONENT -s STACK"])
    stack = required_stack(arguments, project)
    shows_all = arguments.query or _filter(project) == "full"
    terraform = Terraform(project, asked=flag_only(arguments), wish=wished(arguments), environment_as=environment_over)
    data = terraform.stacks.data(terraform.component(arguments.positional[0], stack))
    data_output.show(data if shows_all else usual(data), arguments, project)
    return 0


def _filter(project: Project) -> str:
    path = ("describe", "component", "filter")
    chosen = project.config.resolve(path) or FILTERS[0]
    if chosen not in FILTERS:
        raise InvalidSetting(
            f'{".".join(path)} is one of {", ".join(FILTERS)}, not "{chosen}"', place=project.config.place(path)
        )
    return str(chosen)
