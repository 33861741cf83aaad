"""Ctrl-C while a library must not be interrupted: noted when it comes, raised when we can."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_PATIENCE_SECONDS = 5.0


class Interrupts:
    """Whether Ctrl-C has been pressed; `check` raises `KeyboardInterrupt` if so."""

    def __init__(self, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._since: float | None = None

    def check(self) -> None:
        """Raise `KeyboardInterrupt` when Ctrl-C has been pressed."""
        if self._since is not None:
            raise KeyboardInterrupt

    def note(self, _number: int, _frame: FrameType | None) -> None:
        """Take the signal; a second one after some seconds of patience is raised at once."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        elif now - self._since > self._patience_seconds:
            raise KeyboardInterrupt


@contextmanager
def held_interrupts(*, patience_seconds: float = _PATIENCE_SECONDS) -> Iterator[Interrupts]:
    """Hold Ctrl-C back for the block, which looks for it; raises `KeyboardInterrupt` at its end at the latest.

    Whoever presses it again after `patience_seconds` is not kept waiting.
    Where Python's own handler is not in charge (another thread, another program's handler) nothing is held back.
    """
    interrupts = Interrupts(patience_seconds)
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield interrupts
        return
    signal.signal(signal.SIGINT, interrupts.note)
    try:
        yield interrupts
    except Exception:
        # What went wrong after Ctrl-C went wrong because of it.
        interrupts.check()
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupts.check()
