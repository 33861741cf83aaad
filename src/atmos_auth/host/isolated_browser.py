"""Browser windows with a profile of their own for each identity, so that several consoles are open side by side."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from atmos_auth.host.browser_profile import remove_folder
from atmos_auth.host.browser_programs import BrowserProgram, BrowserPrograms
from atmos_auth.host.files import make_private_folder, write_private
from atmos_auth.host.screen import has_screen

_NAME_BYTES = 8
_FIREFOX_FILES = ("/usr/bin/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
_FIREFOX_WINDOWS = r"Mozilla Firefox\firefox.exe"
_FIREFOX_SNAP = "/snap/bin/firefox"
_FIREFOX_PREFERENCES = """\
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
"""


class IsolatedBrowsers:
    """Opens pages in Chrome, Edge, Chromium or Firefox; profiles are kept below `folder`, one per realm and identity.

    The machine is judged by `environ` and `platform` (as `sys.platform`); `launch` starts a program and tells whether
    that went well. Nobody is asked anything.
    """

    def __init__(
        self,
        folder: str,
        *,
        realm: str,
        environ: Mapping[str, str],
        platform: str,
        launch: Callable[[Sequence[str]], bool] | None = None,
        programs: BrowserPrograms | None = None,
        exists: Callable[[str], bool] = os.path.exists,
    ) -> None:
        self._folder = folder
        self._realm = realm
        self._environ = environ
        self._platform = platform
        self._given_launch = launch
        self._programs = programs or BrowserPrograms(environ, platform)
        self._exists = exists

    def find(self) -> BrowserProgram | None:
        """Return the browser that pages open in, None where there is none that a profile could be given to."""
        return self._programs.installed() or self._firefox()

    def open(self, identity: str, url: str) -> bool:
        """Open `url` in the identity's own profile; False where nobody would see it, or no browser could be started.

        The browser is a program's argument away from `url`: no shell is asked. Raises `StoreError`.
        """
        program = self.find() if has_screen(self._environ, self._platform) else None
        if program is None or program.path is None:
            return False
        profile = self._profile(identity)
        make_private_folder(profile)
        return self._launcher()([program.path, *_flags(program, profile, identity), url])

    def has_profile(self, identity: str) -> bool:
        """Tell whether the identity has a profile."""
        return os.path.isdir(self._profile(identity))

    def forget(self, identity: str) -> bool:
        """Remove the identity's profile and every session in it; tell whether there was one; raises `StoreError`."""
        return remove_folder(self._profile(identity))

    def _profile(self, identity: str) -> str:
        digest = sha256(f"{self._realm}/{identity.lower()}".encode()).digest()
        return os.path.join(self._folder, digest[:_NAME_BYTES].hex())

    def _launcher(self) -> Callable[[Sequence[str]], bool]:
        if self._given_launch is None:
            from atmos_auth.host.detached import DetachedPrograms

            self._given_launch = DetachedPrograms(self._environ)
        return self._given_launch

    def _firefox(self) -> BrowserProgram | None:
        # One that is a snap may not read our folder.
        if self._exists(_FIREFOX_SNAP):
            return None
        for path in self._firefox_candidates():
            if path and self._exists(path):
                return BrowserProgram("firefox", "firefox", path)
        return None

    def _firefox_candidates(self) -> Sequence[str | None]:
        if self._platform == "win32":
            folders = [self._environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
            return [rf"{folder}\{_FIREFOX_WINDOWS}" for folder in folders if folder]
        return [shutil.which("firefox", path=self._environ.get("PATH", os.defpath)), *_FIREFOX_FILES]


def _flags(program: BrowserProgram, profile: str, identity: str) -> list[str]:
    """Give what makes the browser use the profile; a new one is prepared, so that nothing stands before the page."""
    if program.engine == "firefox":
        _write_once(os.path.join(profile, "user.js"), _FIREFOX_PREFERENCES)
        return ["--profile", profile]
    # The name is what the window's own menu shows, to tell one from another.
    _write_once(os.path.join(profile, "Default", "Preferences"), json.dumps({"profile": {"name": identity}}))
    return [f"--user-data-dir={profile}", "--no-first-run", "--no-default-browser-check"]


def _write_once(path: str, text: str) -> None:
    if not os.path.exists(path):
        write_private(path, text.encode())
