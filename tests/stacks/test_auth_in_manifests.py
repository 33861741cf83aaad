"""`auth` in manifests: every level may say it, and the nearest default is the one."""

import pytest

from atmos_auth.domain.errors import ConfigError, UnknownIdentity

CONFIG = """\
stacks: { base_path: stacks, included_paths: ["dev*", "other*"] }
components: { terraform: { base_path: c } }
auth:
  identities:
    one: { kind: mock/aws, default: true }
    two: { kind: mock/aws }
    three: { kind: mock/aws }
    four: { kind: mock/aws, default: true }
"""
LEVELS = ("imported", "global", "type", "base", "component", "overrides")


@pytest.fixture
def with_identities(opened):
    """Open these manifests beside the configuration above."""
    return lambda files: opened({"atmos.yaml": CONFIG, **{f"stacks/{name}": text for name, text in files.items()}})


def defaults_of(stacks, name="c", stack="dev"):
    identities = stacks.data(stacks.component(name, stack))["auth"]["identities"]
    return [name for name, entry in identities.items() if entry.get("default") is True]


def manifests(**said: str) -> dict[str, str]:
    def auth(level: str) -> str:
        return f"auth: {{ identities: {{ {said[level]}: {{ default: true }} }} }}" if level in said else ""

    return {
        "catalog.yaml": f"{auth('imported')}\nvars: {{}}",
        "dev.yaml": f"""\
name: dev
import: [catalog]
{auth("global")}
terraform: {{ {auth("type")} }}
overrides: {{ {auth("overrides")} }}
components:
  terraform:
    base: {{ {auth("base")} }}
    c: {{ metadata: {{ inherits: [base] }}, {auth("component")} }}
    d: {{}}
""".replace(", }", " }"),
        "other.yaml": "name: other\ncomponents: { terraform: { c: {} } }",
    }


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_may_name_the_default(with_identities, level):
    stacks = with_identities(manifests(**{level: "two"}))
    assert defaults_of(stacks) == ["two"]
    assert defaults_of(stacks, stack="other") == ["one", "four"], "of another stack it says nothing"


@pytest.mark.parametrize("nearer", range(1, len(LEVELS)))
def test_a_nearer_default_takes_the_place_of_all_others(with_identities, nearer):
    said = dict.fromkeys(LEVELS[:nearer], "two") | {LEVELS[nearer]: "three"}
    assert defaults_of(with_identities(manifests(**said))) == ["three"]


def test_a_default_of_a_component_is_that_of_no_other(with_identities):
    stacks = with_identities(manifests(**{"global": "two", "component": "three"}))
    assert (defaults_of(stacks), defaults_of(stacks, "d")) == (["three"], ["two"])


def test_two_defaults_of_one_section_stay_two(with_identities):
    both = "auth: { identities: { two: { default: true }, three: { default: true } } }"
    text = f"name: dev\ncomponents: {{ terraform: {{ c: {{ {both} }} }} }}"
    assert defaults_of(with_identities({"dev.yaml": text})) == ["two", "three"]


def test_the_case_of_names_does_not_matter(with_identities):
    files = {
        "dev.yaml": """\
            name: dev
            auth: { identities: { Two: { default: true } } }
            components: { terraform: { c: { auth: { identities: { THREE: { default: true } } } } } }
        """
    }
    assert defaults_of(with_identities(files)) == ["three"]


def test_a_default_may_be_taken_back(with_identities):
    files = {
        "dev.yaml": """\
            name: dev
            auth: { identities: { one: { default: false }, nobody: { default: false } } }
            components: { terraform: { c: {} } }
        """
    }
    stacks = with_identities(files)
    assert defaults_of(stacks) == ["four"]
    assert "nobody" not in stacks.data(stacks.component("c", "dev"))["auth"]["identities"]


def test_a_default_that_nobody_defines_is_named(with_identities):
    files = {
        "dev.yaml": """\
            name: dev
            components:
              terraform:
                c: { auth: { identities: { nobody: { default: true } } } }
        """
    }
    stacks = with_identities(files)
    with pytest.raises(UnknownIdentity, match='identity "nobody" is marked as the default') as refused:
        defaults_of(stacks)
    assert str(refused.value.place).endswith("stacks/dev.yaml:4:32")


def test_a_mark_with_more_beside_it_is_a_declaration(with_identities):
    text = "name: dev\ncomponents: { terraform: { c: { auth: { identities: { new: { default: true, alias: n } } } } } }"
    stacks = with_identities({"dev.yaml": text})
    project = stacks.project_of(stacks.component("c", "dev"))
    with pytest.raises(ConfigError, match='identity kind is required for "new"') as refused:
        project.operations.credentials("new")
    assert str(refused.value.place).endswith("stacks/dev.yaml:2:55")


def test_who_signs_in_is_read_before_templates_and_functions(with_identities):
    text = "name: dev\ncomponents: { terraform: { c: { auth: { identities: { two: { alias: '{{ .stack }}' } } } } } }"
    stacks = with_identities({"dev.yaml": text})
    written = stacks.repository.component("c", "dev")
    project = stacks.project_of(written)
    assert project.config.resolve(("auth", "identities", "two", "alias")) == "{{ .stack }}"


def test_a_component_may_add_and_change_identities_and_providers(with_identities):
    files = {
        "dev.yaml": """\
            name: dev
            components:
              terraform:
                c:
                  auth:
                    providers: { extra: { kind: mock/aws } }
                    identities:
                      extra: { kind: aws/assume-role, via: { identity: two }, principal: { assume_role: r } }
                      two: { principal: { name: changed } }
                d: {}
        """
    }
    stacks = with_identities(files)
    auth = stacks.data(stacks.component("c", "dev"))["auth"]
    assert auth["providers"] == {"extra": {"kind": "mock/aws"}}
    assert auth["identities"]["two"] == {"kind": "mock/aws", "principal": {"name": "changed"}}
    assert auth["identities"]["extra"]["via"] == {"identity": "two"}
    untouched = stacks.data(stacks.component("d", "dev"))["auth"]
    assert ("providers" in untouched, untouched["identities"]["two"]) == (False, {"kind": "mock/aws"})
