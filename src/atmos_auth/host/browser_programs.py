"""Which browser can be driven on this machine: a program that somebody named, Playwright's own, or an installed one."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from atmos_auth.domain.errors import AuthenticationFailed, InvalidSetting
from atmos_auth.domain.ports import BrowserChoice

# Browsers that Playwright brings itself. Its Firefox and WebKit are builds of its own: installed ones do not obey it.
ENGINES = ("chromium", "firefox", "webkit")


class BrowserProgram(NamedTuple):
    """A browser to drive: the `engine` that it is made of, a `name`, and its `path`, None for Playwright's own."""

    engine: str
    name: str
    path: str | None


class _Places(NamedTuple):
    """Where one installed browser may be: programs on PATH, and files of Linux, macOS and Windows."""

    programs: tuple[str, ...]
    linux: tuple[str, ...]
    macos: str
    windows: str


def _chrome(suffix: str, linux: str, windows: str) -> _Places:
    app = f"Google Chrome{suffix}"
    return _Places(
        (f"google-chrome{linux}",) if linux else ("google-chrome-stable", "google-chrome"),
        (f"/opt/google/chrome{linux}/chrome",),
        f"{app}.app/Contents/MacOS/{app}",
        rf"Google\Chrome{windows}\Application\chrome.exe",
    )


def _edge(suffix: str, linux: str, windows: str) -> _Places:
    app = f"Microsoft Edge{suffix}"
    return _Places(
        (f"microsoft-edge{linux}",) if linux else ("microsoft-edge-stable", "microsoft-edge"),
        (f"/opt/microsoft/msedge{linux}/msedge",),
        f"{app}.app/Contents/MacOS/{app}",
        rf"Microsoft\Edge{windows}\Application\msedge.exe",
    )


# By the names that Playwright gives them, the likeliest first; "unstable" and "SxS" are what their makers say.
_INSTALLED = {
    "chrome": _chrome("", "", ""),
    "msedge": _edge("", "", ""),
    "chromium": _Places(
        ("chromium", "chromium-browser"),
        ("/usr/bin/chromium", "/usr/bin/chromium-browser"),
        "Chromium.app/Contents/MacOS/Chromium",
        r"Chromium\Application\chrome.exe",
    ),
    "chrome-beta": _chrome(" Beta", "-beta", " Beta"),
    "chrome-dev": _chrome(" Dev", "-unstable", " Dev"),
    "chrome-canary": _chrome(" Canary", "-canary", " SxS"),
    "msedge-beta": _edge(" Beta", "-beta", " Beta"),
    "msedge-dev": _edge(" Dev", "-dev", " Dev"),
    "msedge-canary": _edge(" Canary", "-canary", " SxS"),
}
_ANY = ("chrome", "msedge", "chromium")
_TYPES = (*ENGINES, *(name for name in _INSTALLED if name not in ENGINES))


class BrowserPrograms:
    """The browsers of this machine, judged by `environ` and `platform` (as `sys.platform`).

    `exists` looks for a file; `playwright` gives the folder of the Python package, None where it is not installed.
    Nothing is started or imported here.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        platform: str,
        *,
        exists: Callable[[str], bool] = os.path.exists,
        playwright: Callable[[], str | None] | None = None,
    ) -> None:
        self._environ = environ
        self._platform = platform
        self._exists = exists
        self._playwright = playwright or _playwright_folder

    @property
    def can_drive(self) -> bool:
        """Whether Playwright is installed."""
        return self._playwright() is not None

    def require_playwright(self) -> None:
        """Raise `AuthenticationFailed` where Playwright is not installed."""
        if not self.can_drive:
            raise AuthenticationFailed(
                "signing in in a browser window needs Playwright, which is not installed",
                hints=["pip install 'atmos-auth[saml]'"],
            )

    def installed(self) -> BrowserProgram | None:
        """Return the likeliest browser that a person installed and that obeys flags of Chromium; None without one."""
        return next(filter(None, map(self._installed, _ANY)), None)

    def find(self, choice: BrowserChoice) -> BrowserProgram | None:
        """Return the browser that is meant, None when it is not there; raises `InvalidSetting`."""
        kind = choice.browser_type
        if kind and kind not in _TYPES:
            raise InvalidSetting(
                f'invalid browser type "{kind}"', hints=[f"use one of {', '.join(_TYPES)} for `browser_type`"]
            )
        if choice.executable:
            engine = kind if kind in ENGINES else "chromium"
            path = _executable(choice.executable)
            return BrowserProgram(engine, kind or os.path.basename(path), path)
        if kind in ENGINES and self._is_own_installed(kind):
            return BrowserProgram(kind, kind, None)
        if kind:
            return self._installed(kind)
        if self._is_own_installed("chromium"):
            return BrowserProgram("chromium", "chromium", None)
        return self.installed()

    def _installed(self, name: str) -> BrowserProgram | None:
        places = _INSTALLED.get(name)
        if places is None:
            return None
        for path in self._candidates(places):
            # A snap may not read our folder, and Ubuntu's chromium-browser only starts one.
            is_snap = path.startswith("/snap/") or (
                path.endswith("/chromium-browser") and self._exists("/snap/bin/chromium")
            )
            if not is_snap and self._exists(path):
                return BrowserProgram("chromium", name, path)
        return None

    def _candidates(self, places: _Places) -> Iterator[str]:
        if self._platform == "win32":
            for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
                if self._environ.get(variable):
                    yield rf"{self._environ[variable]}\{places.windows}"
        elif self._platform == "darwin":
            yield f"/Applications/{places.macos}"
            yield f"{self._environ.get('HOME', '')}/Applications/{places.macos}"
        else:
            from shutil import which

            for program in places.programs:
                found = which(program, path=self._environ.get("PATH", os.defpath))
                if found:
                    yield found
            yield from places.linux

    def _is_own_installed(self, engine: str) -> bool:
        """Tell whether Playwright has downloaded its build of `engine` in the revision that it wants."""
        package = self._playwright()
        if package is None:
            return False
        try:
            with open(os.path.join(package, "driver", "package", "browsers.json"), encoding="utf-8") as file:
                known = {browser["name"]: browser for browser in json.load(file)["browsers"]}
            # Old systems get an older build, in a folder that names the system: webkit_mac14_special-2251.
            revisions = {known[engine]["revision"], *known[engine].get("revisionOverrides", {}).values()}
            folder = self._downloads(package)
            names = os.listdir(folder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False
        return any(
            name.partition("-")[0].partition("_")[0] == engine
            and "headless" not in name
            and name.rpartition("-")[2] in revisions
            and self._exists(os.path.join(folder, name, "INSTALLATION_COMPLETE"))
            for name in names
        )

    def _downloads(self, package: str) -> str:
        """Return the folder of Playwright's own browsers: https://playwright.dev/python/docs/browsers."""
        chosen = self._environ.get("PLAYWRIGHT_BROWSERS_PATH")
        if chosen == "0":
            return os.path.join(package, "driver", "package", ".local-browsers")
        if chosen:
            return chosen
        home = self._environ.get("HOME", "")
        if self._platform == "win32":
            local = self._environ.get("LOCALAPPDATA") or rf"{self._environ.get('USERPROFILE', '')}\AppData\Local"
            return os.path.join(local, "ms-playwright")
        if self._platform == "darwin":
            return os.path.join(home, "Library", "Caches", "ms-playwright")
        return os.path.join(self._environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "ms-playwright")


def _executable(path: str) -> str:
    """Return the program a person named; raises `InvalidSetting` when it is none."""
    hints = ["let `browser_executable_path` name the browser's program, or remove it to have one found"]
    if not os.path.exists(path):
        raise InvalidSetting(f'invalid browser executable "{path}": there is no such file', hints=hints)
    if not os.path.isfile(path):
        raise InvalidSetting(f'invalid browser executable "{path}": it is not a file', hints=hints)
    if not os.access(path, os.X_OK):
        raise InvalidSetting(f'invalid browser executable "{path}": it may not be executed', hints=hints)
    return path


def _playwright_folder() -> str | None:
    from importlib.util import find_spec

    try:
        spec = find_spec("playwright")
    except (ImportError, ValueError):
        return None
    return os.path.dirname(spec.origin) if spec is not None and spec.origin else None
