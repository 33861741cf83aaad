"""The SSO OIDC service: clients register, devices ask for a sign-in, grants are traded for tokens.

https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aws_emulator import rest_json
from aws_emulator.authorization_codes import AuthorizationCodes, is_verifier, may_register
from aws_emulator.device_codes import Decision, DeviceCodes
from aws_emulator.errors import AwsError
from aws_emulator.registrations import (
    AUTHORIZATION_CODE,
    DEVICE_CODE,
    GRANT_TYPES,
    REFRESH_TOKEN,
    Client,
    Registrations,
)

if TYPE_CHECKING:
    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.portal_sessions import PortalSessions, Tokens
    from aws_emulator.state import State

# Every exception's `error` member, see the service model.
_ERROR_MEMBER = {
    "AccessDeniedException": "access_denied",
    "AuthorizationPendingException": "authorization_pending",
    "ExpiredTokenException": "expired_token",
    "InternalServerException": "server_error",
    "InvalidClientException": "invalid_client",
    "InvalidClientMetadataException": "invalid_client_metadata",
    "InvalidGrantException": "invalid_grant",
    "InvalidRedirectUriException": "invalid_redirect_uri",
    "InvalidRequestException": "invalid_request",
    "InvalidScopeException": "invalid_scope",
    "SlowDownException": "slow_down",
    "UnauthorizedClientException": "unauthorized_client",
    "UnsupportedGrantTypeException": "unsupported_grant_type",
}
_GRANT_NOTES = {
    DEVICE_CODE: "device_code",
    AUTHORIZATION_CODE: "authorization_code",
    REFRESH_TOKEN: "refresh_token",
}
# JSON can escape half a character, which no encoding can write.
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCOPE = re.compile(r"sso:account:access|openid|aws|codewhisperer:[a-z_]+")


def refusal(error: AwsError) -> Response:
    """Render an error as this service does: OAuth's `error` and `error_description`, no `message`."""
    if error.code not in _ERROR_MEMBER:
        return rest_json.refusal(error)
    members = {"error": _ERROR_MEMBER[error.code], "error_description": error.message}
    response = rest_json.answer(members, error.status)
    response.headers["x-amzn-ErrorType"] = error.code
    return response


class SsoOidc:
    """The operations of SSO OIDC; none of them is signed."""

    def __init__(
        self,
        state: State,
        registrations: Registrations,
        device_codes: DeviceCodes,
        authorization_codes: AuthorizationCodes,
        sessions: PortalSessions,
    ) -> None:
        self._state = state
        self._registrations = registrations
        self._device_codes = device_codes
        self._authorization_codes = authorization_codes
        self._sessions = sessions

    def RegisterClient(self, call: Call) -> Response:
        """Register a public client."""
        body = rest_json.read_object(call.request)
        name, kind = _text(body, "clientName"), _text(body, "clientType")
        call.caller = name
        if kind != "public":
            raise AwsError("InvalidClientMetadataException", "clientType must be public.")
        scopes = _texts(body, "scopes")
        if any(not _SCOPE.fullmatch(scope) for scope in scopes):
            raise AwsError("InvalidScopeException", "A requested scope does not exist.")
        # Clients older than `grantTypes` do not send it and get the device flow, refreshed if in scope.
        grant_types = _texts(body, "grantTypes") or (DEVICE_CODE, REFRESH_TOKEN)
        if any(grant not in GRANT_TYPES for grant in grant_types):
            raise AwsError("UnsupportedGrantTypeException", "A requested grant type does not exist.")
        redirect_uris = _texts(body, "redirectUris")
        if any(not may_register(uri) for uri in redirect_uris):
            raise AwsError("InvalidRedirectUriException", "A redirect URI is neither https nor a loopback address.")
        if AUTHORIZATION_CODE in grant_types and not redirect_uris:
            raise AwsError("InvalidClientMetadataException", "The authorization_code grant needs redirectUris.")
        if "issuerUrl" in body:
            self._check_start_url(_text(body, "issuerUrl"), call, "issuerUrl")
        client = self._registrations.register(name, scopes, grant_types, redirect_uris)
        return rest_json.answer(
            {
                "clientId": client.client_id,
                "clientSecret": client.client_secret,
                "clientIdIssuedAt": client.issued_at,
                "clientSecretExpiresAt": client.expires_at,
                "authorizationEndpoint": _url(call, "/authorize"),
                "tokenEndpoint": _url(call, "/token"),
            }
        )

    def StartDeviceAuthorization(self, call: Call) -> Response:
        """Issue a device code and the user code a person approves."""
        body = rest_json.read_object(call.request)
        client = self._client(body, call)
        self._check_start_url(_text(body, "startUrl"), call, "startUrl")
        _may_use(client, DEVICE_CODE)
        started = self._device_codes.start(client)
        if self._state.auto_approve:
            self._device_codes.decide(started, approved=True)
        device_page = _url(call, "/device")
        return rest_json.answer(
            {
                "deviceCode": started.device_code,
                "userCode": started.user_code,
                "verificationUri": device_page,
                "verificationUriComplete": f"{device_page}?user_code={quote(started.user_code)}",
                "expiresIn": self._state.device_code_seconds,
                "interval": started.interval,
            }
        )

    def CreateToken(self, call: Call) -> Response:
        """Trade a device code, an authorization code or a refresh token for tokens."""
        body = rest_json.read_object(call.request)
        client = self._client(body, call)
        grant_type = _text(body, "grantType")
        if grant_type not in GRANT_TYPES:
            raise AwsError("UnsupportedGrantTypeException", "The grant type is not supported.")
        call.notes["grant"] = _GRANT_NOTES[grant_type]
        _may_use(client, grant_type)
        if not set(_texts(body, "scope")) <= set(client.scopes):
            raise AwsError("InvalidScopeException", "The scope goes beyond what the client registered.")
        if grant_type == DEVICE_CODE:
            tokens = self._trade_device_code(client, body)
        elif grant_type == AUTHORIZATION_CODE:
            tokens = self._trade_authorization_code(client, body)
        else:
            tokens = self._trade_refresh_token(client, body)
        members: dict[str, Any] = {
            "accessToken": tokens.access_token,
            "tokenType": "Bearer",
            "expiresIn": tokens.expires_in,
        }
        if tokens.refresh_token is not None:
            members["refreshToken"] = tokens.refresh_token
        return rest_json.answer(members)

    def _client(self, body: dict[str, Any], call: Call) -> Client:
        client = self._registrations.authenticate(_text(body, "clientId"), _text(body, "clientSecret"))
        call.caller = client.name
        return client

    def _check_start_url(self, url: str, call: Call, member: str) -> None:
        # People copy the portal's address with a slash or `#/` at its end; AWS takes them all.
        plain = url.rstrip("/").removesuffix("#").rstrip("/")
        port = call.request.environ["SERVER_PORT"]
        hosts = (call.request.host, f"127.0.0.1:{port}", f"localhost:{port}")
        if plain not in {*self._state.start_urls, *(f"http://{host}/start" for host in hosts)}:
            raise AwsError("InvalidRequestException", f"{member} is not this portal's start URL.")

    def _trade_device_code(self, client: Client, body: dict[str, Any]) -> Tokens:
        found = self._device_codes.of_device(_text(body, "deviceCode"))
        if found is None or found.client.client_id != client.client_id or found.decision is Decision.USED:
            raise AwsError("InvalidGrantException", "The device code is unknown or was used before.")
        if self._device_codes.has_expired(found):
            raise AwsError("ExpiredTokenException", "The device code has expired.")
        if found.decision is Decision.PENDING and self._state.auto_approve:
            self._device_codes.decide(found, approved=True)
        if found.decision is Decision.DENIED:
            raise AwsError("AccessDeniedException", "The person denied the request.")
        if found.decision is Decision.PENDING:
            if self._device_codes.polled_too_soon(found):
                raise AwsError("SlowDownException", f"Poll no sooner than every {found.interval} seconds.")
            raise AwsError("AuthorizationPendingException", "Nobody has answered the request yet.")
        found.decision = Decision.USED
        _, tokens = self._sessions.start(found.person, client)
        return tokens

    def _trade_authorization_code(self, client: Client, body: dict[str, Any]) -> Tokens:
        code, verifier = _text(body, "code"), _text(body, "codeVerifier")
        redirect_uri = _text(body, "redirectUri")
        if not is_verifier(verifier):
            raise AwsError("InvalidRequestException", "codeVerifier must have 43 to 128 unreserved characters.")
        grant = self._authorization_codes.redeem(code, client, redirect_uri, verifier)
        if grant is None:
            raise AwsError("InvalidGrantException", "The code, its redirect URI or its verifier is wrong.")
        grant.session, tokens = self._sessions.start(grant.person, client)
        return tokens

    def _trade_refresh_token(self, client: Client, body: dict[str, Any]) -> Tokens:
        refreshed = self._sessions.refresh(_text(body, "refreshToken"), client)
        if refreshed is None:
            raise AwsError("InvalidGrantException", "Invalid refresh token provided.")
        return refreshed[1]


def _url(call: Call, path: str) -> str:
    return call.request.host_url.rstrip("/") + path


def _may_use(client: Client, grant_type: str) -> None:
    if grant_type not in client.grant_types:
        raise AwsError("UnauthorizedClientException", "The client did not register this grant type.")


def _text(body: dict[str, Any], member: str) -> str:
    value = body.get(member)
    if not isinstance(value, str) or not value or _SURROGATE.search(value):
        raise AwsError("InvalidRequestException", f"{member} is missing or not text.")
    return value


def _texts(body: dict[str, Any], member: str) -> tuple[str, ...]:
    values = body.get(member) or []
    if not isinstance(values, list) or any(not isinstance(value, str) for value in values):
        raise AwsError("InvalidRequestException", f"{member} is not a list of texts.")
    return tuple(values)
