"""A browser that Playwright opens, watches and closes: the person signs in, we keep the form that comes out of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AuthenticationFailed, Cancelled, SignInExpired, StoreError
from atmos_auth.domain.ports import BrowserChoice, Clock, Prompter
from atmos_auth.host.browser_profile import BrowserProfile
from atmos_auth.host.browser_programs import ENGINES, BrowserProgram, BrowserPrograms
from atmos_auth.host.interrupts import Interrupts, held_interrupts

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page, Request, Route

SIGN_IN_SECONDS = 600.0
_START_MILLISECONDS = 60_000
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


class PlaywrightBrowser:
    """Drives a browser of this machine, judged by `environ` and `platform`; profiles are kept below `folder`.

    A sign-in may take `seconds`. Everything happens in the thread that calls.
    """

    def __init__(
        self,
        folder: str,
        *,
        environ: Mapping[str, str],
        platform: str,
        prompter: Prompter,
        clock: Clock,
        programs: BrowserPrograms | None = None,
        seconds: float = SIGN_IN_SECONDS,
    ) -> None:
        self._folder = folder
        self._environ = environ
        self._platform = platform
        self._prompter = prompter
        self._clock = clock
        self._programs = programs or BrowserPrograms(environ, platform)
        self._seconds = seconds

    @property
    def is_available(self) -> bool:
        """Whether a browser can be driven here and a person would see its window; never raises."""
        if not self._has_screen() or not self._programs.can_drive:
            return False
        return self._programs.find(BrowserChoice()) is not None

    def posted(
        self, url: str, *, field: str, is_target: Callable[[str], bool], profile: str, choice: BrowserChoice
    ) -> str:
        """Open `url` and return `field` of the first form that a page posts to an address that `is_target` picks.

        That form is answered here and not sent; other requests to those addresses are refused. Prompts in the window
        of the browser, uses the network, and raises `AuthenticationFailed`, `Cancelled`, `SignInExpired`,
        `InvalidSetting`, `LockTimeout` and `StoreError`.
        """
        self._programs.require_playwright()
        program = self._programs.find(choice) or self._fetched(choice)
        kept = BrowserProfile(self._folder, profile, clock=self._clock)
        with (
            kept.exclusive(seconds=self._seconds, on_wait=self._say_that_it_is_taken),
            held_interrupts() as interrupts,
        ):
            kept.clean(program.name)
            try:
                with self._opened(program, kept) as context:
                    with self._in_passing("the session of the identity provider is not used"):
                        _bring_cookies(kept, context)
                    watch = _Watch(context, field, is_target)
                    value = self._value(watch, url, interrupts)
                    with self._in_passing("the session of the identity provider is not kept"):
                        _keep_cookies(kept, context)
                    return value
            finally:
                with self._in_passing("what the browser noted of the sign-in is still there"):
                    kept.clean(program.name)

    def has_profile(self, profile: str) -> bool:
        """Tell whether the browser keeps anything for this profile."""
        return BrowserProfile(self._folder, profile, clock=self._clock).exists

    def forget(self, profile: str) -> bool:
        """Remove the profile and every session in it; tell whether there was one.

        Waits a minute for a browser that is open with it; raises `LockTimeout`, `StoreError`.
        """
        kept = BrowserProfile(self._folder, profile, clock=self._clock)
        if not kept.exists:
            return False
        with kept.exclusive(on_wait=self._say_that_it_is_taken):
            return kept.remove()

    @contextmanager
    def _in_passing(self, otherwise: str) -> Iterator[None]:
        """Only warn of what fails in the block: the sign-in itself went as it went."""
        try:
            yield
        except StoreError as error:
            self._prompter.warn(f"{otherwise}: {error}")

    def _has_screen(self) -> bool:
        if env_names.is_continuous_integration(dict(self._environ)):
            return False
        if self._platform in ("darwin", "win32"):
            # The screen is on somebody else's desk.
            return not self._environ.get("SSH_CONNECTION")
        return bool(self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY"))

    def _say_that_it_is_taken(self) -> None:
        self._prompter.say("Another process has the browser open with this profile; waiting until it is done…")

    def _fetched(self, choice: BrowserChoice) -> BrowserProgram:
        """Download a browser, if that is allowed and there is one to download."""
        engine = choice.browser_type or "chromium"
        if not choice.download or engine not in ENGINES:
            raise _not_there(choice.browser_type)
        from atmos_auth.host.browser_download import download_browser

        download_browser(engine, environ=self._environ, say=self._prompter.say, clock=self._clock)
        return BrowserProgram(engine, engine, None)

    @contextmanager
    def _opened(self, program: BrowserProgram, kept: BrowserProfile) -> "Iterator[BrowserContext]":
        """Have the browser open for the block."""
        from playwright.sync_api import Error, sync_playwright

        is_chromium = program.engine == "chromium"
        manager = sync_playwright()
        try:
            playwright = manager.start()
        except (Error, OSError) as error:
            raise _no_playwright(str(error)) from None
        try:
            try:
                context = getattr(playwright, program.engine).launch_persistent_context(
                    kept.data_folder(program.name, program.engine),
                    executable_path=program.path,
                    headless=False,
                    env=dict(self._environ),
                    # As root Chromium does not start with it.
                    chromium_sandbox=is_chromium and not _is_root(),
                    handle_sigint=False,  # we close the browser ourselves
                    timeout=_START_MILLISECONDS,
                    no_viewport=True,
                    accept_downloads=False,
                    service_workers="block",  # what they send would not come by us
                )
            except Error as error:
                raise _not_started(error.message, program, kept) from None
            try:
                yield context
            except Error as error:
                raise _lost(error.message) from None
            finally:
                with suppress(Error):  # it is gone already
                    context.close()
        finally:
            playwright.stop()

    def _value(self, watch: "_Watch", url: str, interrupts: Interrupts) -> str:
        """Wait for the form, with all that may come before it."""
        deadline = self._clock.now() + self._seconds
        interrupts.check()
        with self._prompter.waiting("Sign in in the browser window that has opened", deadline):
            watch.start(url)
            while watch.value is None:
                interrupts.check()
                watch.complain()
                if self._clock.now() >= deadline:
                    raise SignInExpired(
                        f"the sign-in in the browser was not finished within {_minutes(self._seconds)}",
                        hints=["run the command again, and finish the sign-in in the window that opens"],
                    )
                watch.tick()
            watch.say_goodbye()
            return watch.value


class _Trouble(NamedTuple):
    """Why the first page could not be opened: the address that failed, and the browser's word for it."""

    url: str
    code: str


class _Watch:
    """Everything that happens in one browser, until the form comes: `value` is what it held."""

    def __init__(self, context: "BrowserContext", field: str, is_target: Callable[[str], bool]) -> None:
        self._context = context
        self._field = field
        self._picks = is_target
        self._page: Page = context.pages[0] if context.pages else context.new_page()
        self._has_arrived = False
        self._has_crashed = False
        self._ticks_without_window = 0
        self._trouble: _Trouble | None = None
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
            raise _closed()

    def complain(self) -> None:
        """Raise what has gone wrong meanwhile."""
        if self._fault is not None:
            raise self._fault
        if self._trouble is not None:
            raise _not_opened(self._trouble)
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
            self._trouble = _Trouble(request.url, code)

    def _note_arrival(self, frame: "Frame") -> None:
        if frame.url.startswith(("http:", "https:")):
            self._has_arrived = True

    def _note_crash(self, _page: "Page") -> None:
        self._has_crashed = True


def _bring_cookies(kept: BrowserProfile, context: "BrowserContext") -> None:
    """Give the browser the cookies that it forgot when it was closed."""
    from playwright.sync_api import Error

    for cookie in kept.cookies():
        with suppress(Error, TypeError):  # one that this browser does not take
            context.add_cookies([cookie])  # type: ignore[list-item]


def _keep_cookies(kept: BrowserProfile, context: "BrowserContext") -> None:
    from playwright.sync_api import Error

    with suppress(Error):  # the window is closed already; the next sign-in takes longer
        kept.keep(context.cookies())


def _is_root() -> bool:
    import os

    return os.name == "posix" and os.geteuid() == 0


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _not_there(browser_type: str) -> AuthenticationFailed:
    if browser_type and browser_type not in ENGINES:
        return AuthenticationFailed(
            f'the browser "{browser_type}" is not installed here',
            hints=[
                "install it, or remove `browser_type` to have any browser taken",
                "or let `browser_executable_path` name its program",
            ],
        )
    engine = browser_type or "chromium"
    return AuthenticationFailed(
        f'there is no browser "{engine}" to drive here' if browser_type else "there is no browser to drive here",
        hints=[
            *([] if engine != "chromium" else ["install Chrome, Edge or Chromium"]),
            f"or have Playwright download one: playwright install {engine}",
            "or set `download_browser_driver: true`, to have that done when it is needed",
            "or choose another `driver`, or let `browser_executable_path` name a browser's program",
        ],
    )


def _no_playwright(said: str) -> AuthenticationFailed:
    if "asyncio loop" in said:
        return AuthenticationFailed(
            "a browser cannot be driven from a thread in which an asyncio loop runs",
            hints=["call it in a thread of its own: asyncio.to_thread"],
        )
    return AuthenticationFailed(
        "Playwright could not be started",
        details=said.splitlines()[:1],
        hints=["see whether this works: python -m playwright --version", "or choose another `driver`"],
    )


def _not_started(said: str, program: BrowserProgram, kept: BrowserProfile) -> AuthenticationFailed:
    """Say why the browser did not start; what it printed holds no address yet, and so no secret."""
    if "XServer" in said or "Missing X server" in said or "cannot open display" in said:
        return AuthenticationFailed(
            "a browser window cannot be opened here: there is no screen (DISPLAY and WAYLAND_DISPLAY name none)",
            hints=["run the command where there is one, or choose another `driver`"],
        )
    if "Executable doesn't exist" in said:
        return _not_there(program.name)
    # It is there twice: what the browser printed, and within what Playwright did.
    printed = dict.fromkeys(line.partition("[err] ")[2].strip() for line in said.splitlines() if "[err] " in line)
    return AuthenticationFailed(
        f"the browser {program.path or program.name} could not be started",
        details=[line for line in printed if line][-3:],
        hints=[
            "see whether it starts by itself, or choose another `browser_type`",
            f"if it did start before, remove what it keeps: {kept.path}",
        ],
    )


def _closed() -> Cancelled:
    return Cancelled(
        "the browser was closed before the sign-in was finished",
        hints=["run the command again, and leave the window open until the sign-in is done"],
    )


def _lost(said: str) -> AuthenticationFailed:
    """Say that the browser failed us; what Playwright says of it may hold addresses."""
    if "closed" in said.partition("\n")[0]:
        return _closed()
    return AuthenticationFailed(
        "the browser does not do what it is told", hints=["run the command again, or choose another `browser_type`"]
    )


def _not_opened(trouble: _Trouble) -> AuthenticationFailed:
    """Say which host failed, and nothing else of the address: the rest may hold secrets."""
    parts = urlsplit(trouble.url)
    host = parts.hostname or "the identity provider"
    where = f"{host}:{parts.port}" if parts.port else host
    code = trouble.code
    if "NAME_NOT_RESOLVED" in code or "UNKNOWN_HOST" in code:
        what, hint = "its name is not known here", "check the address, and whether a VPN is needed"
    elif "CERT" in code or "SSL" in code or "SEC_ERROR" in code:
        what, hint = "the browser does not trust its connection", "check the address and the clock; install its CA"
    elif "PROXY" in code or "TUNNEL" in code:
        what, hint = "the proxy does not let the browser through", "check the proxy settings of this machine"
    else:
        what, hint = "it could not be reached", "check the address, the network, and whether a VPN is needed"
    return AuthenticationFailed(
        f"the browser could not open {where}: {what}",
        details=[f"the browser says {code}"] if code else [],
        hints=[hint],
    )
