"""`atmos auth logout`."""

import argparse
from collections.abc import Callable, Sequence
from functools import partial

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import GREEN, YELLOW, Paint, expiry
from atmos_auth.delivery.aws_files import Delivered
from atmos_auth.domain import env_names
from atmos_auth.domain.chain import PROVIDER
from atmos_auth.domain.errors import (
    AuthenticationDisabled,
    NeedsPerson,
    UnknownIdentity,
    UnknownProvider,
    UsageError,
)
from atmos_auth.usecases.logout import Outcome, Plan, Step, carry_out, pending
from atmos_auth.usecases.select_identity import Asked, enumerated
from atmos_auth.usecases.still_valid import left_in_environment, still_valid
from atmos_auth.usecases.tags import tagged
from atmos_auth.wiring import Project

USAGE = "atmos auth logout [IDENTITY] [flags]"
DESCRIPTION = """\
Remove an identity's credentials; with --provider, --tags or --all also end the
portal session, at AWS and on this machine. --all-realms takes everything that
you have here, also of other projects. Long-lived keys stay, unless --keychain.

examples:
  atmos auth logout prod-admin
  atmos auth logout --provider my-sso
  atmos auth logout --tags production,blue
  atmos auth logout --all --dry-run
  atmos auth logout --all-realms
  atmos auth logout breakglass --keychain"""
POSITIONALS = 1
COMPLETIONS = {"--tags": "<provider tags>"}
# Targets of steps that end a sign-in, and not only what came from it.
_SIGN_INS = ("session here", "browser sign-in", "browser window")
_BROWSER_NOTICE = (
    "your web browser may still be signed in at the identity provider: sign out there as well if others use it"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-p", "--provider", metavar="NAME", help="the provider's session and all its identities")
    parser.add_argument("--tags", metavar="TAGS", help="providers with any of these tags, and all their identities")
    parser.add_argument("--all", action="store_true", help="every provider and identity of this configuration")
    parser.add_argument("--all-realms", action="store_true", help="everything of yours on this machine")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and leave it")
    parser.add_argument("--keychain", action="store_true", help="delete long-lived keys from the keyring as well")
    parser.add_argument("--force", action="store_true", help="delete the keys without asking")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Remove what was asked for, and say on stderr what went, what is left, and what stays valid."""
    said = asked(arguments)
    _check(arguments, said)
    stderr = project.streams.stderr
    is_named = said.name or arguments.provider is not None or arguments.all_realms
    if not is_named and not project.catalog.identities() and not project.catalog.providers():
        stderr.write("No providers or identities configured: nothing to log out of.\n")
        return 0
    plan = _plan(arguments, project, said)
    paint = Paint(stderr, project.environ, plain=project.plain)
    stderr.writelines(f"{paint('⚠', YELLOW)} {note}\n" for note in plan.notes)
    keys = plan.keys if arguments.keychain else []
    others = pending(plan.others)
    if arguments.dry_run:
        return _say_what_would_go(plan.who, pending([*plan.sessions, *keys]), others, project)
    if arguments.keychain and not arguments.force and not _is_confirmed(plan.keys, project):
        stderr.write("Nothing was removed.\n")
        return 0
    leaves = [] if _takes_others(others, project) else others
    outcome = carry_out([*plan.sessions, *([] if leaves else others), *keys])
    _report(plan, outcome, leaves, project, paint)
    return 0


def _check(arguments: argparse.Namespace, said: Asked) -> None:
    chosen = [
        bool(arguments.all),
        bool(arguments.all_realms),
        arguments.provider is not None,
        arguments.tags is not None,
        bool(said.name or said.pick),
    ]
    if sum(chosen) > 1:
        raise UsageError(
            "an identity, --provider, --tags, --all and --all-realms exclude each other", hints=["keep one of them"]
        )
    if arguments.force and not arguments.keychain:
        raise UsageError("--force goes with --keychain: nothing else asks", hints=["leave --force out"])


def _say_what_would_go(who: str, steps: Sequence[Step], others: Sequence[Step], project: Project) -> int:
    stderr = project.streams.stderr
    stderr.write(f"Would log out {who}{', and remove:' if steps else '; there is nothing to remove'}\n")
    stderr.writelines(f"  {step.what}\n" for step in steps)
    if others:
        stderr.write("Would ask about:\n")
        stderr.writelines(f"  {step.what}\n" for step in others)
    _say_what_stays_valid([delivered for step in steps for delivered in step.handed_out()], project, "would stay")
    return 0


def _report(plan: Plan, outcome: Outcome, left: Sequence[Step], project: Project, paint: Paint) -> None:
    stderr = project.streams.stderr
    stderr.writelines(f"  removed {what}\n" for what in outcome.removed)
    stderr.writelines(f"{paint('⚠', YELLOW)} partial logout: {failure}\n" for failure in outcome.failures)
    if left:
        stderr.write(f"{paint('⚠', YELLOW)} left, for it may be another project's:\n")
        stderr.writelines(f"  {step.what}\n" for step in left)
        stderr.write("💡 atmos auth logout --all-realms\n")
    realm, _ = project.realm
    where = f" (realm: {realm})" if realm and not plan.is_of_all_realms else ""
    if outcome.failures:
        count = len(outcome.failures)
        rest = "one thing is left" if count == 1 else f"{count} things are left"
        stderr.write(f"{paint('⚠', YELLOW)} Logged out {plan.who}{where}, but {rest}: see above\n")
    else:
        stderr.write(paint(f"✓ Logged out {plan.who}{where}", GREEN) + "\n")
    _say_what_stays_valid(outcome.handed_out, project, "stay")
    for remnant in left_in_environment(project.environ, outcome.handed_out):
        stderr.write(f"{paint('⚠', YELLOW)} {remnant.why}: {', '.join(remnant.variables)}\n")
        stderr.write(f"💡 unset {' '.join(remnant.variables)}\n")
    signs_out = any(step.target[0] in _SIGN_INS and step.what in outcome.removed for step in plan.sessions)
    if signs_out and project.notices.is_new(_BROWSER_NOTICE):
        stderr.write(f"{paint('⚠', YELLOW)} {_BROWSER_NOTICE}\n")


def _say_what_stays_valid(handed_out: Sequence[Delivered], project: Project, verb: str) -> None:
    stderr, now = project.streams.stderr, project.clock.now()
    living = still_valid(handed_out, now)
    if living:
        stderr.write(f"Credentials that were copied elsewhere {verb} valid; AWS cannot call them back:\n")
    for identity, expires_at in living:
        end = f"until {expiry(expires_at, now)}" if expires_at is not None else "without end"
        stderr.write(f"  {identity} {end}\n")


def _takes_others(others: Sequence[Step], project: Project) -> bool:
    """Ask whether what another project may still use goes as well; where nobody can be asked it stays."""
    if not others or not project.prompter.can_ask:
        return not others
    project.streams.stderr.writelines(f"  {step.what}\n" for step in others)
    return project.prompter.confirm("Remove these too? They may be another project's.")


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
    logout = project.operations.logout
    if arguments.all_realms:
        return project.everywhere.plan(keychain=arguments.keychain)
    if arguments.all:
        return logout.everything()
    if arguments.tags is not None:
        return logout.tagged(tagged(project.catalog, PROVIDER, arguments.tags))
    if arguments.provider is not None:
        try:
            return logout.provider(arguments.provider)
        except UnknownProvider as unknown:
            unknown.details = (*unknown.details, f"providers: {', '.join(project.catalog.providers())}")
            raise
    if not (said.name or said.pick or project.environ.get(env_names.ATMOS_IDENTITY)):
        return _chosen(project)
    return _of_identity(project, said)


def _of_identity(project: Project, said: Asked) -> Plan:
    try:
        identity = project.operations.select(said)
    except UnknownIdentity as unknown:
        forgotten = project.operations.logout.forgotten(said.name) if said.name else None
        if forgotten is not None:
            return forgotten
        unknown.details = (*unknown.details, f"identities: {enumerated(project.catalog.identities())}")
        raise
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    return project.operations.logout.identity(identity)


def _chosen(project: Project) -> Plan:
    """Nothing was named: let the person choose."""
    identities, providers = project.catalog.identities(), project.catalog.providers()
    if not project.prompter.can_ask:
        hints = [f"atmos auth logout {name}" for name in identities[:1]]
        hints += [f"atmos auth logout --provider {name}" for name in providers[:1]]
        raise UsageError("nothing was named to log out of", hints=[*hints, "atmos auth logout --all"])
    logout = project.operations.logout
    plans: dict[str, Callable[[], Plan]] = {f"Identity: {name}": partial(logout.identity, name) for name in identities}
    plans |= {f"Provider: {name} (removes all identities)": partial(logout.provider, name) for name in providers}
    plans["All identities (complete logout)"] = logout.everything
    return plans[project.prompter.choose("What do you want to log out of?", list(plans))]()
