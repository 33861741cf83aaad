"""What Terraform is given beside a component's code."""

import json
import stat
from pathlib import Path

import pytest

from atmos_auth.config.tree import planted
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.programs.terraform.files import BACKEND, OVERRIDE, PROVIDERS, generated, remove, stem_of, write
from atmos_auth.stacks.component import Component

HERE = Place("dev.yaml", 3, 5)


def component(name: str = "vpc", base: str | None = None, stack: str = "plat-ue2-dev", **sections) -> Component:
    empty = {"vars": {}, "providers": {}, "backend": {}, "metadata": {}}
    return Component(
        name,
        "terraform",
        stack,
        base or name,
        (),
        "dev.yaml",
        "dev",
        (),
        planted(empty | sections, HERE),
        HERE,
    )


@pytest.mark.parametrize(
    ("name", "base", "stem"),
    [
        ("vpc", None, "plat-ue2-dev-vpc"),
        ("infra/vpc", None, "plat-ue2-dev-infra-vpc"),
        ("vpc-1", "infra/vpc", "plat-ue2-dev-infra-vpc-1"),
        ("infra/vpc", "vpc", "plat-ue2-dev-vpc"),
        ("a/b/c", None, "plat-ue2-dev-a-b-c"),
    ],
)
def test_how_files_are_named(name, base, stem):
    assert stem_of(component(name, base)) == stem


def test_a_stack_with_a_slash_makes_no_folder():
    assert stem_of(component(stack="orgs/acme")) == "orgs-acme-vpc"


def test_values_keep_their_types():
    values = {"s": "000123", "n": 1, "b": True, "l": [1, {"x": None}], "f": 1.5}
    made = generated(component(vars=values), workspace="w", with_backend=False)
    assert made.contents == {"plat-ue2-dev-vpc.terraform.tfvars.json": values}
    assert made.planfile == "plat-ue2-dev-vpc.planfile"


@pytest.mark.parametrize(
    ("chosen", "settings", "expected"),
    [
        ("s3", {"bucket": "b"}, {"terraform": {"backend": {"s3": {"bucket": "b"}}}}),
        (
            "cloud",
            {"workspaces": {"name": "x-{terraform_workspace}"}},
            {"terraform": {"cloud": {"workspaces": {"name": "x-w"}}}},
        ),
    ],
)
def test_the_backend(chosen, settings, expected):
    made = generated(component(backend_type=chosen, backend=settings), workspace="w", with_backend=True)
    assert made.contents[BACKEND] == expected


def test_a_backend_that_nobody_chose_is_named():
    with pytest.raises(
        InvalidSetting, match='backend_type is required for component "vpc" of stack "plat-ue2-dev"'
    ) as it:
        generated(component(), workspace="w", with_backend=True)
    assert it.value.place == HERE


def test_providers_with_aliases_and_required_versions():
    made = generated(
        component(
            providers={"aws": {"region": "a"}, "aws.east": {"alias": "east"}, "null": {}},
            required_version=">= 1.5",
            required_providers={"aws": {"version": "~> 5"}},
        ),
        workspace="w",
        with_backend=False,
    )
    assert made.contents[PROVIDERS] == {"provider": {"aws": [{"region": "a"}, {"alias": "east"}], "null": {}}}
    assert made.contents[OVERRIDE]["terraform"]["required_version"] == ">= 1.5"


def test_files_are_private_whole_and_replaced(tmp_path: Path):
    write(str(tmp_path), {"a.json": {"x": 1}})
    write(str(tmp_path), {"a.json": {"x": 2}})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": 2}
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.json"]
    assert remove(str(tmp_path), "a.json")
    assert not remove(str(tmp_path), "a.json")
