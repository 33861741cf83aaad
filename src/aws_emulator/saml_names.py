"""The names that SAML (OASIS saml-core-2.0), its signatures and AWS give to things in a response."""

from __future__ import annotations

import re

ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
NAME_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
PERSISTENT = f"{NAME_FORMAT}persistent"

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
AWS_ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
ROLE = f"{AWS_ATTRIBUTES}Role"
SESSION_NAME = f"{AWS_ATTRIBUTES}RoleSessionName"
SESSION_DURATION = f"{AWS_ATTRIBUTES}SessionDuration"
AUDIENCE = "urn:amazon:webservices"
SIGN_IN = "https://signin.aws.amazon.com/saml"
RECIPIENT_CLAIM = "SAML:aud"

_SIGN_IN = re.compile(
    r"https://(?:[a-z]{2}(?:-[a-z]+)+-[0-9]\.)?signin\.aws\.amazon\.com(?::443)?/saml(?:/acs/[\w-]+)?"
)


def is_sign_in(address: str) -> bool:
    """Say whether an address is one to which AWS's sign-in takes responses, global or of a region."""
    return _SIGN_IN.fullmatch(address) is not None
