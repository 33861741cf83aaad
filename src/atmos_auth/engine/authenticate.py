"""The walk along a chain: memory, disk, silent renewal, and only then the conversation that a kind describes."""

from collections.abc import Callable
from typing import Any

from atmos_auth.domain import errors
from atmos_auth.domain.chain import Chain, Link
from atmos_auth.domain.credentials import Credential, any_of
from atmos_auth.domain.freshness import EXPIRED, FRESH, freshness
from atmos_auth.domain.ports import Tools
from atmos_auth.engine import registry
from atmos_auth.engine.cache import CredentialCache
from atmos_auth.engine.retries import persistently
from atmos_auth.engine.single_flight import SingleFlight


class Authenticator:
    """Obtains the credential of any chain, once.

    `build` turns a link into its kind, given the tools it may use; with `tools` a person may be asked, with what
    `silent_tools` makes nobody is. Every method may use the network.
    """

    def __init__(
        self,
        *,
        tools: Tools,
        silent_tools: Callable[[], Tools],
        cache: CredentialCache,
        flights: SingleFlight,
        build: Callable[[Link, Tools], Any],
    ) -> None:
        self._tools = tools
        self._silent_tools = silent_tools
        self._cache = cache
        self._flights = flights
        self._build = build

    def silent(self) -> "Authenticator":
        """Return an authenticator that shares everything with this one but never asks a person."""
        return Authenticator(
            tools=self._silent_tools(),
            silent_tools=self._silent_tools,
            cache=self._cache,
            flights=self._flights,
            build=self._build,
        )

    def through_browser(self) -> "Authenticator":
        """Return an authenticator whose tips sign in through the browser, heeding nothing that is stored."""

        def build(link: Link, tools: Tools) -> Any:
            kind = self._build(link, tools)
            if not hasattr(kind, "through_browser"):
                raise errors.InvalidSetting(
                    f"--webflow requires an aws/user identity: {link} signs in another way",
                    place=link.place,
                    hints=["leave --webflow out"],
                )
            return kind.through_browser()

        return Authenticator(
            tools=self._tools,
            silent_tools=self._silent_tools,
            cache=self._cache,
            flights=self._flights,
            build=build,
        )

    def credential(self, chain: Chain, *, anew: bool = False, rejected: Credential | None = None) -> Credential:
        """Return a usable credential for the chain's tip.

        `anew` performs the last step even if its result is at hand, unless that is lent to us; `rejected` is a
        credential that the service no longer accepts, whatever its expiry says. Raises `AuthenticationFailed`,
        `NeedsPerson`, `ServiceError`, `ConfigError` or `StoreError`, each naming the link.
        """
        if _is_fleeting(chain):
            return self._acquire(chain, chain.fingerprint)
        kind = self._build(chain.tip, self._tools)
        at_hand = self._usable(self._cache.get(chain, self._key(chain, kind)), kind, rejected, anew=anew)
        if at_hand is None:
            return self.obtained(chain, anew=anew, rejected=rejected)
        if self._is_fresh(at_hand):
            return at_hand
        # A renewal that is only advisable asks nobody, and what is at hand still serves if it fails.
        try:
            return self.silent().obtained(chain, rejected=rejected)
        except errors.AtmosAuthError as failure:
            self._tools.log.debug(f"{chain.tip} could not be renewed yet: {failure.message}")
            return at_hand

    def obtained(self, chain: Chain, *, anew: bool = False, rejected: Credential | None = None) -> Credential:
        """Return what another process has obtained meanwhile, or else obtain it; one at a time, whoever asks.

        Parameters and errors are those of `credential`.
        """
        kind = self._build(chain.tip, self._tools)
        key = self._key(chain, kind)

        def look() -> Credential | None:
            found = self._usable(self._cache.look(chain, key), kind, rejected, anew=anew)
            return found if found is not None and self._is_fresh(found) else None

        return self._flights.fly(
            key,
            purpose=_purpose(chain),
            prompter=self._tools.prompter,
            look=look,
            acquire=lambda: self._acquire(chain, key),
        )

    def _usable(
        self, found: Credential | None, kind: Any, rejected: Credential | None, *, anew: bool
    ) -> Credential | None:
        if found is None or _is(found, rejected) or not self._accepts(kind, found):
            return None
        if anew and getattr(found, "lent_by", None) is None:
            return None
        return found if freshness(found, self._tools.clock.now()) != EXPIRED else None

    def _is_fresh(self, found: Credential) -> bool:
        return freshness(found, self._tools.clock.now()) == FRESH

    def _acquire(self, chain: Chain, key: str) -> Credential:
        kind = self._build(chain.tip, self._tools)
        entry = registry.find(chain.root.kind, chain.root.role)
        try:
            renewed = self._renew(chain, kind, key)
            credential = renewed or self._authenticate(chain, kind)
        except errors.AtmosAuthError as failure:
            _say_where(failure, chain)
            raise
        except Exception as fault:
            fault.add_note(f"link: {chain.tip} of the chain {chain}")
            raise
        if not hasattr(credential, "secrets"):
            raise errors.AuthenticationFailed(
                f"{chain.tip} gave {type(credential).__name__}, which is no credential",
                hints=["that is a fault of its kind: report it to whoever made it"],
            )
        self._tools.log.hide(credential.secrets)
        if freshness(credential, self._tools.clock.now()) == EXPIRED:
            raise errors.AuthenticationFailed(
                f"{chain.tip} gave a credential that has already expired",
                hints=["check this machine's clock: `date -u`"],
            )
        if renewed is None and chain.parent is None:
            self._cache.signed_in(credential)
        if not _is_fleeting(chain):
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
        renewed = refresh(stale)
        if renewed is not None:
            return renewed
        # Whoever shares the refresh token may have redeemed it between our look and our request.
        again = self._cache.look(chain, key)
        if again is None or _is(again, stale) or not self._accepts(kind, again):
            return None
        self._tools.log.hide(again.secrets)
        return again if freshness(again, self._tools.clock.now()) != EXPIRED else refresh(again)

    def _authenticate(self, chain: Chain, kind: Any) -> Credential:
        self._tools.log.debug(f"{chain.tip}: authenticating")
        parent = chain.parent
        if parent is None:
            credential: Credential = kind.authenticate(None)
            return credential
        if _is_fleeting(parent):
            tools = self._tools
            return persistently(
                lambda: self._step(chain, parent, kind),
                clock=tools.clock,
                random_bytes=tools.random_bytes,
                log=tools.log,
            )
        return self._step(chain, parent, kind)

    def _step(self, chain: Chain, parent: Chain, kind: Any) -> Credential:
        previous = self._meeting(chain, kind, self.credential(parent))
        try:
            credential: Credential = kind.authenticate(previous)
        except errors.CredentialRejected as rejection:
            self._tools.log.debug(f"{chain.tip}: {rejection.message}; fetching the previous credential anew")
            credential = kind.authenticate(self._meeting(chain, kind, self.credential(parent, rejected=previous)))
        return credential

    def _meeting(self, chain: Chain, kind: Any, previous: Credential) -> Credential:
        if isinstance(previous, tuple(kind.needs)):
            return previous
        raise errors.LinksDoNotMeet(
            f"{chain.tip} needs {any_of(kind.needs)}, but {chain.links[-2]} gives {previous.words()}",
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
    return rejected is not None and type(found) is type(rejected) and found.secrets == rejected.secrets


def _is_fleeting(chain: Chain) -> bool:
    """Tell whether what the chain gives is good for one attempt only: then nobody keeps it, and nobody waits for it."""
    return chain.parent is None and registry.find(chain.root.kind, chain.root.role).fleeting


def _purpose(chain: Chain) -> str:
    return f"signing in through {chain.tip}" if chain.parent is None else f"authenticating {chain.tip}"


def _say_where(failure: errors.AtmosAuthError, chain: Chain) -> None:
    """Say at which link it failed, once: links further on pass the failure through."""
    if not any(line.startswith("link: ") for line in failure.details):
        failure.details = (*failure.details, f"link: {chain.tip} of the chain {chain}")
