"""Which keyring is opened: by the environment, the configuration, or neither."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from atmos_auth.domain.errors import ConfigError, InvalidSetting, PasswordMissing, StoreError
from atmos_auth.domain.place import Place
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.paths import Paths
from atmos_auth.stores.keyring.opening import open_keyring
from atmos_auth.testing.contracts.secret_store import KEYS


@pytest.fixture
def open_it(environ: dict[str, str], tmp_path: Path) -> Any:
    def opener(configured: str | None = None, spec: Any = (), realm: str = "", **rest: Any) -> SecretStore:
        variables = environ | {name: rest.pop(name) for name in list(rest) if name.startswith("ATMOS_")}
        return open_keyring(
            configured,
            dict(spec),
            environ=variables,
            paths=Paths(variables, realm=realm),
            relative_to=str(tmp_path / "project"),
            clock=SystemClock(),
            **({"ask": None, "say": pytest.fail} | rest),
        )

    return opener


@pytest.mark.parametrize(
    ("variable", "configured", "expected"),
    [("", None, "system"), ("", "file", "file"), ("memory", "file", "memory"), ("file", None, "file")],
)
def test_the_variable_then_the_configuration(
    open_it: Any, variable: str, configured: str | None, expected: str
) -> None:
    store = open_it(configured, ATMOS_KEYRING_TYPE=variable)
    assert store.label.startswith(f"{expected} keyring (")


def test_an_unknown_type_names_the_three(open_it: Any) -> None:
    place = Place("atmos.yaml", 3, 11)
    with pytest.raises(ConfigError, match=r'"sytem" is not a type of keyring \(from auth.keyring.type\)') as unknown:
        open_it("sytem", place=place)
    assert unknown.value.place == place
    assert unknown.value.hints == ("use one of: system, file, memory",)
    with pytest.raises(ConfigError, match="from ATMOS_KEYRING_TYPE") as unknown:
        open_it("file", place=place, ATMOS_KEYRING_TYPE="File")
    assert unknown.value.place is None


@pytest.mark.parametrize("spec", [{"paht": "x"}, {"path": 1}, {"password_env": ["X"]}])
def test_a_spec_that_cannot_be_meant_is_refused(open_it: Any, spec: dict[str, Any]) -> None:
    with pytest.raises(InvalidSetting, match=r"auth\.keyring\.spec"):
        open_it("file", spec)


@pytest.mark.parametrize(
    ("variable", "path", "expected"),
    [
        ("", None, "home/.local/share/atmos/keyring"),
        ("", "~/.secrets.d", "home/.secrets.d"),
        ("", "keys", "project/keys"),
        ("~/other.txt", "keys", "home/other.txt"),
    ],
)
def test_the_folder(open_it: Any, tmp_path: Path, variable: str, path: str | None, expected: str) -> None:
    store = open_it("file", {"path": path}, ATMOS_KEYRING_FILE_PATH=variable, ATMOS_KEYRING_PASSWORD="correct horse")
    store.put("dev", KEYS)
    assert (tmp_path / expected / "keyring").is_file()


def test_the_label_shortens_the_home(open_it: Any) -> None:
    assert open_it("file").label == "file keyring (~/.local/share/atmos/keyring)"


@pytest.mark.parametrize(
    ("spec", "variable", "expected"),
    [
        ({}, "", "ATMOS_KEYRING_PASSWORD"),
        ({"password_env": "TEAM"}, "", "TEAM"),
        ({"password_env": "TEAM"}, "ATMOS_OTHER", "ATMOS_OTHER"),
    ],
)
def test_the_variable_with_the_password(open_it: Any, spec: dict[str, str], variable: str, expected: str) -> None:
    with pytest.raises(PasswordMissing, match=f"set {expected} environment variable"):
        open_it("file", spec, ATMOS_KEYRING_PASSWORD_ENV=variable).put("dev", KEYS)


def test_realms_share_a_folder_and_nothing_else(open_it: Any) -> None:
    password = {"ATMOS_KEYRING_PASSWORD": "correct horse"}
    open_it("file", realm="acme", **password).put("dev", KEYS)
    assert open_it("file", **password).get("dev") is None
    assert open_it("file", realm="acme", **password).get("dev") == KEYS


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a keyring")
def test_what_others_choose_for_the_keyring_package_does_not_count(open_it: Any, environ: dict[str, str]) -> None:
    """Least of all its null backend, which drops what it is given."""
    environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with pytest.raises(StoreError, match="is not to be had here"):
        open_it("system").put("dev", KEYS)


@pytest.mark.parametrize("kind", ["system", "file", "memory"])
def test_opening_loads_no_heavy_library(environ: dict[str, str], kind: str) -> None:
    script = (
        "import os, sys\n"
        "from atmos_auth.host.clock import SystemClock\n"
        "from atmos_auth.host.paths import Paths\n"
        "from atmos_auth.stores.keyring.opening import open_keyring\n"
        "open_keyring(sys.argv[1], {}, environ=os.environ, paths=Paths(os.environ), relative_to='/',"
        " clock=SystemClock(), ask=None, say=print)\n"
        "print([m for m in ('cryptography', 'keyring', 'secretstorage', 'subprocess') if m in sys.modules])\n"
    )
    words = [sys.executable, "-c", script, kind]
    assert subprocess.run(words, env=environ, capture_output=True, check=True).stdout == b"[]\n"
