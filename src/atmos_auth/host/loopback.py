"""A port on 127.0.0.1 that takes an authorization server's redirect from the browser, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from atmos_auth.domain.ports import AuthorizationListener, Clock
from atmos_auth.host.loopback_port import REQUEST_SECONDS, LoopbackPort, open_port


class LoopbackListener:
    """Opens loopback ports for sign-ins; `clock` says when a wait is over."""

    def __init__(self, clock: Clock, *, request_seconds: float = REQUEST_SECONDS) -> None:
        self._clock = clock
        self._request_seconds = request_seconds

    @contextmanager
    def __call__(self, *, path: str, state: str, port: int = 0) -> Iterator[AuthorizationListener]:
        """Bind 127.0.0.1:`port` (0: any free one) for the block; only GET `path` with `state` is heeded.

        Raises `AuthenticationFailed` when the port cannot be had, `InvalidSetting` when it is no port number.
        Never prompts, and takes connections from this machine only.
        """
        from atmos_auth.host.callback_request import RedirectExpectation

        if not state:
            raise ValueError("an empty state would let any request in")
        with open_port(
            port,
            lambda number: RedirectExpectation(path, state, number),
            clock=self._clock,
            request_seconds=self._request_seconds,
        ) as opened:
            yield _Redirect(opened, path)


class _Redirect:
    """The open port, as one that waits for a redirect."""

    def __init__(self, opened: LoopbackPort, path: str) -> None:
        self.redirect_uri = opened.address + path
        self._opened = opened

    def wait(self, deadline: float) -> str:
        """Return the authorization code, once; uses no network but this machine's own.

        Raises `AccessDenied` when the person refused, `AuthenticationFailed` when the authorization server
        reports another error or the answer was already taken, `SignInExpired` at `deadline` (epoch seconds).
        """
        return self._opened.wait(deadline)
