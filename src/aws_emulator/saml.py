"""SAML assertions: the seam behind which their verification will stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aws_emulator.errors import AwsError


@dataclass(frozen=True, slots=True)
class ProvenAssertion:
    """What a verified assertion says."""

    subject: str
    subject_type: str
    issuer: str
    audience: str
    name_qualifier: str
    session_name: str
    claims: dict[str, str]


class SamlAssertions(Protocol):
    """Whoever verifies assertions."""

    def verify(self, document: bytes, provider_arn: str, role_arn: str) -> ProvenAssertion:
        """Give what a response document proves, or raise `AwsError` InvalidIdentityToken."""
        ...


class NoSamlAssertions:
    """Refuses every assertion: an emulator that cannot check a signature must not accept one."""

    def verify(self, document: bytes, provider_arn: str, role_arn: str) -> ProvenAssertion:
        """Raise InvalidIdentityToken."""
        raise AwsError("InvalidIdentityToken", "Response signature invalid: the emulator verifies no SAML yet.")
