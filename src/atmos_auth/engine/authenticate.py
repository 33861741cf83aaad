"""The walk along a chain: memory, disk, silent renewal, and only then the conversation that a kind describes."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from atmos_auth.domain import errors
from atmos_auth.domain.chain import Chain, Link
from atmos_auth.domain.credentials import Ambient, Credential
from atmos_auth.domain.freshness import EXPIRED, FRESH, freshness
from atmos_auth.domain.ports import Invitation, Tools
from atmos_auth.engine import registry
from atmos_auth.engine.cache import CredentialCache
from atmos_auth.engine.single_flight import SingleFlight


class SilentPrompter:
    """Nobody is asked and nothing is shown."""

    can_show = False
    can_ask = False

    def inviting(self, invitation: Invitation) -> nullcontext[None]:
        """Refuse: a kind must look at `can_show` first."""
        raise errors.NeedsPerson(f"{invitation.title} needs a person")

    def waiting(self, message: str, until: float) -> nullcontext[None]:
        """Wait without a word."""
        return nullcontext()

    def choose(self, question: str, options: Any) -> str:
        """Refuse."""
        raise errors.NeedsPerson(f"{question} needs a person")

    def say(self, message: str) -> None:
        """Say nothing."""

    def warn(self, message: str) -> None:
        """Say nothing."""


class Authenticator:
    """Obtains the credential of any chain, once.

    `build` turns a link into its kind, given the tools it may use. Every method may use the network; whether a
    person may be asked is decided by the prompter in `tools`.
    """

    def __init__(
        self,
        *,
        tools: Tools,
        cache: CredentialCache,
        flights: SingleFlight,
        build: Callable[[Link, Tools], Any],
    ) -> None:
        self._tools = tools
        self._cache = cache
        self._flights = flights
        self._build = build

    def silent(self) -> "Authenticator":
        """Return an authenticator that shares everything with this one but never asks a person."""
        tools = self._tools._replace(prompter=SilentPrompter())
        return Authenticator(tools=tools, cache=self._cache, flights=self._flights, build=self._build)

    def credential(self, chain: Chain, *, anew: bool = False, rejected: Credential | None = None) -> Credential:
        """Return a usable credential for the chain's tip.

        `anew` performs the last step even if its result is at hand; `rejected` is a credential that the service no
        longer accepts, whatever its expiry says. Raises `AuthenticationFailed`, `NeedsPerson`, `ServiceError`,
        `ConfigError` or `StoreError`, each naming the link.
        """
        kind = self._build(chain.tip, self._tools)
        key = self._key(chain, kind)

        def usable(found: Credential | None) -> Credential | None:
            good = found is not None and not _is(found, rejected) and self._accepts(kind, found)
            return found if good and freshness(found, self._tools.clock.now()) != EXPIRED else None  # type: ignore[arg-type]

        def fresh(found: Credential | None) -> Credential | None:
            found = usable(found)
            return found if found and freshness(found, self._tools.clock.now()) == FRESH else None

        at_hand = None if anew else usable(self._cache.get(chain, key))
        if at_hand is not None and fresh(at_hand) is not None:
            return at_hand
        # A renewal that is only advisable asks nobody, and what is at hand still serves if it fails.
        worker = self.silent() if at_hand is not None else self
        try:
            return worker._flights.fly(
                key,
                purpose=_purpose(chain),
                prompter=worker._tools.prompter,
                look=lambda: None if anew else fresh(self._cache.look(chain, key)),
                acquire=lambda: worker._acquire(chain, key),
            )
        except errors.AtmosAuthError as failure:
            if at_hand is None:
                raise
            self._tools.log.debug(f"{chain.tip} could not be renewed yet: {failure.message}")
            return at_hand

    def _acquire(self, chain: Chain, key: str) -> Credential:
        kind = self._build(chain.tip, self._tools)
        entry = registry.find(chain.root.kind, chain.root.role)
        try:
            renewed = self._renew(chain, kind, key)
            credential = renewed or self._authenticate(chain, kind)
        except errors.AtmosAuthError as failure:
            raise _at_link(failure, chain) from failure
        self._tools.log.hide(credential.secrets)
        if freshness(credential, self._tools.clock.now()) == EXPIRED:
            raise errors.AuthenticationFailed(
                f"{chain.tip} gave a credential that has already expired",
                hints=["check this machine's clock: `date -u`"],
            )
        if renewed is None and chain.parent is None:
            self._cache.signed_in(credential)
        # What comes straight from the environment is its to keep; what a role gave us on top of it is ours.
        ambient = entry.ambient and chain.parent is None
        self._cache.put(chain, key, credential, keep=not ambient)
        return credential

    def _renew(self, chain: Chain, kind: Any, key: str) -> Credential | None:
        refresh: Callable[[Any], Credential | None] | None = getattr(kind, "refresh", None)
        stale = self._cache.look(chain, key) if refresh is not None else None
        if refresh is None or stale is None or not self._accepts(kind, stale):
            return None
        self._tools.log.hide(stale.secrets)
        self._tools.log.debug(f"{chain.tip}: renewing silently")
        return refresh(stale)

    def _authenticate(self, chain: Chain, kind: Any) -> Credential:
        self._tools.log.debug(f"{chain.tip}: authenticating")
        parent = chain.parent
        if parent is None:
            credential: Credential = kind.authenticate(None)
            return credential
        previous = self._meeting(chain, kind, self.credential(parent))
        try:
            credential = kind.authenticate(previous)
        except errors.CredentialRejected as rejection:
            self._tools.log.debug(f"{chain.tip}: {rejection.message}; fetching the previous credential anew")
            credential = kind.authenticate(self._meeting(chain, kind, self.credential(parent, rejected=previous)))
        return credential

    def _meeting(self, chain: Chain, kind: Any, previous: Credential) -> Credential:
        if isinstance(previous, tuple(kind.needs)):
            return previous
        before = chain.links[-2]
        gives = "no credential of its own" if isinstance(previous, Ambient) else type(previous).__name__
        raise errors.LinksDoNotMeet(
            f"{chain.tip} needs {' or '.join(t.__name__ for t in kind.needs)}, but {before} gives {gives}",
            place=chain.tip.place,
            hints=["atmos auth validate"],
        )

    @staticmethod
    def _key(chain: Chain, kind: Any) -> str:
        session = getattr(kind, "session", None)
        return session if isinstance(session, str) else chain.fingerprint

    @staticmethod
    def _accepts(kind: Any, credential: Credential) -> bool:
        accepts = getattr(kind, "accepts", None)
        return accepts is None or bool(accepts(credential))


def _is(found: Credential, rejected: Credential | None) -> bool:
    """Tell whether both are the same secrets; their times may differ, for files keep whole seconds only."""
    return type(found) is type(rejected) and rejected is not None and found.secrets == rejected.secrets


def _purpose(chain: Chain) -> str:
    return f"signing in through {chain.tip}" if chain.parent is None else f"authenticating {chain.tip}"


def _at_link(failure: errors.AtmosAuthError, chain: Chain) -> errors.AtmosAuthError:
    """Say at which link it failed, once: links further on pass the failure through."""
    if not any(line.startswith("link: ") for line in failure.details):
        failure.details = (*failure.details, f"link: {chain.tip} of the chain {chain}")
    return failure
