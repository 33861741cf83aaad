"""`atmos auth env`."""

import argparse
import os
from contextlib import suppress
from typing import TextIO

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.printed_variables import RAW, chosen, in_the_way, print_data
from atmos_auth.cli.warming import Kept, keep, private_values
from atmos_auth.delivery.environment import SECRETS, Environment
from atmos_auth.delivery.formats import FORMATS, render, require_unsetting
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import StoreError, UnknownIdentity, UsageError
from atmos_auth.host.appending import append_lines
from atmos_auth.usecases.ensure import ASKING, OFFLINE, SILENT
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project

USAGE = "atmos auth env [IDENTITY] [flags]"
DESCRIPTION = """\
Print an identity's variables. Nobody is asked and no browser is opened, unless
--login; a session is renewed silently if it can be. Variables that are set now
and would win over what is printed are unset, where a shell reads it.

examples:
  eval "$(atmos auth env --identity prod-admin)"
  atmos auth env --format fish | source
  atmos auth env --format powershell | Out-String | Invoke-Expression
  eval "$(atmos auth env --unset)"       be nobody again
  atmos auth env --format dotenv --output-file .env
  atmos auth env --format github         for the later steps of a GitHub job
  atmos auth env --mode files            pointers instead of secrets"""
POSITIONALS = 1
MODES = ("keys", "files", "process")
# What these print writes nothing, and so may be printed again without asking anew.
REPEATABLE = ("keys", "files")
STDOUT = "-"
COMPLETIONS = {"--format": tuple(FORMATS), "--mode": MODES}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-f", "--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} (default: bash)")
    parser.add_argument(
        "--mode",
        metavar="MODE",
        help="keys: the credentials; files: pointers to them; process: a profile that fetches them (default: keys)",
    )
    parser.add_argument(
        "-o",
        "--output-file",
        metavar="FILE",
        help="append to this file (0600 if new) instead of stdout; -: stdout",
    )
    parser.add_argument("--unset", action="store_true", help="print what clears all that this command ever sets")
    parser.add_argument("--login", action="store_true", help="sign in if that is needed")
    parser.add_argument("--offline", action="store_true", help="use no network")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the variables on stdout, or append them to a file."""
    said = asked(arguments)
    file_format = chosen(arguments.format, project, env_names.ATMOS_AUTH_ENV_FORMAT, FORMATS, "format") or "bash"
    mode = chosen(arguments.mode, project, env_names.ATMOS_AUTH_ENV_MODE, MODES, "mode") or "keys"
    if arguments.unset:
        require_unsetting(file_format)
        _hand_over(arguments, project, _cleared(said, project), file_format)
        return 0
    identity = project.operations.select(said) if arguments.login else project.operations.select_unasked(said)
    environment = Environment({}, ())
    if identity is not None:
        environment = _environment(arguments, project, identity, mode)
        _warn_of_what_wins(environment, arguments, project, file_format)
        environment = environment._replace(unset=in_the_way(environment, identity, project))
    text = _hand_over(arguments, project, environment, file_format)
    if text and identity is not None and mode in REPEATABLE:
        kept = Kept(text, private_values(environment.variables), needs_credentials=mode == "keys")
        keep(arguments.call, project, said, identity, kept)
    return 0


def _environment(arguments: argparse.Namespace, project: Project, identity: str, mode: str) -> Environment:
    reach = ASKING if arguments.login else OFFLINE if arguments.offline else SILENT
    if mode == "keys":
        return project.operations.keys_environment(identity, reach)
    if project.keeps_nothing:
        raise UsageError(
            f"--mode {mode} points at files, and with a keyring in memory they are gone when this command ends",
            hints=["--mode keys", "atmos auth exec -- COMMAND"],
        )
    pointing_reach = ASKING if arguments.login else None
    if mode == "process":
        from atmos_auth.cli.running_as import credential_process

        return project.operations.process_environment(identity, credential_process(project, identity), pointing_reach)
    return project.operations.files_environment(identity, pointing_reach)


def _cleared(said: Asked, project: Project) -> Environment:
    """What clears the shell: with the variables of the identity that is named, or there now, if there is one."""
    present = project.environ
    named = said.pick or said.name or present.get(env_names.ATMOS_IDENTITY)
    if not named and len(project.catalog.default_identities()) != 1:
        return project.operations.cleared(None, present)
    try:
        return project.operations.cleared(project.operations.select(said), present)
    except UnknownIdentity as unknown:
        if said.name:
            raise
        project.streams.stderr.write(f"⚠ {unknown.message}: its own variables are not known, and stay\n")
        return project.operations.cleared(None, present)


def _hand_over(arguments: argparse.Namespace, project: Project, environment: Environment, file_format: str) -> str:
    """Print or write the variables; return the text if it went to stdout and nothing else was said."""
    text = render(file_format, environment.variables, environment.unset)
    path = _output_file(arguments, project)
    if file_format == "github":
        path = path or _github_file(project)
        _warn_of_what_stays(environment, project)
    is_data = path == STDOUT or not path
    _mask(environment, project, project.streams.stderr if is_data else project.streams.stdout)
    if not is_data:
        _append(path, text, is_whole=FORMATS[file_format].is_whole)
        return ""
    print_data(environment, text, project.streams.stdout)
    return "" if env_names.is_github_job(project.environ) else text


def _output_file(arguments: argparse.Namespace, project: Project) -> str:
    return str(arguments.output_file or project.environ.get(env_names.ATMOS_AUTH_ENV_OUTPUT_FILE) or "")


def _warn_of_what_wins(
    environment: Environment, arguments: argparse.Namespace, project: Project, file_format: str
) -> None:
    """Name what the file holds from before, would win, and cannot be unset in it."""
    path = _output_file(arguments, project)
    if FORMATS[file_format].unsets or path in {"", STDOUT} or not os.path.isfile(path):
        return
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        before = {line.removeprefix("export ").partition("=")[0].strip() for line in file}
        if winners := sorted(before & set(environment.unset)):
            project.streams.stderr.write(f"⚠ {path} holds {', '.join(winners)}, which would win: remove it there\n")


def _warn_of_what_stays(environment: Environment, project: Project) -> None:
    """Say what a job's environment file cannot take away, and what would win over what it is given."""
    if environment.unset:
        names = ", ".join(sorted(environment.unset))
        project.streams.stderr.write(f"⚠ {names} is set in this job, and a later step would heed it: remove it there\n")


def _mask(environment: Environment, project: Project, log: TextIO) -> None:
    """Hide the secrets in a GitHub job's log, before any later step can print them."""
    if not env_names.is_github_job(project.environ):
        return
    from atmos_auth.delivery.formats.github import masking

    log.write(masking([environment.variables[name] for name in SECRETS if name in environment.variables]))
    log.flush()


def _github_file(project: Project) -> str:
    path = project.environ.get(env_names.GITHUB_ENV)
    if not path:
        raise UsageError(
            "--format github appends to the file that GITHUB_ENV names, and it is not set",
            hints=["run it in a step of a GitHub Actions job, or name a file: --output-file FILE"],
        )
    return path


def _append(path: str, text: str, *, is_whole: bool) -> None:
    if is_whole and os.path.isfile(path) and os.path.getsize(path):
        raise StoreError(
            f"{path} is not empty: what is appended to it would not be JSON any more",
            hints=["remove it, or name another file"],
        )
    append_lines(path, text, errors=RAW)
