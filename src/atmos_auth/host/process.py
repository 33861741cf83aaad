"""Running another program in our place: its streams are ours, its signals and its exit status pass through."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from atmos_auth.domain.errors import CommandNotFound

# A terminal sends these to the child as well: we only must not die before it.
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")
# These reach us alone, from a supervisor or a closing terminal: the child must hear of them.
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
# Python ignores these in itself, and a program must not inherit that.
_RESTORED = ("SIGPIPE", "SIGXFSZ")
_STDOUT, _STDERR = 1, 2


def run(
    argv: Sequence[str], environ: Mapping[str, str], directory: str | None = None, *, onto_stderr: bool = False
) -> int:
    """Run `argv` with exactly `environ` and return the status a shell would show (128 + n for signal n).

    It runs in `directory` if that is given; with `onto_stderr` what it prints is not data, and goes to stderr. Raises
    `CommandNotFound` when the program does not exist (exit 127) or may not be run.
    """
    if os.name != "posix":
        return _run_with_subprocess(argv, environ, directory, onto_stderr=onto_stderr)
    handled = {*_signals(_FROM_TERMINAL), *_signals(_FORWARDED)}
    # Held back until somebody is there to handle them: one that came in between would leave the child an orphan.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, handled)
    try:
        with _standing_in(directory):
            child = _start(argv, environ, mask, onto_stderr=onto_stderr)
        # After the start, so that a child of a shell's background job keeps what that shell decided.
        previous = _take_over(child)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    try:
        return _wait(child)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


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


@contextmanager
def _standing_in(directory: str | None) -> Iterator[None]:
    """Be in a directory for as long as it takes to start a program there."""
    if directory is None:
        yield
        return
    before = os.getcwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)


def _start(
    argv: Sequence[str], environ: Mapping[str, str], mask: set[int | signal.Signals], *, onto_stderr: bool
) -> int:
    actions = [(os.POSIX_SPAWN_DUP2, _STDERR, _STDOUT)] if onto_stderr else []
    try:
        # posix_spawn costs a tenth of importing subprocess, and this runs in front of every wrapped command.
        return os.posix_spawnp(
            argv[0],
            list(argv),
            dict(environ),
            file_actions=actions,
            setsigmask=mask,
            setsigdef=_signals(_RESTORED),
        )
    except OSError as error:
        raise _not_started(argv[0], error) from error


def _take_over(child: int) -> dict[signal.Signals, Any]:
    """Outlive what the terminal sends, pass on what only we are sent; return the handlers that were there."""

    def forward(number: int, _frame: object) -> None:
        try:
            os.kill(child, number)
        except ProcessLookupError:
            return  # it has ended meanwhile

    previous = {number: signal.signal(number, lambda *_: None) for number in _signals(_FROM_TERMINAL)}
    return previous | {number: signal.signal(number, forward) for number in _signals(_FORWARDED)}


def _wait(child: int) -> int:
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _signals(names: Sequence[str]) -> list[signal.Signals]:
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _not_started(program: str, error: OSError) -> CommandNotFound:
    if isinstance(error, FileNotFoundError):
        return CommandNotFound(f"command not found: {program}", hints=["check the spelling and PATH"])
    return CommandNotFound(f"cannot run {program}: {error.strerror or error}", hints=["check that it is executable"])


def _run_with_subprocess(
    argv: Sequence[str], environ: Mapping[str, str], directory: str | None, *, onto_stderr: bool
) -> int:
    import subprocess

    stdout = sys.stderr.fileno() if onto_stderr else None
    try:
        process = subprocess.Popen(list(argv), env=dict(environ), cwd=directory, stdout=stdout)
    except OSError as error:
        raise _not_started(argv[0], error) from error
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            sys.stderr.flush()  # the console sent Ctrl-C to the child too: its answer is what counts
