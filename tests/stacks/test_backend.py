"""Backends: which is chosen, and what nobody has to write down."""

import pytest

from atmos_auth.domain.errors import ConfigError

CONFIG = "stacks: { base_path: stacks, included_paths: ['*'] }\ncomponents: { terraform: { base_path: c } }\n"
SEPARATED = CONFIG.replace("base_path: c", "base_path: c, workspace: { prefix_separator: _ }")


def backend_of(repository_of, type_says: str, component: str, *, name="net/c", config=CONFIG):
    text = f"name: dev\nterraform: {{ {type_says} }}\ncomponents: {{ terraform: {{ '{name}': {{ {component} }} }} }}"
    return repository_of({"atmos.yaml": config, "stacks/dev.yaml": text}).component(name, "dev").sections


@pytest.mark.parametrize(
    ("type_says", "component", "expected"),
    [
        ("backend_type: s3, backend: { s3: {}, gcs: {} }", "", {"workspace_key_prefix": "net-c"}),
        ("backend_type: s3, backend: { s3: {}, gcs: {} }", "backend_type: gcs", {"prefix": "net-c"}),
        ("backend_type: gcs, backend: { gcs: {} }", "metadata: { component: vpc/base }", {"prefix": "vpc-base"}),
        ("backend_type: gcs, backend: { gcs: {} }", "metadata: { name: x/y }", {"prefix": "x-y"}),
        ("backend_type: azurerm, backend: { azurerm: {} }", "", {"key": "net-c.terraform.tfstate"}),
        ("backend_type: azurerm, backend: { azurerm: { key: pre } }", "", {"key": "pre/net-c.terraform.tfstate"}),
        (
            "backend_type: azurerm, backend: { azurerm: { key: pre } }",
            "backend: { azurerm: { key: own } }",
            {"key": "own"},
        ),
        ("backend_type: cloud, backend: { cloud: { a: 1 } }", "", {"a": 1}),
        ("backend_type: consul, backend: { consul: { a: 1 } }", "", {"a": 1}),
        ("backend_type: local", "", {}),
        ("backend: { s3: { a: 1 } }", "", {}),
    ],
)
def test_what_is_chosen_and_filled_in(repository_of, type_says, component, expected):
    assert backend_of(repository_of, type_says, component)["backend"] == expected


def test_a_backend_is_merged_from_the_type_over_bases_to_the_component(repository_of):
    text = """\
        name: dev
        terraform: { backend_type: gcs, backend: { s3: { a: type, b: type, c: type }, gcs: {} } }
        components:
          terraform:
            base: { backend_type: s3, backend: { s3: { b: base, c: base } } }
            c: { metadata: { inherits: [base] }, backend: { s3: { c: own } } }
    """
    sections = repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text}).component("c", "dev").sections
    assert sections["backend_type"] == "s3"
    assert sections["backend"] == {"a": "type", "b": "base", "c": "own", "workspace_key_prefix": "c"}


def test_a_key_of_a_base_component_is_left_alone(repository_of):
    text = """\
        name: dev
        terraform: { backend_type: azurerm, backend: { azurerm: { key: pre } } }
        components:
          terraform:
            base: { backend: { azurerm: { key: inherited } } }
            c: { metadata: { inherits: [base] } }
    """
    repository = repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text})
    assert repository.component("c", "dev").sections["backend"] == {"key": "inherited"}


def test_the_separator_is_configured(repository_of):
    sections = backend_of(repository_of, "backend_type: s3, backend: { s3: {} }", "", config=SEPARATED)
    assert sections["backend"] == {"workspace_key_prefix": "net_c"}


def test_the_state_that_others_read_may_be_elsewhere(repository_of):
    said = "backend_type: s3, backend: { s3: { bucket: b, key: k } }"
    remote = backend_of(repository_of, f"{said}, remote_state_backend: {{ s3: {{ key: other }} }}", "")
    assert remote["remote_state_backend_type"] == "s3"
    assert remote["remote_state_backend"] == {"bucket": "b", "key": "other", "workspace_key_prefix": "net-c"}
    assert remote["backend"]["key"] == "k"
    literal = f"{said}, remote_state_backend_type: static, remote_state_backend: {{ static: {{ id: 1 }} }}"
    assert backend_of(repository_of, literal, "")["remote_state_backend"] == {"id": 1}


def test_a_backend_that_is_wrong_keeps_nobody_from_another_component(repository_of):
    wrong = "a: { backend_type: s3, backend: { gcs: {} } }"
    repository = repository_of(
        {
            "atmos.yaml": CONFIG,
            "stacks/dev.yaml": f"name: dev\ncomponents: {{ terraform: {{ {wrong}, b: {{}} }} }}",
            "stacks/other.yaml": "name: other\ncomponents: { terraform: { c: {} } }",
        }
    )
    assert repository.component("b", "dev").name == "b"
    assert repository.component("c", "other").name == "c"


@pytest.mark.parametrize("key", ["backend_type", "remote_state_backend_type"])
def test_a_type_without_its_backend_is_named(repository_of, key):
    expected = f'component "net/c" of stack "dev": {key} is "gcs", and no such backend is configured'
    with pytest.raises(ConfigError, match=expected) as refused:
        backend_of(repository_of, "backend_type: s3, backend: { s3: {} }", f"{key}: gcs")
    assert refused.value.details == ("configured: s3",)
    assert refused.value.place.line == 3
