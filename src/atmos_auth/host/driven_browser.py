"""A browser that Playwright opens, watches and closes: the person signs in, we keep the form that comes out of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from atmos_auth.domain.errors import InvalidSetting, SignInExpired, StoreError
from atmos_auth.domain.ports import BrowserChoice, Clock, Prompter
from atmos_auth.host.browser_profile import BrowserProfile
from atmos_auth.host.browser_programs import ENGINES, BrowserProgram, BrowserPrograms
from atmos_auth.host.browser_troubles import lost, no_playwright, no_screen, not_started, not_there
from atmos_auth.host.form_watch import FormWatch
from atmos_auth.host.screen import has_screen

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from atmos_auth.host.interrupts import Interrupts

SIGN_IN_SECONDS = 600.0
_START_MILLISECONDS = 30_000


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

    def can_open(self, choice: BrowserChoice) -> bool:
        """Tell whether this browser can be driven here and a person would see its window; never raises."""
        if not has_screen(self._environ, self._platform) or not self._programs.can_drive:
            return False
        try:
            return self._programs.find(choice) is not None
        except InvalidSetting:
            return True  # it was chosen: what is wrong with it is said when it is opened

    def posted(
        self, url: str, *, field: str, is_target: Callable[[str], bool], profile: str, choice: BrowserChoice
    ) -> str:
        """Open `url` and return `field` of the first form that a page posts to an address that `is_target` picks.

        That form is answered here and not sent; other requests to those addresses are refused. Prompts in the window
        of the browser, uses the network, and raises `AuthenticationFailed`, `Cancelled`, `SignInExpired`,
        `InvalidSetting`, `LockTimeout` and `StoreError`.
        """
        from atmos_auth.host.interrupts import held_interrupts

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
                    watch = FormWatch(context, field, is_target)
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

    def _say_that_it_is_taken(self) -> None:
        self._prompter.say("Another process has the browser open with this profile; waiting until it is done…")

    def _fetched(self, choice: BrowserChoice) -> BrowserProgram:
        """Download a browser, if that is allowed and there is one to download."""
        engine = choice.browser_type or "chromium"
        if not choice.download or engine not in ENGINES:
            raise not_there(choice.browser_type)
        if not has_screen(self._environ, self._platform):
            raise no_screen()
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
            raise no_playwright(str(error)) from None
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
                raise not_started(error.message, program, kept) from None
            try:
                yield context
            except Error as error:
                raise lost(error.message) from None
            finally:
                with suppress(Error):  # it is gone already
                    context.close()
        finally:
            playwright.stop()

    def _value(self, watch: "FormWatch", url: str, interrupts: "Interrupts") -> str:
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
