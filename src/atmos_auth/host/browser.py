"""The person's web browser: whether one is at hand here, and how to open a page in it."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from atmos_auth.domain import env_names

# Any of these is set on a machine that only a browser elsewhere looks at.
_REMOTE = {
    "SSH_CONNECTION": "an SSH session",
    "SSH_CLIENT": "an SSH session",
    "SSH_TTY": "an SSH session",
    "CODESPACES": "a codespace",
    "GITPOD_WORKSPACE_ID": "a Gitpod workspace",
    "REMOTE_CONTAINERS": "a development container",
    "CLOUD_SHELL": "a cloud shell",
    "ACC_CLOUD": "a cloud shell",
    "KUBERNETES_SERVICE_HOST": "a Kubernetes pod",
    "container": "a container",
}
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_WSL_VARIABLES = ("WSL_DISTRO_NAME", "WSL_INTEROP")
# Programs of Windows that WSL can start; the second comes with Windows itself.
_WSL_OPENERS = (("wslview",), ("rundll32.exe", "url.dll,FileProtocolHandler"))
_DESKTOP_OPENERS = (("xdg-open",), ("gio", "open"), ("x-www-browser",))
# They would take over the terminal that we talk to the person in.
_TEXT_BROWSERS = ("w3m", "lynx", "links", "links2", "elinks", "browsh", "www-browser")
# They would read the address as a program.
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "cmd", "powershell", "pwsh", "env")
# Characters that no valid address holds; quotes and backslashes confuse programs that start other programs.
_NEVER_IN_A_URL = frozenset(" \"'<>\\^`{|}")


def _on_path(program: str) -> bool:
    import shutil

    return shutil.which(program) is not None


class SystemBrowser:
    """The browser of this machine, judged by `environ`, `platform` (as `sys.platform`) and marks in files.

    `launch` starts a program and tells whether that went well; `exists` looks for a file, `on_path` for a
    program.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        platform: str,
        *,
        launch: Callable[[Sequence[str]], bool] | None = None,
        exists: Callable[[str], bool] = os.path.exists,
        on_path: Callable[[str], bool] = _on_path,
    ) -> None:
        self._environ = environ
        self._platform = platform
        self._given_launch = launch
        self._exists = exists
        self._on_path = on_path

    @property
    def is_local(self) -> bool:
        """Whether a browser opened here reaches a loopback port of this machine, and a person sits before it.

        In WSL it is the browser of Windows, which reaches our port unless `localhostForwarding` is off.
        """
        return self._obstacle() is None

    @property
    def reason(self) -> str:
        """Why `is_local` is what it is, as a clause: "this is an SSH session (SSH_CONNECTION is set)"."""
        return self._obstacle() or "a browser can be opened on this machine"

    def open(self, url: str) -> bool:
        """Open `url`; False when no browser could be started, or nobody would see the one opened here.

        Never raises, never prompts, and blocks a few seconds at most. Where no browser is local only BROWSER
        is tried: remote editors set it to a helper that opens the page where the person is.
        """
        return _is_web_address(url) and self._show(url, url)

    def open_file(self, path: str) -> bool:
        """Open a file of ours by its absolute path, as `open` opens a page.

        A way of its own: no address that a service names can lead to a file.
        """
        from pathlib import Path

        url = Path(path).as_uri()
        distribution = self._value("WSL_DISTRO_NAME")
        # Windows sees the files of a Linux system under this name.
        seen_by_windows = f"file://wsl.localhost/{distribution}{url.removeprefix('file://')}" if distribution else url
        return self._show(url, seen_by_windows)

    def _show(self, url: str, seen_by_windows: str) -> bool:
        if self._is_automated():
            return False
        launch = self._launcher()
        if self._value("BROWSER") and any(launch(argv) for argv in self._chosen(url)):
            return True
        return self.is_local and any(
            launch([*opener, seen_by_windows if opener in _WSL_OPENERS else url]) for opener in self._openers()
        )

    def _launcher(self) -> Callable[[Sequence[str]], bool]:
        if self._given_launch is not None:
            return self._given_launch
        from atmos_auth.host.detached import DetachedPrograms

        # xdg-open would try BROWSER once more, text browsers included.
        self._given_launch = DetachedPrograms({k: v for k, v in self._environ.items() if k != "BROWSER"})
        return self._given_launch

    def _openers(self) -> Sequence[Sequence[str]]:
        if self._platform == "win32":
            root = self._value("SYSTEMROOT") or r"C:\Windows"
            return [(rf"{root}\System32\rundll32.exe", "url.dll,FileProtocolHandler")]
        if self._platform == "darwin":
            return [("/usr/bin/open",)]
        return (*_WSL_OPENERS, *_DESKTOP_OPENERS) if self._is_wsl() else _DESKTOP_OPENERS

    def _chosen(self, url: str) -> Iterator[list[str]]:
        """Yield a command line for every usable entry of BROWSER."""
        separator = ";" if self._platform == "win32" else ":"
        for entry in self._value("BROWSER").split(separator):
            words = self._words(entry.strip().removesuffix("&").strip())
            if not words or _program(words[0]) in (*_TEXT_BROWSERS, *_SHELLS):
                continue
            if any("%s" in word for word in words[1:]):
                yield [words[0], *(word.replace("%s", url) for word in words[1:])]
            else:
                yield [*words, url]

    def _words(self, entry: str) -> list[str]:
        # A path with blanks in it is one word, although nobody quoted it.
        if entry and self._exists(entry):
            return [entry]
        if self._platform == "win32":  # where a backslash is no escape
            return entry.split()
        import shlex

        try:
            return shlex.split(entry)
        except ValueError:
            return []

    def _obstacle(self) -> str | None:
        """Return why no local browser is to be had; None when there is one."""
        if self._is_automated():
            return "this is a continuous-integration job"
        for name, what in _REMOTE.items():
            if self._value(name):
                return f"this is {what} ({name} is set)"
        if self._value("AWS_EXECUTION_ENV").lower() == "cloudshell":
            return "this is a cloud shell (AWS_EXECUTION_ENV is CloudShell)"
        for mark in _CONTAINER_MARKS:
            if self._exists(mark):
                return f"this is a container ({mark} exists)"
        if self._platform in ("darwin", "win32", "cygwin") or self._value("BROWSER"):
            return None
        if self._is_wsl():
            reachable = any(self._on_path(opener[0]) for opener in _WSL_OPENERS)
            return None if reachable else "this is WSL, and no program that opens a Windows browser is on PATH"
        if self._value("DISPLAY") or self._value("WAYLAND_DISPLAY"):
            return None
        return "this machine has no graphical display (DISPLAY and WAYLAND_DISPLAY are not set)"

    def _is_wsl(self) -> bool:
        return self._platform == "linux" and any(self._value(name) for name in _WSL_VARIABLES)

    def _is_automated(self) -> bool:
        return env_names.is_continuous_integration(self._environ)

    def _value(self, name: str) -> str:
        return self._environ.get(name, "").strip()


def _is_web_address(url: str) -> bool:
    scheme, separator, rest = url.partition("://")
    return (
        scheme.lower() in ("http", "https")
        and bool(separator)
        and rest[:1] not in ("", "/", "?", "#")
        and url.isascii()
        and url.isprintable()
        and not _NEVER_IN_A_URL.intersection(url)
    )


def _program(word: str) -> str:
    """Return the bare, lower-case name of a program, without folder and `.exe`."""
    return word.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
