"""States in files: where each backend keeps them, and what those say that cannot be read."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from atmos_auth.domain.errors import ConfigError, InvalidComponent
from atmos_auth.programs.terraform.readers import Reader
from atmos_auth.programs.terraform.states import outputs_in_state
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project, Streams

STATE = json.dumps({"version": 4, "outputs": {"id": {"value": "x"}, "many": {"value": [1], "sensitive": True}}})


@pytest.fixture
def state_of(tmp_path: Path, environ: dict[str, str]) -> Callable[..., object]:
    """Read the state of a component with this backend, in a workspace; files stand in the folder of its code."""

    def read(backend: str, workspace: str, files: dict[str, str]) -> object:
        stack = f"name: dev\ncomponents: {{ terraform: {{ c: {{ {backend} }} }} }}"
        config = "stacks: { base_path: ., included_paths: [dev] }\ncomponents: { terraform: { base_path: code } }"
        for name, text in {"atmos.yaml": config, "dev.yaml": stack}.items():
            (tmp_path / name).write_text(text)
        for name, text in files.items():
            path = tmp_path / "code" / "c" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
        project = Project(environ=environ, directory=str(tmp_path), streams=streams)
        stacks = Stacks(project)
        component = stacks.component("c", "dev")
        folder = stacks.folder(component)
        return outputs_in_state(component, workspace=workspace, folder=folder, reader=Reader(project, None))

    return read


@pytest.mark.parametrize(
    ("backend", "workspace", "path"),
    [
        ("", "dev", "terraform.tfstate.d/dev/terraform.tfstate"),
        ("", "default", "terraform.tfstate"),
        ("backend_type: local, backend: { local: {} }", "dev", "terraform.tfstate.d/dev/terraform.tfstate"),
        ("backend_type: local, backend: { local: { path: ../s.tfstate } }", "default", "../s.tfstate"),
        ("backend_type: local, backend: { local: { workspace_dir: ../w } }", "dev", "../w/dev/terraform.tfstate"),
    ],
)
def test_local_states_stand_where_terraform_puts_them(state_of, backend, workspace, path):
    assert state_of(backend, workspace, {path: STATE}) == {"id": "x", "many": [1]}


def test_a_local_state_that_is_not_there_is_none(state_of):
    assert state_of("", "dev", {"terraform.tfstate": STATE}) is None
    assert state_of("", "default", {"terraform.tfstate": '{"version": 4}'}) == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"outputs": {"id": 1}}', '{"outputs": {"id": {}}}'])
def test_a_state_that_cannot_be_understood_is_never_taken_for_a_missing_one(state_of, text):
    with pytest.raises(ConfigError, match='the state of component "c" of stack "dev" cannot be understood'):
        state_of("", "default", {"terraform.tfstate": text})


def test_a_local_state_that_cannot_be_read_is_never_taken_for_a_missing_one(state_of):
    with pytest.raises(ConfigError, match=r"the state terraform\.tfstate cannot be read"):
        state_of("", "default", {"terraform.tfstate/folder": ""})


def test_a_state_in_another_backend_is_refused_with_what_reads_it(state_of):
    with pytest.raises(InvalidComponent, match="in a backend of type gcs, which is not read") as refused:
        state_of("backend_type: gcs, backend: { gcs: { bucket: b } }", "dev", {})
    assert refused.value.hints == ("use !terraform.output, which runs Terraform",)
