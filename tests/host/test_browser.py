import os
import signal
import stat
import sys
import time

import pytest

from atmos_auth.domain import env_names
from atmos_auth.host.browser import SystemBrowser

URL = "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH&x=$(id);y"
DESKTOP = {"DISPLAY": ":0"}


class Launches:
    """Remembers every command line; those whose program is in `failing` do not start."""

    def __init__(self, *failing):
        self.failing = failing
        self.seen = []

    def __call__(self, argv):
        self.seen.append(list(argv))
        return argv[0] not in self.failing


def browser(environ=None, platform="linux", *, launch=None, files=(), programs=()):
    return SystemBrowser(
        environ or {},
        platform,
        launch=launch or Launches(),
        exists=lambda path: path in files,
        on_path=lambda program: program in programs,
    )


@pytest.mark.parametrize(
    ("variables", "platform", "programs"),
    [
        ({"DISPLAY": ":0"}, "linux", ()),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ()),
        ({"BROWSER": "firefox"}, "linux", ()),
        ({"DISPLAY": ":0"}, "freebsd14", ()),
        ({}, "darwin", ()),
        ({}, "win32", ()),
        ({"WSL_DISTRO_NAME": "Ubuntu"}, "linux", ("wslview",)),
        ({"WSL_INTEROP": "/run/WSL/8_interop"}, "linux", ("rundll32.exe",)),
        ({"WSL_DISTRO_NAME": "Ubuntu", "BROWSER": "/mnt/c/chrome.exe"}, "linux", ()),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "", "CI": "false", "container": " "}, "linux", ()),
    ],
)
def test_a_desktop_is_local(variables, platform, programs):
    here = browser(variables, platform, programs=programs)
    assert here.is_local
    assert here.reason == "a browser can be opened on this machine"


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "no graphical display"),
        ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "an SSH session (SSH_CONNECTION is set)"),
        ({"SSH_CLIENT": "10.0.0.1 1 22"}, "an SSH session"),
        ({"SSH_TTY": "/dev/pts/1"}, "an SSH session"),
        ({"CODESPACES": "true"}, "a codespace"),
        ({"REMOTE_CONTAINERS": "true"}, "a development container"),
        ({"CLOUD_SHELL": "true"}, "a cloud shell"),
        ({"AWS_EXECUTION_ENV": "CloudShell"}, "a cloud shell"),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "a Kubernetes pod"),
        ({"container": "podman"}, "a container (container is set)"),
        ({"CI": "true"}, "a continuous-integration job"),
        ({"GITHUB_ACTIONS": "true"}, "a continuous-integration job"),
        ({"WSL_DISTRO_NAME": "Ubuntu", "DISPLAY": ":0"}, "this is WSL"),
    ],
)
@pytest.mark.parametrize("graphical", [{}, DESKTOP])
def test_everything_else_is_not_and_says_why(variables, reason, graphical):
    if not variables and graphical:
        pytest.skip("that is a desktop")
    here = browser({**graphical, **variables})
    assert not here.is_local
    assert reason in here.reason


@pytest.mark.parametrize("mark", ["/.dockerenv", "/run/.containerenv"])
def test_a_container_is_known_by_its_mark(mark):
    here = browser(DESKTOP | {"BROWSER": "firefox"}, files=[mark])
    assert not here.is_local
    assert mark in here.reason


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_ssh_into_a_desktop_system_is_not_local(platform):
    assert not browser({"SSH_CONNECTION": "x"}, platform).is_local


def test_a_browser_variable_does_not_make_a_remote_machine_local():
    assert not browser({"SSH_CONNECTION": "x", "BROWSER": "helper"}).is_local


@pytest.mark.parametrize(
    ("variables", "platform", "expected"),
    [
        (DESKTOP, "linux", ["xdg-open", URL]),
        ({}, "darwin", ["/usr/bin/open", URL]),
        ({}, "win32", [r"C:\Windows\System32\rundll32.exe", "url.dll,FileProtocolHandler", URL]),
        (
            {"SYSTEMROOT": r"D:\W"},
            "win32",
            [r"D:\W\System32\rundll32.exe", "url.dll,FileProtocolHandler", URL],
        ),
        ({"BROWSER": "firefox"}, "linux", ["firefox", URL]),
        ({"BROWSER": "firefox --new-window %s"}, "linux", ["firefox", "--new-window", URL]),
        ({"BROWSER": "chrome --app=%s &"}, "linux", ["chrome", f"--app={URL}"]),
        ({"BROWSER": "'/opt/my browser/run' --x"}, "linux", ["/opt/my browser/run", "--x", URL]),
        ({"BROWSER": "/mnt/c/Program Files/chrome.exe"}, "linux", ["/mnt/c/Program Files/chrome.exe", URL]),
        ({"BROWSER": r"C:\b\x.exe -n;other"}, "win32", [r"C:\b\x.exe", "-n", URL]),
    ],
)
def test_opens_with_the_url_as_one_argument(variables, platform, expected):
    launch = Launches()
    assert browser(variables, platform, launch=launch, files=["/mnt/c/Program Files/chrome.exe"]).open(URL)
    assert launch.seen == [expected]


def test_tries_one_after_the_other():
    launch = Launches("nope", "xdg-open")
    assert browser(DESKTOP | {"BROWSER": "nope:nope %s::"}, launch=launch).open(URL)
    assert launch.seen == [["nope", URL], ["nope", URL], ["xdg-open", URL], ["gio", "open", URL]]


def test_in_wsl_the_browser_of_windows_comes_first():
    launch = Launches("wslview")
    assert browser({"WSL_DISTRO_NAME": "Ubuntu"}, launch=launch, programs=["rundll32.exe"]).open(URL)
    assert launch.seen == [["wslview", URL], ["rundll32.exe", "url.dll,FileProtocolHandler", URL]]


def test_false_when_nothing_starts():
    launch = Launches("xdg-open", "gio", "x-www-browser")
    assert not browser(DESKTOP, launch=launch).open(URL)
    assert len(launch.seen) == 3


@pytest.mark.parametrize(
    "entry",
    [
        "w3m",
        "/usr/bin/lynx %s",
        "links2",
        "www-browser",
        "sh -c 'firefox %s'",
        "cmd.exe /c start",
        "env lynx",
    ],
)
def test_text_browsers_and_shells_are_not_started(entry):
    launch = Launches()
    assert not browser({"BROWSER": entry, "SSH_TTY": "/dev/pts/0"}, launch=launch).open(URL)
    assert launch.seen == []


def test_an_unreadable_entry_is_passed_over():
    launch = Launches()
    assert browser({"BROWSER": "fire'fox:good"}, launch=launch).open(URL)
    assert launch.seen == [["good", URL]]


def test_on_a_remote_machine_only_an_explicit_browser_is_tried():
    launch = Launches()
    assert not browser(DESKTOP | {"SSH_CONNECTION": "x"}, launch=launch).open(URL)
    assert browser({"SSH_CONNECTION": "x", "BROWSER": "/vscode/helper.sh"}, launch=launch).open(URL)
    assert launch.seen == [["/vscode/helper.sh", URL]]


@pytest.mark.parametrize("name", ["CI", *env_names.CONTINUOUS_INTEGRATION])
def test_nothing_is_opened_in_ci(name):
    launch = Launches()
    assert not browser(DESKTOP | {name: "true", "BROWSER": "firefox"}, launch=launch).open(URL)
    assert launch.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:",
        "https://",
        "https:///path",
        "--help",
        "example.com",
        "vscode://x",
        "https://a b",
        "https://a\nb",
        "https://a\x00b",
        "https://a'b",
        'https://a"b',
        "https://a\\b",
        "https://\u0435xample.com",
        " https://example.com",
    ],
)
def test_only_web_addresses_are_opened(url):
    launch = Launches()
    assert not browser(DESKTOP, launch=launch).open(url)
    assert launch.seen == []


def script(folder, name, body):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def real_browser(tmp_path, command):
    # Remote, so that nothing but BROWSER is tried.
    environ = {"BROWSER": str(command), "PATH": os.environ["PATH"], "OUT": str(tmp_path), "SSH_TTY": "x"}
    return SystemBrowser(environ, "linux", exists=lambda path: path == str(command))


posix = pytest.mark.skipif(os.name != "posix", reason="starts shell scripts")


@posix
def test_a_real_program_gets_the_url_untouched_and_stays_silent(tmp_path, capfd):
    command = script(tmp_path, "browser", 'printf %s "$1" > "$OUT/url"; echo noise; echo noise >&2; cat > "$OUT/stdin"')
    assert real_browser(tmp_path, command).open(URL)
    assert (tmp_path / "url").read_text() == URL
    assert (tmp_path / "stdin").read_text() == ""
    assert capfd.readouterr() == ("", "")


@posix
def test_a_real_program_has_no_terminal_of_ours_and_no_browser_variable(tmp_path):
    command = script(tmp_path, "browser", 'ps -o sid= -p $$ > "$OUT/sid"; echo "${BROWSER-unset}" > "$OUT/variable"')
    assert real_browser(tmp_path, command).open(URL)
    assert int((tmp_path / "sid").read_text()) != os.getsid(0)
    assert (tmp_path / "variable").read_text() == "unset\n"


@posix
def test_a_program_that_fails_or_is_missing_is_a_false(tmp_path):
    assert not real_browser(tmp_path, script(tmp_path, "browser", "exit 3")).open(URL)
    assert not real_browser(tmp_path, tmp_path / "missing").open(URL)


@posix
def test_a_browser_that_stays_does_not_hold_us_up(tmp_path):
    command = script(tmp_path, "browser", 'echo $$ > "$OUT/pid"; exec sleep 60')
    started = time.monotonic()
    assert real_browser(tmp_path, command).open(URL)
    assert time.monotonic() - started < 4
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)


def test_nothing_heavy_is_imported():
    import subprocess

    heavy = (
        "webbrowser",
        "subprocess",
        "shutil",
        "rich",
        "questionary",
        "segno",
        "http",
        "socket",
        "dataclasses",
    )
    program = (
        "import sys; before = set(sys.modules)\n"
        "import atmos_auth.host.browser, atmos_auth.host.prompts, atmos_auth.host.loopback\n"
        f"print([m for m in {heavy!r} if m in set(sys.modules) - before])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.mark.parametrize(
    ("variables", "platform", "programs", "expected"),
    [
        (DESKTOP, "linux", (), ["xdg-open", "file:///tmp/a%20b/%C3%BC.html"]),
        ({"BROWSER": "firefox"}, "linux", (), ["firefox", "file:///tmp/a%20b/%C3%BC.html"]),
        ({}, "darwin", (), ["/usr/bin/open", "file:///tmp/a%20b/%C3%BC.html"]),
        (
            {"WSL_DISTRO_NAME": "Ubuntu"},
            "linux",
            ("wslview",),
            ["wslview", "file://wsl.localhost/Ubuntu/tmp/a%20b/%C3%BC.html"],
        ),
        (
            {"WSL_DISTRO_NAME": "Ubuntu", "BROWSER": "firefox"},
            "linux",
            ("wslview",),
            ["firefox", "file:///tmp/a%20b/%C3%BC.html"],
        ),
    ],
)
def test_a_file_is_opened_where_the_browser_sees_it(variables, platform, programs, expected):
    launch = Launches()
    assert browser(variables, platform, launch=launch, programs=programs).open_file("/tmp/a b/\u00fc.html")
    assert launch.seen == [expected]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "FILE:///etc/passwd", "/etc/passwd"])
def test_no_address_leads_to_a_file(url):
    launch = Launches()
    assert not browser(DESKTOP, launch=launch).open(url)
    assert launch.seen == []


def test_no_file_is_opened_where_nobody_would_see_it():
    launch = Launches()
    assert not browser({"CI": "true", "DISPLAY": ":0"}, launch=launch).open_file("/tmp/x.html")
    assert not browser({"SSH_TTY": "/dev/pts/0"}, launch=launch).open_file("/tmp/x.html")
    assert launch.seen == []
