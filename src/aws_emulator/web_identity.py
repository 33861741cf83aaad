"""Web identity tokens: JWTs checked against the OIDC providers registered in the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_emulator import json_web_keys, json_web_tokens
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.issuer_keys import IssuerKeys
    from aws_emulator.json_web_tokens import Jwt
    from aws_emulator.state import OidcProvider, State

# A token may come this much too early: clocks differ.
SKEW_SECONDS = 300

_NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
# The two spaces are AWS's.
_NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  "
    "please reference AssumeRoleWithWebIdentity documentation for requirements"
)
_SEVERAL_AUDIENCES = "Token audience contains more than one audience while authorized party is not present"


@dataclass(frozen=True, slots=True)
class ProvenToken:
    """What a verified token says; `claims` holds those that trust policies may ask about."""

    provider_arn: str
    subject: str
    audience: str
    claims: dict[str, str]


class WebIdentityTokens:
    """Verifies tokens with the public keys of their issuer: the provider's, or else the emulator's own."""

    def __init__(self, state: State, clock: Clock, issuer_keys: IssuerKeys) -> None:
        self._state = state
        self._clock = clock
        self._issuer_keys = issuer_keys

    def verify(self, token: str, account: str) -> ProvenToken:
        """Give what a token proves in one account, or raise InvalidIdentityToken or ExpiredTokenException."""
        jwt = _parse(token)
        claims = jwt.claims
        issuer = _text(claims, "iss")
        provider = self._provider(issuer, account)
        published = self._issuer_keys.published() if provider.jwks is None else provider.jwks
        _check_signature(jwt, published)
        self._check_times(claims)
        audience = _audience(claims)
        if audience not in provider.audiences:
            raise _invalid("Incorrect token audience")
        subject = _text(claims, "sub")
        texts = {name: value for name, value in claims.items() if isinstance(value, str)}
        return ProvenToken(provider.arn, subject, audience, texts | {"aud": audience})

    def _provider(self, issuer: str, account: str) -> OidcProvider:
        for provider in self._state.oidc_providers:
            if provider.account == account and provider.issuer == issuer:
                return provider
        raise _invalid(f"No OpenIDConnect provider found in your account for {issuer}")

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = int(self._clock.now())
        expires, issued = _time(claims, "exp"), _time(claims, "iat")
        if expires <= now:
            # AWS writes no space before the second number.
            message = f"Token expired: current date/time {now} must be before the expiration date/time{expires}"
            raise AwsError("ExpiredTokenException", message)
        if issued > now + SKEW_SECONDS:
            raise _invalid("The token was issued in the future.")
        if "nbf" in claims and _time(claims, "nbf") > now + SKEW_SECONDS:
            raise _invalid("The token is not valid yet.")


def _parse(token: str) -> Jwt:
    try:
        return json_web_tokens.parse(token)
    except ValueError as error:
        raise _invalid(_NOT_A_JWT) from error


def _check_signature(jwt: Jwt, published: list[dict[str, str]]) -> None:
    # The header says which of the issuer's keys it was; what else it says of keys is its maker's word only.
    key_id = jwt.header.get("kid")
    jwks = published if key_id is None else [jwk for jwk in published if jwk.get("kid") == key_id]
    if len(jwks) != 1 or jwks[0].get("alg", jwt.header.get("alg")) != jwt.header.get("alg"):
        raise _invalid(_NO_KEY)
    try:
        key = json_web_keys.public_key(jwks[0])
    except ValueError as error:
        raise _invalid(_NO_KEY) from error
    if not json_web_keys.fits(key, jwt.header.get("alg")):
        raise _invalid(_NO_KEY)
    # Extensions that must be understood are not (RFC 7515 4.1.11).
    if "crit" in jwt.header or not json_web_keys.verifies(key, jwt):
        raise _invalid("Invalid token signature")


def _audience(claims: dict[str, Any]) -> str:
    """Give whom a token is for: the authorized party if it names one, else its only audience."""
    if "azp" in claims:
        return _text(claims, "azp")
    given = claims.get("aud")
    if isinstance(given, list) and len(given) > 1:
        raise _invalid(_SEVERAL_AUDIENCES)
    return _text({"aud": given[0]} if isinstance(given, list) and given else claims, "aud")


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise _invalid(f"Missing a required claim: {name}")
    return value


def _time(claims: dict[str, Any], name: str) -> int:
    # The API reference: timestamps are integers.
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid(f"Missing a required claim: {name}")
    return value


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidIdentityToken", message)
