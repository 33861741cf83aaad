"""`auth` in manifests: every level may say it, and the nearest default is the one."""

import io

import pytest

from atmos_auth.domain.errors import UnknownIdentity
from atmos_auth.stacks.opening import Stacks
from atmos_auth.wiring import Project, Streams

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
def stacks_of(repository_of, tmp_path, environ):
    def make(files):
        repository_of({"atmos.yaml": CONFIG} | {f"stacks/{name}": text for name, text in files.items()})
        streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
        return Stacks(Project(environ=environ, directory=str(tmp_path), streams=streams))

    return make


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
def test_every_level_may_name_the_default(stacks_of, level):
    stacks = stacks_of(manifests(**{level: "two"}))
    assert defaults_of(stacks) == ["two"]
    assert defaults_of(stacks, stack="other") == ["one", "four"], "of another stack it says nothing"


@pytest.mark.parametrize("nearer", range(1, len(LEVELS)))
def test_a_nearer_default_takes_the_place_of_all_others(stacks_of, nearer):
    said = dict.fromkeys(LEVELS[:nearer], "two") | {LEVELS[nearer]: "three"}
    assert defaults_of(stacks_of(manifests(**said))) == ["three"]


def test_a_default_of_a_component_is_that_of_no_other(stacks_of):
    stacks = stacks_of(manifests(**{"global": "two", "component": "three"}))
    assert (defaults_of(stacks), defaults_of(stacks, "d")) == (["three"], ["two"])


def test_two_defaults_of_one_section_stay_two(stacks_of):
    both = "auth: { identities: { two: { default: true }, three: { default: true } } }"
    text = f"name: dev\ncomponents: {{ terraform: {{ c: {{ {both} }} }} }}"
    assert defaults_of(stacks_of({"dev.yaml": text})) == ["two", "three"]


def test_the_case_of_names_does_not_matter(stacks_of):
    files = {
        "dev.yaml": """\
            name: dev
            auth: { identities: { Two: { default: true } } }
            components: { terraform: { c: { auth: { identities: { THREE: { default: true } } } } } }
        """
    }
    assert defaults_of(stacks_of(files)) == ["three"]


def test_a_default_may_be_taken_back(stacks_of):
    files = {
        "dev.yaml": """\
            name: dev
            auth: { identities: { one: { default: false }, nobody: { default: false } } }
            components: { terraform: { c: {} } }
        """
    }
    stacks = stacks_of(files)
    assert defaults_of(stacks) == ["four"]
    assert "nobody" not in stacks.data(stacks.component("c", "dev"))["auth"]["identities"]


def test_a_default_that_nobody_defines_is_named(stacks_of):
    files = {
        "dev.yaml": """\
            name: dev
            components:
              terraform:
                c: { auth: { identities: { nobody: { default: true } } } }
        """
    }
    stacks = stacks_of(files)
    with pytest.raises(UnknownIdentity, match='identity "nobody" is marked as the default') as refused:
        defaults_of(stacks)
    assert str(refused.value.place).endswith("stacks/dev.yaml:4:32")


def test_a_component_may_add_and_change_identities_and_providers(stacks_of):
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
    stacks = stacks_of(files)
    auth = stacks.data(stacks.component("c", "dev"))["auth"]
    assert auth["providers"] == {"extra": {"kind": "mock/aws"}}
    assert auth["identities"]["two"] == {"kind": "mock/aws", "principal": {"name": "changed"}}
    assert auth["identities"]["extra"]["via"] == {"identity": "two"}
    untouched = stacks.data(stacks.component("d", "dev"))["auth"]
    assert ("providers" in untouched, untouched["identities"]["two"]) == (False, {"kind": "mock/aws"})
