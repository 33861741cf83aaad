"""Stack names: which of name, template, pattern and file counts, and what is said of those that are not there."""

import pytest

from atmos_auth.domain.errors import ConfigError, InvalidComponent, InvalidStack, InvalidTemplate

BOTH = """\
stacks:
  base_path: stacks
  included_paths: ["deploy/**/*"]
  name_template: "{{ .vars.tenant }}-{{ .settings.context.kind }}"
  name_pattern: "{namespace}-{tenant}-{environment}-{stage}"
"""
PATTERN = BOTH.replace('  name_template: "{{ .vars.tenant }}-{{ .settings.context.kind }}"\n', "")
C = "components: { terraform: { c: {} } }"


@pytest.mark.parametrize(
    ("config", "text", "name"),
    [
        (BOTH, f"name: own\n{C}", "own"),
        (BOTH, f"vars: {{ tenant: t }}\nsettings: {{ context: {{ kind: k }} }}\n{C}", "t-k"),
        (PATTERN, f"vars: {{ namespace: n, tenant: t, environment: e, stage: 1 }}\n{C}", "n-t-e-1"),
        ("stacks: { base_path: stacks, included_paths: ['deploy/**/*'] }", C, "deploy/a/dev"),
    ],
)
def test_what_names_a_stack(repository_of, config, text, name):
    repository = repository_of({"atmos.yaml": config, "stacks/deploy/a/dev.yaml": text})
    assert repository.stacks() == [name]
    assert repository.component("c", name).stack == name


def test_a_template_that_lacks_a_value_is_an_error_unless_it_may(repository_of):
    files = {"stacks/deploy/dev.yaml": f"vars: {{ tenant: t }}\n{C}"}
    with pytest.raises(InvalidTemplate, match="there is no key") as refused:
        repository_of({"atmos.yaml": BOTH, **files}).stacks()
    assert str(refused.value.place).partition("atmos.yaml:")[2].startswith("4:")
    lenient = f"{BOTH}templates: {{ settings: {{ ignore_missing_template_values: true }} }}"
    assert repository_of({"atmos.yaml": lenient, **files}).stacks() == ["t-<no value>"]


def test_a_manifest_that_a_pattern_gives_no_name_may_be_meant_by_its_file(repository_of):
    files = {
        "stacks/deploy/a/dev.yaml": f"vars: {{ tenant: t }}\n{C}",
        "stacks/deploy/named.yaml": f"name: named\n{C}",
        "stacks/deploy/b/empty.yaml": "vars: { tenant: t }",
    }
    repository = repository_of({"atmos.yaml": PATTERN, **files})
    assert repository.stacks() == ["named"]
    assert repository.component("c", "deploy/a/dev").stack == "deploy/a/dev"
    for unknown in ("deploy/named", "deploy/b/empty", "dev"):
        with pytest.raises(InvalidStack, match="not found"):
            repository.component("c", unknown)


def test_what_a_manifest_lacks_for_its_name_is_said(repository_of):
    config = PATTERN.replace("deploy/**/*", "*")
    repository = repository_of({"atmos.yaml": config, "stacks/dev.yaml": f"vars: {{ tenant: t }}\n{C}"})
    with pytest.raises(InvalidStack, match="Stack `dev` not found") as refused:
        repository.component("c", "dev")
    (detail,) = refused.value.details
    assert detail.endswith("dev.yaml has no value for namespace, environment, stage, which stacks.name_pattern wants")


def test_only_the_name_is_a_name_and_a_file_leads_to_it(repository_of):
    repository = repository_of({"atmos.yaml": PATTERN, "stacks/deploy/dev.yaml": f"name: own\n{C}"})
    with pytest.raises(InvalidStack, match="Stack `deploy/dev` not found") as refused:
        repository.component("c", "deploy/dev")
    assert refused.value.hints == ("Did you mean `own`?", "atmos list stacks")


def test_a_component_that_is_not_there(repository_of):
    repository = repository_of({"atmos.yaml": PATTERN, "stacks/deploy/dev.yaml": f"name: own\n{C}"})
    expected = (
        "Could not find the component `cc` in the stack `own`. Check that all the context variables are correctly "
        "defined in the stack manifests. Are the component and stack names correct? Did you forget an import?"
    )
    with pytest.raises(InvalidComponent) as refused:
        repository.component("cc", "own")
    assert refused.value.message == expected
    assert refused.value.hints == ("Did you mean `c`?", "atmos list components -s own")


def test_one_component_in_two_manifests_of_a_stack(repository_of):
    same = {"stacks/deploy/a.yaml": f"name: s\n{C}", "stacks/deploy/b.yaml": f"name: s\n{C}"}
    assert repository_of({"atmos.yaml": PATTERN, **same}).component("c", "s").manifest_key == "deploy/a"
    other = same | {"stacks/deploy/b.yaml": "name: s\ncomponents: { terraform: { c: { vars: { x: 1 } } } }"}
    with pytest.raises(ConfigError, match="defined differently in several manifests") as refused:
        repository_of({"atmos.yaml": PATTERN, **other}).component("c", "s")
    assert [detail.rsplit("/", 1)[1] for detail in refused.value.details] == ["a.yaml", "b.yaml"]
