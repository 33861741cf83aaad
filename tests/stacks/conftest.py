"""Repositories of stacks, written file by file."""

import io
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from atmos_auth.stacks.evaluation import Wish
from atmos_auth.stacks.opening import Functions, Stacks
from atmos_auth.stacks.repository import Repository
from atmos_auth.wiring import Project, Streams

ATMOS_YAML = """\
base_path: .
stacks:
  base_path: stacks
  included_paths: ["deploy/**/*"]
  excluded_paths: ["**/_defaults.yaml"]
  name_pattern: "{tenant}-{stage}"
components: { terraform: { base_path: components/terraform } }
"""


@pytest.fixture
def opened(tmp_path: Path, environ: dict[str, str]) -> Callable[..., Stacks]:
    """Write files (`a/b=text`) and open the stacks; without an atmos.yaml of its own it gets a usual one."""

    def make(
        files: dict[str, str],
        *,
        wish: Wish = Wish(),  # noqa: B008 - immutable
        functions: Functions | None = None,
        **variables: str,
    ) -> Stacks:
        for name, text in {"atmos.yaml": ATMOS_YAML, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
        project = Project(environ=environ | variables, directory=str(tmp_path), streams=streams)
        return Stacks(project, wish=wish, functions=None if functions is None else lambda _: functions)

    return make


@pytest.fixture
def repository_of(opened: Callable[..., Stacks]) -> Callable[..., Repository]:
    """Write files and open the repository of their stacks."""
    return lambda files, **variables: opened(files, **variables).repository


@pytest.fixture
def stacks_of(opened: Callable[..., Stacks]) -> Callable[..., Stacks]:
    """Write files below `stacks` and open them; `templates` is what is set of them, `stacks` what beside the usual."""

    def make(files: dict[str, str], templates: str = "enabled: true", stacks: str = "", **options: object) -> Stacks:
        atmos_yaml = f"""\
stacks: {{ base_path: stacks, included_paths: ["deploy/*"], {stacks} }}
templates: {{ settings: {{ {templates} }} }}
"""
        return opened({"atmos.yaml": atmos_yaml, **{f"stacks/{name}": text for name, text in files.items()}}, **options)

    return make
