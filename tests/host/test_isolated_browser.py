import json
import os
import stat
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.browser_programs import BrowserPrograms
from atmos_auth.host.isolated_browser import IsolatedBrowsers

URL = "https://signin.aws.amazon.com/federation?SigninToken=x"
CHROME, FIREFOX = "/opt/google/chrome/chrome", "/usr/bin/firefox"


class Desk:
    """A machine with these files, on which starting a program only notes its words."""

    def __init__(self, folder: Path, *existing: str, platform: str = "linux", starts: bool = True, **environ: str):
        self.folder = folder / "sessions"
        self.started: list[list[str]] = []
        self._starts = starts
        environ = {"PATH": str(folder), "DISPLAY": ":0"} | environ
        exists = set(existing).__contains__
        programs = BrowserPrograms(environ, platform, exists=exists, playwright=lambda: None)
        options = {"environ": environ, "platform": platform, "launch": self._launch, "programs": programs}
        self.browsers = IsolatedBrowsers(str(self.folder), realm="", exists=exists, **options)
        self.in_realm = IsolatedBrowsers(str(self.folder), realm="acme", exists=exists, **options)

    def _launch(self, argv: Sequence[str]) -> bool:
        self.started.append(list(argv))
        return self._starts

    def profile(self, text: str) -> Path:
        return self.folder / sha256(text.encode()).hexdigest()[:16]


def test_chrome_gets_a_profile_of_the_identity(tmp_path):
    desk = Desk(tmp_path, CHROME, FIREFOX)
    assert desk.browsers.open("admin", URL)
    profile = desk.profile("/admin")
    flags = [f"--user-data-dir={profile}", "--no-first-run", "--no-default-browser-check"]
    assert desk.started == [[CHROME, *flags, URL]]
    assert {stat.S_IMODE(os.stat(path).st_mode) for path in (desk.folder, profile)} == {0o700}
    preferences = profile / "Default" / "Preferences"
    assert json.loads(preferences.read_text()) == {"profile": {"name": "admin"}}
    assert stat.S_IMODE(os.stat(preferences).st_mode) == 0o600


def test_what_the_browser_wrote_into_its_profile_stays(tmp_path):
    desk = Desk(tmp_path, CHROME)
    desk.browsers.open("admin", URL)
    preferences = desk.profile("/admin") / "Default" / "Preferences"
    preferences.write_text("{}")
    desk.browsers.open("admin", URL)
    assert preferences.read_text() == "{}"


def test_one_profile_for_each_realm_and_identity(tmp_path):
    desk = Desk(tmp_path, CHROME)
    desk.browsers.open("admin", URL)
    desk.browsers.open("Admin", URL)
    desk.browsers.open("reader", URL)
    desk.in_realm.open("admin", URL)
    assert set(desk.folder.iterdir()) == {desk.profile(text) for text in ("/admin", "/reader", "acme/admin")}


def test_firefox_where_there_is_no_chrome(tmp_path):
    desk = Desk(tmp_path, FIREFOX)
    assert desk.browsers.open("admin", URL)
    profile = desk.profile("/admin")
    assert desk.started == [[FIREFOX, "--profile", str(profile), URL]]
    assert "aboutwelcome" in (profile / "user.js").read_text()


def test_firefox_on_path_and_on_windows(tmp_path):
    program = tmp_path / "firefox"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert Desk(tmp_path, str(program)).browsers.find()[2] == str(program)
    windows = r"C:\Program Files\Mozilla Firefox\firefox.exe"
    desk = Desk(tmp_path, windows, platform="win32", PROGRAMFILES=r"C:\Program Files")
    assert desk.browsers.find()[2] == windows


@pytest.mark.parametrize("existing", [(), ("/snap/bin/firefox", FIREFOX), ("/snap/bin/chromium",)])
def test_without_a_browser_nothing_is_made(tmp_path, existing):
    desk = Desk(tmp_path, *existing)
    assert not desk.browsers.open("admin", URL)
    assert not desk.folder.exists()
    assert desk.started == []


@pytest.mark.parametrize(
    ("platform", "environ"),
    [
        ("linux", {"GITHUB_ACTIONS": "true"}),
        ("linux", {"DISPLAY": ""}),
        ("darwin", {"CI": "true"}),
        ("darwin", {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}),
    ],
)
def test_where_nobody_would_see_it_nothing_is_opened(tmp_path, platform, environ):
    chrome = CHROME if platform == "linux" else "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    desk = Desk(tmp_path, chrome, platform=platform, **environ)
    assert desk.browsers.find() is not None
    assert not desk.browsers.open("admin", URL)
    assert desk.started == []


def test_a_browser_that_does_not_start(tmp_path):
    assert not Desk(tmp_path, CHROME, starts=False).browsers.open("admin", URL)


def test_a_profile_is_forgotten(tmp_path):
    desk = Desk(tmp_path, CHROME)
    assert not desk.browsers.has_profile("admin")
    assert not desk.browsers.forget("admin")
    desk.browsers.open("admin", URL)
    desk.browsers.open("reader", URL)
    assert desk.browsers.has_profile("ADMIN")
    assert desk.browsers.forget("ADMIN")
    assert list(desk.folder.iterdir()) == [desk.profile("/reader")]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "sessions").write_text("")
    with pytest.raises(StoreError):
        Desk(tmp_path, CHROME).browsers.open("admin", URL)


def test_a_real_program_is_started_with_the_persons_environment(tmp_path):
    noted = tmp_path / "noted"
    program = tmp_path / "google-chrome"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$HELLO" "$@" >"{noted}"\n')
    program.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HELLO": "there", "WAYLAND_DISPLAY": "wayland-0"}
    programs = BrowserPrograms(environ, "linux", exists=lambda path: path == str(program), playwright=lambda: None)
    folder = str(tmp_path / "sessions")
    browsers = IsolatedBrowsers(folder, realm="", environ=environ, platform="linux", programs=programs)
    assert browsers.open("admin", URL)
    assert noted.read_text().splitlines()[0] == "there"
    assert noted.read_text().splitlines()[-1] == URL
