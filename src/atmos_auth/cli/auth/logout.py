"""`atmos auth logout`."""

import argparse
from collections.abc import Callable, Sequence
from functools import partial

from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import GREEN, YELLOW, Paint
from atmos_auth.cli.parsing import add_identity_flag
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AuthenticationDisabled, NeedsPerson, UsageError
from atmos_auth.usecases.logout import Plan, Step, carry_out, pending
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project

USAGE = "atmos auth logout [IDENTITY] [flags]"
DESCRIPTION = """\
Remove an identity's credentials; with --provider or --all also end the portal
session, at AWS and on this machine. Long-lived keys stay, unless --keychain.

examples:
  atmos auth logout prod-admin
  atmos auth logout --provider my-sso
  atmos auth logout --all --dry-run
  atmos auth logout breakglass --keychain"""
POSITIONALS = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-p", "--provider", metavar="NAME", help="the provider's session and all its identities")
    parser.add_argument("--all", action="store_true", help="every provider and identity of this configuration")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and leave it")
    parser.add_argument("--keychain", action="store_true", help="delete long-lived keys from the keyring as well")
    parser.add_argument("--force", action="store_true", help="delete the keys without asking")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Remove what was asked for, and say on stderr what went."""
    said = asked(arguments)
    chosen = [bool(arguments.all), arguments.provider is not None, bool(said.name or said.pick)]
    if sum(chosen) > 1:
        raise UsageError("an identity, --provider and --all exclude each other", hints=["keep one of them"])
    if arguments.force and not arguments.keychain:
        raise UsageError("--force goes with --keychain: nothing else asks", hints=["leave --force out"])
    stderr = project.streams.stderr
    if not project.catalog.identities() and not project.catalog.providers():
        stderr.write("No providers or identities configured: nothing to log out of.\n")
        return 0
    plan = _plan(arguments, project, said)
    paint = Paint(stderr, project.environ, plain=project.plain)
    stderr.writelines(f"{paint('⚠', YELLOW)} {note}\n" for note in plan.notes)
    steps = [*plan.sessions, *(plan.keys if arguments.keychain else [])]
    if arguments.dry_run:
        return _say_what_would_go(plan.who, pending(steps), project)
    if arguments.keychain and not arguments.force and not _is_confirmed(plan.keys, project):
        stderr.write("Nothing was removed.\n")
        return 0
    outcome = carry_out(steps)
    stderr.writelines(f"  removed {what}\n" for what in outcome.removed)
    stderr.writelines(f"{paint('⚠', YELLOW)} partial logout: {failure}\n" for failure in outcome.failures)
    realm, _ = project.realm
    stderr.write(paint(f"✓ Logged out {plan.who}{f' (realm: {realm})' if realm else ''}", GREEN) + "\n")
    return 0


def _say_what_would_go(who: str, steps: Sequence[Step], project: Project) -> int:
    stderr = project.streams.stderr
    stderr.write(f"Would log out {who}{', and remove:' if steps else '; there is nothing to remove'}\n")
    stderr.writelines(f"  {step.what}\n" for step in steps)
    return 0


def _is_confirmed(keys: Sequence[Step], project: Project) -> bool:
    """Ask before keys go that nobody may be able to make again; raises `NeedsPerson` where nobody can be asked."""
    if not project.prompter.can_ask:
        refusal = NeedsPerson(
            "keychain deletion requires interactive confirmation or --force flag", hints=["add --force"]
        )
        refusal.exit_code = 1  # by contract: the flag, not a terminal, is what is missing
        raise refusal
    going = pending(keys)
    if not going:
        return True
    project.streams.stderr.writelines(f"  {step.what}\n" for step in going)
    return project.prompter.confirm("Delete these keys? They cannot be recovered from here.")


def _plan(arguments: argparse.Namespace, project: Project, said: Asked) -> Plan:
    logout = project.auth.logout
    if arguments.all:
        return logout.everything()
    if arguments.provider is not None:
        return logout.provider(arguments.provider)
    if not (said.name or said.pick or project.environ.get(env_names.ATMOS_IDENTITY)):
        return _chosen(project)
    identity = project.auth.select(said)
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    return logout.identity(identity)


def _chosen(project: Project) -> Plan:
    """Nothing was named: let the person choose."""
    identities, providers = project.catalog.identities(), project.catalog.providers()
    if not project.prompter.can_ask:
        hints = [f"atmos auth logout {name}" for name in identities[:1]]
        hints += [f"atmos auth logout --provider {name}" for name in providers[:1]]
        raise UsageError("nothing was named to log out of", hints=[*hints, "atmos auth logout --all"])
    logout = project.auth.logout
    plans: dict[str, Callable[[], Plan]] = {f"Identity: {name}": partial(logout.identity, name) for name in identities}
    plans |= {f"Provider: {name} (removes all its identities)": partial(logout.provider, name) for name in providers}
    plans["Everything (complete logout)"] = logout.everything
    return plans[project.prompter.choose("What do you want to log out of?", list(plans))]()
