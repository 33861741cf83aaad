"""What one link of a chain hands to the next: immutable, complete in itself, and silent about its secrets.

`words()` is what messages call each type.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple


class SsoToken(NamedTuple):
    """A signed-in session of one IAM Identity Center portal.

    Times are seconds since the epoch. `client_*` is the OIDC client that may redeem `refresh_token`.
    `session` is the key that all providers of this portal share: sha1 of `start_url|region`, in hex. `lent_by` names
    the program that the session belongs to, where it is not ours: it is neither renewed nor ended by us.
    """

    access_token: str
    expires_at: float
    start_url: str
    region: str
    session: str
    issued_at: float | None = None
    refresh_token: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    client_expires_at: float | None = None
    endpoint_url: str | None = None
    lent_by: str | None = None

    @classmethod
    def words(cls) -> str:
        """Name the type in a message."""
        return "a portal session"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        return tuple(s for s in (self.access_token, self.refresh_token, self.client_secret) if s)

    def __repr__(self) -> str:
        """Name the portal, never the token."""
        return f"SsoToken(start_url={self.start_url!r}, region={self.region!r}, expires_at={self.expires_at!r})"


class AwsCredentials(NamedTuple):
    """Keys that sign AWS requests, with what a later link or a tool needs to use them.

    Times are seconds since the epoch; `expires_at` is None for keys without an end. `session` is the key of the
    sign-in they come from, `principal` the ARN they act as, `endpoint_url` where STS answers if not at AWS.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    expires_at: float | None = None
    issued_at: float | None = None
    region: str | None = None
    account_id: str | None = None
    principal: str | None = None
    session: str | None = None
    endpoint_url: str | None = None

    @classmethod
    def words(cls) -> str:
        """Name the type in a message."""
        return "AWS credentials"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        return tuple(s for s in (self.secret_access_key, self.session_token) if s)

    def __repr__(self) -> str:
        """Name the principal and the first four characters of the key id, as AWS does in its own messages."""
        return (
            f"AwsCredentials({self.access_key_id[:4]}..., principal={self.principal!r}, expires_at={self.expires_at!r})"
        )


class SamlRole(NamedTuple):
    """A role that an assertion offers, and the identity provider that IAM knows the asserting party as; both ARNs."""

    role_arn: str
    provider_arn: str


class SamlAssertion(NamedTuple):
    """What an identity provider says of a person to AWS, for a few minutes; it is never written to a disk.

    `response` is the SAML response as it was posted, in base64; `roles` is what it offers. `session_seconds` is the
    session it asks for, if any; `duration_seconds` what the configuration asks for, if anything. Times are seconds
    since the epoch, by this machine's clock.
    """

    response: str
    roles: tuple[SamlRole, ...]
    expires_at: float
    issued_at: float
    region: str
    subject: str = ""
    session_seconds: int | None = None
    duration_seconds: int | None = None
    endpoint_url: str | None = None
    session: str | None = None

    @classmethod
    def words(cls) -> str:
        """Name the type in a message."""
        return "a SAML assertion"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        return (self.response,)

    def __repr__(self) -> str:
        """Name what it offers, never the assertion."""
        return f"SamlAssertion(roles={[role.role_arn for role in self.roles]!r}, expires_at={self.expires_at!r})"


class WebIdentityToken(NamedTuple):
    """What an OpenID Connect issuer says of this job to AWS, good for one exchange.

    `issuer`, `subject` and `audience` are what the token claims (RFC 7519 section 4.1), for messages; nothing here has
    verified them. Times are seconds since the epoch.
    """

    token: str
    expires_at: float
    issued_at: float
    region: str
    issuer: str = ""
    subject: str = ""
    audience: str = ""
    endpoint_url: str | None = None
    session: str | None = None

    @classmethod
    def words(cls) -> str:
        """Name the type in a message."""
        return "a web identity token"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        return (self.token,)

    def __repr__(self) -> str:
        """Name the subject, never the token."""
        return f"WebIdentityToken(subject={self.subject!r}, audience={self.audience!r}, expires_at={self.expires_at!r})"


class BrowserSession(NamedTuple):
    """An IAM user's sign-in through the browser: what renews it, with which key, and until when (epoch seconds)."""

    refresh_token: str
    dpop_key: str
    client_id: str
    region: str
    expires_at: float
    principal: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        return (self.refresh_token, self.dpop_key)

    def __repr__(self) -> str:
        """Name the person and the end."""
        return f"BrowserSession(principal={self.principal!r}, expires_at={self.expires_at!r})"


class Ambient(NamedTuple):
    """No credential of ours: the program keeps whatever its environment already gives it."""

    region: str | None = None
    expires_at: float | None = None
    issued_at: float | None = None
    session: str | None = None

    @classmethod
    def words(cls) -> str:
        """Name the type in a message."""
        return "no credential of its own"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Nothing: an ambient identity holds no value of its own."""
        return ()


Credential = SsoToken | AwsCredentials | SamlAssertion | WebIdentityToken | Ambient


def any_of(types: Iterable[Any]) -> str:
    """Name types of credentials in a message: "a portal session, AWS credentials or a SAML assertion"."""
    *first, last = [kind.words() for kind in types] or [""]
    return f"{', '.join(first)} or {last}" if first else str(last)
