"""Credentials as AWS SDKs ask a container's host for them: over HTTP, from this machine only, against a token.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from hmac import compare_digest
from selectors import EVENT_READ, DefaultSelector
from time import monotonic
from typing import NamedTuple

from atmos_auth.delivery.environment import ENDPOINT_ADDRESS, ENDPOINT_PATH
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AtmosAuthError, LockTimeout, ServiceError, UsageError
from atmos_auth.domain.ports import Clock, Log
from atmos_auth.domain.timestamps import to_text
from atmos_auth.host.http_request import RequestHead, parse_head

TOKEN_BYTES = 32
# A request's bytes must all be here by then, however slowly they drip.
REQUEST_SECONDS = 5.0
# How long a request may wait for a renewal: SDKs give up sooner, and ask again.
ANSWER_SECONDS = 20.0
# What SDKs send is a tenth of this.
LARGEST_HEAD = 8 * 1024
MOST_CLIENTS = 128
# How long an answered client may go on sending before the connection is cut.
_FAREWELL_SECONDS = 0.5
_TICK_SECONDS = 0.02
# Keys without an end are asked for again after this time, for SDKs want to be told one.
_ENDLESS_SECONDS = 3600.0
_READING, _WAITING, _LEAVING = "reading", "waiting", "leaving"
_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refusal(NamedTuple):
    """Why somebody gets no credentials, for them to read; it never says what would have been right."""

    status: int
    code: str
    message: str

    @property
    def body(self) -> dict[str, str]:
        """The two members, in lower case for most SDKs and in upper case for the one for JavaScript."""
        return {"code": self.code, "message": self.message, "Code": self.code, "Message": self.message}


BAD_REQUEST = Refusal(400, "BadRequest", "this is not a request as AWS SDKs send it")
TOO_LARGE = Refusal(431, "RequestTooLarge", "this is more than AWS SDKs send")
WRONG_HOST = Refusal(403, "WrongHost", "credentials are given to programs that were told this address, and no other")
FROM_A_PAGE = Refusal(403, "FromAWebPage", "credentials are given to programs, and not to web pages")
NOT_FOUND = Refusal(404, "NotFound", "there is nothing here")
NOT_GET = Refusal(405, "MethodNotAllowed", "credentials are got with GET")
WRONG_TOKEN = Refusal(403, "WrongToken", "the Authorization header is missing, or is not that of this endpoint")
STILL_RENEWING = Refusal(503, "StillRenewing", "the credentials are being renewed: ask again")
OUR_FAULT = Refusal(500, "InternalError", "atmos could not tell why: its log at the level Debug may")


def refusal_of(head: bytes, *, port: int, token: str) -> Refusal | None:
    """Tell why a request, by its head, gets no credentials; None when it shall have them. Raises nothing."""
    try:
        request = parse_head(head)
    except ValueError:
        return BAD_REQUEST
    # A name that was made to lead here is not the address that was handed out.
    if request.values("host") != (f"{ENDPOINT_ADDRESS}:{port}",):
        return WRONG_HOST
    # Browsers say where a page's request comes from; no SDK does.
    if request.values("origin") or any(name.startswith("sec-fetch-") for name, _ in request.headers):
        return FROM_A_PAGE
    shown = request.values("authorization")
    if len(shown) != 1 or not compare_digest(shown[0].encode(), token.encode()):
        return WRONG_TOKEN
    if request.target != ENDPOINT_PATH:
        return NOT_FOUND
    if request.method != "GET":
        return NOT_GET
    return BAD_REQUEST if _has_body(request) else None


def body_of(credentials: AwsCredentials, now: float) -> dict[str, str]:
    """Return the members that SDKs read; `now` is seconds since the epoch."""
    ends_at = credentials.expires_at if credentials.expires_at is not None else now + _ENDLESS_SECONDS
    members = {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "Token": credentials.session_token or "",
        "Expiration": to_text(ends_at),
    }
    return members | ({"AccountId": credentials.account_id} if credentials.account_id else {})


class _Client:
    """One connection: what it has sent so far, and when our patience with it ends (on the monotonic clock)."""

    def __init__(self, connection: socket.socket, patience_ends: float) -> None:
        self.connection = connection
        self.received = bytearray()
        self.patience_ends = patience_ends
        self.stage = _READING


class ContainerEndpoint:
    """An open port that serves every client from the one thread that runs `serve`.

    `answer` returns credentials, or None while they are being renewed, or raises `AtmosAuthError`; it must not take
    long. Port 0 takes any free one. Raises `UsageError` when the port cannot be had.
    """

    def __init__(
        self,
        answer: Callable[[], AwsCredentials | None],
        *,
        token: str,
        clock: Clock,
        log: Log,
        port: int = 0,
        request_seconds: float = REQUEST_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._answer = answer
        self._token = token
        self._clock = clock
        self._log = log
        self._request_seconds = request_seconds
        self._answer_seconds = answer_seconds
        self._door = _opened(port)
        self.port: int = self._door.getsockname()[1]
        # In the order they came.
        self._clients: dict[int, _Client] = {}
        self._waker, self._woken = socket.socketpair()
        self._selector = DefaultSelector()
        for ours in (self._door, self._woken):
            ours.setblocking(False)
            self._selector.register(ours, EVENT_READ)

    @property
    def address(self) -> str:
        """What programs are told."""
        return f"http://{ENDPOINT_ADDRESS}:{self.port}{ENDPOINT_PATH}"

    def serve(self) -> None:
        """Serve until `close` is called, from whichever thread."""
        try:
            while True:
                ready = {key.fd for key, _ in self._selector.select(self._longest_wait())}
                if self._woken.fileno() in ready:
                    return
                self._attend(ready)
        finally:
            for client in list(self._clients.values()):
                self._drop(client)
            self._selector.close()
            self._door.close()
            self._woken.close()

    def close(self) -> None:
        """Give the port back and cut every connection; `serve` returns soon after."""
        self._waker.close()

    def _longest_wait(self) -> float | None:
        if any(client.stage == _WAITING for client in self._clients.values()):
            return _TICK_SECONDS
        ends = [client.patience_ends for client in self._clients.values()]
        return max(0.0, min(ends) - monotonic()) if ends else None

    def _attend(self, ready: set[int]) -> None:
        for number in ready & self._clients.keys():
            self._hear(self._clients[number])
        if self._door.fileno() in ready:
            self._admit()
        waiting = [client for client in self._clients.values() if client.stage == _WAITING]
        if waiting:
            # One look serves all of them.
            said = self._said()
            for client in waiting:
                self._reply(client, said)
        now = monotonic()
        for client in list(self._clients.values()):
            if client.patience_ends > now:
                continue
            if client.stage == _WAITING:
                self._send(client, STILL_RENEWING.status, STILL_RENEWING.body)
            else:
                self._drop(client)

    def _admit(self) -> None:
        try:
            connection, _ = self._door.accept()
        except OSError:  # it hung up before we came to the door
            return
        connection.setblocking(False)
        if len(self._clients) >= MOST_CLIENTS:
            # The eldest that has not said all is the likeliest to be a silent one: a real request takes milliseconds.
            eldest = min(self._clients.values(), key=lambda client: client.stage == _WAITING)
            self._drop(eldest)
        client = _Client(connection, monotonic() + self._request_seconds)
        self._clients[connection.fileno()] = client
        self._selector.register(connection, EVENT_READ)
        self._hear(client)

    def _hear(self, client: _Client) -> None:
        try:
            chunk = client.connection.recv(LARGEST_HEAD)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            chunk = b""
        if not chunk:
            # Whoever has left waits no more.
            self._drop(client)
            return
        if client.stage != _READING:
            return
        client.received += chunk
        head, end, _ = bytes(client.received).partition(b"\r\n\r\n")
        if len(head) > LARGEST_HEAD:
            self._refuse(client, TOO_LARGE)
        elif end:
            self._judge(client, head)

    def _judge(self, client: _Client, head: bytes) -> None:
        refusal = refusal_of(head, port=self.port, token=self._token)
        if refusal is not None:
            self._refuse(client, refusal)
            return
        client.stage = _WAITING
        client.patience_ends = monotonic() + self._answer_seconds
        self._reply(client, self._said())

    def _said(self) -> AwsCredentials | Refusal | None:
        try:
            return self._answer()
        except AtmosAuthError as failure:
            return _refusal_for(failure)
        except Exception as fault:  # noqa: BLE001 - one answer that fails must not end the service
            self._log.debug(f"the endpoint could not answer: {type(fault).__name__}")
            return OUR_FAULT

    def _reply(self, client: _Client, said: AwsCredentials | Refusal | None) -> None:
        if isinstance(said, Refusal):
            self._refuse(client, said)
        elif said is not None:
            self._send(client, 200, body_of(said, self._clock.now()))

    def _refuse(self, client: _Client, refusal: Refusal) -> None:
        self._log.debug(f"the endpoint refused a request: {refusal.code}")
        self._send(client, refusal.status, refusal.body)

    def _send(self, client: _Client, status: int, members: dict[str, str]) -> None:
        client.stage, client.received = _LEAVING, bytearray()
        client.patience_ends = monotonic() + _FAREWELL_SECONDS
        with suppress(OSError):
            # An answer is smaller than any socket's send buffer, so this does not wait for the client.
            client.connection.sendall(_response(status, members))
            client.connection.shutdown(socket.SHUT_WR)

    def _drop(self, client: _Client) -> None:
        del self._clients[client.connection.fileno()]
        self._selector.unregister(client.connection)
        client.connection.close()


def _opened(port: int) -> socket.socket:
    """Return a listening socket."""
    import os

    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            # A fixed port must be free again at once after the last service.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # Elsewhere SO_REUSEADDR would let another program take the port from us.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        door.bind((ENDPOINT_ADDRESS, port))
        door.listen(MOST_CLIENTS)
    except (OSError, OverflowError) as error:
        door.close()
        raise UsageError(
            f"cannot serve on port {port} of {ENDPOINT_ADDRESS}: {getattr(error, 'strerror', None) or error}",
            hints=["leave --port out, and any free port is taken", "end the program that uses it"],
        ) from error
    return door


def _refusal_for(failure: AtmosAuthError) -> Refusal:
    """Say what went wrong and what mends it; SDKs ask again by themselves only where that may help."""
    passing = isinstance(failure, LockTimeout) or (isinstance(failure, ServiceError) and failure.retryable)
    words = " ".join("; ".join((failure.message, *failure.hints)).split())
    return Refusal(503 if passing else 403, type(failure).__name__, words)


def _has_body(request: RequestHead) -> bool:
    return bool(request.values("transfer-encoding")) or any(n != "0" for n in request.values("content-length"))


def _response(status: int, members: dict[str, str]) -> bytes:
    body = json.dumps(members).encode()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Connection": "close",
        **({"Allow": "GET"} if status == 405 else {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {_REASONS[status]}\r\n{head}\r\n".encode("ascii") + body
