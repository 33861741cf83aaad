"""Every account of a portal and every role in it, several at a time, as fast as the portal allows and no faster."""

from collections.abc import Callable, Container, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, NamedTuple

from atmos_auth.aws_api.sso_portal import PAGE_SIZE, Account, SsoPortal
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import AtmosAuthError, CredentialRejected, ServiceError
from atmos_auth.domain.ports import AwsConnections, Clock
from atmos_auth.host.pace import Pace, PaceStopped

# AWS refuses more than 20 requests per second; one less, for what leaves here evenly does not arrive so.
REQUESTS_PER_SECOND = 19
# As many as botocore keeps connections for.
WORKERS = 10
# How often one request is sent when the network or the service fails; being too quick does not count.
ATTEMPTS = 3
# So many accounts failing one after the other are not the accounts' fault.
FAILURES_IN_A_ROW = 2 * WORKERS
# A portal that refuses every request for as long will not be asked any more in this run.
PATIENCE_SECONDS = 600.0
_TOO_QUICK = frozenset({"TooManyRequestsException", "Throttling", "ThrottlingException", "SlowDown", "429"})
# How long to wait for an answer before looking around.
_TICK_SECONDS = 0.1


class Reached(NamedTuple):
    """The accounts: so far, or all of them."""

    accounts: tuple[Account, ...]
    is_all: bool


class Looked(NamedTuple):
    """An account's roles, or why they could not be listed."""

    account: Account
    roles: tuple[str, ...] = ()
    failure: AtmosAuthError | None = None


class PortalWalk:
    """One walk over a portal with one token; `known` are ids of accounts whose roles need not be looked at.

    `fraction` gives numbers from 0 to 1 by chance. `refusals` counts the requests that came too soon.
    """

    def __init__(
        self,
        connections: AwsConnections,
        token: SsoToken,
        *,
        known: Container[str],
        clock: Clock,
        fraction: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._fraction = fraction
        self._pace = Pace(REQUESTS_PER_SECOND, clock=clock, fraction=fraction)
        self._portal = SsoPortal(connections, token, self._patiently)
        self._known = known
        self._tasks: SimpleQueue[Account | None] = SimpleQueue()
        self._events: SimpleQueue[Reached | Looked | BaseException] = SimpleQueue()
        self._over = Event()
        self._last_success = clock.now()
        self.refusals = 0

    @property
    def is_slowed(self) -> bool:
        """Whether the portal wants to be left alone for a moment."""
        return self._pace.is_resting

    def events(self) -> Iterator[Reached | Looked | None]:
        """Yield what is found as it is found, and None now and then where nothing is.

        An account that cannot be looked at is `Looked` with its failure. Raises `CredentialRejected` when the portal no
        longer accepts the token, and the `ServiceError` for a portal that fails as a whole. Ends at once on Ctrl-C.
        """
        expected: int | None = None
        looked = failures = 0
        self._start()
        try:
            while expected is None or looked < expected:
                event = self._next()
                if isinstance(event, BaseException):
                    raise event
                if isinstance(event, Reached) and event.is_all:
                    expected = sum(account.id not in self._known for account in event.accounts)
                elif isinstance(event, Looked):
                    looked += 1
                    failures = failures + 1 if event.failure is not None else 0
                    if event.failure is not None and failures >= FAILURES_IN_A_ROW:
                        raise event.failure
                yield event
        finally:
            self._stop()

    def _next(self) -> Reached | Looked | BaseException | None:
        try:
            return self._events.get(timeout=_TICK_SECONDS)
        except Empty:
            return None

    def _start(self) -> None:
        # Nobody waits for them at the end: Ctrl-C must not hang on an answer that does not come.
        for work in (self._list_accounts, *[self._look_at_accounts] * WORKERS):
            Thread(target=self._guarded, args=(work,), daemon=True).start()

    def _stop(self) -> None:
        self._over.set()
        self._pace.stop()
        for _ in range(WORKERS):
            self._tasks.put(None)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PaceStopped:
            return
        except BaseException as failure:  # noqa: BLE001 - it is raised where somebody sees it
            self._events.put(failure)

    def _list_accounts(self) -> None:
        accounts: dict[str, Account] = {}
        for account in self._portal.accounts():
            if account.id in accounts:
                continue
            accounts[account.id] = account
            if account.id not in self._known:
                self._tasks.put(account)
            if len(accounts) % PAGE_SIZE == 0:
                self._events.put(Reached(tuple(accounts.values()), is_all=False))
        self._events.put(Reached(tuple(accounts.values()), is_all=True))

    def _look_at_accounts(self) -> None:
        while (account := self._tasks.get()) is not None and not self._over.is_set():
            try:
                event = Looked(account, tuple(sorted(set(self._portal.roles(account.id)))))
            except CredentialRejected:
                raise
            except AtmosAuthError as failure:
                event = Looked(account, failure=failure)
            self._events.put(event)

    def _patiently(self, operation: str, send: Callable[[], Any]) -> Any:
        """Send a request when it is its turn, and again when the portal was asked too often or did not answer.

        The list of accounts goes ahead: with its end one knows how much there is to do.
        """
        failures = 0
        while True:
            turn = self._pace.turn(ahead=operation == "ListAccounts")
            try:
                answer = send()
            except ServiceError as failure:
                if failure.code in _TOO_QUICK:
                    self.refusals += 1
                    if self._clock.now() - self._last_success > PATIENCE_SECONDS:
                        raise
                    self._pace.refused(turn)
                    continue
                failures += 1
                if not failure.retryable or failures >= ATTEMPTS:
                    raise
                self._pace.nap(2 ** (failures - 1) * (1 + self._fraction()) / 2)
                continue
            self._last_success = self._clock.now()
            self._pace.went_well(turn)
            return answer
