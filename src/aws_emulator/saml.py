"""What a SAML response proves to STS, checked against the provider registered in IAM.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aws_emulator import saml_names
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from lxml.etree import _Element

    from aws_emulator.clock import Clock
    from aws_emulator.identity_provider import IdentityProvider
    from aws_emulator.saml_directory import SamlProvider
    from aws_emulator.state import State

# An identity provider's clock may be ahead; what has expired has expired.
_SKEW = 300
_REDEEM_WITHIN = 300
_NAMES = {"saml": saml_names.ASSERTION, "samlp": saml_names.PROTOCOL}
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z")
_RESPONSE_INVALID = "Your request included an invalid SAML response."


@dataclass(frozen=True, slots=True)
class ProvenAssertion:
    """What a verified assertion says; `session_ends` (epoch seconds) is when the provider's own session does."""

    subject: str
    subject_type: str
    issuer: str
    audience: str
    name_qualifier: str
    session_name: str
    session_ends: float | None
    claims: dict[str, str]


class SamlAssertions:
    """Verifies responses with the certificates of the state's providers, by the emulator's clock."""

    def __init__(self, state: State, clock: Clock, own: IdentityProvider) -> None:
        self._state = state
        self._clock = clock
        self._own = own

    def verify(self, document: bytes, provider_arn: str, role_arn: str) -> ProvenAssertion:
        """Give what a response proves; raises `AwsError` with the code STS has for what is wrong with it."""
        from aws_emulator.saml_documents import BadDocument, BadSignature, parse, signed_assertion

        entity_id, certificates = self._party(self._state.saml_providers[provider_arn])
        try:
            response = parse(document)
            _check_status(response)
            assertion = signed_assertion(response, certificates)
        except BadDocument as error:
            raise _invalid(f"{_RESPONSE_INVALID} ({error})") from error
        except BadSignature as error:
            raise _invalid("Response signature invalid") from error
        if _text(assertion, "saml:Issuer") != entity_id:
            raise _invalid("Issuer not present in specified provider")
        return self._proven(assertion, entity_id, provider_arn, role_arn)

    def _party(self, provider: SamlProvider) -> tuple[str, list[str]]:
        if provider.entity_id:
            return provider.entity_id, provider.certificates
        return self._own.entity_id, [self._own.certificate]

    def _proven(self, assertion: _Element, issuer: str, provider_arn: str, role_arn: str) -> ProvenAssertion:
        name_id = assertion.find("saml:Subject/saml:NameID", _NAMES)
        subject = _text(assertion, "saml:Subject/saml:NameID")
        if name_id is None or not subject:
            raise _invalid(f"{_RESPONSE_INVALID} (there is no NameID)")
        self._check_conditions(assertion)
        recipient = self._recipient(assertion)
        session_name = _session_name(assertion)
        pairs = _values(assertion, saml_names.ROLE)
        if not pairs:
            raise _invalid(f"{_RESPONSE_INVALID} (there is no Role)")
        if not any(_is_pair(value, role_arn, provider_arn) for value in pairs):
            raise AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", 403)
        subject_type = (name_id.get("Format") or "").removeprefix(saml_names.NAME_FORMAT)
        qualifier = _name_qualifier(issuer, provider_arn)
        return ProvenAssertion(
            subject=subject,
            subject_type=subject_type,
            issuer=issuer,
            audience=recipient,
            name_qualifier=qualifier,
            session_name=session_name,
            session_ends=self._session_end(assertion),
            claims={
                saml_names.RECIPIENT_CLAIM: recipient,
                "SAML:iss": issuer,
                "SAML:sub": subject,
                "SAML:sub_type": subject_type,
                "SAML:namequalifier": qualifier,
            },
        )

    def _check_conditions(self, assertion: _Element) -> None:
        now = self._clock.now()
        issued = _time(assertion, "IssueInstant")
        if issued is None or issued > now + _SKEW:
            raise _invalid(f"{_RESPONSE_INVALID} (it was not issued yet)")
        if issued <= now - _REDEEM_WITHIN:
            raise AwsError("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
        conditions = assertion.find("saml:Conditions", _NAMES)
        if conditions is None:
            raise _invalid("Invalid SAML assertion: missing audience")
        self._check_time_limits(conditions)
        restrictions = conditions.findall("saml:AudienceRestriction", _NAMES)
        if not restrictions:
            raise _invalid("Invalid SAML assertion: missing audience")
        # Every restriction must be met, each by one of its audiences (saml-core-2.0 2.5.1.4).
        for restriction in restrictions:
            audiences = [_whole_text(audience) for audience in restriction.findall("saml:Audience", _NAMES)]
            if not any(text == saml_names.AUDIENCE or saml_names.is_sign_in(text) for text in audiences):
                raise _invalid("Response does not contain the required audience.")

    def _check_time_limits(self, element: _Element) -> None:
        now = self._clock.now()
        begins, ends = _time(element, "NotBefore"), _time(element, "NotOnOrAfter")
        if begins is not None and begins > now + _SKEW:
            raise _invalid(f"{_RESPONSE_INVALID} (it is not valid yet)")
        if ends is not None and ends <= now:
            raise AwsError("ExpiredTokenException", "Token is expired")

    def _recipient(self, assertion: _Element) -> str:
        confirmations = [
            data
            for confirmation in assertion.findall("saml:Subject/saml:SubjectConfirmation", _NAMES)
            if confirmation.get("Method") == saml_names.BEARER
            and (data := confirmation.find("saml:SubjectConfirmationData", _NAMES)) is not None
        ]
        if len(confirmations) != 1 or confirmations[0].get("NotOnOrAfter") is None:
            raise _invalid(f"{_RESPONSE_INVALID} (the subject is not confirmed)")
        self._check_time_limits(confirmations[0])
        return confirmations[0].get("Recipient") or ""

    def _session_end(self, assertion: _Element) -> float | None:
        statements = assertion.findall("saml:AuthnStatement", _NAMES)
        ends = [end for each in statements if (end := _time(each, "SessionNotOnOrAfter")) is not None]
        if not statements:
            raise _invalid(f"{_RESPONSE_INVALID} (there is no AuthnStatement)")
        if ends and min(ends) <= self._clock.now():
            raise AwsError("ExpiredTokenException", "Token is expired")
        return min(ends, default=None)


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidIdentityToken", message)


def _check_status(response: _Element) -> None:
    code = response.find("samlp:Status/samlp:StatusCode", _NAMES)
    if code is None or code.get("Value") != saml_names.SUCCESS:
        message = "The identity provider (IdP) reported that authentication failed."
        raise AwsError("IDPRejectedClaim", message, 403)


def _whole_text(element: _Element | None) -> str:
    from aws_emulator.saml_documents import text_of

    return text_of(element).strip()


def _text(element: _Element, path: str) -> str:
    found = element.findall(path, _NAMES)
    return _whole_text(found[0]) if len(found) == 1 else ""


def _time(element: _Element, attribute: str) -> float | None:
    text = element.get(attribute)
    if text is None:
        return None
    try:
        # SAML times are in UTC and say so (saml-core-2.0 1.3.3).
        return datetime.fromisoformat(text).timestamp() if _TIME.fullmatch(text) else _no_time(attribute)
    except ValueError:
        return _no_time(attribute)


def _no_time(attribute: str) -> float:
    raise _invalid(f"{_RESPONSE_INVALID} ({attribute} is no time in UTC)")


def _values(assertion: _Element, name: str) -> list[str]:
    found = [each for each in assertion.iterfind(".//saml:Attribute", _NAMES) if each.get("Name") == name]
    # Which of two counts is a guess, and readers guess differently.
    if len(found) > 1:
        raise _invalid(f"{_RESPONSE_INVALID} (there is more than one attribute {name})")
    return [_whole_text(value) for each in found for value in each.findall("saml:AttributeValue", _NAMES)]


def _session_name(assertion: _Element) -> str:
    values = _values(assertion, saml_names.SESSION_NAME)
    if len(values) != 1:
        raise _invalid("RoleSessionName is required in AuthnResponse")
    if not re.fullmatch(r"[a-zA-Z_0-9+=,.@-]{2,64}", values[0]):
        raise _invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    return values[0]


def _is_pair(value: str, role_arn: str, provider_arn: str) -> bool:
    parts = [part.strip() for part in value.split(",")]
    return parts in ([role_arn, provider_arn], [provider_arn, role_arn])


def _name_qualifier(issuer: str, provider_arn: str) -> str:
    # The formula stands in the API reference of AssumeRoleWithSAML.
    account, name = provider_arn.split(":")[4], provider_arn.rpartition("/")[2]
    return base64.b64encode(hashlib.sha1(f"{issuer}{account}/{name}".encode()).digest()).decode()  # noqa: S324
