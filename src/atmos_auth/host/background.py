"""Work beside the main thread, which keeps all signals for itself."""

import os
import signal
import threading
from collections.abc import Callable


def in_background(work: Callable[[], None], name: str) -> threading.Thread:
    """Run `work` in a thread of its own that ends with the process at the latest; return the thread.

    A signal that another thread took would not interrupt what the main thread waits for.
    """
    thread = threading.Thread(target=work, name=name, daemon=True)
    if os.name != "posix":
        thread.start()
        return thread
    # A thread begins with the mask of the one that starts it.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return thread
