"""`atmos auth shell`."""

import argparse

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import BOLD, DIM, GREEN, YELLOW, Paint, expiry, show_rows
from atmos_auth.cli.running_as import COMPLETIONS as REFRESH_COMPLETIONS
from atmos_auth.cli.running_as import add_flags, running_as
from atmos_auth.config.truth import is_true
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UnknownIdentity
from atmos_auth.host.interactive_shell import KNOWN, choose, level, name_of, starting
from atmos_auth.host.plain_text import plain_text
from atmos_auth.host.process import run as run_process
from atmos_auth.programs.running_as import RunningAs
from atmos_auth.usecases.whoami import provider_label
from atmos_auth.wiring import Project

USAGE = "atmos auth shell [IDENTITY] [flags] [-- ARGUMENTS]"
DESCRIPTION = """\
Start a shell as an identity. Everything that is run in it finds the credentials
through AWS_PROFILE and the files that Atmos keeps; variables that would win are
removed. Signs in first if that is needed. `exit` brings you back, with the exit
status of the shell.

It is a login shell; arguments behind `--` take the place of that. bash, zsh and
fish show the identity in their prompt.

examples:
  atmos auth shell prod-admin
  atmos auth shell --shell fish
  atmos auth shell --refresh=endpoint    for days that outlast credentials
  atmos auth shell -- -c 'terraform plan'"""
POSITIONALS = 1
TAKES_REST = True
ADVICE = ("to choose a shell: --shell NAME", "to hand the shell arguments: put them after `--`")
COMPLETIONS = {"--shell": ("bash", "zsh", "fish"), **REFRESH_COMPLETIONS}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("--shell", metavar="NAME", help="shell to start (default: $SHELL, then bash, sh)")
    parser.add_argument("--no-prompt", action="store_true", help="leave the shell's prompt as it is")
    add_flags(parser, "shell")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Start the shell, wait for its end, and return its exit status."""
    # Nobody should sign in for a shell that is not there.
    shell = choose(arguments.shell, project.environ)
    identity = _selected(arguments, project)
    banner = _Banner(project, name_of(shell))
    if identity is None:
        banner.plain()
        argv, environment = starting(shell, arguments.rest, project.child_base, prompt=False)
        return run_process(argv, environment)
    shell_as = running_as(identity, arguments, project)
    environment = shell_as.environment
    environment[env_names.ATMOS_SHLVL] = str(level(project.child_base) + 1)
    prompt = not arguments.no_prompt and is_true(project.environ.get(env_names.ATMOS_SHELL_PROMPT), default=True)
    argv, environment = starting(shell, arguments.rest, environment, prompt=prompt)
    banner.enter(identity, shell_as)
    status = run_process(argv, environment)
    banner.leave(identity, shell_as)
    return status


def _selected(arguments: argparse.Namespace, project: Project) -> str | None:
    said = asked(arguments)
    try:
        return project.operations.select(said)
    except UnknownIdentity as unknown:
        if said.name in KNOWN:
            unknown.hints = (f"to choose a shell: atmos auth shell --shell {said.name}", *unknown.hints)
        raise


class _Banner:
    """What is said on stderr when a shell begins and when it has ended."""

    def __init__(self, project: Project, shell: str) -> None:
        self._project = project
        self._shell = plain_text(shell)
        self._stderr = project.streams.stderr
        self._paint = Paint(self._stderr, project.environ, plain=project.plain)

    def plain(self) -> None:
        """Say that there is no identity."""
        self._say(f"Authentication is switched off: this is a plain {self._shell}. Leave it with `exit`.")

    def enter(self, identity: str, shell_as: RunningAs) -> None:
        """Say who one is, until when, and how to leave."""
        paint, name = self._paint, plain_text(identity)
        outer = self._outer()
        if outer:
            self._say(paint(f"⚠ You are inside {outer} already, and come back there with `exit`.", YELLOW))
        self._say(paint(f'✓ This {self._shell} is "{name}".', GREEN, BOLD))
        realm, source = self._project.realm
        rows = [
            ("Realm", f"{realm} ({source})" if realm else None),
            ("Provider", self._provider(identity)),
            ("Identity", name),
            ("Expires", self._expiry(shell_as)),
        ]
        show_rows(rows, self._stderr, paint)
        self._say(f"  {paint('Leave it with `exit` or Ctrl-D.', DIM)}")

    def leave(self, identity: str, shell_as: RunningAs) -> None:
        """Say that one is no longer the identity."""
        realm, _ = self._project.realm
        where = f"provider {self._provider(identity)}" + (f", realm {realm}" if realm else "")
        self._say(f'✓ You have left the shell of "{plain_text(identity)}" ({where}).')
        outer = self._outer()
        if outer:
            self._say(f"  You are in {outer} again.")
        credential = shell_as.credential
        if shell_as.is_renewed:
            return
        if credential.expires_at is not None and credential.expires_at <= self._project.clock.now():
            self._say(f"  The credentials it began with have expired: atmos auth login {plain_text(identity)}")

    def _expiry(self, shell_as: RunningAs) -> str | None:
        said = expiry(shell_as.credential.expires_at, self._project.clock.now())
        return f"{said}, and is renewed" if said and shell_as.is_renewed else said

    def _outer(self) -> str:
        environ = self._project.child_base
        if level(environ) == 0:
            return ""
        identity = plain_text(environ.get(env_names.ATMOS_IDENTITY, ""))
        return f'the shell of "{identity}"' if identity else "another shell of atmos"

    def _provider(self, identity: str) -> str:
        return plain_text(provider_label(self._project.operations.chain(identity)))

    def _say(self, line: str) -> None:
        self._stderr.write(f"{line}\n")
        self._stderr.flush()
