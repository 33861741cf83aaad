"""Stores that end with the test."""

from contextlib import AbstractContextManager, nullcontext

from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import AwsCredentials, BrowserSession, SsoToken


class MemoryTokenStore:
    """Portal sessions in a dictionary."""

    def __init__(self) -> None:
        self._tokens: dict[str, SsoToken] = {}

    def read(self, session: str) -> SsoToken | None:
        """Return the stored token, expired or not; None when there is none."""
        return self._tokens.get(session)

    def write(self, token: SsoToken) -> None:
        """Replace what is stored for the token's session."""
        self._tokens[token.session] = token

    def remove(self, session: str) -> bool:
        """Forget the session; tell whether there was one."""
        return self._tokens.pop(session, None) is not None


class MemoryProfileStore:
    """Profiles in a dictionary: per root and name what is delivered, and what another chain displaced from there."""

    def __init__(self) -> None:
        self._delivered: dict[tuple[str, str], tuple[str, AwsCredentials]] = {}
        self._displaced: dict[tuple[tuple[str, str], str], AwsCredentials] = {}

    def read(self, chain: Chain) -> AwsCredentials | None:
        """Return the credentials delivered for exactly this chain; None on any difference."""
        fingerprint, credentials = self._delivered.get(_profile(chain), ("", None))
        return credentials if fingerprint == chain.fingerprint else None

    def restore(self, chain: Chain) -> AwsCredentials | None:
        """Deliver again what another chain of the same name displaced, if it is still there."""
        found = self._displaced.get((_profile(chain), chain.fingerprint))
        if found is not None:
            self.write(chain, found)
        return found

    def write(self, chain: Chain, credentials: AwsCredentials) -> None:
        """Deliver the credentials under the name of the chain's tip."""
        profile = _profile(chain)
        held = self._delivered.get(profile)
        if held is not None and held[0] != chain.fingerprint and held[1].expires_at is not None:
            self._displaced[profile, held[0]] = held[1]
        self._displaced.pop((profile, chain.fingerprint), None)
        self._delivered[profile] = chain.fingerprint, credentials

    def remove(self, chain: Chain) -> bool:
        """Remove the profile of the chain's tip, and what was displaced from it; tell whether there was any."""
        profile = _profile(chain)
        displaced = [key for key in self._displaced if key[0] == profile]
        for key in displaced:
            del self._displaced[key]
        return self._delivered.pop(profile, None) is not None or bool(displaced)

    def remove_derived(self, session: str) -> None:
        """Remove every profile whose credentials came from this sign-in session."""
        self._delivered = {key: held for key, held in self._delivered.items() if held[1].session != session}
        self._displaced = {key: held for key, held in self._displaced.items() if held.session != session}


class MemoryBrowserSessions:
    """Browser sign-ins in a dictionary, for one thread."""

    def __init__(self) -> None:
        self._sessions: dict[str, BrowserSession] = {}

    def exclusive(self, name: str) -> AbstractContextManager[None]:
        """Do nothing: there is one thread."""
        return nullcontext()

    def read(self, name: str) -> BrowserSession | None:
        """Return the stored sign-in, over or not; None when there is none."""
        return self._sessions.get(name.lower())

    def write(self, name: str, session: BrowserSession) -> None:
        """Replace what is stored for the identity."""
        self._sessions[name.lower()] = session

    def remove(self, name: str) -> bool:
        """Forget the identity's sign-in; tell whether there was one."""
        return self._sessions.pop(name.lower(), None) is not None


def _profile(chain: Chain) -> tuple[str, str]:
    return chain.root.name, chain.tip.name
