"""Judging a request to the loopback port that waits for an authorization server's redirect."""

import hmac
from typing import NamedTuple

from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed
from atmos_auth.host.callback_page import APPROVED, DENIED, FAILED
from atmos_auth.host.http_request import RequestHead, parse_fields, parse_head
from atmos_auth.host.plain_text import plain_text
from atmos_auth.host.verdict import Verdict, refusal


class RedirectExpectation(NamedTuple):
    """The only request that is heeded: GET of `path` at 127.0.0.1:`port` with `state`."""

    path: str
    state: str
    port: int

    def __repr__(self) -> str:
        """Name the path, never the state."""
        return f"RedirectExpectation({self.path}, port={self.port})"

    def judge(self, head: bytes, body: bytes) -> Verdict:
        """Judge the request line and headers in `head`; nothing in it can raise."""
        try:
            return self._judge_request(parse_head(head))
        except ValueError:
            return refusal(400)

    def _judge_request(self, request: RequestHead) -> Verdict:
        path, _, query = request.target.partition("?")
        if _has_body(request):
            return refusal(400)
        if path != self.path:
            return refusal(404)
        if request.method != "GET":
            return refusal(405, allow="GET")
        if not request.is_for(self.port):
            return refusal(400)
        return self._judge_answer(parse_fields(query))

    def _judge_answer(self, parameters: dict[str, str]) -> Verdict:
        if not hmac.compare_digest(parameters.get("state", "").encode("utf-8"), self.state.encode("utf-8")):
            return refusal(400)
        code, error = parameters.get("code"), parameters.get("error")
        if error and code is None:
            return _refused_by_server(error, parameters.get("error_description", ""))
        if code and error is None and code.isascii() and code.isprintable():
            return Verdict(200, APPROVED, answer=code)
        return refusal(400)


def _has_body(request: RequestHead) -> bool:
    lengths = request.values("content-length")
    return bool(request.values("transfer-encoding")) or any(length != "0" for length in lengths)


def _refused_by_server(error: str, description: str) -> Verdict:
    said = plain_text(description, limit=300)
    details = [said] if said else []
    if error == "access_denied":
        return Verdict(
            200,
            DENIED._replace(said=said),
            failure=AccessDenied("the sign-in was refused in the browser", details=details),
        )
    name = plain_text(error, limit=60)
    return Verdict(
        200,
        FAILED._replace(said=f"{name}: {said}" if said else name),
        failure=AuthenticationFailed(f"the sign-in page reported an error: {name}", details=details),
    )
