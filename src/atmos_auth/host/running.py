"""Whether another process still runs."""

import os


def is_running(process: int) -> bool:
    """Tell whether a process of this id exists; where asking is not possible, assume that it does."""
    if os.name != "posix":
        return True  # there, a signal would end it instead of asking
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
