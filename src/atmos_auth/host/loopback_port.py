"""A port on 127.0.0.1 that serves whoever comes until one request is what was waited for."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from atmos_auth.domain.errors import AuthenticationFailed, InvalidSetting, SignInExpired
from atmos_auth.domain.ports import Clock

if TYPE_CHECKING:
    import socket

    from atmos_auth.host.verdict import Verdict

_ADDRESS = "127.0.0.1"
# Windows does not interrupt a select for Ctrl-C, so it has to end by itself now and then.
_TICK_SECONDS = 0.1
# A request's bytes must all be here by then, however slowly they drip.
REQUEST_SECONDS = 5.0
# How long an answered client may go on sending before the connection is cut.
_FAREWELL_SECONDS = 0.5
_MOST_CONNECTIONS = 64
# All of a form at one look, as far as it has come.
_MOST_AT_ONCE = 1024 * 1024
_MOST_UNREAD = 256 * 1024
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Content Too Large"}


class Expectation(Protocol):
    """What a port waits for."""

    def judge(self, head: bytes, body: bytes) -> "Verdict | None":
        """Judge a request by its head and what has come of its body; None while more must come.

        Nothing in a request can raise. A head that is too long is empty here.
        """


@contextmanager
def open_port(
    port: int, expecting: Callable[[int], Expectation], *, clock: Clock, request_seconds: float
) -> Iterator["LoopbackPort"]:
    """Bind 127.0.0.1:`port` (0: any free one) for the block; `expecting` makes what is awaited of its number.

    Raises `AuthenticationFailed` when the port cannot be had, `InvalidSetting` when it is no port number.
    """
    opened = LoopbackPort(_bound(port), expecting, clock, request_seconds)
    try:
        yield opened
    finally:
        opened.close()


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
        hints=["choose another (`callback_port` or ATMOS_AUTH_CALLBACK_PORT), or end the program that uses it"],
    )


class _Connection:
    """One client: what it has sent so far, and when our patience with it ends."""

    def __init__(self, client: "socket.socket", patience_ends: float) -> None:
        self.client = client
        self.received = bytearray()
        self.patience_ends = patience_ends
        self.is_answered = False


class LoopbackPort:
    """The open port; serves every client in the caller's own thread, and only while `wait` runs."""

    def __init__(
        self,
        door: "socket.socket",
        expecting: Callable[[int], Expectation],
        clock: Clock,
        request_seconds: float,
    ) -> None:
        import selectors

        port: int = door.getsockname()[1]
        self.address = f"http://{_ADDRESS}:{port}"
        self._door = door
        self._expectation = expecting(port)
        self._clock = clock
        self._request_seconds = request_seconds
        # In the order they came.
        self._connections: dict[int, _Connection] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(door, selectors.EVENT_READ)

    def wait(self, deadline: float) -> str:
        """Return the answer, once, and close the port; uses no network but this machine's own.

        Raises the failure that the answer tells of, `AuthenticationFailed` when it was already taken, and
        `SignInExpired` at `deadline` (epoch seconds).
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
        try:
            chunk = connection.client.recv(_MOST_AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            chunk = b""
        if not chunk:
            self._drop(connection)
            return None
        if connection.is_answered:
            return None
        if not connection.received:
            # A browser may open a connection long before it has something to say.
            connection.patience_ends = now + self._request_seconds
        connection.received += chunk
        verdict = self._judge(connection.received)
        if verdict is not None:
            self._reply(connection, verdict, now)
        return verdict

    def _judge(self, received: bytearray) -> "Verdict | None":
        from atmos_auth.host.http_request import LARGEST_HEAD

        head, end, body = received.partition(b"\r\n\r\n")
        if not end and len(received) <= LARGEST_HEAD:
            return None
        # What is too long is judged as an empty request, which is refused.
        return self._expectation.judge(bytes(head) if len(head) <= LARGEST_HEAD else b"", bytes(body))

    def _reply(self, connection: _Connection, verdict: "Verdict", now: float) -> None:
        import socket

        connection.is_answered = True
        connection.received = bytearray()
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
    if verdict.allow:
        headers["Allow"] = verdict.allow
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {verdict.status} {_REASONS[verdict.status]}\r\n{head}\r\n".encode("ascii") + body
