"""The machine's clock."""

import time


class SystemClock:
    """Real time and real sleep."""

    def now(self) -> float:
        """Tell the time in seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`; a signal's exception ends the wait."""
        time.sleep(seconds)
