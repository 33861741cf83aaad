"""Running another program in our place: its streams are ours, its signals and its exit status pass through."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from atmos_auth.domain.errors import CommandNotFound

# A terminal sends these to the child as well: we only must not die before it.
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")
# These reach us alone, from a supervisor or a closing terminal: the child must hear of them.
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
# Python ignores these in itself, and a program must not inherit that.
_RESTORED = ("SIGPIPE", "SIGXFSZ")


def run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run `argv` with exactly `environ` and return the status a shell would show (128 + n for signal n).

    Raises `CommandNotFound` when the program does not exist (exit 127) or may not be run.
    """
    if os.name != "posix":
        return _run_with_subprocess(argv, environ)
    handled = {*_signals(_FROM_TERMINAL), *_signals(_FORWARDED)}
    # Held back until somebody is there to handle them: one that came in between would leave the child an orphan.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, handled)
    try:
        child = _start(argv, environ, mask)
        # After the start, so that a child of a shell's background job keeps what that shell decided.
        previous, bell = _take_over(child), _Bell()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    try:
        return _wait(child, bell)
    finally:
        bell.close()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _start(argv: Sequence[str], environ: Mapping[str, str], mask: set[int | signal.Signals]) -> int:
    try:
        # posix_spawn costs a tenth of importing subprocess, and this runs in front of every wrapped command.
        return os.posix_spawnp(argv[0], list(argv), dict(environ), setsigmask=mask, setsigdef=_signals(_RESTORED))
    except OSError as error:
        raise _not_started(argv[0], error) from error


def _take_over(child: int) -> dict[signal.Signals, Any]:
    """Outlive what the terminal sends, pass on what only we are sent; return the handlers that were there."""

    def forward(number: int, _frame: object) -> None:
        try:
            os.kill(child, number)
        except ProcessLookupError:
            return  # it has ended meanwhile

    unheeded = (*_signals(_FROM_TERMINAL), signal.SIGCHLD)
    previous = {number: signal.signal(number, lambda *_: None) for number in unheeded}
    return previous | {number: signal.signal(number, forward) for number in _signals(_FORWARDED)}


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


def _run_with_subprocess(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    import subprocess

    try:
        process = subprocess.Popen(list(argv), env=dict(environ))
    except OSError as error:
        raise _not_started(argv[0], error) from error
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            sys.stderr.flush()  # the console sent Ctrl-C to the child too: its answer is what counts
