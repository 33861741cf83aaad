"""Running another program in our place: its streams are ours, its signals and its exit status pass through."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from atmos_auth.domain.errors import CommandNotFound

# A terminal sends these to the child as well: we only must not die before it.
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")
# These reach us alone, from a supervisor or a closing terminal: the child must hear of them.
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
# Of these, what asks for an end.
_TO_END = ("SIGTERM", "SIGHUP")
# Python ignores these in itself, and a program must not inherit that.
_RESTORED = ("SIGPIPE", "SIGXFSZ")
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
    `CommandNotFound` when the program does not exist (exit 127) or may not be run.
    """
    return run_in(directory, argv, environ, onto_stderr=onto_stderr).status


def run_in(
    directory: str | None, argv: Sequence[str], environ: Mapping[str, str], *, onto_stderr: bool = False
) -> Ended:
    """Run `argv` as `run` does, in `directory`, or where we are, and tell how it ended; for programs in a row.

    Our own working directory is another one while the program is being started. Raises `CommandNotFound`, and
    `OSError` when nobody can be in the directory.
    """
    if os.name != "posix":
        return _run_with_subprocess(directory, argv, environ, onto_stderr=onto_stderr)
    handled = {*_signals(_FROM_TERMINAL), *_signals(_FORWARDED)}
    # Held back until somebody is there to handle them: one that came in between would leave the child an orphan.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, handled)
    try:
        with _being_in(directory):
            child = _start(argv, environ, mask, onto_stderr=onto_stderr)
        # After the start, so that a child of a shell's background job keeps what that shell decided.
        (heard, previous), bell = _take_over(child), _Bell()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    try:
        status = _wait(child, bell)
    finally:
        bell.close()
        for number, handler in previous.items():
            signal.signal(number, handler)
    alone = [number for number in heard if number in _signals(_TO_END)]
    return Ended(status, any(n in _signals(_FROM_TERMINAL) for n in heard), alone[-1] if alone else None)


@contextmanager
def _being_in(directory: str | None) -> Iterator[None]:
    if directory is None:
        yield
        return
    back = os.open(".", os.O_RDONLY)
    try:
        os.chdir(directory)
        yield
    finally:
        os.fchdir(back)
        os.close(back)


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


def _take_over(child: int) -> tuple[list[int], dict[signal.Signals, Any]]:
    """Outlive what the terminal sends, pass on what only we are sent.

    Returns a list that grows by what is heard, and the handlers that were there.
    """
    heard: list[int] = []

    def outlive(number: int, _frame: object) -> None:
        heard.append(number)

    def forward(number: int, _frame: object) -> None:
        heard.append(number)
        try:
            os.kill(child, number)
        except ProcessLookupError:
            return  # it has ended meanwhile

    previous = {number: signal.signal(number, outlive) for number in _signals(_FROM_TERMINAL)}
    previous |= {signal.SIGCHLD: signal.signal(signal.SIGCHLD, lambda *_: None)}
    return heard, previous | {number: signal.signal(number, forward) for number in _signals(_FORWARDED)}


class _Bell:
    """Rings whenever a signal comes, also one that comes before somebody listens.

    Waiting for the child itself would miss what comes just before: Python notes a signal, and handles it when the wait
    is over. With threads of ours beside it, that moment is long enough to be met.
    """

    def __init__(self) -> None:
        self._ear, self._rope = os.pipe()
        os.set_blocking(self._ear, False)
        os.set_blocking(self._rope, False)
        self._before = signal.set_wakeup_fd(self._rope, warn_on_full_buffer=False)

    def wait(self) -> None:
        import select

        select.select([self._ear], [], [])
        with suppress(BlockingIOError):
            os.read(self._ear, 4096)

    def close(self) -> None:
        signal.set_wakeup_fd(self._before)
        os.close(self._ear)
        os.close(self._rope)


def _wait(child: int, bell: _Bell) -> int:
    while True:
        # Its end rings as well.
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        bell.wait()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _signals(names: Sequence[str]) -> list[signal.Signals]:
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _not_started(program: str, error: OSError) -> CommandNotFound:
    if isinstance(error, FileNotFoundError):
        return CommandNotFound(f"command not found: {program}", hints=["check the spelling and PATH"])
    return CommandNotFound(f"cannot run {program}: {error.strerror or error}", hints=["check that it is executable"])


def _run_with_subprocess(
    directory: str | None, argv: Sequence[str], environ: Mapping[str, str], *, onto_stderr: bool
) -> Ended:
    import subprocess

    if directory is not None:
        os.stat(directory)  # told apart from a program that is not there
    stdout = sys.stderr.fileno() if onto_stderr else None
    try:
        process = subprocess.Popen(list(argv), env=dict(environ), cwd=directory, stdout=stdout)
    except OSError as error:
        raise _not_started(argv[0], error) from error
    interrupted = False
    while True:
        try:
            return Ended(process.wait(), interrupted)
        except KeyboardInterrupt:
            interrupted = True
            sys.stderr.flush()  # the console sent Ctrl-C to the child too: its answer is what counts
