"""Amazon ECR, private and public: a password for container registries.

Wire facts: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html and
https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_GetAuthorizationToken.html
"""

from base64 import b64decode
from typing import Any, NamedTuple

from atmos_auth.aws_api.failures import api_errors
from atmos_auth.aws_api.partitions import ecr_endpoint
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import IntegrationFailed
from atmos_auth.domain.ports import AwsConnections

PUBLIC_REGISTRY = "public.ecr.aws"
# The only region that gives passwords for the public registry.
PUBLIC_REGION = "us-east-1"
PUBLIC_ENDPOINT = f"https://api.ecr-public.{PUBLIC_REGION}.amazonaws.com"
# It is a convenience after the sign-in: nobody should wait long for it.
ATTEMPTS = 2


class RegistryLogin(NamedTuple):
    """Who one is at a registry, and until when (seconds since the epoch)."""

    user: str
    password: str
    expires_at: float

    def __repr__(self) -> str:
        """Name the end, never the password."""
        return f"RegistryLogin(user={self.user!r}, expires_at={self.expires_at!r})"


def private_login(
    connections: AwsConnections, credentials: AwsCredentials, *, region: str, endpoint_url: str | None
) -> RegistryLogin:
    """Get a password for the private registries of a region that the credentials may use; uses the network.

    Raises `AccessDenied`, `CredentialRejected`, `ServiceError` or `IntegrationFailed`.
    """
    endpoint = endpoint_url or ecr_endpoint(region)
    data = _authorization_data("ecr", connections, credentials, region, endpoint)
    # One entry per registry that was asked for, and none was named.
    return _login(data[0] if isinstance(data, list) and data else None, endpoint)


def public_login(
    connections: AwsConnections, credentials: AwsCredentials, *, endpoint_url: str | None
) -> RegistryLogin:
    """Get a password for the public registry; uses the network, and raises what `private_login` does."""
    endpoint = endpoint_url or PUBLIC_ENDPOINT
    return _login(_authorization_data("ecr-public", connections, credentials, PUBLIC_REGION, endpoint), endpoint)


def _authorization_data(
    service: str, connections: AwsConnections, credentials: AwsCredentials, region: str, endpoint: str
) -> Any:
    client = connections.client(
        service, region=region, endpoint_url=endpoint, credentials=credentials, attempts=ATTEMPTS
    )
    with api_errors(f"{service}:GetAuthorizationToken", endpoint):
        return client.get_authorization_token().get("authorizationData")


def _login(data: Any, endpoint: str) -> RegistryLogin:
    try:
        user, separator, password = b64decode(data["authorizationToken"], validate=True).decode().partition(":")
        expires_at = float(data["expiresAt"].timestamp())
    except (AttributeError, KeyError, TypeError, ValueError):
        separator = password = ""
    if not separator or not password:
        raise IntegrationFailed(f"{endpoint} answered with something that is no password for a registry")
    return RegistryLogin(user, password, expires_at)
