"""`atmos auth exec`."""

import argparse
import os
import sys

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import BOLD, Paint
from atmos_auth.cli.running_as import COMPLETIONS as REFRESH_COMPLETIONS
from atmos_auth.cli.running_as import add_flags, running_as
from atmos_auth.cli.warming import Kept, keep, private_values
from atmos_auth.domain.env_names import CONFLICTING_WITH_PROFILE
from atmos_auth.domain.errors import UsageError
from atmos_auth.host.process import run as run_process
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project

USAGE = "atmos auth exec [flags] -- COMMAND [ARGUMENTS]"
DESCRIPTION = """\
Run a command as an identity. It finds the credentials through AWS_PROFILE and
the files that Atmos keeps; variables that would win over them are removed.
Signs in first if that is needed. The command's exit status is passed on.

With --refresh the command's AWS tools fetch credentials by running Atmos, and
again when these run out: for what runs longer than its credentials live. With
--refresh=endpoint they get them from this very process, which renews them ahead
of time. `auth.delivery` in the configuration says what happens without it.

With --with-required the identities marked `required: true` are signed in to as
well, and their profiles stand beside that of the identity, under their names.

examples:
  atmos auth exec -- terraform plan
  atmos auth exec --identity prod-admin -- aws sts get-caller-identity
  atmos auth exec --refresh=endpoint -- ./migrate-for-hours"""
COMPLETIONS = REFRESH_COMPLETIONS
TAKES_COMMAND = True
TAKES_REST = True


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    add_flags(parser, "command")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Run the command and return its exit status."""
    if not arguments.rest:
        raise UsageError(
            "no command specified: invalid subcommand",
            hints=["put the command after `--`: atmos auth exec -- aws s3 ls"],
        )
    said = asked(arguments)
    identity = project.operations.select(said)
    if identity is None:
        return run_process(arguments.rest, project.child_base)
    environment, credential, is_renewed = running_as(identity, arguments, project)
    if not is_renewed and not arguments.with_required:
        _keep(arguments, project, said, identity)
    status = run_process(arguments.rest, environment)
    if status != 0 and not is_renewed and credential.expires_at is not None:
        point_out_end(identity, credential.expires_at, project.clock.now(), plain=project.plain)
    return status


def point_out_end(identity: str, expires_at: float, now: float, *, plain: bool) -> None:
    """Say on stderr how to go on after a command that failed, if its credentials ended meanwhile.

    Times are seconds since the epoch; `plain` is without colour.
    """
    if expires_at > now:
        return
    paint = Paint(sys.stderr, os.environ, plain=plain)
    sys.stderr.write(f"\n{paint('Tip', BOLD)} If credentials are expired, refresh with:\n")
    sys.stderr.write(f"    atmos auth login --identity {identity}\n")


def _keep(arguments: argparse.Namespace, project: Project, said: Asked, identity: str) -> None:
    """Have the next call start its command right away."""
    variables = project.operations.child_environment(identity, project.configured_environment)[0]
    dropped = [name for name in CONFLICTING_WITH_PROFILE if name not in variables]
    text = "".join(f"{name}={value}\0" for name, value in variables.items())
    keep(arguments.call, project, said, identity, Kept(text, private_values(variables), runs=True, dropped=dropped))
