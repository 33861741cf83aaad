"""Web identity tokens: JWTs checked against the OIDC providers registered in the state."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_emulator import json_web_tokens
from aws_emulator.clock import iso8601
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.json_web_tokens import Jwt
    from aws_emulator.state import OidcProvider, State

_NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
_NO_KEY = "Couldn't retrieve verification key from your identity provider"


@dataclass(frozen=True, slots=True)
class ProvenToken:
    """What a verified token says; `claims` holds those that trust policies may ask about."""

    provider_arn: str
    subject: str
    audience: str
    claims: dict[str, str]


class WebIdentityTokens:
    """Verifies tokens; only HS256 with a provider's test key counts as a signature so far."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def verify(self, token: str, account: str) -> ProvenToken:
        """Give what a token proves in one account, or raise InvalidIdentityToken or ExpiredTokenException."""
        jwt = _parse(token)
        claims = jwt.claims
        issuer = _text(claims, "iss")
        provider = self._provider(issuer, account)
        _check_signature(jwt, provider)
        self._check_times(claims)
        audience = _audience(claims, provider)
        subject = _text(claims, "sub")
        texts = {name: value for name, value in claims.items() if isinstance(value, str)}
        return ProvenToken(provider.arn, subject, audience, texts | {"aud": audience})

    def _provider(self, issuer: str, account: str) -> OidcProvider:
        for provider in self._state.oidc_providers:
            if provider.account == account and provider.issuer == issuer:
                return provider
        message = f"No OpenIDConnect provider found in your account for {issuer}"
        raise AwsError("InvalidIdentityToken", message)

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.now()
        expires = claims.get("exp")
        if not isinstance(expires, int | float) or isinstance(expires, bool):
            raise AwsError("InvalidIdentityToken", "Missing a required claim: exp")
        if expires <= now:
            message = f"Token expired: current date/time {iso8601(now)} must be before the expiration date/time"
            raise AwsError("ExpiredTokenException", message)
        begins = claims.get("nbf", 0)
        if not isinstance(begins, int | float) or begins > now:
            raise AwsError("InvalidIdentityToken", "The token is not valid yet.")


def _parse(token: str) -> Jwt:
    try:
        return json_web_tokens.parse(token)
    except ValueError as error:
        raise AwsError("InvalidIdentityToken", _NOT_A_JWT) from error


def _check_signature(jwt: Jwt, provider: OidcProvider) -> None:
    # RS256 and the provider's published keys are not there yet; unsigned tokens never will be.
    if jwt.header.get("alg") != "HS256" or provider.hs256_key is None:
        raise AwsError("InvalidIdentityToken", _NO_KEY)
    if not hmac.compare_digest(hmac.digest(provider.hs256_key.encode(), jwt.signed, "sha256"), jwt.signature):
        raise AwsError("InvalidIdentityToken", "Invalid token signature")


def _audience(claims: dict[str, Any], provider: OidcProvider) -> str:
    given = claims.get("aud")
    for audience in given if isinstance(given, list) else [given]:
        if audience in provider.audiences:
            return str(audience)
    raise AwsError("InvalidIdentityToken", "Incorrect token audience")


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise AwsError("InvalidIdentityToken", f"Missing a required claim: {name}")
    return value
