"""Judging a request to the loopback port that waits for a form."""

import hmac
from typing import NamedTuple

from atmos_auth.host.callback_page import SIGNED_IN
from atmos_auth.host.http_request import RequestHead, parse_fields, parse_head
from atmos_auth.host.verdict import Verdict, refusal

# A SAML response with hundreds of roles and its certificates is a tenth of it.
LARGEST_BODY = 1024 * 1024
# The field that carries the state through a SAML sign-in (SAML 2.0 bindings, section 3.5.3).
STATE_FIELD = "RelayState"
_FORM_TYPE = "application/x-www-form-urlencoded"


class FormExpectation(NamedTuple):
    """The only request that is heeded: POST to `path` at 127.0.0.1:`port` of a form with `field` and `state`."""

    path: str
    field: str
    state: str
    port: int

    def __repr__(self) -> str:
        """Name path and field, never the state."""
        return f"FormExpectation({self.path}, {self.field}, port={self.port})"

    def judge(self, head: bytes, body: bytes) -> Verdict | None:
        """Judge a request by its head and what has come of its body; None while more must come.

        Nothing in it can raise. What is wrong by its head is refused before its body has come.
        """
        try:
            return self._judge_request(parse_head(head), body)
        except ValueError:
            return refusal(400)

    def _judge_request(self, request: RequestHead, body: bytes) -> Verdict | None:
        if request.target != self.path:
            return refusal(404)
        if request.method != "POST":
            return refusal(405, allow="POST")
        if not request.is_for(self.port) or not _is_form(request):
            return refusal(400)
        length = _body_length(request)
        if length > LARGEST_BODY:
            return refusal(413)
        if len(body) < length:
            return None
        return self._judge_form(body[:length])

    def _judge_form(self, body: bytes) -> Verdict:
        # A field that nobody asked for may be in any encoding.
        fields = parse_fields(body.decode("ascii"), errors="surrogateescape")
        state = fields.get(STATE_FIELD, "").encode("utf-8", "surrogateescape")
        value = fields.get(self.field, "")
        if not hmac.compare_digest(state, self.state.encode("utf-8")) or not _is_clean(value):
            return refusal(400)
        return Verdict(200, SIGNED_IN, answer=value)


def _is_clean(value: str) -> bool:
    """Tell whether there is a value, and it came in UTF-8."""
    return bool(value) and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_form(request: RequestHead) -> bool:
    """Tell whether the one content type is that of a form, in UTF-8 if it says so."""
    types = request.values("content-type")
    if len(types) != 1:
        return False
    kind, _, parameter = types[0].lower().partition(";")
    return kind.strip() == _FORM_TYPE and parameter.strip() in ("", "charset=utf-8")


def _body_length(request: RequestHead) -> int:
    """Return how long the body is; ValueError when that is not said once and plainly."""
    lengths = request.values("content-length")
    # A browser neither sends a form in chunks nor asks first whether it may (RFC 9110 section 10.1.1).
    if request.values("transfer-encoding") or request.values("expect") or len(lengths) != 1:
        raise ValueError("not exactly one Content-Length")
    if not lengths[0].isdecimal():
        raise ValueError("not a number")
    return int(lengths[0])
