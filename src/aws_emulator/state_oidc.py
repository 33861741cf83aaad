"""The OIDC providers of a state file: their issuers, audiences and published keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_emulator import json_web_keys
from aws_emulator.state import OidcProvider, State
from aws_emulator.state_parts import account_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_emulator.yaml_values import Value

# The members that say what the key is; issuers publish a few more, which are no secret and say it again.
_MEMBERS = ("kty", "kid", "alg", "use", "n", "e", "crv", "x", "y")
_MORE_MEMBERS = ("key_ops", "x5c", "x5t", "x5t#S256", "x5u")


def read_oidc_providers(value: Value, state: State) -> Iterator[OidcProvider]:
    """Give the providers; an account has one per issuer, as in IAM."""
    arns: set[str] = set()
    for item in value.items():
        members = item.members(("account", "issuer", "audiences"), ("jwks",))
        issuer = members["issuer"].text()
        if not issuer.startswith("https://"):
            members["issuer"].fail("an issuer begins with https://")
        provider = OidcProvider(
            account=account_id_of(members["account"], members["account"].text(), state),
            issuer=issuer,
            audiences=[audience.text() for audience in members["audiences"].items()],
            jwks=_jwks(members["jwks"]) if "jwks" in members else None,
        )
        if provider.arn in arns:
            item.fail("this account has a provider for this issuer already")
        arns.add(provider.arn)
        yield provider


def _jwks(value: Value) -> list[dict[str, str]]:
    jwks: list[dict[str, str]] = []
    for item in value.items():
        members = item.members(("kty", "kid"), _MEMBERS[2:] + _MORE_MEMBERS)
        jwk = {name: members[name].text() for name in _MEMBERS if name in members}
        try:
            key = json_web_keys.public_key(jwk)
        except ValueError as error:
            item.fail(f"this is no public key: {error}")
        if "alg" in jwk and not json_web_keys.fits(key, jwk["alg"]):
            members["alg"].fail(f"expected one of {', '.join(json_web_keys.ALGORITHMS)} that fits the key")
        if jwk["kid"] in [other["kid"] for other in jwks]:
            members["kid"].fail("another key has this kid")
        jwks.append(jwk)
    return jwks
