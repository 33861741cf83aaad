"""What the listeners of the loopback interface meet in tests: a browser's connection, and a clock that stands."""

import http.client
import socket
import time


class StandingClock:
    def __init__(self, now=1_000.0):
        self.time = now

    def now(self):
        return self.time

    def sleep(self, seconds):
        raise AssertionError("the listener must not sleep")


def soon(seconds=5.0):
    return time.time() + seconds


class Client:
    """A connection to `port` that sent `request` and reads the answer later; until somebody waits, it queues."""

    def __init__(self, port, request=b""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.send(request)

    def send(self, request):
        if request:
            self.socket.sendall(request)

    def answer(self):
        """Return status, headers and body, having read to the end."""
        with self.socket:
            response = http.client.HTTPResponse(self.socket, method="GET")
            response.begin()
            body = response.read().decode()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, body

    def status(self):
        return self.answer()[0]

    def close(self):
        self.socket.close()
