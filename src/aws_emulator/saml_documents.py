"""SAML responses as documents: parsed without trust, and cut down to what a signature covers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cryptography.x509 import load_pem_x509_certificate
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from aws_emulator.saml_names import ASSERTION, PROTOCOL, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterable

_RESPONSE_TAG = f"{{{PROTOCOL}}}Response"
_ASSERTION_TAG = f"{{{ASSERTION}}}Assertion"
_DECLARATION = re.compile(
    r"""\ufeff?<\?xml\s+version=(["'])1\.0\1(?:\s+encoding=(["'])(?i:utf-8|us-ascii)\2)?(?:\s+standalone=[^>]*)?\s*\?>"""
)
_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})


class BadDocument(ValueError):
    """The document is no SAML response; the message says why."""


class BadSignature(ValueError):
    """No signature of the provider covers the assertion."""


def parse(document: bytes) -> etree._Element:
    """Give the response element; `BadDocument` for anything that is more or less than plain XML in UTF-8."""
    root = _parse_xml(document)
    if root.tag != _RESPONSE_TAG:
        raise BadDocument("the document is no Response")
    assertions = list(root.iter(_ASSERTION_TAG))
    # A second assertion anywhere is how signatures get wrapped around what they do not cover.
    if len(assertions) != 1 or assertions[0].getparent() is not root:
        raise BadDocument("there must be exactly one Assertion, in the Response")
    return root


def signed_assertion(response: etree._Element, certificates: Iterable[str]) -> etree._Element:
    """Give the assertion as it was signed, of the response or by itself; `BadSignature` if it was not."""
    pems = list(certificates)
    if response.find(f"{{{SIGNATURE}}}Signature") is not None:
        signed = _verified(response, "./", pems, _RESPONSE_TAG, response.get("ID"))
        return signed[signed.index(next(signed.iterchildren(_ASSERTION_TAG)))]
    assertion = next(response.iterchildren(_ASSERTION_TAG))
    return _verified(response, f"./{_ASSERTION_TAG}/", pems, _ASSERTION_TAG, assertion.get("ID"))


def text_of(element: etree._Element | None) -> str:
    """Give the whole text of an element, without its comments; "" where it is missing or holds elements."""
    if element is None or any(isinstance(child.tag, str) for child in element):
        return ""
    # `element.text` ends at the first comment, so that a@b.c<!---->.evil would read a@b.c.
    return str(element.xpath("string()"))


def _parse_xml(document: bytes) -> etree._Element:
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadDocument("the document is not UTF-8") from error
    if text.lstrip("\ufeff").startswith("<?xml") and not _DECLARATION.match(text):
        raise BadDocument("the document declares something else than XML 1.0 in UTF-8")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadDocument("the document is not XML") from error
    information = root.getroottree().docinfo
    if information.internalDTD is not None or information.externalDTD is not None:
        raise BadDocument("the document has a DTD")
    return root


def _verified(
    response: etree._Element, location: str, certificates: list[str], tag: str, identifier: str | None
) -> etree._Element:
    for pem in certificates:
        certificate = load_pem_x509_certificate(pem.encode())
        configuration = SignatureConfiguration(
            location=location,
            signature_methods=_METHODS,
            digest_algorithms=_DIGESTS,
            # IAM does not look at the dates of a provider's certificates.
            verification_time=certificate.not_valid_after_utc,
        )
        try:
            result = XMLVerifier().verify(
                response, x509_cert=certificate, id_attribute="ID", expect_config=configuration
            )
        except (SignXMLException, etree.LxmlError, ValueError):
            continue
        signed = None if isinstance(result, list) else result.signed_xml
        # The signature must cover the element it stands in, not another one it points to.
        if signed is not None and signed.tag == tag and identifier and signed.get("ID") == identifier:
            return signed
    raise BadSignature("no signature of the provider covers the assertion")
