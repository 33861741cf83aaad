"""Where stacks and components are, as the configuration and the directory of the call say."""

import io
from pathlib import Path

import pytest

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.stacks.layout import Layout, layout_of
from atmos_auth.wiring import Options, Project, Streams

ATMOS_YAML = 'base_path: {base}\nstacks: {{ base_path: {stacks}, included_paths: ["*"] }}\n{code}\n'


def layout(
    directory: Path,
    environ: dict[str, str],
    *,
    base: str = '""',
    stacks: str = "stacks",
    code: str = "",
    called_from: str = ".",
    flag: str | None = None,
) -> Layout:
    (directory / called_from).mkdir(parents=True, exist_ok=True)
    text = ATMOS_YAML.format(base=base, stacks=stacks, code=code and f"components: {{ terraform: {{ {code} }} }}")
    (directory / "conf" / "atmos.yaml").write_text(text)
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
    project = Project(Options(base_path=flag), environ=environ, directory=str(directory / called_from), streams=streams)
    return layout_of(project.config)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for folder in (".git", "conf/below/deep", "infra"):
        (tmp_path / "repository" / folder).mkdir(parents=True)
    return tmp_path / "repository"


@pytest.mark.parametrize(
    ("written", "stacks", "terraform"),
    [
        ({}, "stacks", "."),
        ({"base": "."}, "conf/stacks", "conf"),
        ({"base": "./below", "called_from": "conf/below/deep"}, "conf/below/stacks", "conf/below"),
        ({"base": ".."}, "stacks", "."),
        ({"base": "infra"}, "infra/stacks", "infra"),
        ({"base": "below"}, "conf/below/stacks", "conf/below"),
        ({"base": ".", "stacks": "../infra/stacks", "code": "base_path: ../../outside"}, "infra/stacks", "../outside"),
        ({"base": ".", "code": "base_path: /srv/code"}, "conf/stacks", "/srv/code"),
        ({"base": ".", "flag": "./deep", "called_from": "conf/below"}, "conf/below/deep/stacks", "conf/below/deep"),
    ],
)
def test_path_resolution(repository: Path, environ: dict[str, str], written, stacks: str, terraform: str):
    found = layout(repository, environ, **{"called_from": "conf", **written})
    expected = [str((repository / path).resolve()) for path in (stacks, terraform)]
    assert [found.stacks, found.terraform] == expected


def test_path_resolution_from_variables(repository: Path, environ: dict[str, str]):
    environ |= {"ATMOS_BASE_PATH": "below", "ATMOS_STACKS_BASE_PATH": "manifests"}
    found = layout(repository, environ, base="..", called_from="conf")
    assert found.stacks == str(repository / "conf/below/manifests")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("base_path: [a]", 'components.terraform.base_path takes text, not "'),
        ("workspaces_enabled: perhaps", 'components.terraform.workspaces_enabled takes true or false, not "perhaps"'),
    ],
)
def test_keys_of_a_wrong_type_are_named(repository: Path, environ: dict[str, str], code: str, message: str):
    with pytest.raises(InvalidSetting) as caught:
        layout(repository, environ, code=code, called_from="conf")
    assert caught.value.message.startswith(message)
    assert caught.value.place or ""
