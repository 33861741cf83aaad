"""A loopback port that needs no socket."""

from collections.abc import Iterator
from contextlib import contextmanager

from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.ports import AuthorizationListener


class FakeListen:
    """Opens listeners that answer at once: with an authorization code, or with a failure that is raised.

    `asked` holds path, state and port of every listener, `deadlines` what each wait was given; `is_open` tells
    whether one is bound now.
    """

    def __init__(self, answer: str | AtmosAuthError = "authorization-code") -> None:
        self._answer = answer
        self.asked: list[tuple[str, str, int]] = []
        self.deadlines: list[float] = []
        self.is_open = False

    @contextmanager
    def __call__(self, *, path: str, state: str, port: int = 0) -> Iterator[AuthorizationListener]:
        """Bind nothing; the redirect URI names `port`, or 49152 for any."""
        self.asked.append((path, state, port))
        self.is_open = True
        try:
            yield _Listener(self, f"http://127.0.0.1:{port or 49152}{path}", self._answer)
        finally:
            self.is_open = False


class _Listener:
    def __init__(self, owner: FakeListen, redirect_uri: str, answer: str | AtmosAuthError) -> None:
        self.redirect_uri = redirect_uri
        self._owner = owner
        self._answer = answer

    def wait(self, deadline: float) -> str:
        """Return the code, or raise the failure."""
        if not self._owner.is_open:
            raise AssertionError("nobody listens any more")
        self._owner.deadlines.append(deadline)
        if isinstance(self._answer, AtmosAuthError):
            raise self._answer
        return self._answer
