"""The SSO portal service: which accounts and roles a signed-in person has, and credentials for them.

https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Any

from aws_emulator import rest_json
from aws_emulator.errors import AwsError
from aws_emulator.keys import Keys, role_session
from aws_emulator.state import State, sso_role_arn

if TYPE_CHECKING:
    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.portal_sessions import PortalSession, PortalSessions
    from aws_emulator.rate_limit import PortalRate

BEARER_HEADER = "x-amz-sso_bearer_token"
_MOST_RESULTS = 100


class SsoPortal:
    """The operations of the portal; each takes the bearer token of a portal session."""

    def __init__(self, state: State, sessions: PortalSessions, keys: Keys, rate: PortalRate) -> None:
        self._state = state
        self._sessions = sessions
        self._keys = keys
        self._rate = rate
        self._page_secret = secrets.token_bytes(32)

    def ListAccounts(self, call: Call) -> Response:
        """List the accounts the person has any permission set in, page by page."""
        person = self._authorize(call).person
        accounts = [
            {"accountId": account_id, "accountName": account.name, "emailAddress": account.email}
            for account_id in sorted(self._state.assigned(person))
            if (account := self._state.accounts.get(account_id)) is not None
        ]
        return self._page(call, "accountList", accounts, f"accounts/{person}")

    def ListAccountRoles(self, call: Call) -> Response:
        """List the person's permission sets in one account, page by page."""
        person = self._authorize(call).person
        account_id = _account_id(call)
        call.notes["account"] = account_id
        assigned = self._state.assigned(person).get(account_id)
        if not assigned:
            raise AwsError("ResourceNotFoundException", "The account does not exist or is not assigned.", 404)
        roles = [{"roleName": name, "accountId": account_id} for name in sorted(assigned)]
        return self._page(call, "roleList", roles, f"roles/{person}/{account_id}")

    def GetRoleCredentials(self, call: Call) -> Response:
        """Issue credentials of a permission set's role."""
        person = self._authorize(call).person
        account_id, name = _account_id(call), call.request.args.get("role_name", "")
        if not name:
            raise AwsError("InvalidRequestException", "role_name is missing.")
        call.notes |= {"account": account_id, "role": name}
        permission_set = self._state.permission_sets.get(name)
        # AWS tells neither an unknown account nor an unknown role from one that is not assigned.
        if permission_set is None or name not in self._state.assigned(person).get(account_id, []):
            raise AwsError("ForbiddenException", "No access", 403)
        role_arn = sso_role_arn(account_id, name, self._state.region)
        key = self._keys.issue(role_session(role_arn, person, permission_set.allows), permission_set.session_seconds)
        return rest_json.answer(
            {
                "roleCredentials": {
                    "accessKeyId": key.access_key_id,
                    "secretAccessKey": key.secret_access_key,
                    "sessionToken": key.session_token,
                    "expiration": int((key.expires_at or 0) * 1000),
                }
            }
        )

    def Logout(self, call: Call) -> Response:
        """End the session: its access and refresh tokens are dead afterwards."""
        self._authorize(call).ended = True
        return rest_json.answer({})

    def _authorize(self, call: Call) -> PortalSession:
        session = self._sessions.bearer(call.request.headers.get(BEARER_HEADER, ""))
        if session is not None:
            call.caller = session.person
        if not self._rate.allows():
            raise AwsError("TooManyRequestsException", "Rate exceeded", 429)
        if session is None:
            raise AwsError("UnauthorizedException", "Session token not found or invalid", 401)
        return session

    def _page(self, call: Call, member: str, items: list[dict[str, str]], listing: str) -> Response:
        start = self._start(call.request.args.get("next_token", ""), listing)
        end = start + self._size(call.request.args.get("max_result", ""))
        body: dict[str, Any] = {member: items[start:end]}
        body["nextToken"] = self._token(end, listing) if end < len(items) else None
        return rest_json.answer(body)

    def _size(self, asked: str) -> int:
        if not asked:
            return self._state.page_size
        if not re.fullmatch(r"[0-9]{1,3}", asked) or not 1 <= int(asked) <= _MOST_RESULTS:
            raise AwsError("InvalidRequestException", "max_result must be from 1 to 100.")
        return min(int(asked), self._state.page_size)

    def _token(self, start: int, listing: str) -> str:
        # Sealed, so that nobody can count on what is inside or carry it over to another listing.
        seal = hmac.new(self._page_secret, f"{listing}/{start}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(start.to_bytes(4) + seal).decode()

    def _start(self, token: str, listing: str) -> int:
        if not token:
            return 0
        try:
            start = int.from_bytes(base64.b64decode(token, altchars="-_", validate=True)[:4])
        except (binascii.Error, ValueError):
            start = 0
        if not hmac.compare_digest(self._token(start, listing).encode(), token.encode()):
            raise AwsError("InvalidRequestException", "next_token is invalid.")
        return start


def _account_id(call: Call) -> str:
    account_id = call.request.args.get("account_id", "")
    if not re.fullmatch(r"[0-9]{12}", account_id):
        raise AwsError("InvalidRequestException", "account_id must have twelve digits.")
    return account_id
