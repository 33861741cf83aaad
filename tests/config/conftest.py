"""A directory to write configuration files in, and to load them from."""

import textwrap
from pathlib import Path

import pytest

from atmos_auth.config.load import Config, Request, load


class Project:
    """A project directory beside an empty home directory; nothing of the real environment gets in."""

    def __init__(self, root: Path) -> None:
        self.root = root / "project"
        self.home = root / "home"
        self.root.mkdir()
        self.home.mkdir(exist_ok=True)

    def write(self, path: str, text: str | bytes = "") -> str:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            target.write_bytes(text)
        else:
            target.write_text(textwrap.dedent(text), encoding="utf-8")
        return str(target)

    def directory(self, path: str) -> str:
        target = self.root / path
        target.mkdir(parents=True, exist_ok=True)
        return str(target)

    def request(self, environ: dict[str, str] | None = None, cwd: str = ".", **choices: object) -> Request:
        directory = str((self.root / cwd).resolve()) if cwd != "." else str(self.root)
        return Request(directory, environ or {}, str(self.home), **choices)

    def load(self, environ: dict[str, str] | None = None, cwd: str = ".", **choices: object) -> Config:
        return load(self.request(environ, cwd, **choices))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
