"""A program in our place, on POSIX: started, waited for, told of signals that reach us alone; next to no imports."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence
    from typing import Any
else:
    # `signal` is these functions under enums, and importing those costs as much as half an interpreter.
    import _signal as signal

# A terminal sends these to the child as well: we only must not die before it.
FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
# These reach us alone, from a supervisor or a closing terminal: the child must hear of them.
_FORWARDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
# Of these, what asks for an end.
TO_END = (signal.SIGTERM, signal.SIGHUP)
# Python ignores these in itself, and a program must not inherit that.
_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ)
_STDOUT = 1


def run(
    argv: "Sequence[str]", environ: "Mapping[str, str]", directory: str | None = None, *, stdout: int = _STDOUT
) -> tuple[int, list[int]]:
    """Run `argv` with exactly `environ`; return its status as a shell would show it, and the signals we were sent.

    It runs in `directory`, or where we are; our own working directory is another one while it is being started. What it
    prints goes to the descriptor `stdout`. Raises `OSError` when it cannot be started.
    """
    handled = {*FROM_TERMINAL, *_FORWARDED}
    # Held back until somebody is there to handle them: one that came in between would leave the child an orphan.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, handled)
    try:
        child = _start_in(directory, argv, environ, mask, stdout)
        # After the start, so that a child of a shell's background job keeps what that shell decided.
        (heard, previous), bell = _take_over(child), _Bell()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    try:
        return _wait(child, bell), heard
    finally:
        bell.close()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _start_in(
    directory: str | None, argv: "Sequence[str]", environ: "Mapping[str, str]", mask: "Any", stdout: int
) -> int:
    if directory is None:
        return _start(argv, environ, mask, stdout)
    back = os.open(".", os.O_RDONLY)
    try:
        os.chdir(directory)
        return _start(argv, environ, mask, stdout)
    finally:
        os.fchdir(back)
        os.close(back)


def _start(argv: "Sequence[str]", environ: "Mapping[str, str]", mask: "Any", stdout: int) -> int:
    actions = [(os.POSIX_SPAWN_DUP2, stdout, _STDOUT)] if stdout != _STDOUT else []
    # posix_spawn costs a tenth of importing subprocess, and this runs in front of every wrapped command.
    return os.posix_spawnp(
        _found(argv[0], environ), list(argv), dict(environ), file_actions=actions, setsigmask=mask, setsigdef=_RESTORED
    )


def _found(program: str, environ: "Mapping[str, str]") -> str:
    """Return the path of a program by the PATH that it will have: posix_spawnp looks along ours."""
    if os.sep in program or environ.get("PATH") == os.environ.get("PATH"):
        return program
    paths = [os.path.join(folder, program) for folder in os.get_exec_path(environ)]
    files = [path for path in paths if os.path.isfile(path)]
    if not files:
        import errno

        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)
    return next((path for path in files if os.access(path, os.X_OK)), files[0])


def _take_over(child: int) -> "tuple[list[int], dict[int, Any]]":
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

    previous: dict[int, Any] = {number: signal.signal(number, outlive) for number in FROM_TERMINAL}
    previous[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
    return heard, previous | {number: signal.signal(number, forward) for number in _FORWARDED}


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
        from select import select

        select([self._ear], [], [])
        try:
            os.read(self._ear, 4096)
        except BlockingIOError:
            return

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
