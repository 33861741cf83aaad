"""Layering for a Terraform component: which layer wins, section by section."""

import pytest

from atmos_auth.domain.errors import ConfigError

CONFIG = """\
stacks: { base_path: stacks, included_paths: ["dev*"] }
components: { terraform: { base_path: c, command: from-config } }
env: { V: config, ONLY_CONFIG: x }
"""
SECTIONS = ("vars", "env", "settings", "auth", "providers", "hooks", "generate")
# Each layer as YAML, weakest first, and what a section says in it.
LAYERS = ("global", "type", "base", "component", "overrides", "type-overrides")


def manifest(section: str, layers: tuple[str, ...]) -> str:
    """Write a stack in which each of the layers gives `V` a value."""

    def said(layer: str) -> str:
        return f"{section}: {{ V: {layer} }}" if layer in layers else ""

    return f"""\
name: dev
{said("global")}
terraform:
  overrides: {{ {said("type-overrides")} }}
  {said("type")}
overrides: {{ {said("overrides")} }}
components:
  terraform:
    base: {{ metadata: {{ type: abstract }}, {said("base")} }}
    c: {{ metadata: {{ inherits: [base] }}, {said("component")} }}
""".replace(", }", " }")


@pytest.mark.parametrize("section", SECTIONS)
def test_each_layer_wins_over_those_before_it(repository_of, section):
    for count in range(1, len(LAYERS) + 1):
        files = {"atmos.yaml": CONFIG, "stacks/dev.yaml": manifest(section, LAYERS[:count])}
        component = repository_of(files).component("c", "dev")
        assert component.sections[section]["V"] == LAYERS[count - 1]


def test_the_environment_of_the_configuration_is_the_lowest_layer(repository_of):
    files = {"atmos.yaml": CONFIG, "stacks/dev.yaml": manifest("env", ())}
    assert repository_of(files).component("c", "dev").sections["env"] == {"V": "config", "ONLY_CONFIG": "x"}


@pytest.mark.parametrize(
    ("type_says", "base", "component", "overrides", "expected"),
    [
        ("", "", "", "", "from-config"),
        ("command: t", "", "", "", "t"),
        ("command: t", "command: b", "", "", "b"),
        ("command: t", "command: b", "command: c", "", "c"),
        ("command: t", "command: b", "command: c", "command: o", "o"),
    ],
)
def test_the_command_of_the_nearest_layer(repository_of, type_says, base, component, overrides, expected):
    text = f"""\
        name: dev
        terraform: {{ {type_says} }}
        overrides: {{ {overrides} }}
        components:
          terraform:
            base: {{ {base} }}
            c: {{ metadata: {{ inherits: [base] }}{", " if component else ""}{component} }}
    """
    repository = repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text})
    assert repository.component("c", "dev").sections["command"] == expected


def test_overrides_of_a_component_are_its_own_and_the_strongest(repository_of):
    text = """\
        name: dev
        overrides: { vars: { a: file, b: file } }
        components:
          terraform:
            c: { vars: { a: own }, overrides: { vars: { a: component } } }
            d: { metadata: { inherits: [c] } }
    """
    repository = repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text})
    found = {name: repository.component(name, "dev").sections["vars"] for name in ("c", "d")}
    assert found == {"c": {"a": "component", "b": "file"}, "d": {"a": "file", "b": "file"}}


def test_overrides_of_a_file_beat_those_that_it_imports(repository_of):
    repository = repository_of(
        {
            "atmos.yaml": CONFIG,
            "stacks/catalog.yaml": "overrides: { vars: { a: imported, b: imported } }",
            "stacks/dev.yaml": """\
                name: dev
                import: [catalog]
                overrides: { vars: { a: inline } }
                components: { terraform: { c: {} } }
            """,
        }
    )
    # What the catalog overrides is its own components, and it has none.
    assert repository.component("c", "dev").sections["vars"] == {"a": "inline"}


@pytest.mark.parametrize("key", ["labels", "tags", "custom", "enabled", "locked", "terraform_workspace_pattern"])
def test_metadata_of_all_components(repository_of, key):
    text = f"name: dev\nmetadata: {{ {key}: x }}\ncomponents: {{ terraform: {{ c: {{}} }} }}"
    assert repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text}).component("c", "dev").metadata == {key: "x"}


@pytest.mark.parametrize("key", ["component", "inherits", "type", "name", "labls"])
def test_metadata_that_belongs_to_one_component_is_refused_for_all(repository_of, key):
    text = f"name: dev\nmetadata: {{ {key}: x }}\ncomponents: {{ terraform: {{ c: {{}} }} }}"
    with pytest.raises(ConfigError, match=f"`metadata.{key}` belongs to a component") as refused:
        repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text}).component("c", "dev")
    assert str(refused.value.place).endswith("stacks/dev.yaml:2:13")


def test_dependencies_of_all_components_and_of_one(repository_of):
    text = "name: dev\ndependencies: { a: 1 }\ncomponents: { terraform: { c: { dependencies: { b: 2 } } } }"
    sections = repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text}).component("c", "dev").sections
    assert sections["dependencies"] == {"a": 1, "b": 2}
