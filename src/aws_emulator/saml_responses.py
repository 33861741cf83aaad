"""Building and signing SAML responses, as identity providers send them for AWS."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from aws_emulator import saml_names
from aws_emulator.clock import iso8601

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_emulator.idp_key import SigningKey

Signed: TypeAlias = Literal["assertion", "response", "both", "nothing"]

_MINUTES = 300
_NAMESPACES = {"saml": saml_names.ASSERTION, "samlp": saml_names.PROTOCOL}
_PASSWORD_CLASS = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"  # noqa: S105
_BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"


@dataclass(slots=True)
class SamlResponse:
    """What a response says; None leaves a part out. Times are in epoch seconds.

    `roles` are the values of the Role attribute, each `role,provider` or `provider,role`; `ends` is the
    NotOnOrAfter of conditions and confirmation, five minutes after `issued` unless it is given.
    """

    issuer: str
    subject: str
    issued: float
    roles: list[str] = field(default_factory=list)
    session_name: str | None = None
    session_seconds: int | None = None
    session_ends: float | None = None
    audience: str | None = saml_names.AUDIENCE
    recipient: str | None = saml_names.SIGN_IN
    begins: float | None = None
    ends: float | None = None
    subject_format: str = saml_names.PERSISTENT
    status: str = saml_names.SUCCESS

    def build(self) -> etree._Element:
        """Give the response element, not signed yet."""
        issued = {"ID": new_id(), "Version": "2.0", "IssueInstant": iso8601(self.issued)}
        destination = {} if self.recipient is None else {"Destination": self.recipient}
        root = etree.Element(f"{{{saml_names.PROTOCOL}}}Response", issued | destination, nsmap=_NAMESPACES)
        _add(root, "saml:Issuer", text=self.issuer)
        _add(_add(root, "samlp:Status"), "samlp:StatusCode", {"Value": self.status})
        assertion = _add(root, "saml:Assertion", issued | {"ID": new_id()})
        _add(assertion, "saml:Issuer", text=self.issuer)
        self._add_subject(assertion)
        self._add_conditions(assertion)
        self._add_sign_in(assertion)
        self._add_attributes(assertion)
        return root

    @property
    def _ends(self) -> str:
        return iso8601(self.issued + _MINUTES if self.ends is None else self.ends)

    def _add_subject(self, assertion: etree._Element) -> None:
        subject = _add(assertion, "saml:Subject")
        _add(subject, "saml:NameID", {"Format": self.subject_format}, self.subject)
        confirmation = _add(subject, "saml:SubjectConfirmation", {"Method": saml_names.BEARER})
        recipient = {} if self.recipient is None else {"Recipient": self.recipient}
        _add(confirmation, "saml:SubjectConfirmationData", {"NotOnOrAfter": self._ends} | recipient)

    def _add_conditions(self, assertion: etree._Element) -> None:
        begins = self.issued if self.begins is None else self.begins
        conditions = _add(assertion, "saml:Conditions", {"NotBefore": iso8601(begins), "NotOnOrAfter": self._ends})
        if self.audience is not None:
            _add(_add(conditions, "saml:AudienceRestriction"), "saml:Audience", text=self.audience)

    def _add_sign_in(self, assertion: etree._Element) -> None:
        members = {"AuthnInstant": iso8601(self.issued), "SessionIndex": new_id()}
        if self.session_ends is not None:
            members["SessionNotOnOrAfter"] = iso8601(self.session_ends)
        context = _add(_add(assertion, "saml:AuthnStatement", members), "saml:AuthnContext")
        _add(context, "saml:AuthnContextClassRef", text=_PASSWORD_CLASS)

    def _add_attributes(self, assertion: etree._Element) -> None:
        statement = _add(assertion, "saml:AttributeStatement")
        if self.roles:
            add_attribute(statement, saml_names.ROLE, *self.roles)
        if self.session_name is not None:
            add_attribute(statement, saml_names.SESSION_NAME, self.session_name)
        if self.session_seconds is not None:
            add_attribute(statement, saml_names.SESSION_DURATION, str(self.session_seconds))


def add_attribute(statement: etree._Element, name: str, *values: str) -> None:
    """Add an attribute to an AttributeStatement."""
    attribute = _add(statement, "saml:Attribute", {"Name": name, "NameFormat": _BASIC})
    for value in values:
        _add(attribute, "saml:AttributeValue", text=value)


def sign(response: etree._Element, key: SigningKey, what: Signed = "assertion") -> etree._Element:
    """Give the response with enveloped signatures over its assertion, over the whole, or over both."""
    if what in ("assertion", "both"):
        assertion = response.find("saml:Assertion", _NAMESPACES)
        if assertion is not None:
            response.replace(assertion, _signed(assertion, key))
    return _signed(response, key) if what in ("response", "both") else response


def to_bytes(response: etree._Element) -> bytes:
    """Give the document."""
    return bytes(etree.tostring(response, xml_declaration=True, encoding="UTF-8"))


def new_id() -> str:
    """Give an identifier that nobody had before; an XML name cannot begin with a digit."""
    return f"_{secrets.token_hex(16)}"


def metadata(entity_id: str, address: str, certificate: str) -> bytes:
    """Give the metadata document of an identity provider (saml-metadata-2.0 2.4.3)."""
    names = {"md": saml_names.METADATA, "ds": saml_names.SIGNATURE}
    root = etree.Element(f"{{{saml_names.METADATA}}}EntityDescriptor", {"entityID": entity_id}, nsmap=names)
    role = etree.SubElement(
        root,
        f"{{{saml_names.METADATA}}}IDPSSODescriptor",
        {"protocolSupportEnumeration": saml_names.PROTOCOL, "WantAuthnRequestsSigned": "false"},
    )
    parent = etree.SubElement(role, f"{{{saml_names.METADATA}}}KeyDescriptor", {"use": "signing"})
    for name in ("KeyInfo", "X509Data", "X509Certificate"):
        parent = etree.SubElement(parent, f"{{{saml_names.SIGNATURE}}}{name}")
    parent.text = "".join(certificate.splitlines()[1:-1])
    etree.SubElement(role, f"{{{saml_names.METADATA}}}NameIDFormat").text = saml_names.PERSISTENT
    binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    service = f"{{{saml_names.METADATA}}}SingleSignOnService"
    etree.SubElement(role, service, {"Binding": binding, "Location": address})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add(
    parent: etree._Element, name: str, attributes: Mapping[str, str] | None = None, text: str | None = None
) -> etree._Element:
    prefix, _, local = name.partition(":")
    child = etree.SubElement(parent, f"{{{_NAMESPACES[prefix]}}}{local}", dict(attributes or {}))
    child.text = text
    return child


def _signed(element: etree._Element, key: SigningKey) -> etree._Element:
    # The schema wants the signature right after the issuer (saml-core-2.0 2.3.3), where this stands for it.
    placeholder = etree.Element(
        f"{{{saml_names.SIGNATURE}}}Signature", {"Id": "placeholder"}, nsmap={"ds": saml_names.SIGNATURE}
    )
    element.insert(1, placeholder)
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    return signer.sign(
        element, key=key.private, cert=[key.certificate], reference_uri=element.get("ID"), id_attribute="ID"
    )
