"""Watching one driven browser until a page posts the form that is waited for, which is answered here and not sent."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.host.browser_troubles import Trouble, closed, not_opened

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page, Request, Route

# How often we look at Ctrl-C, the clock and the windows.
_TICK_MILLISECONDS = 100
# How long we wait for an answer to the first request before we look at these as well.
_FIRST_MILLISECONDS = 500
# So long the person may read that it is done.
_GOODBYE_MILLISECONDS = 800
# STS takes 100,000 characters; what is many times that is no answer.
_LARGEST_FORM = 8 * 1024 * 1024
_FORM_TYPE = "application/x-www-form-urlencoded"
# What Chromium, Firefox and WebKit say of a request that another one took the place of.
_SUPERSEDED = ("ERR_ABORTED", "NS_BINDING_ABORTED", "cancelled", "interrupted")


class FormWatch:
    """Everything that happens in one browser, until the form comes: `value` is what it held."""

    def __init__(self, context: "BrowserContext", field: str, is_target: Callable[[str], bool]) -> None:
        self._context = context
        self._field = field
        self._picks = is_target
        self._page: Page = context.pages[0] if context.pages else context.new_page()
        self._has_arrived = False
        self._has_crashed = False
        self._ticks_without_window = 0
        self._trouble: Trouble | None = None
        self._fault: Exception | None = None
        self.value: str | None = None
        context.route(self._is_target, self._answer)
        context.on("request", self._note_redirected)
        context.on("requestfailed", self._note_failure)
        self._page.on("framenavigated", self._note_arrival)
        self._page.on("crash", self._note_crash)

    def start(self, url: str) -> None:
        """Go to `url`; what becomes of it is noted as it comes."""
        from playwright.sync_api import Error

        with suppress(Error):  # a failure was noted already, and what has no answer yet goes on
            self._page.goto(url, wait_until="commit", timeout=_FIRST_MILLISECONDS)

    def tick(self) -> None:
        """Let the browser go on for a moment."""
        from playwright import sync_api

        try:
            self._context.wait_for_event("close", timeout=_TICK_MILLISECONDS)
        except sync_api.TimeoutError:
            # One window may close as another one opens.
            self._ticks_without_window = 0 if self._context.pages else self._ticks_without_window + 1
            if self._ticks_without_window < 3:
                return
        except sync_api.Error:
            pass  # it was closed before we looked
        if self.value is None:
            self.complain()
            raise closed()

    def complain(self) -> None:
        """Raise what has gone wrong meanwhile."""
        if self._fault is not None:
            raise self._fault
        if self._trouble is not None:
            raise not_opened(self._trouble)
        if self._has_crashed:
            raise AuthenticationFailed(
                "the page crashed in the browser", hints=["run the command again, or choose another `browser_type`"]
            )

    def say_goodbye(self) -> None:
        """Let the person see for a moment that it is done."""
        from playwright.sync_api import Error

        with suppress(Error):
            self._context.wait_for_event("close", timeout=_GOODBYE_MILLISECONDS)

    def _is_target(self, url: str) -> bool:
        try:
            return self._picks(url)
        except Exception as fault:  # noqa: BLE001 - raised later, in the thread that waits
            self._fault = fault
            return True  # what may be a target stays here

    def _answer(self, route: "Route", request: "Request") -> None:
        """Answer the form; refuse everything else, so that the person stays on the page they were on."""
        from playwright.sync_api import Error

        from atmos_auth.host.callback_page import SIGNED_IN, render, security_headers

        value = self._form_value(request) if self.value is None and self._fault is None else None
        with suppress(Error):  # the window may be closed by now
            if value is None:
                route.abort("aborted")
                return
            self.value = value
            route.fulfill(
                status=200,
                headers={**security_headers(), "Content-Type": "text/html; charset=utf-8"},
                body=render(SIGNED_IN),
            )

    def _form_value(self, request: "Request") -> str | None:
        """Return what a posted form has in the awaited field; None when it is no such form."""
        from urllib.parse import parse_qsl

        if request.method != "POST" or not request.is_navigation_request():
            return None
        content_type = request.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() != _FORM_TYPE:
            return None
        body = request.post_data_buffer
        if not body or len(body) > _LARGEST_FORM:
            return None
        try:
            fields = parse_qsl(body.decode("ascii"), max_num_fields=100)
        except ValueError:
            return None
        return next((value for name, value in fields if name == self._field), None)

    def _note_redirected(self, request: "Request") -> None:
        """Take the form also where a redirect brings it: Playwright lets nobody stop that request."""
        if request.redirected_from is None or not self._is_target(request.url):
            return
        if self.value is None and self._fault is None:
            self.value = self._form_value(request)

    def _note_failure(self, request: "Request") -> None:
        if self._has_arrived or self._trouble is not None or not request.is_navigation_request():
            return
        code = (request.failure or "").removeprefix("net::")
        if not any(word in code for word in _SUPERSEDED):
            self._trouble = Trouble(request.url, code)

    def _note_arrival(self, frame: "Frame") -> None:
        if frame.url.startswith(("http:", "https:")):
            self._has_arrived = True

    def _note_crash(self, _page: "Page") -> None:
        self._has_crashed = True
