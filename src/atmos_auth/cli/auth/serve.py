"""`atmos auth serve`."""

import argparse
import os
import signal
from typing import NoReturn, TextIO

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.printed_variables import chosen, in_the_way, print_data
from atmos_auth.cli.running_as import credential_process
from atmos_auth.delivery.environment import ServedAt
from atmos_auth.delivery.formats import FORMATS, render
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AuthenticationDisabled, UsageError
from atmos_auth.host.process_end import ProcessEnd
from atmos_auth.wiring import Project

USAGE = "atmos auth serve [IDENTITY] [flags]"
DESCRIPTION = """\
Give an identity's credentials to AWS SDKs on this machine, over HTTP, for as
long as it runs, and renew them ahead of time. Signs in first if that is needed;
later nobody is asked. Prints the variables that SDKs need on stdout, and then
serves until Ctrl-C, SIGTERM, or the end of the process that started it.

Only 127.0.0.1 is served, and only to who knows the token: it is in a file that
no other user can read, and the file is removed at the end.

examples:
  eval "$(atmos auth serve prod --parent-pid $$ &)"     until this shell ends
  atmos auth serve prod --format dotenv > .env.aws      until Ctrl-C
  atmos auth serve prod --port 9911"""
POSITIONALS = 1
COMPLETIONS = {"--format": tuple(FORMATS)}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    absent = argparse.SUPPRESS
    add_identity_flag(parser)
    parser.add_argument("-f", "--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} (default: bash)")
    parser.add_argument("--port", metavar="N", help="port to serve on (default: any that is free)")
    parser.add_argument(
        "--parent-pid", metavar="PID", help="end with this process (default: with the one that started it)"
    )
    parser.add_argument("--no-browser", action="store_true", default=absent, help="open no browser")
    parser.add_argument("--qr", action="store_true", default=absent, help="show the address as a QR code")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Serve until the end of the watched process."""
    file_format = chosen(arguments.format, project, env_names.ATMOS_AUTH_ENV_FORMAT, FORMATS, "format") or "bash"
    port = _number("--port", arguments.port, most=65535) or 0
    process = _number("--parent-pid", arguments.parent_pid)
    # Held on to before anybody signs in, which may take its time.
    end = ProcessEnd(process, clock=project.clock)
    identity = project.operations.select(asked(arguments))
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )

    def serve(name: str) -> ServedAt:
        return project.serve(name, port=port)

    environment, _ = project.operations.endpoint_environment(identity, credential_process(project, identity), serve)
    environment = environment._replace(unset=in_the_way(environment, identity, project))
    _end_with_the_terminal()
    text = render(file_format, environment.variables, environment.unset)
    who = f"process {end.process}" + ("" if process is not None else ", which started it")
    until = f"until Ctrl-C or the end of {who}" if end.process else "until it is told to end"
    address = environment.variables[env_names.AWS_CONTAINER_CREDENTIALS_FULL_URI]
    project.streams.stderr.write(f'✓ Serving "{identity}" at {address} {until}\n')
    project.streams.stderr.flush()
    try:
        # The last of it all: whoever reads this goes on, and writes to the same terminal.
        print_data(environment, text, project.streams.stdout)
        _close(project.streams.stdout)
        end.wait()
    except KeyboardInterrupt:
        # That is how one ends it.
        project.streams.stderr.write("\n")
    return 0


def _number(flag: str, word: str | None, most: int = 2**31 - 1) -> int | None:
    if word is None:
        return None
    if not (word.isascii() and word.isdecimal() and 0 < int(word) <= most):
        raise UsageError(
            f'{flag} is "{word}", which is not a number from 1 to {most}', hints=["atmos auth serve --help"]
        )
    return int(word)


def _close(stdout: TextIO) -> None:
    """Let whoever reads our variables come to their end, although we go on."""
    stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stdout.fileno())
    os.close(nowhere)


def _end_with_the_terminal() -> None:
    """Unwind when the terminal is closed, so that the token's file goes; `nohup` is heeded."""
    if not hasattr(signal, "SIGHUP") or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return

    def unwind(_number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + signal.SIGHUP)

    signal.signal(signal.SIGHUP, unwind)
