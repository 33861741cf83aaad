import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.errors import ConfigError
from atmos_auth.host.paths import Paths, file_name, home_directory

HOME = {"HOME": "/home/me"}


def test_the_xdg_defaults():
    paths = Paths(HOME)
    assert (paths.config, paths.cache, paths.data) == (
        "/home/me/.config/atmos",
        "/home/me/.cache/atmos",
        "/home/me/.local/share/atmos",
    )
    assert paths.aws_folder("my-sso") == "/home/me/.config/atmos/aws/my-sso"
    assert paths.aws_folders == "/home/me/.config/atmos/aws"
    assert paths.sso_sessions == "/home/me/.cache/atmos/aws-sso/sessions"
    assert paths.locks == "/home/me/.cache/atmos/auth/locks"
    assert paths.fingerprint_key == "/home/me/.local/share/atmos/auth/fingerprint.key"


@pytest.mark.parametrize("kind", ["config", "cache", "data"])
def test_xdg_variables_move_them_and_ours_win(kind):
    name = f"XDG_{kind.upper()}_HOME"
    assert getattr(Paths(HOME | {name: "/x"}), kind) == "/x/atmos"
    assert getattr(Paths(HOME | {name: "/x", f"ATMOS_{name}": "/y"}), kind) == "/y/atmos"
    assert getattr(Paths(HOME | {name: "", f"ATMOS_{name}": ""}), kind) == getattr(Paths(HOME), kind)


@pytest.mark.parametrize("name", ["XDG_CONFIG_HOME", "ATMOS_XDG_CACHE_HOME", "XDG_DATA_HOME"])
@pytest.mark.parametrize("value", ["relative", ".", "~/x", "./x"])
def test_a_relative_base_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=f"{name} must be an absolute path") as caught:
        Paths(HOME | {name: value})
    assert caught.value.hints


def test_a_realm_is_one_more_folder():
    paths = Paths(HOME, realm="acme")
    assert paths.aws_folder("p") == "/home/me/.config/atmos/acme/aws/p"
    assert paths.aws_folders == "/home/me/.config/atmos/acme/aws"
    assert "/acme/" in paths.sso_sessions
    assert "/acme/" in paths.locks
    # One key serves all realms, for the realm itself enters what is made with it.
    assert "acme" not in paths.fingerprint_key


def test_windows_has_folders_of_its_own():
    windows = Paths({"USERPROFILE": "/me", "APPDATA": "/roaming", "LOCALAPPDATA": "/local"}, platform="nt")
    assert windows.config == os.path.join("/roaming", "atmos")
    assert windows.cache == os.path.join("/local", "cache", "atmos")
    assert windows.data == os.path.join("/local", "atmos")
    assert Paths({"USERPROFILE": "/me"}, platform="nt").config.startswith("/me/AppData/Roaming")


def test_home():
    assert home_directory({"HOME": "/a", "USERPROFILE": "/b"}) == "/a"
    assert home_directory({"USERPROFILE": "/b"}) == "/b"
    assert os.path.isabs(home_directory({}))


@pytest.mark.parametrize(
    ("name", "flat"),
    [
        ("my-sso", "my-sso"),
        ("a b", "a b"),
        ("a/b", "a_b"),
        ("a\\b:c*d", "a_b_c_d"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        (".", "_."),
        ("..", "_.."),
        ("", "_"),
        ("a\0b\nc", "a_b_c"),
    ],
)
def test_a_name_becomes_one_path_element(name, flat):
    assert file_name(name) == flat


@given(st.text(max_size=20))
def test_no_name_leaves_its_folder(name):
    folder = "/home/me/.config/atmos/aws"
    path = os.path.normpath(Paths(HOME).aws_folder(name))
    assert os.path.dirname(path) == folder


@pytest.mark.parametrize(
    ("path", "expanded"),
    [
        ("~", "/home/me"),
        ("~/x", "/home/me/x"),
        ("x", "/project/x"),
        ("./x/../y", "/project/y"),
        ("/abs", "/abs"),
        ("~other/x", "/project/~other/x"),
    ],
)
def test_paths_in_settings_are_expanded(path, expanded):
    assert Paths(HOME).expand(path, relative_to="/project") == expanded
