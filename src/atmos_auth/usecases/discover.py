"""What does a person have at a portal? Looked for once for everybody who asks, and never twice what is known."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import AtmosAuthError, CredentialRejected, InvalidSetting, StoreError
from atmos_auth.domain.names import Assignment, named
from atmos_auth.domain.ports import AwsConnections, Clock, Progress, Prompter
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.engine.authenticate import Authenticator
from atmos_auth.engine.single_flight import PATIENCE_SECONDS, SingleFlight
from atmos_auth.stores.provisioned_files import ProvisionedFiles, Unfinished
from atmos_auth.usecases.portal_walk import REQUESTS_PER_SECOND, Looked, PortalWalk, Reached

if TYPE_CHECKING:
    from atmos_auth.aws_api.sso_portal import Account

# How much work a crash may cost.
KEEP_SECONDS = 2.0
# Speed is measured for as long before it is believed.
_TRIAL_SECONDS = 3.0
# Files keep thousandths.
_PRECISION_SECONDS = 0.001
# As many accounts that could not be looked at are named.
_NAMED = 5


class _Interrupted(NamedTuple):
    """Somebody pressed Ctrl-C: no outcome for those who wait, who go on instead."""


class Discovery:
    """Looks at the portals of one run; `random_bytes` makes rests differ between processes."""

    def __init__(
        self,
        *,
        files: ProvisionedFiles,
        flights: SingleFlight,
        authenticator: Callable[[], Authenticator],
        aws: Callable[[], AwsConnections],
        clock: Clock,
        prompter: Prompter,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._files = files
        self._flights = flights
        self._authenticator = authenticator
        self._aws = aws
        self._clock = clock
        self._prompter = prompter
        self._random_bytes = random_bytes
        # How many accounts this run has looked at.
        self._looked = 0

    def at_hand(self, chain: Chain) -> Provisioned | None:
        """Return what was found lately at the portal of this provider, None when it is old or not complete."""
        found = self._files.read(chain.tip.name, portal_of(chain))
        if found is None or found.missed or not found.is_fresh(self._clock.now()):
            return None
        return found

    def forget_unfinished(self, chain: Chain) -> None:
        """Let the next look begin anew: somebody else may sit at the terminal now."""
        self._files.finish(chain.tip.name)

    def is_due(self, chain: Chain) -> bool:
        """Tell whether nothing was found at this portal yet, or only long ago."""
        found = self._files.read(chain.tip.name, portal_of(chain))
        return found is None or not found.is_fresh(self._clock.now())

    def look(self, chain: Chain, *, refresh: bool = False) -> Provisioned:
        """Return what the portal of this provider has, signing in if that is needed; may prompt.

        Somebody else's look that ends meanwhile is ours too, without `refresh` also one that is recent. Raises what a
        sign-in raises, and `CredentialRejected` or `ServiceError` when the portal gives no more; what was found until
        then is kept, and the next look goes on from there.
        """
        asked_at = self._clock.now()

        def shared() -> Provisioned | None:
            found = self._files.read(chain.tip.name, portal_of(chain))
            is_newer = found is not None and found.at > asked_at - _PRECISION_SECONDS
            return found if is_newer else None if refresh else self.at_hand(chain)

        def walk() -> Provisioned | _Interrupted:
            try:
                return self._walk_on(chain, token, refresh=refresh)
            except KeyboardInterrupt:
                return _Interrupted()

        token = self._token(self._authenticator(), chain)
        found: Provisioned | _Interrupted = self._flights.fly(
            f"discovery-{token.session}",
            purpose=f"looking at the accounts and roles of {chain.tip.name}",
            prompter=self._prompter,
            look=shared,
            acquire=walk,
            patience=PATIENCE_SECONDS,
        )
        if isinstance(found, _Interrupted):
            raise KeyboardInterrupt
        return found

    def _walk_on(self, chain: Chain, token: SsoToken, *, refresh: bool) -> Provisioned:
        """Walk over the portal, with another token when one dies, as long as that leads any further."""
        in_vain = False
        while True:
            looked = self._looked
            try:
                return self._walk(chain, token, refresh=refresh)
            except CredentialRejected as rejection:
                is_stuck = self._looked == looked
                if is_stuck and in_vain:
                    raise _sign_in_again(rejection, chain) from rejection
                in_vain = is_stuck
                token = self._renewed(chain, token, rejection, may_ask=is_stuck)

    def _renewed(self, chain: Chain, token: SsoToken, rejection: CredentialRejected, *, may_ask: bool) -> SsoToken:
        """Return a token for one that is dead: in the middle of a look nobody is asked."""
        if may_ask:
            return self._token(self._authenticator(), chain, rejected=token)
        try:
            return self._token(self._authenticator().silent(), chain, rejected=token)
        except AtmosAuthError:
            raise _sign_in_again(rejection, chain) from rejection

    def _token(self, authenticator: Authenticator, chain: Chain, rejected: SsoToken | None = None) -> SsoToken:
        token = authenticator.credential(chain, rejected=rejected)
        if not isinstance(token, SsoToken):
            raise InvalidSetting(f"{chain.tip} is no portal: it gives {token.words()}", place=chain.tip.place)
        return token

    def _begun(self, provider: str, portal: Portal, *, refresh: bool) -> Unfinished:
        """Return the look that is to be gone on with, or a new one."""
        now = self._clock.now()
        unfinished = self._files.unfinished(provider, portal, now)
        if unfinished is not None and refresh:
            found = self._files.read(provider, portal)
            if found is not None and found.at > unfinished.since - _PRECISION_SECONDS:
                unfinished = None  # it came to its end, but for some accounts; now all of them are asked for
        return unfinished or Unfinished(portal, now, {})

    def _walk(self, chain: Chain, token: SsoToken, *, refresh: bool) -> Provisioned:
        provider, portal = chain.tip.name, portal_of(chain)
        unfinished = self._begun(provider, portal, refresh=refresh)
        walk = PortalWalk(
            self._aws(),
            token,
            known=frozenset(unfinished.roles),
            clock=self._clock,
            fraction=lambda: int.from_bytes(self._random_bytes(2)) / 0xFFFF,
        )
        notes = _Notes(provider, unfinished, walk, self._clock)
        try:
            with self._prompter.following(notes.progress) as tick:
                for event in walk.events():
                    if event is not None:
                        self._looked += notes.take(event)
                    if notes.is_to_be_kept():
                        self._files.keep(provider, notes.unfinished())
                    tick()
        except BaseException:
            if notes.roles:
                with suppress(StoreError):  # why it ends is what matters
                    self._files.keep(provider, notes.unfinished())
            raise
        return self._concluded(provider, portal, notes)

    def _concluded(self, provider: str, portal: Portal, notes: "_Notes") -> Provisioned:
        before = self._files.read(provider, portal) if notes.failures else None
        identities = named(notes.assignments(before))
        found = Provisioned(
            provider, portal, self._clock.now(), len(notes.accounts), identities, missed=len(notes.failures)
        )
        if identities:
            self._files.write(found)
        if notes.failures:
            self._files.keep(provider, notes.unfinished())
            self._prompter.warn(_words_about(notes.failures))
        else:
            self._files.finish(provider)
        return found


class _Notes:
    """What one walk has found so far, over what an earlier one found."""

    def __init__(self, provider: str, unfinished: Unfinished, walk: PortalWalk, clock: Clock) -> None:
        self.roles = dict(unfinished.roles)
        self.accounts: Sequence[Account] = ()
        self.failures: list[Looked] = []
        self._provider = provider
        self._begun = unfinished
        self._walk = walk
        self._clock = clock
        self._kept_at = clock.now()
        self._kept = len(self.roles)
        self._found = sum(map(len, self.roles.values()))
        # Since when speed is measured, and how many accounts were done then.
        self._timed: tuple[float, int] | None = None

    def take(self, event: Reached | Looked) -> bool:
        """Note an event; tell whether an account's roles are known now that were not."""
        if isinstance(event, Reached):
            self.accounts = event.accounts
            if event.is_all:
                self._timed = self._clock.now(), self._done
            return False
        if event.failure is not None:
            self.failures.append(event)
            return False
        self.roles[event.account.id] = event.roles
        self._found += len(event.roles)
        return True

    def is_to_be_kept(self) -> bool:
        """Tell whether it is time to write down what is known; say so once for the same."""
        now = self._clock.now()
        if len(self.roles) == self._kept or 0 <= now - self._kept_at < KEEP_SECONDS:
            return False
        self._kept, self._kept_at = len(self.roles), now
        return True

    def unfinished(self) -> Unfinished:
        """What the next look need not look for."""
        return self._begun._replace(roles=dict(self.roles))

    def assignments(self, before: Provisioned | None) -> list[Assignment]:
        """All roles in all accounts; in those that could not be looked at, the roles they had `before`."""
        missed = {event.account.id for event in self.failures}
        earlier: dict[str, list[str]] = {}
        for assignment in before.identities.values() if before is not None else ():
            if assignment.account_id in missed:
                earlier.setdefault(assignment.account_id, []).append(assignment.role)
        return [
            Assignment(account.id, account.name, role)
            for account in self.accounts
            for role in (*self.roles.get(account.id, ()), *earlier.get(account.id, ()))
            if role.isprintable()
        ]

    def progress(self) -> Progress:
        """How far the walk is; any thread may ask."""
        total = len(self.accounts) if self._timed is not None else None
        done = self._done
        return Progress(
            what=self._provider,
            done=done if total is None else min(done, total),
            total=total,
            unit="accounts",
            found=f"{self._found:,} roles" if done else "",
            seconds_left=self._seconds_left(total - done) if total is not None else None,
            remark="slowed by AWS" if self._walk.is_slowed else "" if done else "looking for accounts and roles",
        )

    @property
    def _done(self) -> int:
        return len(self.roles) + len(self.failures)

    def _seconds_left(self, accounts: int) -> float:
        since, done_then = self._timed or (self._clock.now(), self._done)
        elapsed, looked = self._clock.now() - since, self._done - done_then
        speed = looked / elapsed if looked and elapsed >= _TRIAL_SECONDS else REQUESTS_PER_SECOND
        return max(0, accounts) / speed


def portal_of(chain: Chain) -> Portal:
    """Return the portal of a provider that has one."""
    settings: Mapping[str, Any] = chain.tip.settings
    return Portal(str(settings.get("start_url")), str(settings.get("region")))


def _sign_in_again(rejection: CredentialRejected, chain: Chain) -> CredentialRejected:
    return CredentialRejected(
        rejection.message,
        details=[*rejection.details, "what was found so far is kept"],
        hints=[
            f"atmos auth login --provider {chain.tip.name}",
            f"atmos auth discover --provider {chain.tip.name}",
        ],
    )


def _words_about(failures: Sequence[Looked]) -> str:
    names = ", ".join(f"{event.account.name} ({event.account.id})" for event in failures[:_NAMED])
    more = f" and {len(failures) - _NAMED} more" if len(failures) > _NAMED else ""
    one = len(failures) == 1
    reason = failures[0].failure.message if failures[0].failure is not None else ""
    accounts = "1 account" if one else f"{len(failures):,} accounts"
    return f"{accounts} could not be looked at: {names}{more}; the next look tries again\n  {reason}"
