"""The environment of a program that runs as an identity, for every verb that runs one."""

import argparse
from collections.abc import Callable, Mapping
from functools import partial

from atmos_auth.cli.flags import Glued
from atmos_auth.domain.errors import UsageError
from atmos_auth.programs.running_as import RunningAs
from atmos_auth.wiring import ENDPOINT, FILES, PROCESS, Project

OFF = "off"
WAYS = (PROCESS, ENDPOINT, OFF)
COMPLETIONS = {"--refresh": WAYS}


def add_flags(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare the flags that say how the credentials reach the program; help calls it `what`."""
    add_refresh_flag(parser, what)
    parser.add_argument(
        "--with-required", action="store_true", help="have the profiles of identities marked `required: true` as well"
    )


def add_refresh_flag(parser: argparse._ActionsContainer, what: str) -> None:
    """Declare those of the flags that a verb needs under which required identities always stand by."""
    absent = argparse.SUPPRESS
    parser.add_argument(
        "--refresh",
        action=Glued,
        const="",
        metavar="WAY",
        help=f"let credentials be renewed while the {what} runs: process (default), endpoint, off",
    )
    parser.add_argument("--no-browser", action="store_true", default=absent, help="open no browser")
    parser.add_argument("--qr", action="store_true", default=absent, help="show the address as a QR code")


def running_as(
    identity: str, arguments: argparse.Namespace, project: Project, base: Mapping[str, str] | None = None
) -> RunningAs:
    """Return what a program runs with; may prompt.

    With --refresh the program fetches credentials by running us, or from an endpoint that this very process serves,
    and again when these run out. `base` is what it has beside the identity's variables: the project's usual
    environment, if nothing is said.
    """
    base = project.child_base if base is None else base
    delivery = _delivery(identity, arguments.refresh, project)
    if delivery != FILES:
        environment, credential = project.operations.refreshing_environment(
            identity,
            base,
            credential_process(project, identity),
            required=partial(credential_process, project) if arguments.with_required else None,
            serve=project.serve if delivery == ENDPOINT else None,
        )
        return RunningAs(environment, credential, is_renewed=True)
    environment, credential = project.operations.child_environment(identity, base)
    if arguments.with_required:
        project.operations.deliver_required(identity)
    return RunningAs(environment, credential, is_renewed=False)


def running_over(arguments: argparse.Namespace) -> Callable[[Project, str, Mapping[str, str]], RunningAs]:
    """Return what tells what programs, of several projects and identities, run with under these flags."""
    return lambda project, identity, base: running_as(identity, arguments, project, base)


def without_flags(parser: argparse.ArgumentParser) -> None:
    """Have programs run as usual under a verb that lets nobody say how."""
    parser.set_defaults(refresh=None, with_required=True)


def credential_process(project: Project, identity: str) -> str:
    """Return the command line that prints the identity's credentials."""
    return project.own_command.line("auth", "credential-process", f"--identity={identity}")


def _delivery(identity: str, refresh: str | None, project: Project) -> str:
    """Tell how the credentials reach the program: as the flag says, or else the configuration."""
    if refresh is None:
        # What is configured for all identities does not forbid those that it cannot be for.
        is_for_it = project.delivery == FILES or project.operations.is_refreshable(identity)
        return project.delivery if is_for_it else FILES
    if refresh == "":
        # A process that is started later finds nothing of what a keyring in memory holds.
        return ENDPOINT if project.delivery == ENDPOINT or project.keeps_nothing else PROCESS
    if refresh not in WAYS:
        raise UsageError(
            f'--refresh is "{refresh}", which is no way to renew credentials',
            hints=[f"use one of: {', '.join(f'--refresh={way}' for way in WAYS)}"],
        )
    return FILES if refresh == OFF else refresh
