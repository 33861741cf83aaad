"""Signing in to the web console with credentials: they are traded for a token, and the token stands in an address.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

import json
from typing import NamedTuple
from urllib.parse import urlencode

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AccessDenied, ServiceError
from atmos_auth.domain.ports import Web, WebAnswer

# So long the token can be used; it is a secret until then.
TOKEN_SECONDS = 15 * 60
SHORTEST_SECONDS, LONGEST_SECONDS = 15 * 60, 12 * 3600
_ANSWER_SECONDS = 30.0
_REFUSED = (400, 401, 403)


class SignInToken(NamedTuple):
    """A token, and how long the session it begins will last; None: as long as the credentials."""

    token: str
    seconds: int | None

    def __repr__(self) -> str:
        """Name the duration only: whoever has the token can sign in."""
        return f"SignInToken(seconds={self.seconds!r})"


class ConsoleFederation:
    """The federation endpoint at this address."""

    def __init__(self, web: Web, *, endpoint: str) -> None:
        self.endpoint = endpoint
        self._web = web

    def sign_in_token(self, credentials: AwsCredentials, *, seconds: int | None) -> SignInToken:
        """Trade temporary credentials for a token; `seconds` is how long the session shall last, if it matters.

        AWS says the same of a duration that these credentials may not ask for as of credentials that are no good:
        so what it refuses is tried again without. Uses the network; raises `AccessDenied`, `ServiceError`.
        """
        try:
            return SignInToken(self._token(credentials, seconds), seconds)
        except AccessDenied:
            if seconds is None:
                raise
        return SignInToken(self._token(credentials, None), None)

    def sign_in_url(self, token: SignInToken, *, issuer: str, destination: str) -> str:
        """Give the address that signs whoever opens it in, and shows `destination`."""
        values = {"Action": "login", "Issuer": issuer, "Destination": destination, "SigninToken": token.token}
        return f"{self.endpoint}?{urlencode(values)}"

    def _token(self, credentials: AwsCredentials, seconds: int | None) -> str:
        session = {
            "sessionId": credentials.access_key_id,
            "sessionKey": credentials.secret_access_key,
            "sessionToken": credentials.session_token,
        }
        form = [("Action", "getSigninToken"), ("Session", json.dumps(session))]
        if seconds is not None:
            form.append(("SessionDuration", str(seconds)))
        # As a form, and not in the address, which proxies and servers write into their logs.
        with self._web.session(seconds=_ANSWER_SECONDS, redirects=False) as web:
            answer = web.post(self.endpoint, form=form)
        if answer.status in _REFUSED:
            raise AccessDenied(
                "AWS does not let these credentials sign in to the web console",
                details=[f"{self.endpoint} answers with HTTP {answer.status}"],
            )
        return self._read(answer)

    def _read(self, answer: WebAnswer) -> str:
        try:
            token = json.loads(answer.text)["SigninToken"] if answer.status == 200 else None
        except (ValueError, KeyError, TypeError, RecursionError):
            token = None
        if isinstance(token, str) and token:
            return token
        raise ServiceError(
            f"{self.endpoint} gives no sign-in token (HTTP {answer.status})",
            operation="federation:getSigninToken",
            endpoint=self.endpoint,
            code=f"HTTP{answer.status}",
            retryable=answer.status >= 500 or answer.status == 429,
            hints=["try again in a minute"],
        )
