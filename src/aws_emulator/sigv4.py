"""Signature Version 4, verified by computing it again.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from aws_emulator.clock import iso8601
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug import Request

    from aws_emulator.keys import Key, Keys

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW_SECONDS = 5 * 60
_MAX_PRESIGNED_SECONDS = 7 * 24 * 3600
_EMPTY_HASH = hashlib.sha256(b"").hexdigest()
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says about its own signature; `lifetime` (seconds) is set on a presigned URL."""

    access_key_id: str
    date: str
    region: str
    service: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str
    session_token: str | None
    lifetime: int | None

    @property
    def scope(self) -> str:
        """The credential scope."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def authenticate(
    request: Request, keys: Keys, service: str, real_now: float, *, lifetime: int | None = None
) -> tuple[Key, Claim]:
    """Give the key a request is validly signed with and what it claimed.

    `lifetime` (seconds) is for services that do not heed what a presigned URL says of its own. Raises `AwsError`
    MissingAuthenticationToken, IncompleteSignature, InvalidClientTokenId, SignatureDoesNotMatch or ExpiredToken.
    """
    claim = read_claim(request)
    key = keys.find(claim.access_key_id)
    if key is None or not _same(key.session_token, claim.session_token):
        raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
    _check_scope(claim, service)
    _check_date(claim, real_now, lifetime)
    expected = expected_signature(request, claim, key.secret_access_key)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
        raise AwsError("SignatureDoesNotMatch", _MISMATCH, 403)
    if keys.has_expired(key):
        raise AwsError("ExpiredToken", "The security token included in the request is expired", 403)
    return key, claim


def read_claim(request: Request) -> Claim:
    """Read the Authorization header, or the X-Amz-* parameters of a presigned URL."""
    header = request.headers.get("Authorization", "")
    if header:
        return _claim_of_header(request, header)
    if "X-Amz-Signature" in request.args or "X-Amz-Algorithm" in request.args:
        return _claim_of_query(request)
    raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)


def expected_signature(request: Request, claim: Claim, secret_access_key: str) -> str:
    """Compute the signature the owner of the secret would have sent with exactly this request."""
    canonical = "\n".join(
        [
            request.method,
            quote(request.path, safe="/-_.~"),
            _canonical_query(request),
            *(f"{name}:{_header(request, name)}" for name in claim.signed_headers),
            "",
            ";".join(claim.signed_headers),
            _EMPTY_HASH if claim.lifetime is not None else hashlib.sha256(request.get_data()).hexdigest(),
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{claim.timestamp}\n{claim.scope}\n{digest}"
    key = f"AWS4{secret_access_key}".encode()
    for part in claim.scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, to_sign.encode(), "sha256").hexdigest()


def _claim_of_header(request: Request, header: str) -> Claim:
    algorithm, _, rest = header.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if algorithm != ALGORITHM:
        raise AwsError("IncompleteSignature", f"Unsupported AWS 'algorithm': '{algorithm}'.")
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not fields.get(name)]
    if missing:
        message = f"Authorization header requires {' and '.join(repr(name) for name in missing)} parameter."
        raise AwsError("IncompleteSignature", message)
    timestamp = request.headers.get("X-Amz-Date", "")
    if not timestamp:
        message = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        raise AwsError("IncompleteSignature", message)
    return _claim(fields, timestamp, request.headers.get("X-Amz-Security-Token"), None)


def _claim_of_query(request: Request) -> Claim:
    names = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
    missing = [name for name in names if not request.args.get(name)]
    if missing:
        raise AwsError("IncompleteSignature", f"AWS query-string parameters must include '{missing[0]}'.")
    if request.args["X-Amz-Algorithm"] != ALGORITHM:
        raise AwsError("IncompleteSignature", f"Unsupported AWS 'algorithm': '{request.args['X-Amz-Algorithm']}'.")
    fields = {name.removeprefix("X-Amz-"): request.args[name] for name in names}
    lifetime = request.args.get("X-Amz-Expires", str(15 * 60))
    if not re.fullmatch(r"[0-9]{1,6}", lifetime) or not 1 <= int(lifetime) <= _MAX_PRESIGNED_SECONDS:
        raise AwsError("IncompleteSignature", "X-Amz-Expires must be from 1 to 604800 seconds.")
    return _claim(fields, request.args["X-Amz-Date"], request.args.get("X-Amz-Security-Token"), int(lifetime))


def _claim(fields: Mapping[str, str], timestamp: str, session_token: str | None, lifetime: int | None) -> Claim:
    scope = fields["Credential"].split("/")
    if len(scope) != 5 or scope[4] != "aws4_request":
        message = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        raise AwsError("IncompleteSignature", message)
    return Claim(
        access_key_id=scope[0],
        date=scope[1],
        region=scope[2],
        service=scope[3],
        timestamp=timestamp,
        signed_headers=tuple(fields["SignedHeaders"].split(";")),
        signature=fields["Signature"],
        session_token=session_token,
        lifetime=lifetime,
    )


def _check_scope(claim: Claim, service: str) -> None:
    if claim.service != service:
        message = f"Credential should be scoped to correct service: '{service}'. "
        raise AwsError("SignatureDoesNotMatch", message, 403)
    if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]", claim.region):
        raise AwsError("SignatureDoesNotMatch", "Credential should be scoped to a valid region. ", 403)
    if "host" not in claim.signed_headers:
        message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        raise AwsError("SignatureDoesNotMatch", message, 403)


def _check_date(claim: Claim, real_now: float, lifetime: int | None) -> None:
    try:
        signed = datetime.strptime(claim.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        message = f"Date must be in ISO-8601 'basic format'. Got '{claim.timestamp}'."
        raise AwsError("IncompleteSignature", message) from error
    if not claim.timestamp.startswith(claim.date):
        message = f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: {claim.date}"
        raise AwsError("SignatureDoesNotMatch", message, 403)
    lifetime = lifetime or (MAX_SKEW_SECONDS if claim.lifetime is None else claim.lifetime)
    if signed + lifetime < real_now:
        message = f"Signature expired: {claim.timestamp} is now earlier than {iso8601(real_now - lifetime)}"
        raise AwsError("SignatureDoesNotMatch", message, 403)
    if signed - MAX_SKEW_SECONDS > real_now:
        message = f"Signature not yet current: {claim.timestamp} is still later than {iso8601(real_now)} (+ 5 min.)"
        raise AwsError("SignatureDoesNotMatch", message, 403)


def _canonical_query(request: Request) -> str:
    pairs = parse_qsl(request.query_string.decode("ascii", "replace"), keep_blank_values=True)
    encoded = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded if name != "X-Amz-Signature")


def _header(request: Request, name: str) -> str:
    return " ".join(request.headers.get(name, "").split())


def _same(kept: str | None, presented: str | None) -> bool:
    if kept is None or presented is None:
        return kept is presented
    return hmac.compare_digest(kept.encode(), presented.encode())
