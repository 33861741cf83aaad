"""Every test starts from a clean environment with its own home."""

import os
from pathlib import Path

import pytest

KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")


def clean_environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """A clean environment for code and programs under test."""
    return clean_environment(home)


@pytest.fixture(autouse=True)
def _isolated(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What code finds if it looks at the process environment after all."""
    for name in set(os.environ) - {"PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_VERSION"}:
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
