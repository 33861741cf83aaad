"""An endpoint whose thread runs, and requests to it."""

import json
import threading

from loopback_client import Client

from atmos_auth.delivery.container_endpoint import ContainerEndpoint
from atmos_auth.testing import FakeClock, RecordingLog, aws_credentials

TOKEN = "a-token-of-43-characters-0123456789-abcdefg"
PORT = 4711


def request(
    port: int = PORT,
    *,
    method: str = "GET",
    target: str = "/atmos/credentials",
    host: str | None = None,
    token: str | None = TOKEN,
    **more: str,
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host if host is not None else f'127.0.0.1:{port}'}"]
    lines += [f"Authorization: {token}"] if token is not None else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode()


class Running:
    """An endpoint whose thread runs; `says` is what it answers from: keys, None, or an error to raise."""

    def __init__(self, **options: float) -> None:
        self.says: object = aws_credentials()
        self.log = RecordingLog()
        self.endpoint = ContainerEndpoint(
            self.answer, token=TOKEN, clock=FakeClock(), log=self.log, **({"request_seconds": 0.5} | options)
        )
        self.port = self.endpoint.port
        self.thread = threading.Thread(target=self.endpoint.serve)
        self.thread.start()

    def answer(self):
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def ask(self, raw: bytes | None = None) -> tuple[int, dict[str, str]]:
        status, headers, body = Client(self.port, request(self.port) if raw is None else raw).answer()
        assert headers["cache-control"] == "no-store"
        assert headers["content-type"] == "application/json"
        assert not [name for name in headers if name.startswith("access-control")]
        return status, json.loads(body)

    def stop(self) -> None:
        self.endpoint.close()
        self.thread.join(10)
        assert not self.thread.is_alive()
