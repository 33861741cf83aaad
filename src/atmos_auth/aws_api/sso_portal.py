"""IAM Identity Center's portal (sso): which accounts and roles a person has, and keys for one of them.

Wire facts: https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from atmos_auth.aws_api.failures import service_errors
from atmos_auth.aws_api.partitions import portal_endpoint
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import AccessDenied, CredentialRejected, ServiceError
from atmos_auth.domain.ports import AwsConnections

PAGE_SIZE = 100


class Account(NamedTuple):
    """An account that the person can reach."""

    id: str
    name: str


class RoleKeys(NamedTuple):
    """Keys for one permission set in one account; `expires_at` in epoch seconds."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: float

    def __repr__(self) -> str:
        """Leave the keys out."""
        return f"RoleKeys(expires_at={self.expires_at!r})"


class SsoPortal:
    """The portal as one signed-in person sees it.

    Every method uses the network and raises `ServiceError`, `CredentialRejected` when the token is dead, or
    `AccessDenied`. Whoever has many requests gives `sending`, which is called with the operation's name and what sends
    the request: it says when that is done, and whether again, for then no client does so by itself.
    """

    def __init__(
        self,
        connections: AwsConnections,
        token: SsoToken,
        sending: Callable[[str, Callable[[], Any]], Any] | None = None,
    ) -> None:
        self.endpoint = token.endpoint_url or portal_endpoint(token.region)
        self._token = token
        self._sending = sending
        attempts = None if sending is None else 1
        self._client = connections.client("sso", region=token.region, endpoint_url=self.endpoint, attempts=attempts)

    def accounts(self) -> Iterator[Account]:
        """Yield every account, page after page."""
        for entry in self._pages("ListAccounts", "list_accounts", "accountList", {}):
            yield Account(entry["accountId"], entry.get("accountName", ""))

    def roles(self, account_id: str) -> Iterator[str]:
        """Yield the name of every permission set that the person has in this account."""
        for entry in self._pages("ListAccountRoles", "list_account_roles", "roleList", {"accountId": account_id}):
            yield entry["roleName"]

    def role_keys(self, account_id: str, role_name: str) -> RoleKeys:
        """Return keys for the permission set."""
        answer = self._call(
            "GetRoleCredentials",
            self._client.get_role_credentials,
            {"accountId": account_id, "roleName": role_name},
        )
        keys = answer["roleCredentials"]
        return RoleKeys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"], keys["expiration"] / 1000)

    def logout(self) -> None:
        """End the person's session of this portal, on the server."""
        self._call("Logout", self._client.logout, {})

    def _pages(self, operation: str, method: str, key: str, parameters: dict[str, Any]) -> Iterator[Any]:
        page = {**parameters, "maxResults": PAGE_SIZE}
        while True:
            answer = self._call(operation, getattr(self._client, method), page)
            yield from answer.get(key, [])
            if not answer.get("nextToken"):
                return
            page["nextToken"] = answer["nextToken"]

    def _call(self, operation: str, method: Any, parameters: dict[str, Any]) -> Any:
        def send() -> Any:
            return self._send(operation, method, parameters)

        return send() if self._sending is None else self._sending(operation, send)

    def _send(self, operation: str, method: Any, parameters: dict[str, Any]) -> Any:
        try:
            with service_errors(f"sso:{operation}", self.endpoint):
                return method(accessToken=self._token.access_token, **parameters)
        except ServiceError as error:
            if error.code == "UnauthorizedException":
                raise CredentialRejected(
                    "the portal no longer accepts this sign-in",
                    details=error.details,
                    hints=["atmos auth login"],
                ) from error
            if error.code == "ForbiddenException":
                raise AccessDenied(error.message, details=error.details) from error
            raise
