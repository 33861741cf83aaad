"""`atmos auth exec`."""

import argparse

from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import BOLD, Paint
from atmos_auth.cli.parsing import add_identity_flag
from atmos_auth.cli.running_as import COMPLETIONS as REFRESH_COMPLETIONS
from atmos_auth.cli.running_as import add_flags, running_as
from atmos_auth.domain.errors import UsageError
from atmos_auth.host.process import run as run_process
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
    identity = project.operations.select(asked(arguments))
    if identity is None:
        return run_process(arguments.rest, project.child_base)
    environment, credential, is_renewed = running_as(identity, arguments, project)
    status = run_process(arguments.rest, environment)
    if is_renewed:
        return status
    if status != 0 and credential.expires_at is not None and credential.expires_at <= project.clock.now():
        stderr = project.streams.stderr
        paint = Paint(stderr, project.environ, plain=project.plain)
        stderr.write(f"\n{paint('Tip', BOLD)} If credentials are expired, refresh with:\n")
        stderr.write(f"    atmos auth login --identity {identity}\n")
    return status
