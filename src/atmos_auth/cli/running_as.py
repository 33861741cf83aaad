"""The environment of a program that runs as an identity, for every verb that runs one."""

import argparse
from collections.abc import Mapping
from functools import partial

from atmos_auth.domain.credentials import Credential
from atmos_auth.wiring import Project


def add_flags(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare the flags that say how the credentials reach the program; help calls it `what`."""
    absent = argparse.SUPPRESS
    parser.add_argument("--refresh", action="store_true", help=f"let credentials be renewed while the {what} runs")
    parser.add_argument(
        "--with-required", action="store_true", help="have the profiles of identities marked `required: true` as well"
    )
    parser.add_argument("--no-browser", action="store_true", default=absent, help="open no browser")
    parser.add_argument("--qr", action="store_true", default=absent, help="show the address as a QR code")


def environment_as(identity: str, arguments: argparse.Namespace, project: Project) -> tuple[dict[str, str], Credential]:
    """Return the whole environment of the program, and the credential that it will find; may prompt.

    With --refresh the program fetches credentials by running us, and again when these run out.
    """
    if arguments.refresh:
        return project.operations.refreshing_environment(
            identity,
            project.child_base,
            credential_process(project, identity),
            partial(credential_process, project) if arguments.with_required else None,
        )
    environment, credential = project.operations.child_environment(identity, project.child_base)
    if arguments.with_required:
        project.operations.deliver_required(identity)
    return environment, credential


def environment_over(project: Project, identity: str, base: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a program that runs as the identity over `base`, required identities beside it."""
    environment, _ = project.operations.child_environment(identity, base)
    project.operations.deliver_required(identity)
    return environment


def credential_process(project: Project, identity: str) -> str:
    """Return the command line that prints the identity's credentials."""
    return project.command_line("auth", "credential-process", f"--identity={identity}")
