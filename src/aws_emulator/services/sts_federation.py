"""The unsigned operations of STS: a token from an identity provider is traded for a role."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from aws_emulator import query_protocol
from aws_emulator.errors import AwsError
from aws_emulator.keys import Key, Keys, role_session
from aws_emulator.role_answers import HOUR, check_role_duration, role_result
from aws_emulator.sts_parameters import Parameters
from aws_emulator.trust import may_federate

if TYPE_CHECKING:
    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.saml import SamlAssertions
    from aws_emulator.state import State
    from aws_emulator.web_identity import WebIdentityTokens


class StsFederation:
    """AssumeRoleWithWebIdentity and AssumeRoleWithSAML; who checks the proof is handed in."""

    def __init__(
        self, state: State, clock: Clock, keys: Keys, tokens: WebIdentityTokens, assertions: SamlAssertions
    ) -> None:
        self._state = state
        self._clock = clock
        self._keys = keys
        self._tokens = tokens
        self._assertions = assertions

    def AssumeRoleWithWebIdentity(self, call: Call) -> Response:
        """Become a role that trusts the issuer of an OIDC token for its subject and audience."""
        parameters = Parameters(call.request)
        role_arn, session_name = parameters.role_arn(), parameters.session_name()
        token = parameters.text("WebIdentityToken", 4, 20000)
        seconds = parameters.seconds("DurationSeconds", 900, 43200, HOUR)
        parameters.check_policy()
        call.notes["role"] = role_arn
        proven = self._tokens.verify(token, role_arn.split(":")[4])
        call.caller = proven.subject
        key = self._become(call, role_arn, session_name, seconds, proven.provider_arn, proven.claims)
        more = {
            "SubjectFromWebIdentityToken": proven.subject,
            "Audience": proven.audience,
            "Provider": proven.provider_arn,
        }
        return query_protocol.answer(call.operation, role_result(key) | more)

    def AssumeRoleWithSAML(self, call: Call) -> Response:
        """Become a role that trusts a SAML provider for an assertion."""
        parameters = Parameters(call.request)
        role_arn, provider_arn = parameters.role_arn(), parameters.text("PrincipalArn", 20)
        encoded = parameters.text("SAMLAssertion", 4, 100000)
        seconds = parameters.seconds("DurationSeconds", 900, 43200, HOUR)
        parameters.check_policy()
        call.notes["role"] = role_arn
        if provider_arn not in self._state.saml_providers:
            raise AwsError("InvalidIdentityToken", "Specified provider doesn't exist")
        try:
            document = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise AwsError("InvalidIdentityToken", "Invalid base64 SAMLResponse") from error
        proven = self._assertions.verify(document, provider_arn, role_arn)
        call.caller = proven.subject
        key = self._become(
            call, role_arn, proven.session_name, seconds, provider_arn, proven.claims, proven.session_ends
        )
        more = {
            "Subject": proven.subject,
            "SubjectType": proven.subject_type,
            "Issuer": proven.issuer,
            "Audience": proven.audience,
            "NameQualifier": proven.name_qualifier,
        }
        return query_protocol.answer(call.operation, role_result(key) | more)

    def _become(
        self,
        call: Call,
        role_arn: str,
        session_name: str,
        seconds: int,
        provider_arn: str,
        claims: dict[str, str],
        ends: float | None = None,
    ) -> Key:
        role = self._state.roles.get(role_arn)
        if role is None or not may_federate(provider_arn, claims, role):
            raise AwsError("AccessDenied", f"Not authorized to perform sts:{call.operation}", 403)
        check_role_duration(seconds, role.max_session_duration)
        if ends is not None:
            seconds = max(1, min(seconds, int(ends - self._clock.now())))
        return self._keys.issue(role_session(role_arn, session_name, role.allows), seconds)
