"""Credentials already obtained: first in this process, then where their type rests on disk."""

from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import AwsCredentials, Credential, SsoToken
from atmos_auth.domain.ports import ProfileStore, TokenStore


class CredentialCache:
    """A table from type to place: portal sessions to the token store, AWS credentials to the delivered profiles.

    Ambient chains consist of what the environment gives right now, and are never stored.
    """

    def __init__(self, *, tokens: TokenStore, profiles: ProfileStore) -> None:
        self._tokens = tokens
        self._profiles = profiles
        self._memory: dict[str, Credential] = {}

    def get(self, chain: Chain, key: str) -> Credential | None:
        """Return what this process has, expired or not."""
        return self._memory.get(key) or self.look(chain, key)

    def look(self, chain: Chain, key: str) -> Credential | None:
        """Return what any process of this user left on disk, expired or not."""
        if key != chain.fingerprint:
            return self._tokens.read(key)
        return self._profiles.read(chain) or self._profiles.restore(chain)

    def put(self, chain: Chain, key: str, credential: Credential, *, keep: bool) -> None:
        """Remember the credential in this process and, if `keep`, for others; raises `StoreError`."""
        self._memory[key] = credential
        if not keep:
            return
        if isinstance(credential, SsoToken):
            self._tokens.write(credential)
        elif isinstance(credential, AwsCredentials):
            self._profiles.write(chain, credential)

    def forget(self) -> None:
        """Drop what only this process remembers: what is on disk may have been signed out of meanwhile."""
        self._memory.clear()

    def signed_in(self, credential: Credential) -> None:
        """A person signed in afresh: drop what came from the session before, it may have been another person's."""
        if credential.session is not None:
            self._profiles.remove_derived(credential.session)
            self._memory.clear()
