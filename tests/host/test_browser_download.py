import io
import os
import platform
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import headless_chromium
import pytest

from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.ports import BrowserChoice
from atmos_auth.host.browser_download import download_browser
from atmos_auth.host.browser_programs import BrowserPrograms
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.driven_browser import PlaywrightBrowser
from atmos_auth.testing import FakePrompter
from installed import in_chromium


class Mirror:
    """Playwright's download host, with archives that hold one program: Chromium without a window."""

    def __init__(self) -> None:
        mirror = self
        self.asked: list[str] = []
        self.program = b""
        self.stalls = False
        self.is_over = Event()

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                mirror.asked.append(self.path)
                if mirror.stalls:
                    mirror.is_over.wait(60)
                    return
                folder = self.path.rpartition("/")[2].removesuffix(".zip")
                content = mirror.archive(folder)
                self.send_response(200 if mirror.program else 404)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def archive(self, folder: str) -> bytes:
        # chrome-linux64.zip holds chrome-linux64/chrome, and so on.
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name in sorted({"chrome", folder.removesuffix("-linux64"), "ffmpeg-linux"}):
                entry = zipfile.ZipInfo(name if folder.startswith("ffmpeg") else f"{folder}/{name}")
                entry.external_attr = 0o100755 << 16
                archive.writestr(entry, self.program)
        return written.getvalue()

    def close(self) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror()
    yield mirror
    mirror.close()


@pytest.fixture
def environ(environ: dict[str, str], mirror: Mirror, tmp_path: Path) -> dict[str, str]:
    return environ | {
        "PLAYWRIGHT_DOWNLOAD_HOST": mirror.url,
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PATH": "/usr/bin:/bin",
    }


def running(folder: Path) -> list[str]:
    """Give the processes that were started with our folder for browsers."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if path.parent.name != str(os.getpid()) and str(folder / "browsers") in path.read_text(errors="replace"):
                found.append((path.parent / "cmdline").read_text(errors="replace"))
        except OSError:
            continue
    return found


@in_chromium
@pytest.mark.skipif(platform.machine() != "x86_64", reason="elsewhere the archives have other names")
def test_where_there_is_none_one_is_downloaded_and_driven(
    environ: dict[str, str], mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # Playwright itself looks there, too.
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", environ["PLAYWRIGHT_BROWSERS_PATH"])
    mirror.program = Path(headless_chromium.program(tmp_path)).read_bytes()
    downloads = environ["PLAYWRIGHT_BROWSERS_PATH"]
    nothing_installed = BrowserPrograms(
        environ, "linux", exists=lambda path: path.startswith(downloads) and os.path.exists(path)
    )
    prompter = FakePrompter()
    browser = PlaywrightBrowser(
        str(tmp_path / "profiles"),
        # The program shows no window, but a browser is only fetched where one would be seen.
        environ=environ | {"DISPLAY": ":0"},
        platform="linux",
        prompter=prompter,
        clock=SystemClock(),
        programs=nothing_installed,
    )

    def visit(*, download: bool) -> str:
        return browser.posted(
            "data:text/html,<form method=post action=https://target.invalid/><input name=f value=v></form>"
            "<script>document.forms[0].submit()</script>",
            field="f",
            is_target=lambda url: url.startswith("https://target.invalid"),
            profile="p",
            choice=BrowserChoice("chromium", download=download),
        )

    with pytest.raises(AuthenticationFailed, match="no browser"):
        visit(download=False)
    assert mirror.asked == []
    assert visit(download=True) == "v"
    asked = len(mirror.asked)
    assert any(line.startswith("Downloading") for line in prompter.lines)
    assert visit(download=True) == "v"
    assert len(mirror.asked) == asked


def test_a_download_that_fails_says_why_and_what_to_do(environ: dict[str, str], mirror: Mirror):
    said: list[str] = []
    with pytest.raises(AuthenticationFailed, match="download of the browser failed with status 1") as caught:
        download_browser("chromium", environ=environ, say=said.append, clock=SystemClock())
    assert any("404" in detail for detail in caught.value.details), caught.value.details
    hints = " ".join(caught.value.hints)
    for way in ("HTTPS_PROXY", "PLAYWRIGHT_DOWNLOAD_HOST", "install Chrome", "`browser_executable_path`"):
        assert way in hints
    assert said[0].startswith("Downloading")
    assert not any("    at " in line for line in said)


def test_a_download_that_does_not_end_is_ended(environ: dict[str, str], mirror: Mirror, tmp_path: Path):
    mirror.stalls = True
    with pytest.raises(AuthenticationFailed, match="was not done after 8 seconds"):
        download_browser("chromium", environ=environ, say=lambda _: None, clock=SystemClock(), seconds=8)
    assert mirror.asked
    await_end(tmp_path)


def test_ctrl_c_ends_a_download(environ: dict[str, str], mirror: Mirror, tmp_path: Path):
    mirror.stalls = True

    def interrupt(_: str) -> None:
        assert running(tmp_path)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download_browser("chromium", environ=environ, say=interrupt, clock=SystemClock())
    await_end(tmp_path)


def await_end(folder: Path) -> None:
    deadline = time.monotonic() + 10
    while running(folder):
        assert time.monotonic() < deadline, running(folder)
        time.sleep(0.05)
