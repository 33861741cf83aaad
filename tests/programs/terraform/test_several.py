"""Which components one command is for, and in which order."""

import io
from pathlib import Path

import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.programs.terraform.several import Selection, in_order, selected
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project, Streams

ATMOS_YAML = """\
stacks: { base_path: stacks, included_paths: ["deploy/*"], name_pattern: "{stage}" }
components: { terraform: { base_path: components/terraform } }
"""
STACK = """\
vars: { stage: STAGE }
components:
  terraform:
    a: { settings: { depends_on: { 1: { component: b } } }, metadata: { tags: [edge], labels: { team: web, tier: 1 } } }
    b: { dependencies: { components: [{ component: c }, { component: elsewhere }] } }
    c: { metadata: { tags: [core, edge], labels: { team: web, is.new: true } } }
    base: { metadata: { type: abstract } }
    off: { metadata: { enabled: false } }
"""


@pytest.fixture
def repository(tmp_path: Path, environ: dict[str, str]):
    (tmp_path / "atmos.yaml").write_text(ATMOS_YAML)
    (tmp_path / "stacks" / "deploy").mkdir(parents=True)
    for stage in ("dev", "prod"):
        (tmp_path / "stacks" / "deploy" / f"{stage}.yaml").write_text(STACK.replace("STAGE", stage))
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
    return Stacks(Project(environ=environ, directory=str(tmp_path), streams=streams)).repository


def names(components) -> list[str]:
    return [f"{component.stack}/{component.name}" for component in components]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), "dev/a dev/b dev/c prod/a prod/b prod/c"),
        (Selection(stack="dev"), "dev/a dev/b dev/c"),
        (Selection(names=["a", "base", "off"]), "dev/a prod/a"),
        (Selection(stack="prod", tags=["core", "nothing"]), "prod/c"),
        (Selection(tags=["edge"], names=["a", "b"]), "dev/a prod/a"),
        (Selection(stack="dev", matches=lambda component: component.name > "a"), "dev/b dev/c"),
        (Selection(names=["nothing"]), ""),
        (Selection(stack="dev", labels=[("team", "web")]), "dev/a dev/c"),
        (Selection(labels=[("team", "web"), ("tier", "1")]), "dev/a prod/a"),
        (Selection(stack="dev", labels=[("is.new", "true")], tags=["core"]), "dev/c"),
        (Selection(stack="dev", labels=[("team", "web")], tags=["nothing"]), ""),
        (Selection(labels=[("team", "We")]), ""),
    ],
)
def test_which_are_meant(repository, selection, expected):
    assert names(selected(repository, selection)) == expected.split()


def test_each_comes_after_what_it_depends_on(repository):
    components = selected(repository, Selection(stack="dev"))
    assert names(in_order(components)) == ["dev/c", "dev/b", "dev/a"]
    assert names(in_order(components, backwards=True)) == ["dev/a", "dev/b", "dev/c"]
    assert names(in_order(components[:1])) == ["dev/a"], "what is not among them does not count"


def test_a_circle_is_named(repository, tmp_path: Path):
    path = tmp_path / "stacks" / "deploy" / "dev.yaml"
    path.write_text(path.read_text() + "    d: { settings: { depends_on: { 1: { component: d2 } } } }\n")
    path.write_text(path.read_text() + "    d2: { settings: { depends_on: { 1: { component: d, stack: dev } } } }\n")
    with pytest.raises(ConfigError, match="depend on each other in a circle") as circle:
        in_order(selected(repository, Selection(stack="dev")))
    assert 'depends on component "d" of stack "dev"' in circle.value.details
