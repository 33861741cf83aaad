"""How a component inherits, what overrides it, where its state is, and in which workspace."""

import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.workspace import workspace_of as workspace_with_templates


@pytest.fixture
def component_of(repository_of):
    """Read component `c` of the one stack that these files make."""

    def read(stack: str, **files: str):
        named = {f"stacks/{name}.yaml": text for name, text in files.items()}
        return repository_of({"stacks/deploy/dev.yaml": f"name: dev\n{stack}", **named}).component("c", "dev")

    return read


INHERITING = """\
components:
  terraform:
    a: { vars: { x: a, y: a, z: a }, metadata: { component: code/a, type: abstract } }
    b: { vars: { x: b, y: b }, metadata: { inherits: [a], type: abstract, labels: { from: b } } }
    d: { vars: { x: d }, metadata: { type: abstract }, settings: { from: d } }
    c: { vars: { own: 1 }, metadata: { inherits: [b, d] } }
"""


def test_bases_come_in_order_each_with_its_own(component_of):
    component = component_of(INHERITING)
    assert component.sections["vars"] == {"x": "d", "y": "b", "z": "a", "own": 1}
    assert component.sections["settings"] == {"from": "d"}
    assert component.bases == ("d", "b", "a")
    assert component.base == "code/a", "metadata is inherited"
    assert not component.is_abstract, "but not what a base says of itself alone"
    assert component.metadata["labels"] == {"from": "b"}


def test_a_base_that_comes_twice_counts_where_it_wins(component_of):
    component = component_of(
        "components:\n  terraform:\n"
        "    x: { vars: { v: x, w: x } }\n"
        "    a: { vars: { v: a }, metadata: { inherits: [x] } }\n"
        "    b: { vars: { u: b }, metadata: { inherits: [x] } }\n"
        "    c: { metadata: { inherits: [a, b] } }\n"
    )
    assert component.sections["vars"] == {"v": "x", "w": "x", "u": "b"}


def test_metadata_need_not_be_inherited(repository_of):
    text = 'stacks: { base_path: stacks, included_paths: ["deploy/*"], inherit: { metadata: false } }'
    repository = repository_of({"atmos.yaml": text, "stacks/deploy/dev.yaml": "name: dev\n" + INHERITING})
    assert repository.component("c", "dev").base == "c"


def test_the_older_way_to_inherit(component_of):
    component = component_of(
        "components:\n  terraform:\n    base: { vars: { x: 1 } }\n    c: { component: base, vars: { y: 2 } }\n"
    )
    assert component.sections["vars"] == {"x": 1, "y": 2}
    assert (component.base, component.bases) == ("base", ("base",))


@pytest.mark.parametrize(
    ("bases", "message"),
    [("[nobody]", 'inherits from "nobody", which its stack does not have'), ("[c]", "inherits from itself")],
)
def test_bases_that_cannot_be(component_of, bases, message):
    with pytest.raises(ConfigError, match=message) as wrong:
        component_of(f"components:\n  terraform:\n    c: {{ metadata: {{ inherits: {bases} }} }}\n")
    assert wrong.value.place.line == 4


def test_a_longer_circle_is_named(component_of):
    with pytest.raises(ConfigError, match="inherits from itself") as wrong:
        component_of(
            "components:\n  terraform:\n"
            "    a: { metadata: { inherits: [c] } }\n"
            "    c: { metadata: { inherits: [a] } }\n"
        )
    assert wrong.value.details == ('"c" inherits from "a" inherits from "c"',)


def test_overrides_reach_what_their_file_defines_or_imports_and_nothing_else(component_of):
    stack = (
        "import: [team]\noverrides: { vars: { b: top } }\ncomponents: { terraform: { c: { vars: { a: c, b: c } } } }"
    )
    team = "import: [catalog]\noverrides: { vars: { a: team } }\nterraform: { overrides: { vars: { t: type } } }"
    catalog = "components: { terraform: { other: { vars: { a: o } } } }"
    assert component_of(stack, team=team, catalog=catalog).sections["vars"] == {"a": "c", "b": "top"}
    other = stack.replace("{ c: {", "{ x: {")
    catalog = "components: { terraform: { c: { vars: { a: o, b: o } } } }"
    component = component_of(other, team=team, catalog=catalog)
    assert component.sections["vars"] == {"a": "team", "b": "top", "t": "type"}
    assert component.sections["overrides"] == {"vars": {"a": "team", "b": "top", "t": "type"}}


def test_overrides_of_single_values(component_of):
    component = component_of(
        "terraform: { command: tofu }\noverrides: { command: /opt/tf }\n"
        "components: { terraform: { c: { command: t } } }"
    )
    assert component.sections["command"] == "/opt/tf"


def test_a_component_may_merge_its_lists_otherwise(component_of):
    component = component_of(
        "terraform: { vars: { l: [1] } }\n"
        "components: { terraform: { c: { vars: { l: [2] }, settings: { list_merge_strategy: append } } } }"
    )
    assert component.sections["vars"] == {"l": [1, 2]}
    with pytest.raises(ConfigError, match="one of replace, append, merge"):
        component_of("components: { terraform: { c: { settings: { list_merge_strategy: mix } } } }")


BACKEND = """\
terraform:
  backend_type: s3
  backend:
    s3: { bucket: b, region: r, key: terraform.tfstate }
    azurerm: { container_name: n }
"""


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ("{}", {"bucket": "b", "region": "r", "key": "terraform.tfstate", "workspace_key_prefix": "c"}),
        (
            "{ metadata: { component: net/vpc }, backend: { s3: { bucket: own } } }",
            {"bucket": "own", "region": "r", "key": "terraform.tfstate", "workspace_key_prefix": "net-vpc"},
        ),
        ("{ metadata: { component: net/vpc, name: n } }", None),
        ("{ backend_type: azurerm }", {"container_name": "n", "key": "c.terraform.tfstate"}),
        ("{ backend: { s3: { workspace_key_prefix: w } } }", None),
    ],
)
def test_the_backend_that_is_chosen(component_of, component, expected):
    sections = component_of(BACKEND + f"components: {{ terraform: {{ c: {component} }} }}").sections
    if expected is not None:
        assert sections["backend"] == expected
    else:
        assert sections["backend"]["workspace_key_prefix"] in ("n", "w")
    assert sections["remote_state_backend"] == sections["backend"]


def test_a_backend_that_nobody_configured(component_of):
    for key in ("backend_type", "remote_state_backend_type"):
        with pytest.raises(ConfigError, match=f'component "c" of stack "dev": {key} is "gcs"') as wrong:
            component_of(BACKEND + f"components: {{ terraform: {{ c: {{ {key}: gcs }} }} }}")
        assert wrong.value.details == ("configured: s3, azurerm",)
        assert wrong.value.place.line == 7
    assert component_of("components: { terraform: { c: { backend: { s3: {} } } } }").sections["backend"] == {}


def workspace_of(component, *, enabled: bool) -> str:
    return workspace_with_templates(component, enabled=enabled, by_template=lambda text, place: f"{text}:{place.line}")


@pytest.mark.parametrize(
    ("component", "workspace"),
    [
        ("{}", "dev"),
        ("{ metadata: { component: net/vpc } }", "dev-c"),
        ("{ metadata: { terraform_workspace: mine/own } }", "mine-own"),
        ("{ metadata: { terraform_workspace_template: a/b, terraform_workspace: no } }", "a-b:2"),
        (
            "{ metadata: { terraform_workspace_pattern: '{stage}-{component}-{base-component}' }, vars: { stage: t } }",
            "t-c-c",
        ),
        ("{ backend_type: http, backend: { http: {} } }", "default"),
    ],
)
def test_the_workspace(component_of, component, workspace):
    assert workspace_of(component_of(f"components: {{ terraform: {{ c: {component} }} }}"), enabled=True) == workspace
    assert workspace_of(component_of("components: { terraform: { c: {} } }"), enabled=False) == "default"
