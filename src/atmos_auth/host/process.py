"""Running another program in our place: its streams are ours, its signals and its exit status pass through."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from atmos_auth.domain.errors import CommandNotExecutable, CommandNotFound

_STDOUT, _STDERR = 1, 2


class Ended(NamedTuple):
    """How a program ended: its `status` as a shell would show it, and the signals that we were sent meanwhile."""

    status: int
    interrupted: bool = False  # Ctrl-C, which the program heard as well
    told_to_end: int | None = None  # the number of the last signal that was sent to us alone, and passed on


def run(
    argv: Sequence[str], environ: Mapping[str, str], directory: str | None = None, *, onto_stderr: bool = False
) -> int:
    """Run `argv` with exactly `environ` and return the status a shell would show (128 + n for signal n).

    It runs in `directory` if that is given; with `onto_stderr` what it prints is not data, and goes to stderr. Raises
    `CommandNotFound` when the program does not exist (exit 127), `CommandNotExecutable` when it may not be run (126).
    """
    return run_in(directory, argv, environ, stdout=_STDERR if onto_stderr else _STDOUT).status


def run_in(directory: str | None, argv: Sequence[str], environ: Mapping[str, str], *, stdout: int = _STDOUT) -> Ended:
    """Run `argv` as `run` does, in `directory`, or where we are, and tell how it ended; for programs in a row.

    What it prints goes to the descriptor `stdout`.
    Our own working directory is another one while the program is being started. Raises `CommandNotFound`, and
    `OSError` when nobody can be in the directory.
    """
    if os.name != "posix":
        return _run_with_subprocess(directory, argv, environ, stdout)
    from atmos_auth.host import child

    try:
        status, heard = child.run(argv, environ, directory, stdout=stdout)
    except OSError as error:
        if error.filename == directory and directory is not None:
            raise
        raise _not_started(argv[0], error) from error
    alone = [number for number in heard if number in child.TO_END]
    return Ended(status, any(number in child.FROM_TERMINAL for number in heard), alone[-1] if alone else None)


class Captured(NamedTuple):
    """What a program has come to: its status as a shell would show it, and what it printed."""

    status: int
    output: str
    errors: str


def captured(argv: Sequence[str], environ: Mapping[str, str], directory: str) -> Captured:
    """Run `argv` as `run` does, with nothing to read, and keep what it prints."""
    import subprocess

    try:
        result = subprocess.run(
            list(argv), env=dict(environ), cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        raise _not_started(argv[0], error) from error
    code = result.returncode
    return Captured(
        code if code >= 0 else 128 - code,
        result.stdout.decode(errors="replace"),
        result.stderr.decode(errors="replace"),
    )


def _not_started(program: str, error: OSError) -> CommandNotFound:
    if isinstance(error, FileNotFoundError):
        return CommandNotFound(f"command not found: {program}", hints=["check the spelling and PATH"])
    return CommandNotExecutable(
        f"cannot run {program}: {error.strerror or error}", hints=["check that it is executable"]
    )


def _run_with_subprocess(directory: str | None, argv: Sequence[str], environ: Mapping[str, str], stdout: int) -> Ended:
    import subprocess

    if directory is not None:
        os.stat(directory)  # told apart from a program that is not there
    try:
        process = subprocess.Popen(
            list(argv), env=dict(environ), cwd=directory, stdout=stdout if stdout != _STDOUT else None
        )
    except OSError as error:
        raise _not_started(argv[0], error) from error
    interrupted = False
    while True:
        try:
            return Ended(process.wait(), interrupted)
        except KeyboardInterrupt:
            interrupted = True
            sys.stderr.flush()  # the console sent Ctrl-C to the child too: its answer is what counts
