"""Keys of a manifest: what each means for a component, and those that mean nothing."""

import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.problems import problems_of

CONFIG = "stacks: { base_path: stacks, included_paths: ['dev*'] }"
TYPE = """\
name: dev
terraform:
  command: tofu
  required_version: ">= 1"
  required_providers: { aws: { version: "1" } }
  providers: { aws: { region: r } }
  hooks: { h: { command: x } }
  generate: { a.tf: x }
  source: { uri: u }
  provision: { workdir: { enabled: true } }
  backend_type: local
  backend: { local: { path: p } }
  remote_state_backend_type: static
  remote_state_backend: { static: { id: 1 } }
components:
  terraform:
    nothing: ~
    empty: {}
    own: { required_version: "2", required_providers: { aws: { source: s } }, source: { version: v } }
"""


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_keys_of_the_type_are_those_of_a_component_that_says_nothing(opened, name):
    stacks = opened({"atmos.yaml": CONFIG, "stacks/dev.yaml": TYPE})
    data = stacks.data(stacks.component(name, "dev"))
    expected = {
        "command": "tofu",
        "required_version": ">= 1",
        "required_providers": {"aws": {"version": "1"}},
        "providers": {"aws": {"region": "r"}},
        "hooks": {"h": {"command": "x"}},
        "generate": {"a.tf": "x"},
        "source": {"uri": "u"},
        "provision": {"workdir": {"enabled": True}},
        "backend_type": "local",
        "backend": {"path": "p"},
        "remote_state_backend_type": "static",
        "remote_state_backend": {"id": 1},
    }
    assert {key: data[key] for key in expected} == expected


def test_keys_of_a_component_lie_over_those_of_its_type(repository_of):
    sections = repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": TYPE}).component("own", "dev").sections
    assert sections["required_version"] == "2"
    assert sections["required_providers"] == {"aws": {"version": "1", "source": "s"}}
    assert sections["source"] == {"uri": "u", "version": "v"}


UNREAD = """\
name: dev
import: [catalog]
x-common: &common { a: 1 }
_more: {}
workflows: {}
helmfile: { anything: 1 }
componets: {}
terraform: { backnd: {}, overrides: { var: {} } }
overrides: { commnd: x }
components:
  terraform:
    c: { vars: *common, setings: {}, locals: { a: 1 }, overrides: { vars: {}, metadata: {} } }
"""


def test_keys_that_mean_nothing_are_told_by_validation_alone(repository_of):
    files = {"atmos.yaml": CONFIG, "stacks/dev.yaml": UNREAD, "stacks/catalog.yaml": "components: {}\nvarz: { b: 1 }"}
    repository = repository_of(files)
    assert repository.component("c", "dev").sections["vars"] == {"a": 1}
    found = [(str(problem.place).rsplit("/", 1)[1], problem.message) for problem in problems_of(repository)]
    assert found == [
        ("catalog.yaml:2:1", "`varz` is no key of a manifest, and nothing reads it"),
        ("dev.yaml:7:1", "`componets` is no key of a manifest, and nothing reads it"),
        ("dev.yaml:8:14", "`backnd` is no key of `terraform`, and nothing reads it"),
        ("dev.yaml:8:39", "`var` is no key of `overrides`, and nothing reads it"),
        ("dev.yaml:9:14", "`commnd` is no key of `overrides`, and nothing reads it"),
        ("dev.yaml:12:25", "`setings` is no key of a component, and nothing reads it"),
        ("dev.yaml:12:79", "`metadata` is no key of `overrides`, and nothing reads it"),
    ]
    (misspelled, *_) = (problem for problem in problems_of(repository) if "componets" in problem.message)
    assert misspelled.hints[0] == "did you mean `components`?"


@pytest.mark.parametrize(
    ("holder", "place"),
    [
        ("overrides: { retry: {} }", "2:14"),
        ("terraform: { retry: {}, overrides: {} }", "2:14"),
        ("terraform: { overrides: { retry: {} } }", "2:27"),
    ],
)
def test_a_key_that_is_not_supported_is_refused_and_not_passed_over(repository_of, holder, place):
    text = f"name: dev\n{holder}\ncomponents: {{ terraform: {{ c: {{}} }} }}"
    with pytest.raises(ConfigError, match="`retry` of a component is not supported") as refused:
        repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": text}).component("c", "dev")
    assert str(refused.value.place).endswith(f"dev.yaml:{place}")


MISSPELT = """\
name: dev
settings: { depends_on: { 1: { componet: a } } }
dependencies: { componets: [] }
terraform: { settings: { depends_on: [{ componet: a }] } }
components:
  terrafrom: {}
  terraform:
    a: { metadata: { type: abstrct, enabld: false, Tags: [] } }
    b: { metadata: { abstrct: true, owner: me, custom: { enabld: 1 }, type: "{{ .vars.type }}" } }
    c: { metadata: { type: real, enabled: true }, dependencies: { components: [{ component: a, stak: b }, a] } }
    d: { metadata: { type: something } }
    e: ~
"""


def test_misspelt_words_where_any_may_stand_are_told_with_what_was_meant(repository_of):
    problems = problems_of(repository_of({"atmos.yaml": CONFIG, "stacks/dev.yaml": MISSPELT}))
    assert [(str(one.place).rsplit(":", 2)[1], one.message, one.hints[0]) for one in problems] == [
        ("2", "`componet` is no key of an entry of `depends_on`, and nothing reads it", "did you mean `component`?"),
        ("3", "`componets` is no key of `dependencies`, and nothing reads it", "did you mean `components`?"),
        ("6", "`terrafrom` is no key of `components`, and nothing reads it", "did you mean `terraform`?"),
        ("8", "`metadata.type` is abstract or real, and `abstrct` means nothing", "did you mean `abstract`?"),
        ("8", "`enabld` is no key of `metadata`, and nothing reads it", "did you mean `enabled`?"),
        ("8", "`Tags` is no key of `metadata`, and nothing reads it", "did you mean `tags`?"),
        ("9", "`abstrct` is no key of `metadata`, and nothing reads it", "did you mean `type: abstract`?"),
        ("10", "`stak` is no key of a dependency, and nothing reads it", "did you mean `stack`?"),
        ("11", "`metadata.type` is abstract or real, and `something` means nothing", "take it out"),
    ]
