"""Reading a SAML response as a stranger's words: what it offers, and whether AWS would take it at all.

Nothing here trusts it: only AWS, which knows the identity provider's certificate, verifies the signature. What is read
decides which role is asked for, and saves a question to AWS that could only fail.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, NoReturn

from atmos_auth.aws_api.partitions import is_saml_audience
from atmos_auth.domain.credentials import SamlRole
from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.host.plain_text import plain_text

# STS takes no more characters (AssumeRoleWithSAML, SAMLAssertion).
LONGEST = 100_000
# Both clocks may be wrong by this much, in either direction.
SKEW_SECONDS = 300
# STS takes an assertion for this long after it was issued.
LIFE_SECONDS = 300
_SHORTEST_LIFE_SECONDS = 30
# SessionDuration and DurationSeconds have these bounds.
LEAST_SESSION_SECONDS, MOST_SESSION_SECONDS = 900, 43200

_ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
_PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
_ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\x21-\x7e]+")
_PROVIDER_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:saml-provider/[\w.-]+", re.ASCII)
_ENCODING = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
# The year 9000: beyond it no calendar of ours goes.
_LAST_SECOND = 221_845_392_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_HINT = "check this machine's clock: `date -u`"


class Offer(NamedTuple):
    """What a response offers: roles, the person's name, the session it asks for, and the seconds it is good for."""

    roles: tuple[SamlRole, ...]
    subject: str
    session_seconds: int | None
    life_seconds: float


def read(response: str, now: float) -> Offer:
    """Return what a response in base64 offers; `now` is seconds since the epoch.

    Raises `AuthenticationFailed` with the reason for whatever AWS would refuse, and for what has no place in an
    honest response. Uses no network, whatever the response says.
    """
    root = _parse(_decode(response))
    _require_success(root)
    assertion = _only_assertion(root)
    life = _life(assertion, now)
    _require_audience(assertion)
    attributes = dict(_aws_attributes(assertion))
    if not "".join(attributes.get("RoleSessionName", ())).strip():
        _refuse(
            "has no RoleSessionName, which AWS asks for",
            hint=f"have the identity provider send the attribute {_ATTRIBUTES}RoleSessionName, such as the user's name",
        )
    return Offer(
        _roles(attributes.get("Role", [])),
        plain_text(_words(assertion.find(f"{_ASSERTION}Subject/{_ASSERTION}NameID")), limit=200),
        _session_seconds(attributes.get("SessionDuration", [])),
        life,
    )


def _decode(response: str) -> str:
    compact = "".join(response.split())
    if not compact:
        _refuse("is empty")
    if len(compact) > LONGEST:
        _refuse(
            f"is {len(compact):,} characters long, and AWS takes no more than {LONGEST:,}",
            hint="have the identity provider send fewer groups or roles",
        )
    try:
        text = b64decode(compact, validate=True).decode("utf-8-sig")
    except (NotBase64, ValueError):
        _refuse("is not base64 of UTF-8 text")
    declared = _ENCODING.search(text[:200])
    if declared and declared[1].lower() not in ("utf-8", "us-ascii", "ascii"):
        _refuse("declares an encoding other than UTF-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        _refuse("has a document type, which no SAML message may have")
    return text


def _parse(text: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal("is not well-formed XML") from error
    if root.getroottree().docinfo.doctype:
        _refuse("has a document type, which no SAML message may have")
    # Such a node splits a value into two, and readers disagree about which of them counts.
    if any(not isinstance(node.tag, str) for node in root.iter()):
        _refuse("has a comment or a processing instruction inside")
    if root.tag != f"{_PROTOCOL}Response":
        _refuse("is not a SAML 2.0 response")
    return root


def _require_success(root: Any) -> None:
    status = root.find(f"{_PROTOCOL}Status/{_PROTOCOL}StatusCode")
    code = status.get("Value", "") if status is not None else ""
    if code == _SUCCESS:
        return
    inner = status.find(f"{_PROTOCOL}StatusCode") if status is not None else None
    codes = [code, inner.get("Value", "") if inner is not None else ""]
    said = plain_text(_words(root.find(f"{_PROTOCOL}Status/{_PROTOCOL}StatusMessage")), limit=200)
    names = " / ".join(plain_text(c.rpartition(":")[2], limit=60) for c in codes if c) or "no status"
    _refuse(f"says that the sign-in failed: {names}{f' ({said})' if said else ''}")


def _only_assertion(root: Any) -> Any:
    if root.find(f".//{_ASSERTION}EncryptedAssertion") is not None:
        _refuse(
            "is encrypted, so the roles in it cannot be read",
            hint="switch assertion encryption off for this application",
        )
    assertions = list(root.iter(f"{_ASSERTION}Assertion"))
    if not assertions:
        _refuse("holds no assertion")
    # Two of them are how a signed assertion is smuggled past with a forged one beside it.
    if len(assertions) > 1:
        _refuse(f"holds {len(assertions)} assertions instead of one")
    if assertions[0].getparent() is not root:
        _refuse("holds its assertion in a place where none belongs")
    return assertions[0]


def _life(assertion: Any, now: float) -> float:
    """Return the seconds that the assertion is good for, from its issue on."""
    issued = _instant(assertion.get("IssueInstant"), "IssueInstant")
    if issued is None:
        _refuse("does not say when it was issued")
    conditions = assertion.find(f"{_ASSERTION}Conditions")
    begins = _instant(conditions.get("NotBefore"), "NotBefore") if conditions is not None else None
    ends = [
        end
        for node in (conditions, *assertion.iter(f"{_ASSERTION}SubjectConfirmationData"))
        if node is not None and (end := _instant(node.get("NotOnOrAfter"), "NotOnOrAfter")) is not None
    ]
    if max(issued, begins or issued) > now + SKEW_SECONDS:
        _refuse(f"is not valid before {_clock_words(max(issued, begins or issued))}", hint=_CLOCK_HINT)
    end = min([*ends, issued + LIFE_SECONDS])
    if now >= end + SKEW_SECONDS:
        _refuse(
            f"expired at {_clock_words(end)}" if end in ends else f"was issued at {_clock_words(issued)}, too long ago",
            hint=_CLOCK_HINT,
        )
    return max(end - issued, _SHORTEST_LIFE_SECONDS)


def _require_audience(assertion: Any) -> None:
    restrictions = list(assertion.iter(f"{_ASSERTION}AudienceRestriction"))
    if not restrictions:
        _refuse("is for no audience", hint="give the application the audience urn:amazon:webservices")
    for restriction in restrictions:
        audiences = [_words(node).strip() for node in restriction.iter(f"{_ASSERTION}Audience")]
        if not any(map(is_saml_audience, audiences)):
            named = ", ".join(plain_text(audience, limit=100) for audience in audiences) or "nobody"
            _refuse(
                f"is meant for another audience than AWS: {named}",
                hint="give the application the audience urn:amazon:webservices",
            )


def _aws_attributes(assertion: Any) -> Iterator[tuple[str, list[str]]]:
    seen: set[str] = set()
    for attribute in assertion.iter(f"{_ASSERTION}Attribute"):
        name = attribute.get("Name", "")
        if not name.startswith(_ATTRIBUTES):
            continue
        short = name.removeprefix(_ATTRIBUTES)
        if short in seen:
            _refuse(
                f"has the attribute {plain_text(short, limit=60)} twice",
                hint="have one attribute sent with several values (in Keycloak: Single Role Attribute)",
            )
        seen.add(short)
        yield short, [_words(value).strip() for value in attribute.iter(f"{_ASSERTION}AttributeValue")]


def _roles(values: list[str]) -> tuple[SamlRole, ...]:
    roles = []
    for value in values:
        parts = [part.strip() for part in value.split(",")]
        # Identity providers write the pair in either order.
        if len(parts) == 2 and _PROVIDER_ARN.fullmatch(parts[0]):
            parts.reverse()
        if len(parts) == 2 and _ROLE_ARN.fullmatch(parts[0]) and _PROVIDER_ARN.fullmatch(parts[1]):
            roles.append(SamlRole(*parts))
    if not roles:
        sent = f": {plain_text(values[0], limit=200)}" if values else ""
        _refuse(
            f"offers no role{sent}",
            hint=f"have the identity provider send {_ATTRIBUTES}Role with values `ROLE_ARN,SAML_PROVIDER_ARN`",
        )
    return tuple(dict.fromkeys(roles))


def _session_seconds(values: list[str]) -> int | None:
    text = values[0] if values else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return None
    return min(max(int(text), LEAST_SESSION_SECONDS), MOST_SESSION_SECONDS)


def _words(element: Any) -> str:
    # Not `.text`, which ends at the first node inside.
    return "".join(element.itertext()) if element is not None else ""


def _instant(text: str | None, name: str) -> float | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        # SAML core 1.3.3: times are in UTC, whether they say so or not.
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if not 0 <= seconds < _LAST_SECOND:
            raise ValueError(seconds)
        return seconds
    except (ValueError, OverflowError) as error:
        raise _refusal(f"has a {name} that is no time") from error


def _clock_words(moment: float) -> str:
    return (_EPOCH + timedelta(seconds=moment)).strftime("%Y-%m-%d %H:%M:%S UTC")


def _refuse(what: str, *, hint: str = "") -> NoReturn:
    raise _refusal(what, hint=hint)


def _refusal(what: str, *, hint: str = "") -> AuthenticationFailed:
    ask = "if it stays so, ask whoever keeps the identity provider to look at the AWS application"
    return AuthenticationFailed(f"the identity provider's SAML response cannot be used: it {what}", hints=[hint or ask])
