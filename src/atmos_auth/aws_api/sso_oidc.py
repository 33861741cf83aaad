"""IAM Identity Center's token service (sso-oidc): registration, device code, authorization code, refresh.

Wire facts: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/ ; RFC 8628, RFC 7636, RFC 6749.
"""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from atmos_auth.aws_api.failures import service_errors
from atmos_auth.aws_api.partitions import oidc_endpoint
from atmos_auth.domain.errors import ServiceError
from atmos_auth.domain.ports import AwsConnections

CLIENT_NAME = "atmos-auth"
# The scope and the refresh grant together are what makes AWS hand out a refresh token.
SCOPE = "sso:account:access"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the grant's name
# Registered without a port: RFC 8252 section 7.3 lets any loopback port follow.
CALLBACK_PATH = "/oauth/callback"


class Client(NamedTuple):
    """A registered OIDC client; `expires_at` in epoch seconds."""

    client_id: str
    client_secret: str
    expires_at: float

    def __repr__(self) -> str:
        """Leave the secret out."""
        return f"Client(expires_at={self.expires_at!r})"


class DeviceAuthorization(NamedTuple):
    """What a device authorization asks for; `expires_in` and `interval` in seconds."""

    device_code: str
    user_code: str
    verification_url: str
    expires_in: float
    interval: float

    def __repr__(self) -> str:
        """Leave the device code out."""
        return f"DeviceAuthorization(expires_in={self.expires_in!r}, interval={self.interval!r})"


class Tokens(NamedTuple):
    """What a grant was exchanged for; `expires_in` in seconds, None when the service did not say."""

    access_token: str
    refresh_token: str | None
    expires_in: float | None

    def __repr__(self) -> str:
        """Leave the tokens out."""
        return f"Tokens(expires_in={self.expires_in!r})"


class SsoOidc:
    """The token service of one region. Every method uses the network and raises `ServiceError`."""

    def __init__(self, connections: AwsConnections, *, region: str, endpoint_url: str | None) -> None:
        self.endpoint = endpoint_url or oidc_endpoint(region)
        self._client = connections.client("sso-oidc", region=region, endpoint_url=self.endpoint)

    def register(self, *, grant: str, start_url: str) -> Client:
        """Register a public client for one interactive grant and for refreshing."""
        parameters: dict[str, Any] = {
            "clientName": CLIENT_NAME,
            "clientType": "public",
            "scopes": [SCOPE],
            "grantTypes": [grant, REFRESH_TOKEN],
        }
        if grant == AUTHORIZATION_CODE:
            parameters |= {"redirectUris": [f"http://127.0.0.1{CALLBACK_PATH}"], "issuerUrl": start_url}
        answer = self._call("RegisterClient", self._client.register_client, parameters)
        return Client(answer["clientId"], answer["clientSecret"], float(answer["clientSecretExpiresAt"]))

    def start_device_authorization(self, client: Client, *, start_url: str) -> DeviceAuthorization:
        """Ask for a code that a person approves on any device (RFC 8628 section 3.1)."""
        answer = self._call(
            "StartDeviceAuthorization",
            self._client.start_device_authorization,
            {"clientId": client.client_id, "clientSecret": client.client_secret, "startUrl": start_url},
        )
        return DeviceAuthorization(
            device_code=answer["deviceCode"],
            user_code=answer["userCode"],
            verification_url=answer.get("verificationUriComplete") or answer["verificationUri"],
            expires_in=float(answer["expiresIn"]),
            interval=float(answer.get("interval") or 5),  # RFC 8628 section 3.2: 5 when absent
        )

    def authorize_url(self, client: Client, *, redirect_uri: str, state: str, code_challenge: str) -> str:
        """Return the page where a person signs in (RFC 7636); no network."""
        query = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge_method": "S256",
            "scopes": SCOPE,
            "code_challenge": code_challenge,
        }
        return f"{self.endpoint}/authorize?{urlencode(query)}"

    def redeem_device_code(self, client: Client, device_code: str) -> Tokens:
        """Exchange an approved device code; `ServiceError.code` tells whether to go on polling."""
        return self._create_token(client, {"grantType": DEVICE_CODE, "deviceCode": device_code})

    def redeem_authorization_code(self, client: Client, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """Exchange the code from the callback."""
        grant = {"code": code, "redirectUri": redirect_uri, "codeVerifier": code_verifier}
        return self._create_token(client, {"grantType": AUTHORIZATION_CODE, **grant})

    def refresh(self, client: Client, refresh_token: str) -> Tokens:
        """Exchange a refresh token; the service may rotate it."""
        return self._create_token(client, {"grantType": REFRESH_TOKEN, "refreshToken": refresh_token})

    def _create_token(self, client: Client, grant: dict[str, str]) -> Tokens:
        answer = self._call(
            "CreateToken",
            self._client.create_token,
            {"clientId": client.client_id, "clientSecret": client.client_secret, **grant},
        )
        if not answer.get("accessToken"):
            raise ServiceError(
                f"sso-oidc:CreateToken at {self.endpoint} answered without a token",
                operation="sso-oidc:CreateToken",
                endpoint=self.endpoint,
                code="MalformedAnswer",
                retryable=False,
            )
        lifetime = answer.get("expiresIn")
        return Tokens(answer["accessToken"], answer.get("refreshToken"), float(lifetime) if lifetime else None)

    def _call(self, operation: str, method: Any, parameters: dict[str, Any]) -> Any:
        with service_errors(f"sso-oidc:{operation}", self.endpoint):
            return method(**parameters)
