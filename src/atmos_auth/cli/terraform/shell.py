"""`atmos terraform shell`."""

import argparse

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.output import GREEN, Paint
from atmos_auth.cli.running_as import without_flags
from atmos_auth.cli.shell_completion.following import COMPONENTS
from atmos_auth.cli.stack_words import add_override_flags, add_stack_flag, add_wish_flags, required_stack
from atmos_auth.cli.terraform_words import terraform_for
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UsageError
from atmos_auth.host.interactive_shell import choose, name_of, starting, starting_with
from atmos_auth.host.process import run as run_process
from atmos_auth.programs.terraform.request import Request
from atmos_auth.programs.terraform.run import Ready
from atmos_auth.programs.terraform.shell_prompt import configured_prompt, filled
from atmos_auth.wiring import Project

USAGE = "atmos terraform shell COMPONENT -s STACK [flags]"
DESCRIPTION = """\
Start a shell in a component's folder, as its identity, with its variables,
backend and workspace in place: `terraform plan` then needs no flags. `exit`
brings you back, with the exit status of the shell.

examples:
  atmos terraform shell vpc -s plat-dev
  atmos terraform shell vpc -s plat-dev --shell fish"""
POSITIONALS = 1
POSITIONAL_COMPLETIONS = COMPONENTS
COMPLETIONS = {"--shell": ("bash", "zsh", "fish")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_stack_flag(parser)
    add_override_flags(parser)
    add_identity_flag(parser)
    without_flags(parser)
    parser.add_argument("--shell", metavar="NAME", help="shell to start (default: $SHELL, then bash, sh)")
    parser.add_argument("--skip-init", action="store_true", help="run no init")
    parser.add_argument("--dry-run", action="store_true", help="print what would be run first; start no shell")
    add_wish_flags(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Make everything ready, start the shell, wait for its end, and return its exit status."""
    if not arguments.positional:
        raise UsageError("no component named", hints=["atmos terraform shell COMPONENT -s STACK"])
    stack = required_stack(arguments, project)
    # Nobody should sign in for a shell that is not there.
    shell = choose(arguments.shell, project.environ)
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)

    prompt = configured_prompt(project.config)

    def in_shell(ready: Ready) -> int:
        environ = {**ready.environ, "PWD": ready.folder}
        component, stack = environ[env_names.ATMOS_COMPONENT], environ[env_names.ATMOS_STACK]
        if prompt is None:
            argv, environ = starting(shell, (), environ, prompt=True)
        else:
            argv, environ = starting_with(filled(prompt, component, stack), shell, environ)
        stderr.write(
            paint(f"✓ This {name_of(shell)} is for `{component}` in `{stack}`. Leave it with `exit`.\n", GREEN)
        )
        stderr.flush()
        return run_process(argv, environ, ready.folder)

    terraform = terraform_for(arguments, project)
    runs_init = False if arguments.skip_init else None
    request = Request(("shell",), arguments.positional[0], stack, is_dry=arguments.dry_run, runs_init=runs_init)
    return terraform.run(request, then=in_shell)
