"""Against a real Chromium; Firefox and WebKit are not to be had where these tests are written, and are untested."""

import json
import os
import signal
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import headless_chromium
import pytest
from playwright.sync_api import Error, Page, expect
from pseudo_terminal import CTRL_C, Terminal

from atmos_auth.domain.errors import (
    AuthenticationFailed,
    Cancelled,
    InvalidSetting,
    LockTimeout,
    SignInExpired,
    StoreError,
)
from atmos_auth.domain.ports import BrowserChoice
from atmos_auth.host.browser_profile import BrowserProfile
from atmos_auth.host.browser_programs import BrowserPrograms
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.driven_browser import PlaywrightBrowser
from atmos_auth.testing import FakeClock, FakePrompter
from installed import CHROMIUM, in_chromium

RESPONSE = "PHNhbWw+CANARY+100%/é?&=\r\nPC9zYW1sPg=="


class Web:
    """Two web servers of one host: the identity provider's pages, and the target, which must never hear of a form."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.redirects: dict[str, tuple[int, str]] = {}
        self.cookies: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.at_target: list[tuple[str, str]] = []
        self.silence = threading.Event()
        self._idp = self._serve(self._handler(is_target=False))
        self._target = self._serve(self._handler(is_target=True))
        self.url = f"http://127.0.0.1:{self._idp.server_port}"
        self.target = f"http://127.0.0.1:{self._target.server_port}/saml"

    def form(self, value: str = RESPONSE, *, name: str = "SAMLResponse", script: bool = True, **attributes: str) -> str:
        from html import escape

        action = attributes.pop("action", self.target)
        more = " ".join(f'{key}="{text}"' for key, text in attributes.items())
        field = f'<textarea name="{name}" hidden>{escape(value)}</textarea>'
        submit = "<script>document.forms[0].submit()</script>" if script else ""
        return (
            f'<meta charset="utf-8"><form method="post" action="{action}" {more}>{field}'
            f'<input type="hidden" name="RelayState" value="r"><button>Go on</button></form>{submit}'
        )

    def is_target(self, url: str) -> bool:
        return url.startswith(self.target)

    def close(self) -> None:
        self.silence.set()
        for server in (self._idp, self._target):
            server.shutdown()
            server.server_close()

    def _serve(self, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server

    def _handler(web, *, is_target: bool) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler is `self`
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                if is_target:
                    web.at_target.append((self.command, body))
                path = self.path.partition("?")[0]
                if path == "/favicon.ico":
                    self.send_error(404)
                    return
                if not is_target:
                    web.asked.append((self.command, path, self.headers.get("Cookie", "")))
                if path == "/silent":
                    web.silence.wait(60)
                status, location = web.redirects.get(path, (200, ""))
                page = web.pages.get(path, "<p>nothing").encode()
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                if path in web.cookies:
                    self.send_header("Set-Cookie", web.cookies[path])
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        return Handler


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


class Desk:
    """A browser to drive, its profiles, and what it says to the person."""

    def __init__(self, folder: Path, web: Web, environ: dict[str, str], program: str) -> None:
        self.profiles = folder / "profiles"
        self.web = web
        self.environ = environ
        self.program = program
        self.prompter = FakePrompter()

    def browser(self, **options: object) -> PlaywrightBrowser:
        options = {"environ": self.environ, "clock": SystemClock(), "seconds": 30, **options}
        return PlaywrightBrowser(str(self.profiles), platform="linux", prompter=self.prompter, **options)  # type: ignore[arg-type]

    def posted(self, path: str = "/", *, profile: str = "okta", program: str = "", **options: object) -> str:
        return self.browser(**options).posted(
            path if ":" in path else self.web.url + path,
            field="SAMLResponse",
            is_target=self.web.is_target,
            profile=profile,
            choice=BrowserChoice(executable=program or self.program),
        )

    def running(self) -> list[str]:
        """Give the command lines of processes that use one of our profiles."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_text(errors="replace")
            except OSError:
                continue
            if f"--user-data-dir={self.profiles}" in line:
                found.append(f"{path.parent.name} {line}")
        return found

    def await_end_of_all(self) -> None:
        deadline = time.monotonic() + 20
        while self.running():
            assert time.monotonic() < deadline, self.running()
            time.sleep(0.05)


@pytest.fixture
def desk(tmp_path: Path, web: Web, environ: dict[str, str]) -> Desk:
    return Desk(tmp_path, web, environ, headless_chromium.program(tmp_path))


# --- the form --------------------------------------------------------------------------------------------------


@in_chromium
def test_the_field_comes_as_it_was_and_the_person_is_told(desk: Desk, web: Web):
    web.pages["/"] = web.form(script=False)
    shown = []

    def act(page: Page) -> None:
        page.get_by_role("button").click()
        shown.append(page.inner_text("h1"))

    with headless_chromium.person(desk.profiles, act):
        assert desk.posted() == RESPONSE
    assert shown == ["You are signed in"]
    assert web.at_target == []
    assert desk.prompter.waits == ["Sign in in the browser window that has opened"]
    assert desk.running() == []


@in_chromium
@pytest.mark.parametrize("way", ["redirect", "script", "frame", "popup", "noopener", "closing", "meta"])
def test_it_comes_from_wherever_a_page_posts_it(desk: Desk, web: Web, way: str):
    web.pages["/form"] = web.form()
    web.redirects["/redirect"] = (302, "/form")
    web.pages |= {
        "/script": "<script>location.href = '/form'</script>",
        "/frame": "<iframe src=/form></iframe>",
        "/popup": "<script>window.open('/form')</script>",
        "/noopener": "<script>window.open('/form', '', 'noopener')</script>",
        "/closing": "<script>window.open('/form-and-close')</script>",
        "/form-and-close": web.form().replace("submit()", "submit(); setTimeout(() => window.close(), 150)"),
        "/meta": "<meta http-equiv=refresh content='0; url=/form'>",
    }
    assert desk.posted(f"/{way}") == RESPONSE
    assert web.at_target == []


@in_chromium
def test_nothing_else_reaches_the_target_or_ends_the_wait(desk: Desk, web: Web):
    """What a page may send there: a link, other forms, scripts; and then the right form."""
    web.pages["/"] = f"""
      <form id=wrong method=post action="{web.target}"><input name=Other value=canary></form>
      <form id=parts method=post action="{web.target}" enctype="multipart/form-data">
        <input name=SAMLResponse value=canary></form>
      <form id=plain method=post action="{web.target}" enctype="text/plain">
        <input name=SAMLResponse value=canary></form>
      <form id=empty method=post action="{web.target}"><input name=SAMLResponse></form>
      <form id=get action="{web.target}"><input name=SAMLResponse value=canary></form>
      <a href="{web.target}?SAMLResponse=canary">link</a>
      {web.form(script=False).replace("<form", "<form id=right")}
      <img src="{web.target}?image">
    """

    def act(page: Page) -> None:
        page.wait_for_url(f"{web.url}/")
        page.evaluate(
            """target => fetch(target, {method: "POST", mode: "no-cors", headers:
               {"Content-Type": "application/x-www-form-urlencoded"}, body: "SAMLResponse=canary"}).catch(() => 0)""",
            web.target,
        )
        for form in ("wrong", "parts", "plain", "empty", "get"):
            page.evaluate("id => document.getElementById(id).submit()", form)
            page.wait_for_timeout(200)
            assert page.url == f"{web.url}/", form
        page.get_by_text("link").click(no_wait_after=True)
        page.wait_for_timeout(200)
        assert page.url == f"{web.url}/"
        page.evaluate("document.getElementById('right').submit()")

    with headless_chromium.person(desk.profiles, act):
        assert desk.posted() == RESPONSE
    assert web.at_target == []


@in_chromium
def test_several_megabytes_are_taken_and_more_are_not(desk: Desk, web: Web):
    web.pages["/"] = web.form("+" * 1_000_000)
    assert desk.posted() == "+" * 1_000_000
    web.pages["/"] = web.form("x" * 9_000_000)
    with pytest.raises(SignInExpired):
        desk.posted(seconds=4)
    assert web.at_target == []


@in_chromium
def test_a_redirect_of_the_form_cannot_be_stopped_but_is_read(desk: Desk, web: Web):
    """Playwright intercepts no redirected request: https://playwright.dev/python/docs/api/class-page#page-route."""
    web.pages["/"] = web.form(action="/on")
    web.redirects["/on"] = (307, web.target)
    assert desk.posted() == RESPONSE


@in_chromium
def test_a_target_that_cannot_be_judged_stays_here_and_the_fault_is_raised(desk: Desk, web: Web):
    def judge(url: str) -> bool:
        if url == web.target:
            raise ValueError("no such address")
        return False

    web.pages["/"] = web.form()
    with pytest.raises(ValueError, match="no such address"):
        desk.browser().posted(
            web.url,
            field="SAMLResponse",
            is_target=judge,
            profile="okta",
            choice=BrowserChoice(executable=desk.program),
        )
    assert web.at_target == []
    assert desk.running() == []


# --- what is kept ----------------------------------------------------------------------------------------------


@in_chromium
def test_the_session_of_the_identity_provider_is_used_again(desk: Desk, web: Web):
    """Cookies with and without a date; a browser forgets the latter when it is closed."""
    web.pages["/"] = web.form()
    web.cookies["/"] = "session=s3cret; HttpOnly; SameSite=Lax"
    desk.posted(profile="Okta")
    desk.posted(profile="okta")
    desk.posted(profile="other")
    web.cookies["/"] = "lasting=l; Max-Age=3600"
    desk.posted()
    desk.posted()
    cookies = [set(cookie.split("; ")) for _, path, cookie in web.asked if path == "/"]
    assert cookies == [{""}, {"session=s3cret"}, {""}, {"session=s3cret"}, {"session=s3cret", "lasting=l"}]

    folder = desk.profiles / "okta"
    kept = folder / "session-cookies.json"
    assert [cookie["name"] for cookie in json.loads(kept.read_text())] == ["session"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for inside in (desk.profiles, folder, folder / "headless-chromium", folder / "headless-chromium" / "Default"):
        assert stat.S_IMODE(inside.stat().st_mode) == 0o700, inside

    browser = desk.browser()
    assert browser.has_profile("OKTA")
    assert (browser.forget("okta"), browser.forget("okta")) == (True, False)
    assert (browser.has_profile("okta"), folder.exists(), browser.has_profile("other")) == (False, False, True)
    del web.cookies["/"]
    desk.posted()
    assert web.asked[-1][2] == ""


@in_chromium
def test_neither_passwords_nor_responses_are_left_in_the_profile(desk: Desk, web: Web):
    web.pages["/"] = "<form method=post action=/next><input name=user><input name=password type=password><button>"
    web.pages["/next"] = web.form(script=False)

    def act(page: Page) -> None:
        page.fill("[name=user]", "jane")
        page.fill("[name=password]", "canary-password")
        page.get_by_role("button").click()
        page.get_by_text("Go on").click()

    with headless_chromium.person(desk.profiles, act):
        assert desk.posted() == RESPONSE
    files = [path for path in desk.profiles.rglob("*") if path.is_file() and not path.is_symlink()]
    found = [
        str(path)
        for path in files
        for word in ("canary-password", "CANARY")
        if word.encode() in path.read_bytes() or word.encode("utf-16-le") in path.read_bytes()
    ]
    assert found == []
    assert len(files) > 10
    preferences = json.loads((desk.profiles / "okta/headless-chromium/Default/Preferences").read_text())
    assert preferences["credentials_enable_service"] is False
    assert preferences["profile"]["password_manager_enabled"] is False


@in_chromium
def test_two_at_once_take_turns(desk: Desk, web: Web):
    web.pages["/"] = web.form()
    with ThreadPoolExecutor(2) as pool:
        values = list(pool.map(lambda _: desk.posted(), range(2)))
    assert values == [RESPONSE] * 2
    assert desk.prompter.lines == ["Another process has the browser open with this profile; waiting until it is done…"]


def test_of_the_aws_console_and_of_what_lasts_nothing_is_kept(tmp_path: Path):
    profile = BrowserProfile(str(tmp_path), "a/b", clock=FakeClock())
    assert profile.cookies() == []

    def cookie(domain: str, expires: float = -1) -> dict[str, object]:
        return {"name": "n", "value": "v", "domain": domain, "path": "/", "expires": expires}

    ours = [cookie("idp.example"), cookie(".example"), cookie("keycloak.elb.amazonaws.com")]
    theirs = [cookie("signin.aws.amazon.com"), cookie(".aws.amazon.com"), cookie("signin.amazonaws.cn")]
    profile.keep([*ours, *theirs, cookie("idp.example", expires=4e9)])
    assert profile.cookies() == ours
    (tmp_path / "a_b" / "session-cookies.json").write_text("[1")
    assert profile.cookies() == []
    assert not (tmp_path / "a_b" / "session-cookies.json").exists()


def test_forgetting_waits_for_a_browser_that_is_open(tmp_path: Path):
    clock = FakeClock()
    profile = BrowserProfile(str(tmp_path), "okta", clock=clock)
    profile.keep([])
    prompter = FakePrompter()
    browser = PlaywrightBrowser(str(tmp_path), environ={}, platform="linux", prompter=prompter, clock=clock)
    with (
        profile.exclusive(),
        pytest.raises(LockTimeout, match="another process's browser still holds"),
        ThreadPoolExecutor(1) as pool,
    ):
        pool.submit(browser.forget, "okta").result()
    assert len(prompter.lines) == 1
    assert browser.forget("okta")


def test_what_cannot_be_removed_is_an_error(tmp_path: Path):
    profile = BrowserProfile(str(tmp_path), "okta", clock=FakeClock())
    assert not profile.remove()
    (tmp_path / "okta").write_text("not a folder")
    with pytest.raises(StoreError, match="cannot remove") as caught:
        profile.remove()
    assert caught.value.hints


@in_chromium
def test_what_cannot_be_kept_does_not_undo_the_sign_in(desk: Desk, web: Web):
    web.pages["/"] = web.form()
    (desk.profiles / "okta" / "session-cookies.json" / "in the way").mkdir(parents=True)
    assert desk.posted() == RESPONSE
    assert [warning.partition(" /")[0] for warning in desk.prompter.warnings] == [
        "the session of the identity provider is not used: cannot read",
        "the session of the identity provider is not kept: cannot write",
    ]


# --- no form ---------------------------------------------------------------------------------------------------


@in_chromium
def test_nobody_signs_in(desk: Desk, web: Web):
    for path in ("/", "/silent"):
        with pytest.raises(SignInExpired, match="not finished within 2 seconds") as caught:
            desk.posted(path, seconds=2)
        assert caught.value.hints
    assert desk.running() == []


@in_chromium
@pytest.mark.parametrize("path", ["/", "/silent"])
def test_the_person_closes_the_window(desk: Desk, web: Web, path: str):
    def leave(page: Page) -> None:
        # Before the first request, it would be a browser that did not start.
        if path == "/":
            page.wait_for_url(f"{web.url}/")
        while not web.asked:
            page.wait_for_timeout(20)
        page.close()

    with (
        headless_chromium.person(desk.profiles, leave),
        pytest.raises(Cancelled, match="browser was closed before the sign-in was finished") as caught,
    ):
        desk.posted(path)
    assert caught.value.hints
    assert desk.running() == []


@in_chromium
def test_one_window_of_two_may_be_closed(desk: Desk, web: Web):
    web.pages["/"] = "<button onclick=\"window.open('/form')\">Sign in</button>"
    web.pages["/form"] = web.form(script=False)

    def act(page: Page) -> None:
        with page.expect_popup() as popup:
            page.get_by_role("button").click()
        expect(popup.value.get_by_text("Go on")).to_be_visible()
        page.close()
        popup.value.get_by_text("Go on").click()

    with headless_chromium.person(desk.profiles, act):
        assert desk.posted() == RESPONSE


@in_chromium
@pytest.mark.parametrize("what", ["browser", "page"])
def test_the_browser_crashes(desk: Desk, web: Web, what: str):
    def act(page: Page) -> None:
        # Before that, it would be a browser that did not start.
        page.wait_for_url(f"{web.url}/")
        if what == "page":
            with suppress(Error):
                page.goto("chrome://crash")
            return
        (browser,) = (line.split()[0] for line in desk.running() if "--type=" not in line)
        os.kill(int(browser), signal.SIGKILL)

    crashed = "the page crashed in the browser" if what == "page" else "the browser was closed"
    with headless_chromium.person(desk.profiles, act), pytest.raises(AuthenticationFailed, match=crashed):
        desk.posted()
    desk.await_end_of_all()
    web.pages["/"] = web.form()
    assert desk.posted() == RESPONSE


@in_chromium
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:{dead}/x?canary", "could not open 127.0.0.1:{dead}: it could not be reached"),
        ("http://idp.invalid/x?canary", "could not open idp.invalid: its name is not known here"),
        ("https://127.0.0.1:{tls}/x?canary", "could not open 127.0.0.1:{tls}: the browser does not trust its"),
        ("{web}/moved", "could not open 127.0.0.1:{dead}: it could not be reached"),
    ],
)
def test_the_identity_provider_cannot_be_reached(desk: Desk, web: Web, tmp_path: Path, url: str, message: str):
    ports = {"dead": "", "tls": "", "web": web.url}
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as free:
        ports["dead"] = str(free.server_port)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path))
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        secure.handle_error = lambda *_: None  # type: ignore[method-assign]
        ports["tls"] = str(secure.server_port)
        threading.Thread(target=secure.serve_forever, daemon=True).start()
        web.redirects["/moved"] = (302, f"http://127.0.0.1:{ports['dead']}/x?canary")
        with pytest.raises(AuthenticationFailed) as caught:
            desk.posted(url.format(**ports))
        secure.shutdown()
    assert message.format(**ports) in str(caught.value)
    assert "canary" not in f"{caught.value}{caught.value.details}{caught.value.hints}"
    assert caught.value.hints
    assert desk.running() == []


def self_signed(folder: Path) -> str:
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "self-signed.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return str(path)


# --- no browser ------------------------------------------------------------------------------------------------


@in_chromium
def test_without_a_screen_it_says_so(desk: Desk):
    with pytest.raises(AuthenticationFailed, match="there is no screen") as caught:
        desk.posted(program=str(CHROMIUM))
    assert caught.value.hints


def test_a_browser_that_does_not_start_is_quoted(desk: Desk, tmp_path: Path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho something is missing >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(AuthenticationFailed, match="broken could not be started") as caught:
        desk.posted(program=str(broken))
    assert caught.value.details == ("something is missing",)
    assert str(desk.profiles / "okta") in caught.value.hints[-1]


def test_in_an_asyncio_loop_it_says_so(desk: Desk):
    import asyncio

    async def within() -> None:
        desk.posted()

    with pytest.raises(AuthenticationFailed, match="asyncio"):
        asyncio.run(within())


def test_an_executable_that_is_none_is_refused(desk: Desk, tmp_path: Path):
    with pytest.raises(InvalidSetting, match="invalid browser executable"):
        desk.posted(program=str(tmp_path / "nowhere"))
    assert not desk.profiles.exists()


def visit_with(desk: Desk, choice: BrowserChoice, **options: object) -> AuthenticationFailed:
    with pytest.raises(AuthenticationFailed) as caught:
        desk.browser(**options).posted(
            "http://127.0.0.1/", field="f", is_target=str.isascii, profile="okta", choice=choice
        )
    assert caught.value.hints
    return caught.value


def test_without_a_browser_the_ways_out_are_named(desk: Desk):
    none = BrowserPrograms({}, "linux", exists=lambda _: False)
    error = visit_with(desk, BrowserChoice(), programs=none)
    assert "there is no browser to drive here" in str(error)
    for way in ("install Chrome", "playwright install chromium", "download_browser_driver: true", "`driver`"):
        assert way in " ".join(error.hints)
    assert 'no browser "firefox"' in str(visit_with(desk, BrowserChoice("firefox"), programs=none))
    chrome = visit_with(desk, BrowserChoice("chrome", download=True), programs=none)
    assert '"chrome" is not installed' in str(chrome)
    missing = visit_with(desk, BrowserChoice(), programs=BrowserPrograms({}, "linux", playwright=lambda: None))
    assert missing.hints == ("pip install 'atmos-auth[saml]'",)


def available(environ: dict[str, str], platform: str = "linux", **options: Callable[..., object]) -> bool:
    options = {"exists": lambda path: path.endswith("chrome"), **options}
    programs = BrowserPrograms(environ, platform, **options)  # type: ignore[arg-type]
    return PlaywrightBrowser(
        "/nowhere",
        environ=environ,
        platform=platform,
        prompter=FakePrompter(forbidden=True),
        clock=FakeClock(),
        programs=programs,
    ).can_open(BrowserChoice())


def test_it_is_available_where_a_person_would_see_it():
    assert available({"DISPLAY": ":0"})
    assert available({"WAYLAND_DISPLAY": "wayland-0"})
    assert not available({})
    assert not available({"DISPLAY": ":0", "CI": "true"})
    assert not available({"DISPLAY": ":0"}, exists=lambda _: False)
    assert not available({"DISPLAY": ":0"}, playwright=lambda: None)
    macos = {"exists": lambda path: path == "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
    assert available({}, "darwin", **macos)
    assert not available({"SSH_CONNECTION": "x"}, "darwin", **macos)


# --- ends from outside -----------------------------------------------------------------------------------------

PROGRAM = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
from atmos_auth.domain.ports import BrowserChoice
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.driven_browser import PlaywrightBrowser
from atmos_auth.host.prompts import TerminalPrompter
clock = SystemClock()
prompter = TerminalPrompter(sys.stdin, sys.stderr, os.environ, clock)
browser = PlaywrightBrowser(sys.argv[1], environ=os.environ, platform="linux", prompter=prompter, clock=clock)
try:
    browser.posted(sys.argv[2], field="f", is_target=str.isspace, profile="p", choice=BrowserChoice("", sys.argv[3]))
except KeyboardInterrupt:
    print("interrupted")
    sys.exit(130)
"""


@in_chromium
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc")
@pytest.mark.parametrize(
    ("number", "path"),
    [
        (signal.SIGINT, "/"),
        (signal.SIGINT, "/silent"),
        (signal.SIGTERM, "/"),
        (signal.SIGHUP, "/"),
        (signal.SIGKILL, "/silent"),
    ],
)
def test_no_browser_is_left_behind(desk: Desk, web: Web, number: signal.Signals, path: str):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(desk.profiles), web.url + path, desk.program],
        env=desk.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not web.asked:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    assert desk.running()
    # A terminal sends to everybody, a supervisor to one.
    send = os.kill if number == signal.SIGTERM else os.killpg
    send(process.pid, number)
    if number == signal.SIGINT:
        send(process.pid, number)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert stdout == ("interrupted\n" if number == signal.SIGINT else "")
    assert stderr.splitlines()[1:] == []
    assert "Sign in in the browser window that has opened" in stderr
    desk.await_end_of_all()


@in_chromium
def test_ctrl_c_leaves_the_terminal_as_it_was(desk: Desk, web: Web):
    words = [str(desk.profiles), web.url, desk.program]
    with Terminal(f"sys.argv[1:] = {words!r}\n{PROGRAM}") as terminal:
        terminal.see("Sign in in the browser window that has opened")
        while not web.asked:
            terminal.read()
        terminal.press(CTRL_C)
        assert terminal.end() == (130, "interrupted\nsettings kept\n", "")
        assert "Traceback" not in terminal.raw
        assert terminal.screen.cursor_shown
        assert [line for line in terminal.screen.lines if line not in ("", "^C")] == []
    desk.await_end_of_all()
