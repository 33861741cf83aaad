"""Repositories of stacks, written file by file."""

import io
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from atmos_auth.stacks.opening import Stacks
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
def repository_of(tmp_path: Path, environ: dict[str, str]) -> Callable[..., Repository]:
    """Write files (`a/b=text`) and open the stacks; without an atmos.yaml of its own it gets a usual one."""

    def make(files: dict[str, str], **variables: str) -> Repository:
        for name, text in {"atmos.yaml": ATMOS_YAML, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
        project = Project(environ=environ | variables, directory=str(tmp_path), streams=streams)
        return Stacks(project).repository

    return make
