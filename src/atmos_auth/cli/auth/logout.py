"""`atmos auth logout`."""

import argparse

from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import GREEN, YELLOW, Paint
from atmos_auth.cli.parsing import add_identity_flag
from atmos_auth.domain.errors import AuthenticationDisabled, UsageError
from atmos_auth.usecases.logout import Step, carry_out
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project

USAGE = "atmos auth logout [IDENTITY] [flags]"
DESCRIPTION = """\
Remove an identity's credentials; with --provider or --all also end the portal
session, at AWS and on this machine. Long-lived keys are not touched.

examples:
  atmos auth logout prod-admin
  atmos auth logout --provider my-sso
  atmos auth logout --all --dry-run"""
POSITIONALS = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-p", "--provider", metavar="NAME", help="the provider's session and all its identities")
    parser.add_argument("--all", action="store_true", help="every provider and identity of this configuration")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and leave it")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Remove what was asked for, and say on stderr what went."""
    said = asked(arguments)
    chosen = [bool(arguments.all), arguments.provider is not None, bool(said.name or said.pick)]
    if sum(chosen) > 1:
        raise UsageError("an identity, --provider and --all exclude each other", hints=["keep one of them"])
    stderr = project.streams.stderr
    if not project.catalog.identities() and not project.catalog.providers():
        stderr.write("No providers or identities configured: nothing to log out of.\n")
        return 0
    who, steps = _plan(arguments, project, said)
    if arguments.dry_run:
        stderr.write(f"Would log out {who}:\n")
        stderr.write("".join(f"  {step.what}\n" for step in steps))
        return 0
    outcome = carry_out(steps)
    paint = Paint(stderr, project.environ, plain=project.plain)
    for what in outcome.removed:
        stderr.write(f"  removed {what}\n")
    for failure in outcome.failures:
        stderr.write(f"{paint('⚠', YELLOW)} partial logout: {failure}\n")
    realm, _ = project.realm
    stderr.write(paint(f"✓ Logged out {who}{f' (realm: {realm})' if realm else ''}", GREEN) + "\n")
    return 0


def _plan(arguments: argparse.Namespace, project: Project, said: Asked) -> tuple[str, list[Step]]:
    auth = project.auth
    if arguments.all:
        identities, providers = project.catalog.identities(), project.catalog.providers()
        return "everything", auth.logout_steps(identities=identities, providers=providers)
    if arguments.provider is not None:
        written, _ = project.catalog.provider(arguments.provider)
        steps = auth.logout_steps(identities=auth.identities_of(written), providers=[written])
        return f'provider "{written}"', steps
    identity = auth.select(said)
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    return f'identity "{identity}"', auth.logout_steps(identities=[identity], providers=[])
