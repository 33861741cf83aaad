"""Conversations over HTTP with servers that are not AWS: cookies and redirects kept, deadlines and sizes limited."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import SplitResult, urljoin, urlsplit

from atmos_auth.domain.errors import ServiceError
from atmos_auth.domain.ports import WebAnswer, WebSession
from atmos_auth.host.deadline import within
from atmos_auth.host.plain_text import plain_text
from atmos_auth.host.trust import CA_HINT, ca_bundle

if TYPE_CHECKING:
    import requests

_MOST_REDIRECTS = 20
_MOST_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
# After these the method changes to GET (RFC 9110 section 15.4); 307 and 308 keep it.
_SEE_OTHER = (301, 302, 303)
_REDIRECTS = (*_SEE_OTHER, 307, 308)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_CHECK_URL = "check that the address is right, and that you trust what answers there"
_TRY_NETWORK = "check the network, and HTTPS_PROXY and NO_PROXY if you are behind a proxy"


class RequestsWeb:
    """Begins conversations; proxies and certificate authorities are those that `environ` names, and nothing else is.

    Only https is spoken, except with this machine: to any other address `ServiceError` is raised.
    """

    def __init__(self, *, environ: Mapping[str, str], user_agent: str) -> None:
        self._environ = environ
        self._user_agent = user_agent

    @contextmanager
    def session(self, *, seconds: float, redirects: bool = True) -> Iterator[WebSession]:
        """Begin a conversation; every answer, redirects included, must be there within `seconds`."""
        import requests

        with requests.Session() as session:
            # It would look for passwords in ~/.netrc, and for proxies in an environment that is not ours.
            session.trust_env = False
            # Identity providers show plain forms to browsers only.
            session.headers["User-Agent"] = f"Mozilla/5.0 (compatible; {self._user_agent})"
            session.verify = ca_bundle(self._environ) or True
            yield _Session(session, self._environ, seconds, redirects=redirects)


class _Session:
    def __init__(
        self, session: "requests.Session", environ: Mapping[str, str], seconds: float, *, redirects: bool
    ) -> None:
        self._session = session
        self._environ = environ
        self._seconds = seconds
        self._redirects = redirects

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> WebAnswer:
        """Fetch a page; raises `ServiceError`."""
        return self._exchange("GET", url, headers=headers)

    def post(
        self,
        url: str,
        *,
        form: Sequence[tuple[str, str]] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> WebAnswer:
        """Send a form's fields, or a JSON value; raises `ServiceError`."""
        body: dict[str, Any] = {"json": json} if json is not None else {"data": list(form or ())}
        return self._exchange("POST", url, headers=headers, **body)

    def _exchange(self, method: str, url: str, **message: Any) -> WebAnswer:
        try:
            return within(self._seconds, lambda: self._followed(method, url, message))
        except TimeoutError:
            raise _late(url) from None

    def _followed(self, method: str, url: str, message: dict[str, Any]) -> WebAnswer:
        deadline = time.monotonic() + self._seconds
        for _ in range(_MOST_REDIRECTS):
            _require_secure(url)
            with _web_errors(method, url), self._send(method, url, deadline, message) as response:
                target = response.headers.get("Location")
                if not self._redirects or response.status_code not in _REDIRECTS or not target:
                    return WebAnswer(url, response.status_code, _text(response, url))
                before, url = url, urljoin(url, target)
            if response.status_code in _SEE_OTHER:
                method, message = "GET", {"headers": message.get("headers")}
            if _origin(url) != _origin(before):
                _require_no_body(before, url, message)
                # An Authorization header is for the host that it was written for.
                message = {**message, "headers": None}
        raise _error(url, "TooManyRedirects", f"{_origin(url)} redirects again and again", retryable=False)

    def _send(self, method: str, url: str, deadline: float, message: Mapping[str, Any]) -> "requests.Response":
        return self._session.request(
            method,
            url,
            timeout=max(0.1, deadline - time.monotonic()),
            allow_redirects=False,
            stream=True,
            proxies=self._proxies(url),
            **message,
        )

    def _proxies(self, url: str) -> dict[str, str]:
        from requests.utils import should_bypass_proxies

        parts = urlsplit(url)
        no_proxy = self._environ.get("no_proxy") or self._environ.get("NO_PROXY") or ""
        if parts.hostname in _THIS_MACHINE or should_bypass_proxies(url, no_proxy=no_proxy):
            return {}
        names = (f"{parts.scheme}_proxy", "all_proxy")
        chosen = next((v for n in names for v in (self._environ.get(n), self._environ.get(n.upper())) if v), None)
        return {parts.scheme: chosen} if chosen else {}


def _require_secure(url: str) -> None:
    parts = _parts(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE):
        return
    _fail(url, "NotSecure", "is not an https address, and what is sent there could be read by others", retryable=False)


def _require_no_body(before: str, url: str, message: Mapping[str, Any]) -> None:
    """What was typed for one server is not handed on to another (RFC 9110 section 15.4.8 would have it so)."""
    if message.get("data") or message.get("json") is not None:
        _fail(
            before,
            "LeadsAway",
            f"wants what was sent to it sent on to {_origin(url)}, which may be anybody",
            retryable=False,
        )


def _text(response: "requests.Response", url: str) -> str:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > _MOST_BYTES:
            _fail(url, "TooLarge", f"answers with more than {_MOST_BYTES // 2**20} MiB", retryable=False)
    try:
        return content.decode(response.encoding or "utf-8", errors="replace")
    except LookupError:  # a charset that nobody knows
        return content.decode("utf-8", errors="replace")


def _late(url: str) -> ServiceError:
    reason = f"{_origin(url)} did not answer in time"
    return _error(url, "ReadTimeout", reason, retryable=True, hints=[_TRY_NETWORK])


@contextmanager
def _web_errors(method: str, url: str) -> Iterator[None]:
    """Turn what requests raises in the block into a `ServiceError`."""
    import requests
    import urllib3

    # Their words hold whole addresses, and those of a sign-in are secrets: only the system's own reason is kept.
    try:
        yield
    except requests.exceptions.SSLError as error:
        reason = f"the TLS certificate of {_origin(url)} could not be verified"
        raise _error(url, "SSLError", reason, retryable=False, hints=[CA_HINT], cause=error) from None
    except requests.exceptions.ProxyError as error:
        reason = f"{_origin(url)} could not be reached through the proxy"
        raise _error(url, "ProxyConnectionError", reason, retryable=True, cause=error) from None
    except (requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError):
        raise _late(url) from None
    except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
        reason = f"{_origin(url)} could not be reached, or closed the connection"
        raise _error(url, "ConnectionError", reason, retryable=True, cause=error) from None
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, UnicodeError, ValueError) as error:
        reason = f"{method} {_origin(url)} failed: {type(error).__name__}"
        raise _error(url, type(error).__name__, reason, retryable=False, hints=[_CHECK_URL], cause=error) from None
    except OSError as error:  # such as a file of certificate authorities that is not there
        reason = f"{_origin(url)} could not be asked: {error.strerror or error}"
        raise _error(url, type(error).__name__, reason, retryable=False, hints=[CA_HINT]) from None


def _fail(url: str, code: str, what: str, *, retryable: bool) -> NoReturn:
    raise _error(url, code, f"{_origin(url)} {what}", retryable=retryable, hints=[_CHECK_URL])


def _error(
    url: str,
    code: str,
    message: str,
    *,
    retryable: bool,
    hints: Sequence[str] = (_TRY_NETWORK,),
    cause: BaseException | None = None,
) -> ServiceError:
    return ServiceError(
        message,
        operation="web:HTTP",
        endpoint=_origin(url),
        code=code,
        retryable=retryable,
        hints=hints,
        details=_system_reason(cause),
    )


def _system_reason(cause: BaseException | None) -> list[str]:
    """Return what the operating system said at the bottom of it."""
    depth = 0
    while cause is not None and depth < 10:
        if isinstance(cause, OSError) and cause.strerror:
            return [plain_text(cause.strerror, limit=100)]
        inner = next((part for part in cause.args if isinstance(part, BaseException)), None)
        cause, depth = cause.__cause__ or getattr(cause, "reason", None) or inner or cause.__context__, depth + 1
    return []


def _origin(url: str) -> str:
    """Name the server alone: paths and queries of a sign-in may hold secrets."""
    parts = _parts(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _parts(url: str) -> SplitResult:
    """Take an address apart; what is none has empty parts."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
