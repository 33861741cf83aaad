"""A portal with many accounts, in memory: a connection of which nothing is real but botocore's exceptions."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

PAGE = 100


def refusal(code: str, status: int) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Operation")


TOO_MANY = refusal("TooManyRequestsException", 429)
DEAD = refusal("UnauthorizedException", 401)
GONE = refusal("ResourceNotFoundException", 404)
DOWN = EndpointConnectionError(endpoint_url="https://portal")


class PortalDouble:
    """Answers like the portal, for any token; `meddle(operation, parameters)` may return an exception to raise.

    `accounts` maps ids to names, `roles` are those of each account unless `roles_of` has others. `calls` holds every
    call with its token.
    """

    def __init__(self, count: int, roles: tuple[str, ...] = ("Admin", "ReadOnly")) -> None:
        self.accounts = {f"{n:012}": f"account {n:04}" for n in range(1, count + 1)}
        self.roles = roles
        self.roles_of: dict[str, tuple[str, ...]] = {}
        self.meddle: Callable[[str, Mapping[str, Any]], Exception | None] = lambda *_: None
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.attempts: list[int | None] = []
        self._lock = Lock()

    def client(self, service: str, *, attempts: int | None = None, **_: Any) -> "PortalDouble":
        assert service == "sso"
        self.attempts.append(attempts)
        return self

    def list_accounts(self, **parameters: Any) -> Mapping[str, Any]:
        self._called("ListAccounts", parameters)
        entries = [{"accountId": number, "accountName": name} for number, name in self.accounts.items()]
        return self._page("accountList", entries, parameters)

    def list_account_roles(self, **parameters: Any) -> Mapping[str, Any]:
        self._called("ListAccountRoles", parameters)
        roles = self.roles_of.get(parameters["accountId"], self.roles)
        return self._page("roleList", [{"roleName": role} for role in roles], parameters)

    def looked_at(self) -> list[str]:
        """Return the ids of the accounts whose roles were asked for, in order."""
        return [parameters["accountId"] for operation, parameters in self.calls if operation == "ListAccountRoles"]

    def _called(self, operation: str, parameters: Mapping[str, Any]) -> None:
        with self._lock:
            self.calls.append((operation, parameters))
            failure = self.meddle(operation, parameters)
        if failure is not None:
            raise failure

    @staticmethod
    def _page(member: str, entries: list[Any], parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        start = int(parameters.get("nextToken", 0))
        end = start + min(PAGE, parameters["maxResults"])
        return {member: entries[start:end], "nextToken": str(end) if end < len(entries) else None}
