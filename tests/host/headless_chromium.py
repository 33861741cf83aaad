"""A Chromium without a window in place of the person's browser, and hands that use its pages."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from installed import CHROMIUM

_FLAGS = (
    "--headless=new --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-gpu --disable-dev-shm-usage --remote-debugging-port=0"
)


def program(folder: Path, *, flags: str = "", name: str = "headless-chromium") -> str:
    """Write a program that is Chromium without a window, for `browser_executable_path`."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nexec "{CHROMIUM}" {_FLAGS} {flags} "$@"\n')
    path.chmod(0o755)
    return str(path)


def port_below(root: Path, seconds: float = 30) -> int:
    """Return the port at which the browser whose profile is somewhere below `root` can be told what to do."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for path in root.rglob("DevToolsActivePort"):
            found = re.match(r"\d+", path.read_text())
            if found:
                try:
                    socket.create_connection(("127.0.0.1", int(found[0])), timeout=1).close()
                except OSError:
                    continue  # of a browser that has ended
                return int(found[0])
        time.sleep(0.02)
    raise AssertionError("no browser was opened")


def _connected(playwright: Playwright, address: str) -> Browser:
    """Connect to the browser; while it is still starting, it now and then leaves a newcomer without an answer."""
    try:
        return playwright.chromium.connect_over_cdp(address, timeout=10_000)
    except Error:
        return playwright.chromium.connect_over_cdp(address)


@contextmanager
def first_page(root: Path) -> Iterator[Page]:
    """Give the first page of the browser that somebody else opened with a profile below `root`."""
    with sync_playwright() as playwright:
        browser = _connected(playwright, f"http://127.0.0.1:{port_below(root)}")
        context = browser.contexts[0]
        page = context.pages[0] if context.pages else context.wait_for_event("page")
        page.set_default_timeout(20_000)
        yield page
        # Not closed: that would end the browser for whoever opened it.


@contextmanager
def person(root: Path, act: Callable[[Page], None]) -> Iterator[None]:
    """Let a person do `act` in the browser that the block opens; what went wrong with them is raised after it."""
    failures: list[Exception] = []

    def live() -> None:
        try:
            with first_page(root) as page:
                act(page)
        except Exception as error:  # noqa: BLE001 - raised in the thread of the test
            # The browser may be gone as soon as the person has done what was waited for.
            if not (isinstance(error, Error) and "closed" in error.message):
                failures.append(error)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        if failures:
            raise failures[0]
