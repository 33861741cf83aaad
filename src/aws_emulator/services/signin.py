"""The sign-in service: an IAM user's sign-in in the browser is traded for short-lived keys, bound to a DPoP key.

https://docs.aws.amazon.com/signin/latest/APIReference/API_dataplane-signin_CreateOAuth2Token.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aws_emulator import rest_json
from aws_emulator.dpop import DpopProofs, ProofError
from aws_emulator.errors import AwsError
from aws_emulator.sign_in_codes import Refusal, SignInCodes, SignInGrant
from aws_emulator.state import CREATE_SIGN_IN_TOKEN, State

if TYPE_CHECKING:
    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.issuer_keys import IssuerKeys
    from aws_emulator.sign_in_sessions import SignInSession, SignInSessions, SignInTokens

SAME_DEVICE = "arn:aws:signin:::devtools/same-device"
CROSS_DEVICE = "arn:aws:signin:::devtools/cross-device"
CLIENT_IDS = (SAME_DEVICE, CROSS_DEVICE)

# AccessDeniedException has two statuses, by what its `error` says.
_DENIED_STATUS = {
    "TOKEN_EXPIRED": 401,
    "AUTHCODE_EXPIRED": 401,
    "USER_CREDENTIALS_CHANGED": 403,
    "INSUFFICIENT_PERMISSIONS": 403,
}
_MESSAGES = {
    Refusal.INVALID: "The code or the refresh token is unknown, was used before, or belongs to another request.",
    Refusal.CODE_EXPIRED: "The authorization code has expired.",
    Refusal.SESSION_OVER: "The sign-in has ended; sign in again.",
    Refusal.CREDENTIALS_CHANGED: "The user's credentials have changed; sign in again.",
}
# What `error` says where whoever refused did not say it, see the service model.
_ERROR_MEMBER = {
    "AccessDeniedException": "INSUFFICIENT_PERMISSIONS",
    "InternalServerException": "server_error",
    "ServiceUnavailableException": "service_unavailable",
    "TooManyRequestsError": "rate_exceeded",
    "ValidationException": "INVALID_REQUEST",
}
# The emulator's words for an error that came from outside the operations, in this service's spelling.
_CODE = {"InternalFailure": "InternalServerException", "TooManyRequestsException": "TooManyRequestsError"}


def refusal(error: AwsError) -> Response:
    """Render an error with the `error` member every exception of this service has."""
    code = _CODE.get(error.code, error.code)
    if code in _DENIED_STATUS:
        # A fault may name what AccessDeniedException says.
        return refusal(_denied(code, error.message))
    if code in _ERROR_MEMBER:
        members = {"error": _ERROR_MEMBER[code]} | error.members
        return rest_json.refusal(AwsError(code, error.message, error.status, **members))
    return rest_json.refusal(error)


class Signin:
    """The unsigned operation of the sign-in service."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        codes: SignInCodes,
        sessions: SignInSessions,
        proofs: DpopProofs,
        issuer_keys: IssuerKeys,
    ) -> None:
        self._state = state
        self._clock = clock
        self._codes = codes
        self._sessions = sessions
        self._proofs = proofs
        self._issuer_keys = issuer_keys

    def CreateOAuth2Token(self, call: Call) -> Response:
        """Trade an authorization code or a refresh token for keys of the user who signed in."""
        try:
            return self._create_token(call)
        except AwsError as error:
            if "error" in error.members:
                call.notes["error"] = error.members["error"]
            raise

    def _create_token(self, call: Call) -> Response:
        if call.request.query_string:
            # The other operations on this path are told apart by a parameter.
            raise AwsError("UnknownOperationException", "There is no such operation.", 404)
        if call.request.mimetype != "application/json":
            raise _invalid("Send application/json.")
        body = rest_json.read_object(call.request)
        client_id = _text(body, "clientId", 64)
        if client_id not in CLIENT_IDS:
            raise _invalid("clientId is not a client of this service.")
        call.caller = client_id
        grant_type = _text(body, "grantType", 64)
        if grant_type not in ("authorization_code", "refresh_token"):
            raise _invalid("grantType must be authorization_code or refresh_token.", "unsupported_grant_type")
        call.notes["grant"] = grant_type
        try:
            thumbprint = self._proofs.verify(
                call.request.headers.get("DPoP", ""), call.request.method, call.request.base_url
            )
        except ProofError as error:
            raise _invalid(str(error)) from error
        if grant_type == "authorization_code":
            return self._trade_code(body, client_id, thumbprint, call)
        refresh_token = _text(body, "refreshToken", 2048)
        session = _check(self._sessions.find(refresh_token, client_id, thumbprint))
        self._authorize(session, call)
        return rest_json.answer(_members(self._sessions.issue(session, refresh_token)))

    def _trade_code(self, body: dict[str, Any], client_id: str, thumbprint: str, call: Call) -> Response:
        code, redirect_uri = _text(body, "code", 512), _text(body, "redirectUri", 2048)
        verifier = _text(body, "codeVerifier", 128)
        if not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
            raise _invalid("codeVerifier must have 43 to 128 unreserved characters.")
        grant = self._codes.redeem(code, client_id, redirect_uri, verifier)
        if isinstance(grant, Refusal):
            raise _refused(grant)
        session = _check(self._sessions.start(grant.user_arn, client_id, thumbprint))
        self._authorize(session, call)
        grant.session = session
        tokens = self._sessions.issue(session)
        return rest_json.answer(_members(tokens) | {"idToken": self._id_token(grant, call)})

    def _authorize(self, session: SignInSession, call: Call) -> None:
        call.caller = session.user_arn
        if CREATE_SIGN_IN_TOKEN in self._state.users[session.user_arn].denies:
            message = f"User: {session.user_arn} is not authorized to perform: {CREATE_SIGN_IN_TOKEN}"
            raise _denied("INSUFFICIENT_PERMISSIONS", message)

    def _id_token(self, grant: SignInGrant, call: Call) -> str:
        # Its readers take `sub` and check no signature: the token came straight from the issuer (OIDC 3.1.3.7).
        now = int(self._clock.now())
        claims = {
            "iss": call.request.host_url.rstrip("/"),
            "sub": grant.user_arn,
            "aud": grant.client_id,
            "iat": now,
            "exp": now + self._state.sign_in_seconds,
        }
        return self._issuer_keys.current().sign(claims)


def _members(tokens: SignInTokens) -> dict[str, Any]:
    return {
        "accessToken": {
            "accessKeyId": tokens.key.access_key_id,
            "secretAccessKey": tokens.key.secret_access_key,
            "sessionToken": tokens.key.session_token,
        },
        "tokenType": "aws_sigv4",
        "expiresIn": tokens.expires_in,
        "refreshToken": tokens.refresh_token,
    }


def _check(session: SignInSession | Refusal) -> SignInSession:
    if isinstance(session, Refusal):
        raise _refused(session)
    return session


def _refused(reason: Refusal) -> AwsError:
    if reason is Refusal.INVALID:
        return _invalid(_MESSAGES[reason], reason.value)
    return _denied(reason.value, _MESSAGES[reason])


def _denied(error: str, message: str) -> AwsError:
    return AwsError("AccessDeniedException", message, _DENIED_STATUS[error], error=error)


def _invalid(message: str, error: str = "INVALID_REQUEST") -> AwsError:
    return AwsError("ValidationException", message, 400, error=error)


def _text(body: dict[str, Any], member: str, most: int) -> str:
    value = body.get(member)
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise _invalid(f"{member} must be a text of 1 to {most} characters.")
    return value
