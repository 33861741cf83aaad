"""A port on 127.0.0.1 that takes one form which a web page posts from the person's browser, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from atmos_auth.domain.ports import Clock, FormListener
from atmos_auth.host.loopback_port import REQUEST_SECONDS, LoopbackPort, open_port


class FormPostListener:
    """Opens loopback ports for forms; `clock` says when a wait is over."""

    def __init__(self, clock: Clock, *, request_seconds: float = REQUEST_SECONDS) -> None:
        self._clock = clock
        self._request_seconds = request_seconds

    @contextmanager
    def __call__(self, *, path: str, field: str, state: str, port: int = 0) -> Iterator[FormListener]:
        """Bind 127.0.0.1:`port` (0: any free one) for the block.

        Only a form with `field`, posted to exactly `path` with RelayState `state`, is heeded. Raises
        `AuthenticationFailed` when the port cannot be had, `InvalidSetting` when it is no port number. Never prompts,
        and takes connections from this machine only.
        """
        from atmos_auth.host.form_request import STATE_FIELD, FormExpectation

        if not state:
            raise ValueError("an empty state would let any form in")
        if field == STATE_FIELD:
            raise ValueError("the state cannot be the answer")
        with open_port(
            port,
            lambda number: FormExpectation(path, field, state, number),
            clock=self._clock,
            request_seconds=self._request_seconds,
        ) as opened:
            yield _Form(opened, path)


class _Form:
    """The open port, as one that waits for a form."""

    def __init__(self, opened: LoopbackPort, path: str) -> None:
        self.address = opened.address + path
        self._opened = opened

    def wait(self, deadline: float) -> str:
        """Return the value of the field, once and as the browser sent it; uses no network but this machine's own.

        Raises `SignInExpired` at `deadline` (epoch seconds), `AuthenticationFailed` when it was already taken.
        """
        return self._opened.wait(deadline)
