"""The heart: the credential of a chain, at the least cost that the caller allows."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import Ambient, AwsCredentials, Credential
from atmos_auth.domain.errors import CredentialsMissing, InvalidSetting, LockTimeout, NeedsPerson
from atmos_auth.domain.freshness import EXPIRED, FRESH, freshness
from atmos_auth.engine import registry

if TYPE_CHECKING:
    from atmos_auth.domain.ports import Clock, ProfileStore
    from atmos_auth.engine.authenticate import Authenticator

# How far one may go for a credential: only look, renew without asking anybody, or ask a person as well.
OFFLINE, SILENT, ASKING = "offline", "silent", "asking"


def ensure(
    chain: Chain,
    reach: str,
    *,
    profiles: "ProfileStore",
    authenticator: Callable[[], "Authenticator"],
    clock: "Clock",
    when_missing: Callable[[], None] | None = None,
) -> Credential:
    """Return a usable credential for the chain's tip; `when_missing` is called where nothing is delivered.

    `reach` is OFFLINE, SILENT or ASKING. The delivered profile is looked at first, so that a warm answer loads no
    kind. Raises `CredentialsMissing` when more reach would be needed, else whatever the authenticator raises.
    """
    if passes_through(chain):
        return Ambient(region=nearest_region(chain))
    delivered = profiles.read(chain) or profiles.restore(chain)
    state = freshness(delivered, clock.now()) if delivered is not None else EXPIRED
    if delivered is not None and (state == FRESH or (reach == OFFLINE and state != EXPIRED)):
        return delivered
    login = f"atmos auth login --identity {chain.tip.name}"
    if delivered is None and when_missing is not None:
        when_missing()
    if reach == OFFLINE:
        raise _missing(chain, delivered, login)
    # Nobody should sign in for a chain that cannot be walked to its end.
    from atmos_auth.engine.meeting import require_meeting

    require_meeting(chain.links)
    if reach == ASKING:
        return _with_hint(lambda: authenticator().credential(chain), login)
    try:
        return authenticator().silent().credential(chain)
    except NeedsPerson as person:
        raise _missing(chain, delivered, login) from person
    except LockTimeout as busy:
        missing = _missing(chain, delivered, login)
        missing.details = (busy.message,)
        raise missing from busy


def passes_through(chain: Chain) -> bool:
    """Tell whether the chain is one ambient identity: programs then keep what their environment gives them."""
    return chain.parent is None and registry.find(chain.root.kind, chain.root.role).ambient


def is_refreshable(chain: Chain) -> bool:
    """Tell whether a program could get the tip's credentials anew: not what starts from its own environment."""
    return not registry.find(chain.root.kind, chain.root.role).ambient


def require_refreshable(chain: Chain, *, instead: str = "leave --refresh out") -> None:
    """Raise `InvalidSetting`, with what to do `instead`, when a program could not get the tip's credentials anew."""
    if not is_refreshable(chain):
        raise InvalidSetting(
            f"{chain.tip} starts from what the environment gives, and a program that runs as it has another one",
            place=chain.root.place,
            hints=[instead],
        )


def nearest_region(chain: Chain) -> str | None:
    """Return the region that credentials of this chain would carry, None when no link names one."""
    for link in reversed(chain.links):
        principal = link.settings.get("principal")
        region = (principal.get("region") if isinstance(principal, Mapping) else None) or link.settings.get("region")
        if region:
            return str(region)
    return None


def nearest_endpoint(chain: Chain) -> str | None:
    """Return where STS answers for credentials of this chain, None when that is at AWS."""
    for link in reversed(chain.links):
        spec = link.settings.get("spec")
        endpoint = spec.get("endpoint_url") if isinstance(spec, Mapping) else None
        if endpoint:
            return str(endpoint)
    return None


def _missing(chain: Chain, delivered: AwsCredentials | None, login: str) -> CredentialsMissing:
    state = "have expired" if delivered is not None else "are not at hand"
    return CredentialsMissing(f'credentials for identity "{chain.tip.name}" {state}', hints=[login])


def _with_hint(obtain: Callable[[], Credential], login: str) -> Credential:
    try:
        return obtain()
    except NeedsPerson as person:
        if login not in person.hints:
            person.hints = (*person.hints, login)
        raise
