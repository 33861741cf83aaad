import os
from collections.abc import Callable
from pathlib import Path

import pytest

from atmos_auth.domain.errors import InvalidStack, UnclearPath
from atmos_auth.stacks.component_paths import is_path
from atmos_auth.stacks.opening import Stacks

DEV = """\
    vars: { tenant: plat, stage: dev }
    components:
      terraform:
        vpc: {}
        infra/dns: {}
        defaults: { metadata: { type: abstract, component: infra/dns } }
        eks-1: { metadata: { component: eks } }
        eks-2: { metadata: { component: eks } }
"""
PROD = """\
    vars: { tenant: plat, stage: prod }
    components: { terraform: { only: { metadata: { component: rare } } } }
"""


@pytest.fixture
def stacks(opened: Callable[..., Stacks], tmp_path: Path) -> Stacks:
    for code in ("vpc/modules", "infra/dns", "eks", "rare"):
        (tmp_path / "components" / "terraform" / code).mkdir(parents=True)
    (tmp_path / "linked").symlink_to(tmp_path / "components" / "terraform" / "vpc")
    return opened({"stacks/deploy/dev.yaml": DEV, "stacks/deploy/prod.yaml": PROD})


@pytest.mark.parametrize("word", [".", "..", "./vpc", "../vpc", "/srv/vpc", "./"])
def test_what_is_a_path(word: str):
    assert is_path(word)


@pytest.mark.parametrize("word", ["vpc", "infra/vpc", ".vpc", "..vpc", "vpc/.", ""])
def test_what_is_a_name(word: str):
    assert not is_path(word)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("./components/terraform/vpc", "vpc"),
        ("./components/terraform/vpc/", "vpc"),
        ("./components/terraform/eks/../vpc", "vpc"),
        ("./linked", "vpc"),
        ("./components/terraform/infra/dns", "infra/dns"),
        ("vpc", "vpc"),
        ("anything", "anything"),
    ],
)
def test_a_component_is_named_by_where_its_code_is(stacks: Stacks, path: str, name: str):
    assert stacks.named(path, "plat-dev") == name
    if is_path(path):
        assert stacks.named(os.path.abspath(os.path.join(stacks.layout.terraform, "../..", path)), "plat-dev") == name


@pytest.mark.parametrize(
    ("path", "message", "details"),
    [
        (
            "./components/terraform/eks",
            'ambiguous component path: 2 components of stack "plat-dev"',
            ("eks-1", "eks-2"),
        ),
        (
            "./components/terraform/rare",
            'no component of stack "plat-dev" has its code',
            ("there is one in stack plat-prod",),
        ),
        ("./components/terraform/vpc/modules", 'no component of stack "plat-dev" has its code', ()),
        ("./components/terraform/gone", 'no component of stack "plat-dev" has its code', ()),
        ("./components/terraform", "./components/terraform is no folder of a component", ()),
        (".", ". is no folder of a component", ()),
        ("/", "/ is no folder of a component", ()),
        ("./components/helmfile/vpc", "./components/helmfile/vpc is no folder of a component", ()),
    ],
)
def test_a_path_that_leads_to_none_or_to_several(stacks: Stacks, path: str, message: str, details: tuple[str, ...]):
    with pytest.raises(UnclearPath) as caught:
        stacks.named(path, "plat-dev")
    assert (caught.value.message[: len(message)], caught.value.details) == (message, details)
    assert (caught.value.exit_code, bool(caught.value.hints)) == (2, True)


def test_a_stack_that_is_not_there_is_said_before_paths_are(stacks: Stacks):
    with pytest.raises(InvalidStack, match="Stack `plat-dve` not found"):
        stacks.named(".", "plat-dve")
