"""Web servers without a network: answers and failures are scripted, and what was sent is kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from atmos_auth.domain.ports import WebAnswer, WebSession


class WebRequest(NamedTuple):
    """One request that was sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    form: Sequence[tuple[str, str]]
    json: Any


class FakeWeb:
    """Gives `answers` in order: a `WebAnswer`, an exception to raise, or a function of the `WebRequest`.

    `requests` holds what was sent, `sessions` the limits of every conversation. A request that nobody scripted is an
    AssertionError.
    """

    def __init__(self, *answers: WebAnswer | Exception | Callable[[WebRequest], WebAnswer]) -> None:
        self._answers = list(answers)
        self.requests: list[WebRequest] = []
        self.sessions: list[tuple[float, bool]] = []

    @contextmanager
    def session(self, *, seconds: float, redirects: bool = True) -> Iterator[WebSession]:
        """Begin a conversation."""
        self.sessions.append((seconds, redirects))
        yield self

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> WebAnswer:
        """Note the request, and give the next answer."""
        return self._play(WebRequest("GET", url, headers or {}, (), None))

    def post(
        self,
        url: str,
        *,
        form: Sequence[tuple[str, str]] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> WebAnswer:
        """Note the request, and give the next answer."""
        return self._play(WebRequest("POST", url, headers or {}, form or (), json))

    def _play(self, request: WebRequest) -> WebAnswer:
        self.requests.append(request)
        if not self._answers:
            raise AssertionError(f"nobody expected {request.method} {request.url}")
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer
