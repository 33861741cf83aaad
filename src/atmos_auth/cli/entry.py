"""Where the console scripts come in; the clock is read before anything is imported."""

import sys
import time


def atmos() -> int:
    """Run `atmos` with the process's own arguments and return its exit status."""
    started_at = time.time()
    from atmos_auth.cli.main import main

    return main(sys.argv[1:], started_at=started_at)


def atmos_auth() -> int:
    """Run `atmos auth ...`, for people who have another `atmos` on their PATH."""
    started_at = time.time()
    from atmos_auth.cli.main import main

    return main(["auth", *sys.argv[1:]], started_at=started_at)
