"""One request to the keyring worker: started, waited for until a deadline, and ended whatever happens."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from queue import SimpleQueue

# Within this time most questions turn out to be none: a service unlocks itself, or knows that nobody is there.
_UNSAID_SECONDS = 1.0
# The worker finds modules where we do and nowhere else: a file in the current directory is not ours.
_START = (
    "import sys, json; request = json.load(sys.stdin); sys.path[:] = request['modules']; "
    "from atmos_auth.stores.keyring.worker import main; main(request)"
)


class Waiting:
    """How long to wait, and what came of it.

    `seconds` is for a keyring that answers by itself; `asking_seconds` from the start for one that asks a person,
    which `say` is called for when it takes a while. `was_asking` tells afterwards whether it did.
    """

    def __init__(self, seconds: float, asking_seconds: float, say: Callable[[], None]) -> None:
        self.seconds = seconds
        self.asking_seconds = asking_seconds
        self.was_asking = False
        self._say = say

    def for_answer(self, lines: "SimpleQueue[bytes]") -> Mapping[str, Any] | None:
        """Return the worker's answer; None when none came in time."""
        from time import monotonic

        start = monotonic()
        answer = _next(lines, start + self.seconds)
        if answer is None or "asking" not in answer:
            return answer
        self.was_asking = True
        answer = _next(lines, monotonic() + min(self.asking_seconds, _UNSAID_SECONDS))
        if answer is None:
            self._say()
            answer = _next(lines, start + self.asking_seconds)
        return answer


def call(request: Mapping[str, Any], environ: Mapping[str, str], waiting: Waiting) -> Mapping[str, Any] | None:
    """Return the worker's answer, {} if it died without one, None if none came in time; raises `OSError`.

    Secrets go through pipes, never through arguments. Ctrl-C ends the wait, and the worker.
    """
    import subprocess
    from queue import SimpleQueue
    from threading import Thread

    modules = [os.path.abspath(folder) for folder in sys.path if folder]
    worker = subprocess.Popen(
        [sys.executable, "-I", "-c", _START],
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with worker:
        lines: SimpleQueue[bytes] = SimpleQueue()
        # A thread reads, for on Windows nothing else can wait for a pipe and a deadline at once.
        reader = Thread(target=_read, args=(worker.stdout, lines), daemon=True)
        try:
            reader.start()
            _send(worker.stdin, {**request, "modules": modules})
            return waiting.for_answer(lines)
        finally:
            worker.kill()
            worker.wait()
            reader.join()


def _send(pipe: IO[bytes] | None, request: Mapping[str, Any]) -> None:
    if pipe is None:
        raise OSError("no pipe")
    try:
        with pipe:
            pipe.write(json.dumps(request).encode())
    except BrokenPipeError:
        return  # it died at once: the missing answer tells


def _read(pipe: IO[bytes] | None, lines: "SimpleQueue[bytes]") -> None:
    for line in pipe or ():
        lines.put(line)
    lines.put(b"{}")


def _next(lines: "SimpleQueue[bytes]", until: float) -> Mapping[str, Any] | None:
    from queue import Empty
    from time import monotonic

    try:
        answer: Mapping[str, Any] = json.loads(lines.get(timeout=max(until - monotonic(), 0.0)))
    except Empty:
        return None
    except ValueError:
        return {}
    return answer
