"""Judging one HTTP request to the loopback port: what it is answered, and whether it ends the wait."""

import hmac
from typing import NamedTuple

from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed
from atmos_auth.host.callback_page import APPROVED, DENIED, FAILED, UNEXPECTED, Page
from atmos_auth.host.plain_text import plain_text

# Far more than a redirect with a code and a browser's cookies for 127.0.0.1 ever need.
LARGEST_REQUEST = 32 * 1024
_MOST_PARAMETERS = 32


class Verdict(NamedTuple):
    """The HTTP status and page for a request; `code` or `failure` is set when the request ends the wait."""

    status: int
    page: Page
    code: str | None = None
    failure: AuthenticationFailed | None = None

    @property
    def is_final(self) -> bool:
        """Whether the authorization server has spoken."""
        return self.code is not None or self.failure is not None

    def outcome(self) -> str:
        """Return the code, or raise the failure, of a final verdict."""
        if self.failure is not None:
            raise self.failure
        return self.code or ""

    def __repr__(self) -> str:
        """Name the status, never the code."""
        return f"Verdict({self.status})"


class Expectation(NamedTuple):
    """The only request that is heeded: GET of `path` at 127.0.0.1:`port` with `state`."""

    path: str
    state: str
    port: int

    def __repr__(self) -> str:
        """Name the path, never the state."""
        return f"Expectation({self.path}, port={self.port})"

    def judge(self, head: bytes) -> Verdict:
        """Judge the request line and headers in `head`; nothing in it can raise."""
        try:
            request = _parse(head)
        except ValueError:
            return _refusal(400)
        path, _, query = request.target.partition("?")
        if path != self.path:
            return _refusal(404)
        if request.method != "GET":
            return _refusal(405)
        if request.host not in self._hosts():
            return _refusal(400)
        try:
            return self._judge_answer(_parameters(query))
        except ValueError:
            return _refusal(400)

    def _hosts(self) -> tuple[str, ...]:
        names = ("127.0.0.1", "localhost")
        # Browsers leave the default port out.
        bare = names if self.port == 80 else ()
        return (*(f"{name}:{self.port}" for name in names), *bare)

    def _judge_answer(self, parameters: dict[str, str]) -> Verdict:
        if not hmac.compare_digest(parameters.get("state", "").encode("utf-8"), self.state.encode("utf-8")):
            return _refusal(400)
        code, error = parameters.get("code"), parameters.get("error")
        if error and code is None:
            return _refused_by_server(error, parameters.get("error_description", ""))
        if code and error is None and code.isascii() and code.isprintable():
            return Verdict(200, APPROVED, code=code)
        return _refusal(400)


class _Request(NamedTuple):
    method: str
    target: str
    host: str


def _refusal(status: int) -> Verdict:
    return Verdict(status, UNEXPECTED)


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


def _parse(head: bytes) -> _Request:
    """Take the request apart; ValueError when it is not HTTP/1 as a browser sends it."""
    request_line, *fields = head.decode("ascii").split("\r\n")
    method, target, version = request_line.split(" ")
    if version not in ("HTTP/1.1", "HTTP/1.0") or not target.isprintable():
        raise ValueError("not an HTTP/1 request")
    headers = [_header(field) for field in fields]
    hosts = [value for name, value in headers if name == "host"]
    if len(hosts) != 1:
        raise ValueError("not exactly one Host")
    if any(name == "transfer-encoding" or (name == "content-length" and value != "0") for name, value in headers):
        raise ValueError("a redirect has no body")
    return _Request(method, target, hosts[0].lower())


def _header(field: str) -> tuple[str, str]:
    name, colon, value = field.partition(":")
    if not colon or not name or name != name.strip() or not value.replace("\t", " ").isprintable():
        raise ValueError("not a header")
    return name.lower(), value.strip(" \t")


def _parameters(query: str) -> dict[str, str]:
    """Return the query's parameters; ValueError when one comes twice or is not UTF-8."""
    from urllib.parse import parse_qsl

    pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise ValueError("a parameter came twice")
    return parameters
