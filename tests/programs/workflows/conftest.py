from collections.abc import Callable
from pathlib import Path

import pytest

from atmos_auth.config.load import load
from atmos_auth.config.request import Request
from atmos_auth.domain.errors import UnknownIdentity
from atmos_auth.programs.workflows.planning import Planner
from atmos_auth.programs.workflows.steps import Plan, Wish
from atmos_auth.programs.workflows.written import Workflows

IDENTITIES = {"dev-admin": "dev-admin", "prod-admin": "Prod-Admin"}


class Repository:
    """A folder with an atmos.yaml and workflow files, and what is warned of."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.environ = environ
        self.warnings: list[str] = []

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def config(self):
        return load(Request(cwd=str(self.folder), environ=self.environ, home=self.environ["HOME"]))

    def workflows(self) -> Workflows:
        return Workflows(
            self.config,
            home=self.environ["HOME"],
            directory=str(self.folder),
            warn=lambda warning: self.warnings.append(str(warning)),
        )

    def plan(self, body: str = "", wish: Wish = Wish(), name: str = "deploy") -> Plan:  # noqa: B008 - immutable
        """Plan a workflow whose body is written below its name in atmos.yaml."""
        if body:
            indented = "".join(f"    {line}\n" for line in body.splitlines())
            self.write("atmos.yaml", f"workflows:\n  {name}:\n{indented}")
        config = self.config
        (written,) = self.workflows().find(name, None)
        return Planner(
            opened=config.resolver.functions.whole,
            identity_named=identity_named,
            base_path=config.base_path,
            home=self.environ["HOME"],
            warn=lambda warning: self.warnings.append(str(warning)),
            environ={"HOME": "/home", "EMPTY": ""},
        ).plan(written, wish)


def identity_named(name: str) -> str:
    if name.lower() not in IDENTITIES:
        raise UnknownIdentity(f'identity "{name}" not found')
    return IDENTITIES[name.lower()]


@pytest.fixture
def repository(tmp_path: Path, environ: dict[str, str]) -> Repository:
    folder = tmp_path / "repository"
    folder.mkdir()
    return Repository(folder, environ)


@pytest.fixture
def plan(repository: Repository) -> Callable[..., Plan]:
    return repository.plan
