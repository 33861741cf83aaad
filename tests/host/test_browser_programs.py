import json
from collections.abc import Callable
from pathlib import Path

import pytest

from atmos_auth.domain.errors import AuthenticationFailed, InvalidSetting
from atmos_auth.domain.ports import BrowserChoice
from atmos_auth.host.browser_programs import BrowserProgram, BrowserPrograms


def programs(
    *existing: str, platform: str = "linux", playwright: str | None = "/nowhere", **environ: str
) -> BrowserPrograms:
    return BrowserPrograms(environ, platform, exists=set(existing).__contains__, playwright=lambda: playwright)


@pytest.fixture
def on_path(tmp_path: Path) -> Callable[[str], str]:
    def put(name: str) -> str:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return str(path)

    return put


def test_a_named_program_wins(on_path: Callable[[str], str]):
    named = on_path("mine")
    found = programs("/opt/google/chrome/chrome").find(BrowserChoice(executable=named))
    assert found == BrowserProgram("chromium", "mine", named)
    found = programs().find(BrowserChoice("firefox", executable=named))
    assert found == BrowserProgram("firefox", "firefox", named)


def test_a_named_program_must_be_one(tmp_path: Path):
    plain = tmp_path / "plain"
    plain.write_text("")
    plain.chmod(0o644)
    for path, why in ((tmp_path / "no", "no such file"), (tmp_path, "not a file"), (plain, "may not be executed")):
        with pytest.raises(InvalidSetting, match=f'invalid browser executable "{path}": .*{why}') as caught:
            programs().find(BrowserChoice(executable=str(path)))
        assert "`browser_executable_path`" in caught.value.hints[0]


def test_an_unknown_type_is_refused_with_the_known_ones():
    with pytest.raises(InvalidSetting, match='invalid browser type "netscape"') as caught:
        programs().find(BrowserChoice("netscape"))
    for known in ("chromium", "firefox", "webkit", "chrome", "chrome-beta", "msedge"):
        assert f"{known}," in caught.value.hints[0]


def test_the_likeliest_installed_one_is_taken(on_path: Callable[[str], str], tmp_path: Path):
    chromium, edge = on_path("chromium"), on_path("microsoft-edge-stable")
    path = {"PATH": str(tmp_path / "bin")}
    assert programs(chromium, edge, **path).find(BrowserChoice()) == BrowserProgram("chromium", "msedge", edge)
    assert programs(chromium, **path).find(BrowserChoice()) == BrowserProgram("chromium", "chromium", chromium)
    opt = "/opt/google/chrome/chrome"
    assert programs(chromium, opt, **path).find(BrowserChoice()) == BrowserProgram("chromium", "chrome", opt)
    assert programs(chromium, edge, **path).find(BrowserChoice("chrome")) is None
    assert programs(**path).find(BrowserChoice()) is None
    assert programs(chromium, **path).find(BrowserChoice("firefox")) is None


def test_a_snap_may_not_read_our_folder(on_path: Callable[[str], str], tmp_path: Path):
    stub = on_path("chromium-browser")
    assert programs(stub, PATH=str(tmp_path / "bin")).find(BrowserChoice()) is not None
    assert programs(stub, "/snap/bin/chromium", PATH=str(tmp_path / "bin")).find(BrowserChoice()) is None


def test_macos_and_windows_have_their_own_places():
    mac = "/Applications/Microsoft Edge Beta.app/Contents/MacOS/Microsoft Edge Beta"
    assert programs(mac, platform="darwin").find(BrowserChoice("msedge-beta")).path == mac
    home = "/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium"
    assert programs(home, platform="darwin", HOME="/Users/me").find(BrowserChoice()).path == home
    windows = r"C:\Users\me\AppData\Local\Google\Chrome SxS\Application\chrome.exe"
    local = {"LOCALAPPDATA": r"C:\Users\me\AppData\Local", "PROGRAMFILES": r"C:\Program Files"}
    assert programs(windows, platform="win32", **local).find(BrowserChoice("chrome-canary")).path == windows
    edge = r"C:\Program Files\Microsoft\Edge\Application\msedge.exe"
    assert programs(edge, platform="win32", **local).find(BrowserChoice()).name == "msedge"


@pytest.mark.parametrize(
    ("platform", "environ", "downloads"),
    [
        ("linux", {"HOME": "{root}"}, ".cache/ms-playwright"),
        ("linux", {"HOME": "/", "XDG_CACHE_HOME": "{root}/x"}, "x/ms-playwright"),
        ("darwin", {"HOME": "{root}"}, "Library/Caches/ms-playwright"),
        ("win32", {"LOCALAPPDATA": "{root}"}, "ms-playwright"),
        ("linux", {"PLAYWRIGHT_BROWSERS_PATH": "{root}/own"}, "own"),
        ("linux", {"PLAYWRIGHT_BROWSERS_PATH": "0"}, "package/driver/package/.local-browsers"),
    ],
)
def test_playwrights_own_comes_first(tmp_path: Path, platform: str, environ: dict[str, str], downloads: str):
    package = tmp_path / "package"
    (package / "driver" / "package").mkdir(parents=True)
    known = [
        {"name": "chromium", "revision": "1255"},
        {"name": "chromium-headless-shell", "revision": "1255"},
        {"name": "webkit", "revision": "2388", "revisionOverrides": {"mac14": "2251"}},
    ]
    (package / "driver" / "package" / "browsers.json").write_text(json.dumps({"browsers": known}))
    environ = {name: value.format(root=tmp_path) for name, value in environ.items()}
    machine = BrowserPrograms(environ, platform, playwright=lambda: str(package))

    def install(name: str) -> None:
        folder = tmp_path / downloads / name
        folder.mkdir(parents=True)
        (folder / "INSTALLATION_COMPLETE").touch()

    def own(engine: str) -> bool:
        found = machine.find(BrowserChoice(engine))
        return found is not None and found.path is None

    install("chromium_headless_shell-1255")
    install("chromium-1200")
    assert not own("chromium")
    install("chromium-1255")
    assert machine.find(BrowserChoice()) == BrowserProgram("chromium", "chromium", None)
    assert own("chromium")
    assert not own("webkit")
    install("webkit_mac14_special-2251")
    assert own("webkit")
    assert not own("firefox")


def test_playwright_is_found_without_importing_it():
    here = BrowserPrograms({}, "linux")
    assert here.can_drive
    here.require_playwright()
    with pytest.raises(AuthenticationFailed) as caught:
        programs(playwright=None).require_playwright()
    assert caught.value.hints == ("pip install 'atmos-auth[saml]'",)
