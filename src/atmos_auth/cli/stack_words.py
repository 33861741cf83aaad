"""What a command line says about stacks: which one, and what is worked out of what stands in it."""

import argparse
from typing import Any

from atmos_auth.cli.switches import add_switch, said
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import InvalidSetting, UsageError
from atmos_auth.stacks.evaluation import Wish
from atmos_auth.wiring import Project


def add_stack_flag(parser: argparse.ArgumentParser, *, about: str = "the stack") -> None:
    """`--stack`, for which `ATMOS_STACK` stands in."""
    parser.add_argument("-s", "--stack", metavar="STACK", help=about)


def add_override_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that stand in for settings of stacks, over files and variables."""
    group = parser.add_argument_group("settings for this run")
    absent = argparse.SUPPRESS
    group.add_argument("--stacks-dir", metavar="DIR", default=absent, help="folder of the manifests")
    group.add_argument("--terraform-dir", metavar="DIR", default=absent, help="folder of Terraform's components")
    group.add_argument("--terraform-command", metavar="PROGRAM", default=absent, help="program that is Terraform")
    group.add_argument(
        "--settings-list-merge-strategy", metavar="HOW", default=absent, help="lists: replace, append or merge"
    )


def add_workflows_flag(parser: argparse.ArgumentParser) -> None:
    """`--workflows-dir`, over the configuration and its variable."""
    parser.add_argument(
        "--workflows-dir", metavar="DIR", default=argparse.SUPPRESS, help="folder of the workflow files"
    )


def add_wish_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that say what is worked out."""
    for name, what in (("templates", "templates"), ("functions", "YAML functions")):
        add_switch(parser, f"--process-{name}", f"false: leave {what} as they are written")
    parser.add_argument(
        "--skip", action="append", default=[], metavar="NAME", help="leave this YAML function alone (repeatable)"
    )


def accept_identity_flag(parser: argparse.ArgumentParser) -> None:
    """`--identity`, which may stand on any command line, for verbs under which nobody signs in."""
    parser.add_argument(
        "-i",
        "--identity",
        nargs="?",
        default=argparse.SUPPRESS,
        metavar="NAME",
        help="changes nothing: nobody signs in",
    )


def written_choice(project: Project, path: tuple[str, ...], choices: tuple[str, ...]) -> str:
    """Return which of the choices the configuration makes, the first where nothing is written.

    Raises `InvalidSetting` for any other.
    """
    chosen = project.config.resolve(path) or choices[0]
    if chosen not in choices:
        raise InvalidSetting(
            f'{".".join(path)} is one of {", ".join(choices)}, not "{chosen}"', place=project.config.place(path)
        )
    return str(chosen)


def written_switch(project: Project, path: tuple[str, ...]) -> bool:
    """Return whether the configuration switches something on; raises `InvalidSetting` for what is neither."""
    value = project.config.resolve(path)
    if value is not None and not isinstance(value, bool):
        raise InvalidSetting(f"{'.'.join(path)} is true or false, not {value!r}", place=project.config.place(path))
    return bool(value)


def said_stack(arguments: argparse.Namespace, project: Project) -> str | None:
    """Return the stack that is meant, None where nothing says."""
    stack: str | None = arguments.stack or project.environ.get(env_names.ATMOS_STACK) or None
    return stack


def required_stack(arguments: argparse.Namespace, project: Project) -> str:
    """Return the stack that is meant; raises `UsageError` where nothing says."""
    stack = said_stack(arguments, project)
    if stack is None:
        raise UsageError(
            "stack is required; specify it on the command line using the flag --stack <stack> (shorthand -s)",
            hints=[f"or set {env_names.ATMOS_STACK}", "atmos list stacks"],
        )
    return stack


def wished(arguments: argparse.Namespace) -> Wish:
    """Return what is to be worked out."""
    skipped = frozenset(name.lstrip("!") for names in arguments.skip for name in names.split(","))
    return Wish(
        said(arguments, "--process-templates") is not False,
        said(arguments, "--process-functions") is not False,
        skipped,
    )


def without_secrets(data: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a component with the secrets of its identities masked."""
    from atmos_auth.usecases.listing.redaction import redacted

    return data | {"auth": redacted(data["auth"])}
