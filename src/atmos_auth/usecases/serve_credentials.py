"""Credentials for programs that ask again and again: what is at hand, renewed ahead of time, by one for all.

The delivered profile is the cache here as well. It is read anew whenever its file has changed, so that another
process's sign-in counts at once, and nothing that was signed out of is ever given away.
"""

from collections.abc import Callable, Hashable
from threading import Condition
from typing import Any

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AtmosAuthError, CredentialsMissing
from atmos_auth.domain.freshness import EXPIRED, FRESH, STALE, freshness, seconds_fresh
from atmos_auth.domain.ports import Clock, Log

# After a renewal that failed, the next one waits; each further failure doubles that, up to the longest pause.
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
# A machine that slept, or whose clock was set, notices it after this time at the latest.
_LONGEST_SLEEP_SECONDS = 30.0


class ServedCredentials:
    """The credentials of one identity, for requests from any thread.

    `read` returns what is delivered, `stamp` something that changes whenever that does, and `renew` obtains anew
    without asking anybody; it may use the network, and only the thread in `keep_fresh` calls it.
    """

    def __init__(
        self,
        identity: str,
        *,
        stamp: Callable[[], Hashable],
        read: Callable[[], AwsCredentials | None],
        renew: Callable[[], Any],
        clock: Clock,
        log: Log,
    ) -> None:
        self._identity = identity
        self._stamp = stamp
        self._read = read
        self._renew = renew
        self._clock = clock
        self._log = log
        self._changed = Condition()
        self._seen: Hashable = object()  # equals no stamp
        self._held: AwsCredentials | None = None
        self._is_wanted = False
        self._is_stopped = False
        self._is_told = False
        self._failures = 0
        self._failure: AtmosAuthError | None = None
        self._not_before = 0.0

    def answer(self) -> AwsCredentials | None:
        """Return usable credentials at once; None while they are being renewed: then ask again.

        Raises what the last renewal ended with, until it is time for another one.
        """
        with self._changed:
            state = self._look()
            if state == FRESH:
                return self._held
            if state == EXPIRED and not self._may_try(state) and self._failure is not None:
                raise self._failure.with_traceback(None)
            self._is_wanted = True
            self._changed.notify_all()
            return self._held if state == STALE else None

    def keep_fresh(self) -> None:
        """Renew whenever it is due, until `stop` is called; for a thread of its own."""
        while True:
            with self._changed:
                if self._is_stopped:
                    return
                if not self._is_due():
                    self._changed.wait(self._pause())
                    continue
                self._is_wanted = False
            self.renew_once()

    def stop(self) -> None:
        """Let `keep_fresh` end, once the renewal that it may be at is over."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def renew_once(self) -> None:
        """Try to renew; a failure is noted for those who ask, and puts the next attempt off."""
        failure: AtmosAuthError | None = None
        try:
            self._renew()
        except AtmosAuthError as refused:
            failure = refused
        except Exception as fault:  # noqa: BLE001 - without this thread, every request would wait in vain
            failure = AtmosAuthError(f"internal error: {type(fault).__name__}", hints=["report it"])
        with self._changed:
            # What a renewal brings is in the file. An advisable one that fails brings nothing, and says nothing.
            state = self._look()
            if state == FRESH:
                return
            if failure is None:
                failure = self._nothing_usable(state)
            pause = min(FIRST_PAUSE_SECONDS * 2**self._failures, LONGEST_PAUSE_SECONDS)
            # A program may own the terminal: it is told once, and the rest is for who looks for it.
            say = self._log.debug if self._is_told else self._log.warn
            self._is_told = True
            self._failures += 1
            self._failure = failure if state == EXPIRED else None
            self._not_before = self._clock.now() + pause
        say(f'the credentials of "{self._identity}" could not be renewed: {in_one_line(failure)}')

    def _nothing_usable(self, state: str) -> AtmosAuthError:
        if state == EXPIRED:
            return AtmosAuthError("what was renewed is over already", hints=["check this machine's clock: `date -u`"])
        login = f"atmos auth login --identity {self._identity}"
        return CredentialsMissing("nothing newer could be had without asking anybody", hints=[login])

    def _look(self) -> str:
        """Read what is delivered if it has changed, and tell its freshness."""
        stamp = self._stamp()
        if stamp != self._seen:
            # The stamp from before the reading: a change in between is then seen the next time.
            self._seen, self._held = stamp, self._read_quietly()
            self._failures, self._failure, self._not_before = 0, None, 0.0
            if self._held is not None:
                self._log.hide(self._held.secrets)
        state = freshness(self._held, self._clock.now()) if self._held is not None else EXPIRED
        if state == FRESH:
            self._is_told = False
        return state

    def _read_quietly(self) -> AwsCredentials | None:
        try:
            return self._read()
        except AtmosAuthError as unreadable:
            self._log.debug(f'the credentials of "{self._identity}" could not be read: {unreadable.message}')
            return None

    def _is_due(self) -> bool:
        """Tell whether to renew now: ahead of time what is at hand, and what is over only if somebody asks for it."""
        state = self._look()
        if state == FRESH:
            self._is_wanted = False
        return self._may_try(state) and (state == STALE or (state == EXPIRED and self._is_wanted))

    def _may_try(self, state: str) -> bool:
        if state == EXPIRED and self._failure is None:
            return True  # what was tried before was only advisable
        # A clock that was set back must not put an attempt off for longer than any pause.
        return not 0 < self._not_before - self._clock.now() <= LONGEST_PAUSE_SECONDS

    def _pause(self) -> float:
        now = self._clock.now()
        fresh = seconds_fresh(self._held, now) if self._held is not None else 0.0
        ahead = max(fresh, self._not_before - now)
        return min(max(ahead, 0.05), _LONGEST_SLEEP_SECONDS) if ahead > 0 else _LONGEST_SLEEP_SECONDS


def in_one_line(failure: AtmosAuthError) -> str:
    """Return what went wrong and what mends it, for where there is room for one line."""
    hints = f" ({'; '.join(failure.hints)})" if failure.hints else ""
    return " ".join(f"{failure.message}{hints}".split())
