"""Chromium, driven over its own pipe: pages are loaded, forms filled in, and what it would send to AWS is caught."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from pathlib import Path
from typing import Any

from installed import CHROMIUM, CHROMIUM_FLAGS

_AWS = "https://signin.aws.amazon.com/*"
_SECONDS = 60


class Chromium:
    """One headless browser with one page."""

    def __init__(self, folder: Path) -> None:
        assert CHROMIUM is not None
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        # The protocol's pipe is file descriptors 3 and 4; moved up first, so that neither overwrites the other.
        moves = [(os.POSIX_SPAWN_DUP2, commands, 100), (os.POSIX_SPAWN_DUP2, answers, 101)]
        moves += [(os.POSIX_SPAWN_DUP2, 100, 3), (os.POSIX_SPAWN_DUP2, 101, 4)]
        moves += [(os.POSIX_SPAWN_CLOSE, 100), (os.POSIX_SPAWN_CLOSE, 101)]
        moves += [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, str(folder / "errors"), os.O_WRONLY | os.O_CREAT, 0o600),
        ]
        arguments = [
            CHROMIUM,
            *CHROMIUM_FLAGS,
            "--remote-debugging-pipe",
            f"--user-data-dir={folder / 'profile'}",
            "about:blank",
        ]
        environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self._process = os.posix_spawn(CHROMIUM, arguments, environ, file_actions=moves, setpgroup=0)
        os.close(commands)
        os.close(answers)
        self._buffer = b""
        self._count = 0
        self._session: str | None = None
        self.caught: list[dict[str, Any]] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")
        self._ask("Fetch.enable", patterns=[{"urlPattern": _AWS}])

    def close(self) -> None:
        os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._commands)
        os.close(self._answers)

    def open(self, address: str) -> None:
        self._ask("Page.navigate", url=address)

    def wait_for(self, selector: str) -> None:
        """Wait until the page has an element."""
        deadline = time.monotonic() + _SECONDS
        while not self._evaluate(f"document.readyState === 'complete' && !!document.querySelector({selector!r})"):
            assert time.monotonic() < deadline, f"{selector} never came: {self._evaluate('document.body.innerText')}"
            time.sleep(0.1)

    def send(self, **values: str) -> None:
        """Fill in the form, and press its button, as a person does."""
        for name, value in values.items():
            self.wait_for(f'[name="{name}"]')
            self._evaluate(f"document.getElementsByName({name!r})[0].value = {json.dumps(value)}")
        self._evaluate("document.querySelector('form button').click()")

    def text(self, selector: str) -> str:
        self.wait_for(selector)
        return str(self._evaluate(f"document.querySelector({selector!r}).textContent"))

    def posted(self) -> dict[str, Any]:
        """Give the request the browser sends to AWS's sign-in; it gets no further than here."""
        deadline = time.monotonic() + _SECONDS
        while not self.caught:
            assert time.monotonic() < deadline, "the browser posted nothing to AWS"
            self._evaluate("1")
            time.sleep(0.1)
        return self.caught[0]

    def _evaluate(self, script: str) -> Any:
        # The page may go away meanwhile; whoever waits asks again.
        return self._ask("Runtime.evaluate", expression=script).get("result", {}).get("value")

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = self._send(method, parameters)
        while True:
            message = self._read()
            if message.get("method") == "Fetch.requestPaused":
                caught = message["params"]
                self.caught.append(caught["request"])
                self._send("Fetch.fulfillRequest", {"requestId": caught["requestId"], "responseCode": 200})
            if message.get("id") == number:
                return dict(message.get("result", {}))

    def _send(self, method: str, parameters: dict[str, Any]) -> int:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        return self._count

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], _SECONDS)
            assert ready, "Chromium says nothing"
            more = os.read(self._answers, 65536)
            assert more, "Chromium has gone"
            self._buffer += more
        message, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(message))
