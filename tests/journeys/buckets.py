"""Buckets of S3, as far as states of Terraform are read from them: each for those keys only that it is opened to."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_ERROR = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>No.</Message></Error>'


class Buckets:
    """A server on a port of its own; `asked` are the access keys and the paths of all requests, in their order."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._objects: dict[str, bytes] = {}
        self._opened_to: dict[str, str] = {}
        buckets = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                buckets._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def put(self, path: str, content: bytes) -> None:
        """Put an object at `/BUCKET/KEY`."""
        self._objects[path] = content

    def open_to(self, bucket: str, access_key: str) -> None:
        """Let the owner of a key read a bucket, and nobody else."""
        self._opened_to[bucket] = access_key

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        access_key = request.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        path = request.path.partition("?")[0]
        self.asked.append((access_key, path))
        if self._opened_to.get(path.split("/")[1]) != access_key:
            status, body = 403, _ERROR.format(code="AccessDenied").encode()
        elif path not in self._objects:
            status, body = 404, _ERROR.format(code="NoSuchKey").encode()
        else:
            status, body = 200, self._objects[path]
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
