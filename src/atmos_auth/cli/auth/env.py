"""`atmos auth env`."""

import argparse
import os
from collections.abc import Collection

from atmos_auth.cli.identity_words import asked, select_unasked
from atmos_auth.cli.parsing import add_identity_flag
from atmos_auth.delivery.environment import SECRETS, Environment
from atmos_auth.delivery.formats import FORMATS
from atmos_auth.delivery.github_job import masking
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import StoreError, UsageError
from atmos_auth.usecases.ensure import ASKING, OFFLINE, SILENT
from atmos_auth.wiring import Project

USAGE = "atmos auth env [IDENTITY] [flags]"
DESCRIPTION = """\
Print an identity's variables. Nobody is asked and no browser is opened, unless
--login; a session is renewed silently if it can be.

examples:
  eval "$(atmos auth env --identity prod-admin)"
  atmos auth env --format dotenv --output-file .env
  atmos auth env --format github         for the later steps of a GitHub job
  atmos auth env --mode files            pointers instead of secrets"""
POSITIONALS = 1
MODES = ("keys", "files")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-f", "--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} (default: bash)")
    parser.add_argument("--mode", metavar="MODE", help="keys: the credentials; files: pointers to them (default: keys)")
    parser.add_argument("-o", "--output-file", metavar="FILE", help="append to this file (0600) instead of stdout")
    parser.add_argument("--login", action="store_true", help="sign in if that is needed")
    parser.add_argument("--offline", action="store_true", help="use no network")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the variables on stdout, or append them to a file."""
    said = asked(arguments)
    file_format = _chosen(arguments.format, project, env_names.ATMOS_AUTH_ENV_FORMAT, FORMATS, "format") or "bash"
    mode = _chosen(arguments.mode, project, env_names.ATMOS_AUTH_ENV_MODE, MODES, "mode") or "keys"
    identity = project.auth.select(said) if arguments.login else select_unasked(said, project)
    environment = Environment({}, ()) if identity is None else _environment(arguments, project, identity, mode)
    in_the_way = [name for name in environment.unset if name in project.environ]
    text = FORMATS[file_format](environment.variables, in_the_way)
    path = arguments.output_file or project.environ.get(env_names.ATMOS_AUTH_ENV_OUTPUT_FILE)
    if file_format == "github":
        path = path or _github_file(project)
        if project.environ.get(env_names.GITHUB_ACTIONS) == "true":
            # Before any later step can print them.
            secrets = [environment.variables[name] for name in SECRETS if name in environment.variables]
            project.streams.stdout.write(masking(secrets))
            project.streams.stdout.flush()
    if path:
        _append(path, text)
    else:
        project.streams.stdout.write(text)
    return 0


def _environment(arguments: argparse.Namespace, project: Project, identity: str, mode: str) -> Environment:
    reach = ASKING if arguments.login else OFFLINE if arguments.offline else SILENT
    if mode == "keys":
        return project.auth.keys_environment(identity, reach)
    return project.auth.files_environment(identity, ASKING if arguments.login else None)


def _chosen(flag: str | None, project: Project, variable: str, known: Collection[str], what: str) -> str:
    chosen = flag or project.environ.get(variable, "")
    if chosen and chosen not in known:
        raise UsageError(f"invalid {what}: unsupported {what}: {chosen}", hints=[f"use one of: {', '.join(known)}"])
    return chosen


def _github_file(project: Project) -> str:
    path = project.environ.get(env_names.GITHUB_ENV)
    if not path:
        raise UsageError(
            "--format github appends to the file that GITHUB_ENV names, and it is not set",
            hints=["run it in a step of a GitHub Actions job, or name a file: --output-file FILE"],
        )
    return path


def _append(path: str, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror}",
            hints=["check that its folder exists and may be written"],
        ) from error
