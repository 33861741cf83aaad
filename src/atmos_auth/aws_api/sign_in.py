"""AWS's sign-in service: what an IAM user's console sign-in is exchanged for, and how it is renewed.

The service model is botocore's `signin`; the authorization request is what the AWS CLI's own `login` sends.
"""

import json
import re
from typing import Any, NamedTuple
from urllib.parse import urlencode

from atmos_auth.aws_api.dpop import DpopKey
from atmos_auth.aws_api.failures import service_errors
from atmos_auth.aws_api.partitions import sign_in_endpoint
from atmos_auth.domain.errors import ServiceError
from atmos_auth.domain.ports import Tools

SAME_DEVICE = "arn:aws:signin:::devtools/same-device"
CROSS_DEVICE = "arn:aws:signin:::devtools/cross-device"
CALLBACK_PATH = "/oauth/callback"
CONFIRMATION_PATH = "/v1/sessions/confirmation"
_OPERATION = "signin:CreateOAuth2Token"
# Anything longer is no lifetime that AWS would give.
_LONGEST_SECONDS = 36 * 3600
# Some answers spell their members like this.
_SNAKE = re.compile(r"_([a-z])")


class SignInTokens(NamedTuple):
    """Keys for a quarter of an hour, and the token that renews them; `expires_in` in seconds."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_in: float
    refresh_token: str
    id_token: str | None

    def __repr__(self) -> str:
        """Leave the keys and tokens out."""
        return f"SignInTokens(expires_in={self.expires_in!r})"


class SignIn:
    """The sign-in service of one region, as the holder of `key` uses it.

    `redeem` and `refresh` use the network and raise `ServiceError`, whose `code` is the service's own word in
    `error` (`TOKEN_EXPIRED`, `invalid_grant`, ...) where it gives one.
    """

    def __init__(self, tools: Tools, *, region: str, endpoint_url: str | None, key: DpopKey) -> None:
        self.endpoint = endpoint_url or sign_in_endpoint(region)
        self._tools = tools
        self._key = key
        self._client = tools.aws.client("signin", region=region, endpoint_url=self.endpoint)
        events = self._client.meta.events
        # Every attempt needs a proof of its own: a repeated one is refused as a replay.
        events.register("before-send.signin.CreateOAuth2Token", self._prove)
        events.register("before-parse.signin.CreateOAuth2Token", _make_readable)

    def authorize_url(self, *, client_id: str, redirect_uri: str, state: str, code_challenge: str) -> str:
        """Return the page where a person signs in; no network."""
        query = {
            "response_type": "code",
            "client_id": client_id,
            "state": state,
            "code_challenge_method": "SHA-256",
            "scope": "openid",
            "redirect_uri": redirect_uri,
            "code_challenge": code_challenge,
        }
        return f"{self.endpoint}/v1/authorize?{urlencode(query)}"

    def redeem(self, *, client_id: str, code: str, redirect_uri: str, code_verifier: str) -> SignInTokens:
        """Exchange the code that the browser brought."""
        grant = {"code": code, "redirectUri": redirect_uri, "codeVerifier": code_verifier}
        return self._token({"clientId": client_id, "grantType": "authorization_code", **grant})

    def refresh(self, *, client_id: str, refresh_token: str) -> SignInTokens:
        """Exchange a refresh token; the service rotates it, so the old one is of no more use."""
        return self._token({"clientId": client_id, "grantType": "refresh_token", "refreshToken": refresh_token})

    def _token(self, body: dict[str, str]) -> SignInTokens:
        from botocore import xform_name

        # The method's name is not the same in all versions of botocore.
        create_token = getattr(self._client, xform_name(_OPERATION.partition(":")[2]))
        with service_errors(_OPERATION, self.endpoint):
            answer = create_token(tokenInput=body).get("tokenOutput") or {}
        keys = answer.get("accessToken") or {}
        texts: dict[str, Any] = {
            **{name: keys.get(name) for name in ("accessKeyId", "secretAccessKey", "sessionToken")},
            "refreshToken": answer.get("refreshToken"),
        }
        # What the answer holds in their place is in no message: it may be a secret.
        lacking = [name for name, value in texts.items() if not isinstance(value, str) or not value]
        if not isinstance(answer.get("expiresIn"), int):
            lacking.append("expiresIn")
        if lacking:
            raise ServiceError(
                f"{_OPERATION} at {self.endpoint} answered without {', '.join(lacking)}",
                operation=_OPERATION,
                endpoint=self.endpoint,
                code="MalformedAnswer",
                retryable=False,
            )
        return SignInTokens(
            texts["accessKeyId"],
            texts["secretAccessKey"],
            texts["sessionToken"],
            float(answer["expiresIn"]),
            texts["refreshToken"],
            answer.get("idToken"),
        )

    def _prove(self, request: Any, **_: Any) -> None:
        url = request.url.partition("?")[0]
        now, random_bytes = self._tools.clock.now(), self._tools.random_bytes
        request.headers["DPoP"] = self._key.proof(method="POST", url=url, now=now, random_bytes=random_bytes)


def _make_readable(response_dict: dict[str, Any], **_: Any) -> None:
    """Give botocore an object spelled as the service model does; what cannot be read as one becomes an empty one."""
    try:
        body = _renamed(json.loads(response_dict["body"]))
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        body = {}
    if not isinstance(body.get("accessToken"), dict):
        body.pop("accessToken", None)
    seconds = body.get("expiresIn")
    if not isinstance(seconds, int | float) or not 1 <= seconds <= _LONGEST_SECONDS:
        body.pop("expiresIn", None)
    if response_dict["status_code"] >= 400 and isinstance(body.get("error"), str):
        # For answers that do not say which of the model's errors they are.
        body.setdefault("__type", body["error"])
    response_dict["body"] = json.dumps(body).encode()


def _renamed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {_SNAKE.sub(lambda match: match[1].upper(), name): _renamed(inner) for name, inner in value.items()}
