"""Builds the responses of data/saml_cases.yaml: a good one, and what makes each of them different."""

from __future__ import annotations

import base64
import copy
import re
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from aws_emulator import saml_names
from aws_emulator.idp_key import SigningKey, new_signing_key, own_signing_key
from aws_emulator.saml_responses import SamlResponse, add_attribute, sign, to_bytes

PROVIDER = "arn:aws:iam::111111111111:saml-provider/Example"
ADMIN = "arn:aws:iam::111111111111:role/SamlAdmin"
READ_ONLY = "arn:aws:iam::111111111111:role/SamlReadOnly"
OTHER = "arn:aws:iam::222222222222:role/Other"
_ARNS = {"admin": ADMIN, "read_only": READ_ONLY, "other": OTHER, "provider": PROVIDER}
_TIMES = ("issued", "begins", "ends", "session_ends")
_NAMES = {"saml": saml_names.ASSERTION, "samlp": saml_names.PROTOCOL, "ds": saml_names.SIGNATURE}
_ASSERTION = f"{{{saml_names.ASSERTION}}}Assertion"
_ROLE_VALUES = f"saml:Assertion/saml:AttributeStatement/saml:Attribute[@Name='{saml_names.ROLE}']/saml:AttributeValue"


@dataclass(frozen=True)
class Case:
    """One response; see the head of the data file."""

    name: str
    reader: str | None
    sts: str | None
    content: dict[str, Any] = field(default_factory=dict)
    signed: Any = "assertion"
    key: str = "own"
    before: str = ""
    after: str = ""
    sent: str = ""

    def build(self, issuer: str, now: float) -> str:
        """Give the response as it travels in a form, issued now (epoch seconds) by an entity id."""
        if self.sent:
            return str(_named(self.sent)())
        response = self.response(issuer, now).build()
        if self.before:
            _named(self.before)(response)
        document = sign(response, another_key() if self.key == "another" else own_signing_key(), self.signed)
        changed = _named(self.after)(document) if self.after else document
        if not isinstance(changed, bytes):
            changed = to_bytes(document if changed is None else changed)
        return base64.b64encode(changed).decode()

    def response(self, issuer: str, now: float) -> SamlResponse:
        """Give what the response says."""
        changes = {name: now + value if name in _TIMES else value for name, value in self.content.items()}
        if "roles" in changes:
            changes["roles"] = [value.format(**_ARNS) for value in changes["roles"]]
        good = SamlResponse(issuer, "ann@example.com", now, [f"{ADMIN},{PROVIDER}"], "ann@example.com")
        return replace(good, **changes)


def cases() -> list[Case]:
    """Read the data file."""
    text = Path(__file__).with_name("data").joinpath("saml_cases.yaml").read_text(encoding="utf-8")
    return [Case(**members) for members in yaml.safe_load(text)]


@cache
def another_key() -> SigningKey:
    """A key that no provider has registered."""
    return new_signing_key("somebody else")


def _named(name: str) -> Any:
    return globals()[name]


def _find(response: Any, path: str) -> Any:
    found = response.find(path, _NAMES)
    assert found is not None, path
    return found


def _assertion(response: Any) -> Any:
    return _find(response, "saml:Assertion")


def _drop(element: Any) -> None:
    element.getparent().remove(element)


# --- changes before signing -----------------------------------------------------------------------------------


def whitespace_around_values(response: Any) -> None:
    for value in response.iter(f"{{{saml_names.ASSERTION}}}AttributeValue", f"{{{saml_names.ASSERTION}}}NameID"):
        value.text = f"\n    {value.text}\n  "


def attributes_of_others(response: Any) -> None:
    statement = _find(response, "saml:Assertion/saml:AttributeStatement")
    for value in ("one", "two"):
        add_attribute(statement, "urn:oid:1.3.6.1.4.1.5923.1.1.1.7", value)


def no_time_of_issue(response: Any) -> None:
    del _assertion(response).attrib["IssueInstant"]


def a_time_that_is_none(response: Any) -> None:
    _find(response, "saml:Assertion/saml:Conditions").set("NotOnOrAfter", "tomorrow")


def second_restriction(response: Any) -> None:
    restriction = _find(response, "saml:Assertion/saml:Conditions/saml:AudienceRestriction")
    other = copy.deepcopy(restriction)
    other[0].text = "https://app.example.com"
    restriction.addnext(other)


def no_status(response: Any) -> None:
    _drop(_find(response, "samlp:Status"))


def no_subject(response: Any) -> None:
    _drop(_find(response, "saml:Assertion/saml:Subject/saml:NameID"))


def role_attribute_twice(response: Any) -> None:
    add_attribute(_find(response, "saml:Assertion/saml:AttributeStatement"), saml_names.ROLE, f"{READ_ONLY},{PROVIDER}")


def session_name_twice(response: Any) -> None:
    add_attribute(_find(response, "saml:Assertion/saml:AttributeStatement"), saml_names.SESSION_NAME, "root")


def two_assertions(response: Any) -> None:
    other = copy.deepcopy(_assertion(response))
    other.set("ID", "_other")
    response.append(other)


def element_in_role(response: Any) -> None:
    value = _find(response, _ROLE_VALUES)
    begin, end = value.text[:20], value.text[20:]
    value.text = begin
    etree.SubElement(value, "b").text = end


# --- changes after signing ------------------------------------------------------------------------------------


def byte_order_mark(response: Any) -> bytes:
    return b"\xef\xbb\xbf" + to_bytes(response)


def other_name(response: Any) -> None:
    _find(response, "saml:Assertion/saml:Subject/saml:NameID").text = "root@example.com"


def role_added(response: Any) -> None:
    value = _find(response, _ROLE_VALUES)
    other = copy.deepcopy(value)
    other.text = f"{ADMIN},{PROVIDER}"
    value.addnext(other)


def hmac_signature(response: Any) -> Any:
    from signxml.algorithms import SignatureMethod

    signer = XMLSigner(
        signature_algorithm=SignatureMethod.HMAC_SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return signer.sign(response, key=own_signing_key().certificate, reference_uri=response.get("ID"), id_attribute="ID")


def _forged(response: Any) -> Any:
    """The signed assertion with another name, another identifier and no signature."""
    forged = copy.deepcopy(_assertion(response))
    forged.set("ID", "_forged")
    _drop(_find(forged, "ds:Signature"))
    _find(forged, "saml:Subject/saml:NameID").text = "root@example.com"
    return forged


def wrapped_forged_first(response: Any) -> None:
    _assertion(response).addprevious(_forged(response))


def wrapped_forged_last(response: Any) -> None:
    response.append(_forged(response))


def wrapped_inside(response: Any) -> None:
    forged, signed = _forged(response), _assertion(response)
    response.replace(signed, forged)
    forged.append(signed)


def wrapped_in_object(response: Any) -> None:
    forged, signed = _forged(response), _assertion(response)
    signature = copy.deepcopy(_find(signed, "ds:Signature"))
    response.replace(signed, forged)
    forged.insert(1, signature)
    etree.SubElement(signature, f"{{{saml_names.SIGNATURE}}}Object").append(signed)


def wrapped_in_extensions(response: Any) -> None:
    forged, signed = _forged(response), _assertion(response)
    response.replace(signed, forged)
    extensions = etree.Element(f"{{{saml_names.PROTOCOL}}}Extensions")
    response.insert(1, extensions)
    extensions.append(signed)


def wrapped_same_identifier(response: Any) -> None:
    forged = _forged(response)
    forged.set("ID", _assertion(response).get("ID"))
    _assertion(response).addprevious(forged)


def wrapped_response(response: Any) -> Any:
    forged = copy.deepcopy(response)
    forged.set("ID", "_forged")
    _find(forged, "saml:Assertion/saml:Subject/saml:NameID").text = "root@example.com"
    etree.SubElement(_find(forged, "ds:Signature"), f"{{{saml_names.SIGNATURE}}}Object").append(response)
    return forged


def signature_of_another_element(response: Any) -> None:
    """Move a signature over some other message of the provider into the assertion."""
    message = etree.Element(f"{{{saml_names.PROTOCOL}}}LogoutRequest", {"ID": "_logout"}, nsmap=_NAMES)
    key = own_signing_key()
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    message = signer.sign(message, key=key.private, cert=[key.certificate], reference_uri="_logout", id_attribute="ID")
    extensions = etree.Element(f"{{{saml_names.PROTOCOL}}}Extensions")
    response.insert(1, extensions)
    _assertion(response).insert(1, _find(message, "ds:Signature"))
    extensions.append(message)


def encrypted_assertion(response: Any) -> None:
    encrypted = etree.Element(f"{{{saml_names.ASSERTION}}}EncryptedAssertion")
    etree.SubElement(encrypted, "{http://www.w3.org/2001/04/xmlenc#}EncryptedData")
    response.replace(_assertion(response), encrypted)


def no_assertion(response: Any) -> None:
    _drop(_assertion(response))


def assertion_elsewhere(response: Any) -> None:
    signed = _assertion(response)
    extensions = etree.Element(f"{{{saml_names.PROTOCOL}}}Extensions")
    response.insert(1, extensions)
    extensions.append(signed)


def comment_in_name(response: Any) -> bytes:
    return to_bytes(response).replace(b"ann@example.com.evil", b"ann@example.com<!-- -->.evil")


def comment_in_role(response: Any) -> bytes:
    return to_bytes(response).replace(b"SamlAdminLite", b"SamlAdmin<!-- -->Lite")


def processing_instruction(response: Any) -> bytes:
    return to_bytes(response).replace(b"role/SamlAdmin", b"role/<?php ?>SamlAdmin")


def _with_prolog(response: Any, prolog: bytes, entity: bytes = b"") -> bytes:
    document = to_bytes(response).replace(b"\n", b"\n" + prolog, 1)
    return document.replace(b'persistent">ann@', b'persistent">' + entity + b"ann@") if entity else document


def document_type(response: Any) -> bytes:
    return _with_prolog(response, b"<!DOCTYPE Response>\n")


def entity_bomb(response: Any) -> bytes:
    lines = [b'<!ENTITY a0 "aaaaaaaaaa">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 10)]
    return _with_prolog(response, b"<!DOCTYPE Response [" + b"".join(lines) + b"]>\n", b"&a9;")


def external_entity(response: Any) -> bytes:
    return _with_prolog(response, b'<!DOCTYPE R [<!ENTITY file SYSTEM "file:///etc/passwd">]>\n', b"&file;")


def _with_extension(response: Any, content: bytes) -> bytes:
    tag = b"<samlp:Status>"
    return to_bytes(response).replace(tag, b"<samlp:Extensions>" + content + b"</samlp:Extensions>" + tag)


def ten_megabytes(response: Any) -> bytes:
    return _with_extension(response, b"x" * 10_000_000)


def too_long(response: Any) -> bytes:
    return _with_extension(response, b"x" * 90_000)


def deep_nesting(response: Any) -> bytes:
    return _with_extension(response, b"<a>" * 5000 + b"</a>" * 5000)


def not_xml(response: Any) -> bytes:
    return b"this is no document"


def cut_off(response: Any) -> bytes:
    return to_bytes(response)[:-20]


def another_document(response: Any) -> bytes:
    return b'<html xmlns="http://www.w3.org/1999/xhtml"><body>Sign in</body></html>'


def reference_to_nul(response: Any) -> bytes:
    return to_bytes(response).replace(b"ann@", b"&#0;ann@")


def raw_nul(response: Any) -> bytes:
    return to_bytes(response).replace(b"ann@", b"\0ann@")


def reference_to_surrogate(response: Any) -> bytes:
    return to_bytes(response).replace(b"ann@", b"&#xD800;ann@")


def raw_surrogate(response: Any) -> bytes:
    return to_bytes(response).replace(b"ann@", b"\xed\xa0\x80ann@")


def _declaring(response: Any, encoding: str) -> str:
    return re.sub("encoding='[^']+'", f"encoding='{encoding}'", to_bytes(response).decode(), count=1)


def utf_16(response: Any) -> bytes:
    return _declaring(response, "UTF-16").encode("utf-16")


def utf_7(response: Any) -> bytes:
    return _declaring(response, "UTF-7").encode("utf-7")


def xml_1_1(response: Any) -> bytes:
    return to_bytes(response).replace(b"version='1.0'", b"version='1.1'")


# --- what is sent instead of base64 ---------------------------------------------------------------------------


def not_base64() -> str:
    return "%%% this is not base64 %%%"


def empty() -> str:
    return ""
