"""Workspace names: what a component says of its own, what comes of its stack, and none at all."""

import pytest

CONFIG = "stacks: { base_path: stacks, included_paths: ['**/*'] }\ncomponents: { terraform: { base_path: c } }\n"
UNUSED = CONFIG.replace("base_path: c", "base_path: c, workspaces_enabled: false")
PATTERN = """\
vars: { tenant: t, stage: s }, metadata: { component: net/vpc, terraform_workspace: no, \
terraform_workspace_pattern: '{tenant}-{stage}-{component}-{base-component}' }"""
TEMPLATE = """\
vars: { tenant: t }, metadata: { terraform_workspace_pattern: no, \
terraform_workspace_template: '{{ .vars.tenant }}/{{ .atmos_component }}' }"""


@pytest.fixture
def workspace_of(opened):
    def make(component: str, name="c", head="name: dev", stack="dev", config=CONFIG) -> str:
        text = f"{head}\ncomponents: {{ terraform: {{ '{name}': {{ {component} }} }} }}"
        stacks = opened({"atmos.yaml": config, "stacks/a/dev.yaml": text})
        return stacks.workspace(stacks.component(name, stack))

    return make


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ("", "dev"),
        ("metadata: { component: vpc }", "dev-c"),
        ("metadata: { component: c }", "dev"),
        ("metadata: { terraform_workspace: a/b }", "a-b"),
        (PATTERN, "t-s-c-net-vpc"),
        (TEMPLATE, "t-c"),
        ("backend_type: http", "default"),
        ("settings: { workspaces_enabled: false }", "default"),
    ],
)
def test_what_a_component_says(workspace_of, component, expected):
    assert workspace_of(component) == expected


def test_an_instance_has_a_workspace_of_its_own(workspace_of):
    assert workspace_of("metadata: { component: vpc }", name="net/vpc-2") == "dev-net-vpc-2"


def test_without_a_name_the_file_is_the_name(workspace_of):
    assert workspace_of("", head="vars: {}", stack="a/dev") == "a-dev"


def test_the_configuration_may_do_without(workspace_of):
    assert workspace_of("metadata: { terraform_workspace: a }", config=UNUSED) == "default"
