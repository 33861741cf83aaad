"""A port on 127.0.0.1 that takes an authorization server's redirect from the browser, and nothing else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from atmos_auth.domain.errors import AuthenticationFailed, InvalidSetting, SignInExpired
from atmos_auth.domain.ports import AuthorizationListener, Clock

if TYPE_CHECKING:
    import socket

    from atmos_auth.host.callback_request import Verdict

_ADDRESS = "127.0.0.1"
# Windows does not interrupt a select for Ctrl-C, so it has to end by itself now and then.
_TICK_SECONDS = 0.1
# A request's bytes must all be here by then, however slowly they drip.
_REQUEST_SECONDS = 5.0
# How long an answered client may go on sending before the connection is cut.
_FAREWELL_SECONDS = 0.5
_MOST_CONNECTIONS = 64
_MOST_UNREAD = 256 * 1024
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


class LoopbackListener:
    """Opens loopback ports for sign-ins; `clock` says when a wait is over."""

    def __init__(self, clock: Clock, *, request_seconds: float = _REQUEST_SECONDS) -> None:
        self._clock = clock
        self._request_seconds = request_seconds

    @contextmanager
    def __call__(self, *, path: str, state: str, port: int = 0) -> Iterator[AuthorizationListener]:
        """Bind 127.0.0.1:`port` (0: any free one) for the block; only GET `path` with `state` is heeded.

        Raises `AuthenticationFailed` when the port cannot be had, `InvalidSetting` when it is no port number.
        Never prompts, and takes connections from this machine only.
        """
        if not state:
            raise ValueError("an empty state would let any request in")
        answer = _Answer(_bound(port), path, state, self._clock, self._request_seconds)
        try:
            yield answer
        finally:
            answer.close()


def _bound(port: int) -> "socket.socket":
    """Return a listening socket; connections queue in it until somebody waits."""
    import socket

    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            # A fixed port must be free again at once after the last sign-in.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # Elsewhere SO_REUSEADDR would let another program take the port from us.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        door.bind((_ADDRESS, port))
        door.listen(_MOST_CONNECTIONS)
        door.setblocking(False)
    except OverflowError as error:
        door.close()
        raise InvalidSetting(f"callback_port {port} is not a port number", hints=["choose 1024 to 65535"]) from error
    except OSError as error:
        door.close()
        raise _not_bound(port, error) from error
    return door


def _not_bound(port: int, error: OSError) -> AuthenticationFailed:
    import errno

    why = "another program uses it" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
    return AuthenticationFailed(
        f"cannot wait for the browser's answer on port {port} of {_ADDRESS}: {why}",
        hints=["choose another `callback_port` (or ATMOS_AUTH_CALLBACK_PORT), or leave it out for any free port"],
    )


class _Connection:
    """One client: what it has sent so far, and when our patience with it ends."""

    def __init__(self, client: "socket.socket", patience_ends: float) -> None:
        self.client = client
        self.received = b""
        self.patience_ends = patience_ends
        self.is_answered = False


class _Answer:
    """The open port; serves every client in the caller's own thread, and only while `wait` runs."""

    def __init__(self, door: "socket.socket", path: str, state: str, clock: Clock, request_seconds: float) -> None:
        import selectors

        from atmos_auth.host.callback_request import Expectation

        port: int = door.getsockname()[1]
        self.redirect_uri = f"http://{_ADDRESS}:{port}{path}"
        self._door = door
        self._expectation = Expectation(path, state, port)
        self._clock = clock
        self._request_seconds = request_seconds
        # In the order they came.
        self._connections: dict[int, _Connection] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(door, selectors.EVENT_READ)

    def wait(self, deadline: float) -> str:
        """Return the authorization code, once; uses no network but this machine's own.

        Raises `AccessDenied` when the person refused, `AuthenticationFailed` when the authorization server
        reports another error or the answer was already taken, `SignInExpired` at `deadline` (epoch seconds).
        """
        import time

        while self._door.fileno() >= 0:
            left = deadline - self._clock.now()
            ready = self._selector.select(max(0.0, min(_TICK_SECONDS, left)))
            verdict = self._serve([key.fd for key, _ in ready], time.monotonic())
            if verdict is not None:
                self.close()
                return verdict.outcome()
            # Only now: an answer that came while the machine slept still counts.
            if left <= 0:
                raise SignInExpired("nobody finished the sign-in in the browser in time")
        raise AuthenticationFailed("the browser's answer was already taken")

    def close(self) -> None:
        """Give the port back and cut every connection."""
        for connection in list(self._connections.values()):
            self._drop(connection)
        self._selector.close()
        self._door.close()

    def _serve(self, ready: list[int], now: float) -> "Verdict | None":
        """Let every client that has something to say speak; return the verdict that ends the wait, if any."""
        # Those who are in before the one at the door, for whom the eldest may have to go.
        for number in sorted(ready, key=self._door.fileno().__eq__):
            connection = self._connections.get(number)
            verdict = self._hear(connection, now) if connection else self._admit(now)
            if verdict is not None and verdict.is_final:
                return verdict
        for connection in list(self._connections.values()):
            if connection.patience_ends <= now:
                self._drop(connection)
        return None

    def _admit(self, now: float) -> "Verdict | None":
        import selectors

        try:
            client, _ = self._door.accept()
        except OSError:  # it hung up before we came to the door
            return None
        client.setblocking(False)
        if len(self._connections) >= _MOST_CONNECTIONS:
            # The eldest is the likeliest to be a silent one: a browser's real request takes milliseconds.
            self._drop(next(iter(self._connections.values())))
        connection = _Connection(client, now + self._request_seconds)
        self._connections[client.fileno()] = connection
        self._selector.register(client, selectors.EVENT_READ)
        return self._hear(connection, now)

    def _hear(self, connection: _Connection, now: float) -> "Verdict | None":
        from atmos_auth.host.callback_request import LARGEST_REQUEST

        try:
            chunk = connection.client.recv(LARGEST_REQUEST)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            chunk = b""
        if not chunk:
            self._drop(connection)
            return None
        if connection.is_answered:
            return None
        connection.received += chunk
        head, end, _ = connection.received.partition(b"\r\n\r\n")
        if not end and len(connection.received) <= LARGEST_REQUEST:
            return None
        # What is too long is judged as an empty request, which is refused.
        verdict = self._expectation.judge(head if len(head) <= LARGEST_REQUEST else b"")
        self._reply(connection, verdict, now)
        return verdict

    def _reply(self, connection: _Connection, verdict: "Verdict", now: float) -> None:
        import socket

        connection.is_answered = True
        connection.received = b""
        connection.patience_ends = now + _FAREWELL_SECONDS
        with suppress(OSError):
            # A page is smaller than any socket's send buffer, so this does not wait for the client.
            connection.client.sendall(_response(verdict))
            connection.client.shutdown(socket.SHUT_WR)

    def _drop(self, connection: _Connection) -> None:
        del self._connections[connection.client.fileno()]
        self._selector.unregister(connection.client)
        with suppress(OSError):
            # Bytes left unread would reset the connection under our page.
            connection.client.recv(_MOST_UNREAD)
        connection.client.close()


def _response(verdict: "Verdict") -> bytes:
    from atmos_auth.host.callback_page import render, security_headers

    body = render(verdict.page)
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **security_headers(),
    }
    if verdict.status == 405:
        headers["Allow"] = "GET"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {verdict.status} {_REASONS[verdict.status]}\r\n{head}\r\n".encode("ascii") + body
