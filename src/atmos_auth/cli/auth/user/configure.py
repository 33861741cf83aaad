"""`atmos auth user configure`."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import GREEN, Paint
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AuthenticationDisabled, NeedsPerson, UsageError
from atmos_auth.wiring import Project

if TYPE_CHECKING:
    from atmos_auth.domain.fields import Field

USAGE = "atmos auth user configure [IDENTITY] [flags]"
DESCRIPTION = """\
Store an IAM user's keys in the keyring. They are asked for, never taken from
the command line, and the secret is not shown while you type it.

examples:
  atmos auth user configure
  atmos auth user configure --identity emergency-user
  op read op://vault/aws/keys.json | atmos auth user configure -i ci --stdin"""
POSITIONALS = 1
# What --stdin takes: the names of the fields, or those that AWS gives them.
_JSON_NAMES: dict[str, str] = {
    "AccessKeyId": "access_key_id",
    "SecretAccessKey": "secret_access_key",
    "MfaArn": "mfa_arn",
    "SessionDuration": "session_duration",
}
# What AWS prints beside a key, and what no key needs.
_NOT_STORED = frozenset({"CreateDate", "Status", "UserName", "Version"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("--from-env", action="store_true", help="take the keys from AWS_ACCESS_KEY_ID and its like")
    parser.add_argument("--stdin", action="store_true", help="read one JSON object with the keys from stdin")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Ask for the keys, or take them from a machine, and store them."""
    if arguments.from_env and arguments.stdin:
        raise UsageError("--from-env and --stdin exclude each other", hints=["keep one of them"])
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    identity = _identity(arguments, project)
    fields = project.operations.key_fields(identity)
    if fields is None:
        stderr.write(f'All credentials of "{identity}" are managed by the configuration file; nothing to store.\n')
        return 0
    if arguments.from_env:
        answers: Mapping[str, str] = _from_environ(project.environ)
    elif arguments.stdin:
        answers = _from_json(_piped(project.streams.stdin))
    else:
        answers = _from_person(identity, fields, project)
    stored = project.operations.configure_user(identity, answers)
    stderr.write(f"{paint('✔', GREEN)} Saved credentials to keyring: {identity}\n")
    if stored.get("session_duration"):
        stderr.write(f"{paint('✔', GREEN)} Session duration configured: {stored['session_duration']}\n")
    return 0


def _identity(arguments: argparse.Namespace, project: Project) -> str:
    said = asked(arguments)
    if said.name:
        chosen = project.operations.select(said)
        if chosen is None:
            raise AuthenticationDisabled("authentication is disabled", hints=["name an identity: --identity NAME"])
        project.operations.check_configurable(chosen)
        return chosen
    names = project.operations.configurable()
    if (arguments.from_env or arguments.stdin) and len(names) == 1:
        return names[0]
    try:
        return project.prompter.choose("Choose an identity to configure:", names)
    except NeedsPerson as person:
        person.hints = (*person.hints, "name an identity: --identity NAME")
        raise


def _from_person(identity: str, fields: "list[Field]", project: Project) -> Mapping[str, str]:
    try:
        return project.prompter.form(f"Keys of {identity}", fields)
    except NeedsPerson as person:
        command = f"atmos auth user configure --identity {identity}"
        person.hints = (*person.hints, f"{command} --stdin", f"{command} --from-env")
        raise


def _piped(stdin: TextIO) -> str:
    if stdin.isatty():
        raise UsageError(
            "--stdin reads from a pipe or a file: what is typed here would be shown",
            hints=["leave --stdin out, to be asked"],
        )
    try:
        return stdin.read().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return ""


def _from_environ(environ: Mapping[str, str]) -> dict[str, str]:
    if environ.get(env_names.AWS_SESSION_TOKEN):
        raise UsageError(
            "AWS_SESSION_TOKEN is set: these are keys of a session, and not long-lived ones",
            hints=["unset it, and set the user's own AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
        )
    found = {
        "access_key_id": environ.get(env_names.AWS_ACCESS_KEY_ID, ""),
        "secret_access_key": environ.get(env_names.AWS_SECRET_ACCESS_KEY, ""),
        "mfa_arn": environ.get(env_names.AWS_MFA_ARN, ""),
    }
    return {name: value for name, value in found.items() if value}


def _from_json(text: str) -> dict[str, str]:
    import json

    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    # What `aws iam create-access-key` prints can be piped in as it is.
    body = body.get("AccessKey", body) if isinstance(body, dict) else body
    if not isinstance(body, dict) or not all(isinstance(value, str | int) for value in body.values()):
        raise UsageError(
            "stdin does not hold one JSON object of texts",
            hints=['pipe in {"access_key_id": "...", "secret_access_key": "..."}'],
        )
    known = {name: str(value) for name, value in body.items() if name not in _NOT_STORED}
    answers = {_JSON_NAMES.get(name, name): value for name, value in known.items()}
    unknown = sorted(set(answers) - set(_JSON_NAMES.values()))
    if unknown:
        raise UsageError(
            f"stdin holds {', '.join(unknown)}, which is not known here",
            hints=[f"known: {', '.join(_JSON_NAMES.values())}"],
        )
    return answers
