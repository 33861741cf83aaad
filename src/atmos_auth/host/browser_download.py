"""Having Playwright download a browser of its own, with its progress on the screen."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.ports import Clock

if TYPE_CHECKING:
    import subprocess

DOWNLOAD_SECONDS = 600.0
_LOOK_SECONDS = 0.2
_KEPT_ERRORS = 3


def download_browser(
    engine: str,
    *,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    clock: Clock,
    seconds: float = DOWNLOAD_SECONDS,
) -> None:
    """Run Playwright's installer for `engine`, and `say` what it says; uses the network.

    Raises `AuthenticationFailed` when it fails or is not done after `seconds`. Ctrl-C ends it.
    """
    import subprocess

    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "playwright", "install", engine],
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # so that it can be ended with the helpers that it starts
    )
    errors: list[str] = []
    said = ""
    try:
        for line in _lines(process, clock, clock.now() + seconds):
            if line.startswith("Error: "):
                errors.append(line.removeprefix("Error: "))
            elif line != said and not line.startswith((" ", "}")):  # the rest of a trace
                say(line)
                said = line
        status = process.wait()
    except _TooSlow:
        raise _failed(engine, f"was not done after {seconds:.0f} seconds", errors) from None
    finally:
        _end(process)
    if status != 0:
        raise _failed(engine, f"failed with status {status}", errors or [said])


class _TooSlow(Exception):
    """The deadline has come."""


def _lines(process: "subprocess.Popen[str]", clock: Clock, deadline: float) -> Iterator[str]:
    """Yield what the process prints, line by line; raises `_TooSlow` at `deadline`."""
    import queue
    import threading

    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        if process.stdout is not None:
            with process.stdout:
                for line in process.stdout:
                    lines.put(line.rstrip())
        lines.put(None)

    # A thread of its own, for no pipe of Windows can be waited for with a deadline; it ends with the process.
    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            line = ""
        if line is None:
            return
        if line:
            yield line
        if clock.now() >= deadline:
            raise _TooSlow


def _end(process: "subprocess.Popen[str]") -> None:
    """End the installer, and its helpers, if it still runs."""
    if process.poll() is not None:
        return
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)  # what is half there it removes at the next start
    else:
        process.kill()
    process.wait()


def _failed(engine: str, what: str, errors: list[str]) -> AuthenticationFailed:
    details = list(dict.fromkeys(filter(None, errors)))[:_KEPT_ERRORS]
    return AuthenticationFailed(
        f"the download of the browser {what}",
        details=[f"playwright install {engine}: {detail}" for detail in details],
        hints=[
            "behind a proxy: set HTTPS_PROXY, or PLAYWRIGHT_DOWNLOAD_HOST to a mirror",
            "or install Chrome, which needs no download",
            "or let `browser_executable_path` name a browser's program",
        ],
    )
