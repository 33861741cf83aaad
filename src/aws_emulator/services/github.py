"""GitHub's part of a job: ID tokens for whoever has the job's request token, and the keys to verify them.

https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from aws_emulator.errors import AwsError
from aws_emulator.github_job import ISSUER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.issuer_keys import IssuerKeys
    from aws_emulator.state import State

API_VERSION = "2.0"
TOKEN_PATH = "/github/token"  # noqa: S105 - a path
CONFIGURATION_PATH = "/.well-known/openid-configuration"
KEYS_PATH = "/.well-known/jwks"


def refusal(error: AwsError) -> Response:
    """Render an error as JSON."""
    response = _answer({"message": error.message, "typeKey": error.code}, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 15.5.2
    return response


class GitHub:
    """The token endpoint of a job, and the documents of its issuer."""

    def __init__(self, state: State, clock: Clock, issuer_keys: IssuerKeys) -> None:
        self._state = state
        self._clock = clock
        self._issuer_keys = issuer_keys

    def CreateIdToken(self, call: Call) -> Response:
        """Give an ID token of the job for an audience."""
        job = self._state.github
        scheme, _, request_token = call.request.headers.get("Authorization", "").partition(" ")
        given, wanted = request_token.encode("utf-8", "replace"), job.request_token.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(given, wanted):
            raise AwsError("UnauthorizedRequestException", "The request token is missing or wrong.", 401)
        call.caller = job.repository
        # Whoever appends a second `?` instead of `&` ends here.
        if call.request.args.get("api-version") != API_VERSION:
            raise AwsError("VssVersionNotSpecifiedException", f"The api-version is not {API_VERSION}.")
        claims = job.claims(call.request.args.get("audience", ""), int(self._clock.now()))
        call.notes |= {"subject": claims["sub"], "audience": claims["aud"]}
        token = self._issuer_keys.current().sign(claims)
        return _answer({"count": len(token), "value": token})

    def ReadConfiguration(self, call: Call) -> Response:
        """Give the issuer's configuration (OpenID Connect Discovery 4.2)."""
        return _answer(
            {
                "issuer": ISSUER,
                "jwks_uri": f"{call.request.host_url.rstrip('/')}{KEYS_PATH}",
                "subject_types_supported": ["public", "pairwise"],
                "response_types_supported": ["id_token"],
                "claims_supported": list(self._state.github.claims("", 0)),
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid"],
            }
        )

    def ReadKeys(self, call: Call) -> Response:
        """Give the issuer's public keys (RFC 7517 5)."""
        return _answer({"keys": self._issuer_keys.published()})


def _answer(members: Mapping[str, Any], status: int = 200) -> Response:
    response = Response(json.dumps(members), status, content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
