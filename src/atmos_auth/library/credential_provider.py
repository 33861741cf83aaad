"""Credentials of an identity as botocore takes them: they renew themselves through our engine, in this process.

https://botocore.amazonaws.com/v1/documentation/api/latest/reference/credentials.html
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.credentials import CredentialProvider, Credentials, RefreshableCredentials
from botocore.session import Session

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.freshness import ADVISORY_SECONDS, MANDATORY_SECONDS

METHOD = "atmos-auth"


def self_renewing(obtain: Callable[[], AwsCredentials]) -> Credentials:
    """Return botocore credentials that call `obtain` now, and again whenever what they hold nears its end.

    `obtain` may use the network and asks nobody; what it raises comes out of this call, or later of the AWS call that
    needed new credentials. Safe to share between threads: botocore lets one of them renew.
    """
    credentials = obtain()
    if credentials.expires_at is None:
        return Credentials(
            credentials.access_key_id,
            credentials.secret_access_key,
            credentials.session_token,
            method=METHOD,
            account_id=credentials.account_id,
        )
    # Shorter lives have shorter windows, or every signed request would look for something newer.
    life = credentials.expires_at - (credentials.issued_at or datetime.now(UTC).timestamp())
    return RefreshableCredentials.create_from_metadata(
        metadata=_metadata(credentials),
        refresh_using=lambda: _metadata(obtain()),
        method=METHOD,
        advisory_timeout=int(min(ADVISORY_SECONDS, life / 4)),
        mandatory_timeout=int(min(MANDATORY_SECONDS, life / 10)),
    )


class IdentityProvider(CredentialProvider):
    """Answers a session that is one identity, whatever the session's profile is."""

    METHOD = METHOD

    def __init__(self, obtain: Callable[[], AwsCredentials]) -> None:
        super().__init__()
        self._obtain = obtain

    def load(self) -> Credentials:
        """Return the identity's credentials; may use the network, asks nobody, raises `AtmosAuthError`."""
        return self_renewing(self._obtain)


class ProfileProvider(CredentialProvider):
    """Answers a session whose profile is one that we delivered, and no other."""

    METHOD = METHOD

    def __init__(
        self, session: Session, behind: Callable[[str, str, str], Callable[[], AwsCredentials] | None]
    ) -> None:
        super().__init__()
        self._session = session
        self._behind = behind

    def load(self) -> Credentials | None:
        """Return the profile's credentials, None when the profile is not ours; see `IdentityProvider.load`."""
        profile, credentials_file, config_file = map(
            self._session.get_config_variable, ("profile", "credentials_file", "config_file")
        )
        obtain = self._behind(profile, credentials_file, config_file) if profile else None
        return self_renewing(obtain) if obtain is not None else None


def _metadata(credentials: AwsCredentials) -> dict[str, Any]:
    expires_at = credentials.expires_at
    return {
        "access_key": credentials.access_key_id,
        "secret_key": credentials.secret_access_key,
        "token": credentials.session_token,
        "expiry_time": datetime.fromtimestamp(expires_at, UTC).isoformat() if expires_at is not None else None,
        "account_id": credentials.account_id,
    }
