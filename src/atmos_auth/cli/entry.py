"""Where the console scripts come in; the clock is read before anything is imported."""

import sys
import time
from collections.abc import Sequence

INTERRUPTED = 130


def atmos() -> int:
    """Run `atmos` with the process's own arguments and return its exit status."""
    return _run(sys.argv[1:])


def atmos_auth() -> int:
    """Run `atmos auth ...`, for people who have another `atmos` on their PATH."""
    return _run(["auth", *sys.argv[1:]])


def _run(words: Sequence[str]) -> int:
    started_at = time.time()
    try:
        from atmos_auth.cli.main import main
    except KeyboardInterrupt:
        return INTERRUPTED  # Ctrl-C while we were still loading
    return main(words, started_at=started_at)
