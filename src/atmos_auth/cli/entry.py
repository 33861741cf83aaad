"""Where the console scripts come in; the clock is read, and a warm answer tried, before anything else is imported."""

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
# Imports make objects that stay: looking for garbage among them, over and over, costs a tenth of a short command.
OBJECTS_BEFORE_COLLECTION = 100_000


def atmos() -> int:
    """Run `atmos` with the process's own arguments and return its exit status."""
    return _run(sys.argv[1:])


def atmos_auth() -> int:
    """Run `atmos auth ...`, for people who have another `atmos` on their PATH."""
    return _run(["auth", *sys.argv[1:]])


def _run(words: "Sequence[str]") -> int:
    started_at = time.time()
    try:
        from atmos_auth.cli.warm import serve

        status = serve(words, started_at)
        if status is not None:
            return status
        import gc

        gc.set_threshold(OBJECTS_BEFORE_COLLECTION)
        from atmos_auth.cli.main import main

        if words[:1] == ["--spelled"]:
            from atmos_auth.host.spelled_words import spelled_out

            words = spelled_out(words)
    except KeyboardInterrupt:
        return INTERRUPTED  # Ctrl-C while we were still loading
    except ValueError:
        sys.stderr.write("✗ --spelled is followed by what another atmos wrote into a profile, and nothing else\n")
        return 1
    status = main(words, started_at=started_at)
    gc.freeze()  # nor is there anything to be found at the end
    _leave_at_once(status)
    return status


def _leave_at_once(status: int) -> None:
    """End here, unless a module was loaded with which somebody may wait for the end.

    To take everything apart that was loaded costs a twentieth of a short command.
    """
    if not sys.modules.keys() & {"atexit", "threading"}:
        import os
        from contextlib import suppress

        with suppress(OSError):
            sys.stderr.flush()  # `main` has seen to the other one
        os._exit(status)
