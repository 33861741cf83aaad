"""`atmos terraform`."""

import argparse
from collections.abc import Sequence

from atmos_auth.cli import outputs
from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.running_as import COMPLETIONS as REFRESH_COMPLETIONS
from atmos_auth.cli.running_as import add_refresh_flag
from atmos_auth.cli.shell_completion.following import COMPONENTS
from atmos_auth.cli.stack_words import add_override_flags, add_stack_flag, add_wish_flags, said_stack
from atmos_auth.cli.switches import add_switch, by_variable, said
from atmos_auth.cli.terraform_words import terraform_for
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UsageError
from atmos_auth.programs.terraform.request import Request
from atmos_auth.programs.terraform.run import Terraform
from atmos_auth.programs.terraform.several import Selection
from atmos_auth.programs.terraform.vocabulary import GROUPS, RUN, STAND_ALONE, TAKE_VALUE, told_apart
from atmos_auth.stacks.repository import TERRAFORM
from atmos_auth.wiring import Project

__all__ = ["COMPLETIONS", "DESCRIPTION", "USAGE", "configure", "run", "told_apart"]

USAGE = "atmos terraform COMMAND COMPONENT -s STACK [flags] [-- TERRAFORM'S FLAGS]"
DESCRIPTION = """\
Run a command of Terraform for a component of a stack: with the variables, the
backend and the workspace that its manifests say, as the identity that its
`auth` names. Signs in first if that is needed. Terraform's exit status is
passed on, and so are its own flags. `deploy` is `apply` without a question.
`atmos tf` is short for it.

examples:
  atmos terraform plan vpc -s plat-dev
  atmos terraform apply vpc -s plat-dev --identity prod-admin
  atmos terraform plan vpc -s plat-dev -target=aws_vpc.main
  atmos terraform deploy vpc -s plat-dev --identity=false
  atmos terraform output vpc -s plat-dev --format json
  atmos terraform state list vpc -s plat-dev
  atmos terraform apply vpc -s plat-dev --refresh      for hours
  atmos terraform plan vpc -s plat-dev --dry-run

commands of ours:
  shell                  start a shell to run Terraform in by hand
  clean                  delete what Terraform can make again
  generate varfile       write a component's variables into a file
  generate backend       write a component's backend.tf.json
  generate files         write the files that a component describes"""
# Tags of components are other ones than those of identities.
COMPLETIONS = REFRESH_COMPLETIONS | outputs.COMPLETIONS | {"--tags": ()}
POSITIONALS = None
TAKES_REST = True
# What is said to whoever types a flag that nobody knows.
ADVICE = ("a flag of Terraform's has one dash; one that is not known here goes behind `--`",)
THEIR_FLAGS = tuple(sorted(TAKE_VALUE | STAND_ALONE))
VERSION = "version"
_HELP = "-help"
# They take the name of a server, and write into the person's home.
_OF_SERVERS = ("login", "logout")
WORDS = (*RUN, VERSION)
_SWITCHES = {
    "--deploy-run-init": "run init before deploy",
    "--init-run-reconfigure": "give init -reconfigure",
    "--init-pass-vars": "give init the variables",
    "--auto-generate-backend-file": "write backend.tf.json",
    "--skip-planfile": "have plan store no plan",
}


def unknown(word: str) -> UsageError:
    """Return what is wrong with a word that is not among `WORDS`."""
    from difflib import get_close_matches

    close = get_close_matches(word, WORDS, n=1)
    return UsageError(
        f'"{word}" is not a command of Terraform',
        hints=[*(f"did you mean `atmos terraform {name}`?" for name in close), "atmos terraform --help"],
    )


def next_names(before: Sequence[str]) -> str | Sequence[str]:
    """Return what the word after these could be: a command, one of its own commands, or a component."""
    if not before:
        return WORDS
    if before[0] not in RUN:
        return ()
    subcommand, names = _subcommand(before)
    if names:
        return ()
    return GROUPS.get(before[0], COMPONENTS) if len(subcommand) == 1 else COMPONENTS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser)
    add_override_flags(parser)
    add_identity_flag(parser)
    parser.add_argument("--dry-run", action="store_true", help="print what would be run; write and run nothing")
    parser.add_argument("--skip-init", action="store_true", help="run no init")
    parser.add_argument(
        "--from-plan", nargs="?", const="", metavar="FILE", help="apply the plan that `plan` has stored"
    )
    parser.add_argument("--planfile", metavar="FILE", help="apply this plan")
    for flag, about in _SWITCHES.items():
        add_switch(parser, flag, about)
    add_refresh_flag(parser, "command")
    parser.set_defaults(with_required=True)
    parser.add_argument("--append-user-agent", metavar="TEXT", help="what Terraform adds to its user agent")
    several = parser.add_argument_group("for several components, in the order of their dependencies")
    several.add_argument("--all", action="store_true", help="all components, of the stack if one is given")
    several.add_argument("--components", metavar="NAMES", help="these, separated by commas")
    several.add_argument("-q", "--query", metavar="EXPR", help="those of which this is true: '.vars.tier == 1'")
    several.add_argument("--tags", metavar="TAGS", help="those with one of these tags in their metadata")
    several.add_argument("--labels", metavar="LABELS", help="those with all these labels: team=web,tier=1")
    outputs.add_flags(parser)
    parser.add_argument("--version", "-version", action="store_true", help="print the version of Terraform")
    add_wish_flags(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Run Terraform and return its exit status."""
    subcommand, names = _subcommand([VERSION] if arguments.version else arguments.positional)
    terraform = terraform_for(arguments, project)
    if _is_alone(subcommand, names, arguments):
        return terraform.alone((*subcommand, *arguments.theirs, *names, *(arguments.rest or ())))
    request = Request(
        subcommand,
        names[0] if names else "",
        said_stack(arguments, project) or "",
        given=(*arguments.theirs, *names[1:], *(arguments.rest or ())),
        is_dry=arguments.dry_run or by_variable(project, env_names.ATMOS_DRY_RUN),
        runs_init=_runs_init(arguments, project, subcommand),
        reconfigures=said(arguments, "--init-run-reconfigure"),
        passes_variables=said(arguments, "--init-pass-vars"),
        generates_backend=said(arguments, "--auto-generate-backend-file"),
        keeps_plan=_inverted(said(arguments, "--skip-planfile")),
        planfile=arguments.planfile if arguments.planfile is not None else arguments.from_plan,
        user_agent=arguments.append_user_agent,
    )
    shape = outputs.wanted(arguments, request, names[1:])
    selection = _several(arguments, terraform, request)
    if selection is not None and shape is not None:
        raise UsageError("--format can't be used with bulk operations: it writes the outputs of one component")
    if selection is not None:
        return terraform.run_several(request, selection)
    repository = terraform.stacks.repository
    stack = request.stack or _asked(project, "stack", repository.stacks())
    component = request.component or _asked(project, "component", repository.usable(stack))
    request = request._replace(component=component, stack=stack)
    if shape is None:
        return terraform.run(request)
    status, found = terraform.outputs(request._replace(given=(*arguments.theirs, *(arguments.rest or ()))))
    if found is not None:
        outputs.show(shape, found, project)
    return status


def _several(arguments: argparse.Namespace, terraform: Terraform, request: Request) -> Selection | None:
    """Return which components are meant where several are; raises `UsageError` for words that do not go together."""
    wanted = {
        "--all": arguments.all,
        "--components": arguments.components,
        "--query": arguments.query,
        "--tags": arguments.tags,
        "--labels": arguments.labels,
    }
    given = [flag for flag, value in wanted.items() if value]
    if not given:
        return None
    if request.component:
        raise UsageError(
            f"{given[0]} can't be used with the name of a component: it is for bulk operations",
            hints=["leave one of them out"],
        )
    if request.planfile is not None:
        raise UsageError(
            f"--planfile and --from-plan can't be used with {given[0]}: bulk operations make plans of their own"
        )
    return Selection(
        request.stack or None,
        _parts(arguments.components),
        _parts(arguments.tags),
        [_label(part) for part in _parts(arguments.labels)],
        terraform.matching(arguments.query) if arguments.query else None,
    )


def _parts(words: str | None) -> list[str]:
    return [part.strip() for part in (words or "").split(",") if part.strip()]


def _label(words: str) -> tuple[str, str]:
    key, has_value, value = words.partition("=")
    if not key.strip() or not has_value:
        raise UsageError(
            f"--labels takes names with values, not {words!r}", hints=["for example --labels team=web,tier=1"]
        )
    return key.strip(), value.strip()


def _subcommand(words: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return Terraform's command, of one or two words, and the words after it."""
    if not words:
        raise UsageError("no command given", hints=["atmos terraform plan COMPONENT -s STACK"])
    first, *others = words
    if first not in WORDS:
        raise unknown(first)
    if others and others[0] in GROUPS.get(first, ()):
        return (first, others[0]), others[1:]
    return (first,), others


def _is_alone(subcommand: Sequence[str], names: Sequence[str], arguments: argparse.Namespace) -> bool:
    """Tell whether a command is for no component: it asks Terraform about itself, or signs in to a server of it."""
    if subcommand[0] in _OF_SERVERS:
        return arguments.stack is None
    return subcommand[0] == VERSION or (not names and _HELP in arguments.theirs)


def _asked(project: Project, what: str, names: Sequence[str]) -> str:
    if not project.prompter.can_ask:
        flag = (
            "; specify it on the command line using the flag --stack <stack> (shorthand -s)" if what == "stack" else ""
        )
        raise UsageError(
            f"{what} is required{flag}", hints=[f"atmos list {what}s", f"atmos {TERRAFORM} plan COMPONENT -s STACK"]
        )
    return project.prompter.choose(f"Choose a {what}:", names)


def _runs_init(arguments: argparse.Namespace, project: Project, subcommand: Sequence[str]) -> bool | None:
    if arguments.skip_init or by_variable(project, env_names.ATMOS_SKIP_INIT):
        return False
    return said(arguments, "--deploy-run-init") if subcommand[0] == "deploy" else None


def _inverted(value: bool | None) -> bool | None:
    return None if value is None else not value
