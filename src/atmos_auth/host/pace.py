"""A token bucket that threads share: so many turns a second, and a rest for all when a service was asked too often."""

from _thread import allocate_lock
from collections import deque
from collections.abc import Callable

from atmos_auth.domain.ports import Clock

# A sleeper that may be told to stop looks up as often.
_NAP_SECONDS = 0.1
# A second whose two ends count, and a little: clocks are not exact.
_SECOND = 1.001
# Two turns are never closer than this part of what they would be if they came evenly.
_CATCHING_UP = 0.8
FIRST_REST_SECONDS = 0.5
LONGEST_REST_SECONDS = 30.0


class PaceStopped(Exception):
    """The work is over: no more turns are given."""


class Pace:
    """Turns, one at a time, at most `most` of them in any second, wherever that begins.

    They come evenly; who comes late may catch up a little. `fraction` gives a number from 0 to 1 by chance, so that
    rests of several processes do not end together.
    """

    def __init__(self, most: int, *, clock: Clock, fraction: Callable[[], float]) -> None:
        self._gap = _CATCHING_UP / most
        self._clock = clock
        self._fraction = fraction
        self._lock = allocate_lock()
        self._seen = clock.now()
        # The turns of the last second, or more: as many as there may be.
        self._turns: deque[float] = deque(maxlen=most)
        self._rested_at = self._seen - 1
        self._resting_until = self._seen
        self._refusals_in_a_row = 0
        self._ahead = 0
        self._stopped = False

    @property
    def is_resting(self) -> bool:
        """Whether everybody waits because the service was asked too often."""
        return self._clock.now() < self._resting_until

    def turn(self, *, ahead: bool = False) -> float:
        """Wait for a turn, and return when it was; raises `PaceStopped`. Who goes `ahead` comes before all others."""
        with self._lock:
            self._ahead += ahead
        try:
            while not self._stopped:
                with self._lock:
                    now = self._now()
                    wait = max(self._earliest(), self._resting_until) - now
                    if wait <= 0 and (ahead or not self._ahead):
                        self._turns.append(now)
                        return now
                # Whoever lets others go ahead looks again soon.
                self._clock.sleep(min(wait if wait > 0 else self._gap / 2, _NAP_SECONDS))
        finally:
            with self._lock:
                self._ahead -= ahead
        raise PaceStopped

    def refused(self, turn: float) -> None:
        """The request of this turn came too soon: everybody rests, longer each time until one goes well.

        Requests that were on their way when a rest began are no reason for another one.
        """
        with self._lock:
            now = self._now()
            if turn <= self._rested_at:
                return
            longest = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2**self._refusals_in_a_row)
            self._refusals_in_a_row = min(self._refusals_in_a_row + 1, 10)
            self._rested_at = now
            # Half of it for certain, the other half by chance.
            self._resting_until = now + longest * (1 + self._fraction()) / 2

    def went_well(self, turn: float) -> None:
        """The service answered what was asked at this turn: if that was after a rest, the next one is short again."""
        with self._lock:
            if turn > self._rested_at:
                self._refusals_in_a_row = 0

    def nap(self, seconds: float) -> None:
        """Wait without taking a turn; raises `PaceStopped`."""
        until = self._clock.now() + seconds
        while (left := until - self._clock.now()) > 0:
            if self._stopped or left > seconds:  # a clock that was put back must not hold anybody
                break
            self._clock.sleep(min(left, _NAP_SECONDS))
        if self._stopped:
            raise PaceStopped

    def stop(self) -> None:
        """Give no more turns: whoever waits for one is let go."""
        self._stopped = True

    def _earliest(self) -> float:
        """When the next turn may be at the earliest."""
        if not self._turns:
            return self._seen
        next_to_last = self._turns[-1] + self._gap
        return max(next_to_last, self._turns[0] + _SECOND) if len(self._turns) == self._turns.maxlen else next_to_last

    def _now(self) -> float:
        """The time; when the machine's clock is put back, everything that was planned moves with it."""
        now = self._clock.now()
        if now < self._seen:
            back = self._seen - now
            self._turns = deque((turn - back for turn in self._turns), maxlen=self._turns.maxlen)
            self._rested_at -= back
            self._resting_until -= back
        self._seen = now
        return now
