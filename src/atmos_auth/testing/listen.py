"""Loopback ports that need no socket."""

from collections.abc import Iterator
from contextlib import contextmanager

from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.ports import AuthorizationListener, FormListener


class _FakePort:
    """What both kinds of port remember, and how they answer."""

    def __init__(self, answer: str | AtmosAuthError) -> None:
        self._answer = answer
        self.deadlines: list[float] = []
        self.is_open = False

    @contextmanager
    def _opened(self) -> Iterator[None]:
        self.is_open = True
        try:
            yield
        finally:
            self.is_open = False

    def answer_by(self, deadline: float) -> str:
        """Return the answer, or raise the failure; an assertion fails when nothing is open."""
        if not self.is_open:
            raise AssertionError("nobody listens any more")
        self.deadlines.append(deadline)
        if isinstance(self._answer, AtmosAuthError):
            raise self._answer
        return self._answer

    @staticmethod
    def _address(port: int, path: str) -> str:
        return f"http://127.0.0.1:{port or 49152}{path}"


class FakeListen(_FakePort):
    """Opens listeners that answer at once: with an authorization code, or with a failure that is raised.

    `asked` holds path, state and port of every listener, `deadlines` what each wait was given; `is_open` tells
    whether one is bound now.
    """

    def __init__(self, answer: str | AtmosAuthError = "authorization-code") -> None:
        super().__init__(answer)
        self.asked: list[tuple[str, str, int]] = []

    @contextmanager
    def __call__(self, *, path: str, state: str, port: int = 0) -> Iterator[AuthorizationListener]:
        """Bind nothing; the redirect URI names `port`, or 49152 for any."""
        self.asked.append((path, state, port))
        with self._opened():
            yield _Redirect(self, self._address(port, path))


class FakeListenForForm(_FakePort):
    """Opens listeners that answer at once: with the value of the field, or with a failure that is raised.

    `asked` holds path, field, state and port of every listener, `deadlines` what each wait was given; `is_open` tells
    whether one is bound now.
    """

    def __init__(self, answer: str | AtmosAuthError = "PHNhbWxwOlJlc3BvbnNlLz4=") -> None:
        super().__init__(answer)
        self.asked: list[tuple[str, str, str, int]] = []

    @contextmanager
    def __call__(self, *, path: str, field: str, state: str, port: int = 0) -> Iterator[FormListener]:
        """Bind nothing; the address names `port`, or 49152 for any."""
        self.asked.append((path, field, state, port))
        with self._opened():
            yield _Form(self, self._address(port, path))


class _Redirect:
    def __init__(self, owner: FakeListen, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self._owner = owner

    def wait(self, deadline: float) -> str:
        """Return the code, or raise the failure."""
        return self._owner.answer_by(deadline)


class _Form:
    def __init__(self, owner: FakeListenForForm, address: str) -> None:
        self.address = address
        self._owner = owner

    def wait(self, deadline: float) -> str:
        """Return the value, or raise the failure."""
        return self._owner.answer_by(deadline)
