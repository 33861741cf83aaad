"""Stacks and their components, from files."""

import pytest

from atmos_auth.domain.errors import ConfigError, InvalidComponent, InvalidSetting, InvalidStack

DEV = """\
    import: [catalog/vpc]
    vars: { tenant: plat, stage: dev }
    components:
      terraform:
        vpc: { vars: { cidr: 10.0.0.0/16 } }
    """
CATALOG = """\
    components:
      terraform:
        vpc:
          metadata: { component: network/vpc }
          vars: { name: main, enabled: true }
    """


def test_a_component_is_what_its_layers_say(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/dev.yaml": """\
                import:
                  - catalog/vpc
                vars: { tenant: plat, stage: dev, region: us-east-1, depth: global }
                settings: { team: blue }
                env: { A: global }
                terraform:
                  vars: { depth: type, from_type: 1 }
                  env: { B: type }
                components:
                  terraform:
                    vpc:
                      vars: { depth: component, list: [2] }
                      env: { A: null }
                """,
            "stacks/catalog/vpc.yaml": """\
                vars: { depth: imported, from_import: 1 }
                components:
                  terraform:
                    vpc: { vars: { depth: catalog, list: [1], name: main }, settings: { tier: 1 } }
                """,
        }
    )
    assert repository.stacks() == ["plat-dev"]
    assert repository.components("plat-dev") == ["vpc"]
    component = repository.component("vpc", "plat-dev")
    assert component.sections["vars"] == {
        "tenant": "plat",
        "stage": "dev",
        "region": "us-east-1",
        "depth": "component",
        "from_type": 1,
        "from_import": 1,
        "list": [2],
        "name": "main",
    }
    assert component.sections["settings"] == {"team": "blue", "tier": 1}
    assert component.sections["env"] == {"A": None, "B": "type"}
    assert component.files == ("catalog/vpc",)
    assert component.place.line == 11


def test_what_is_imported_last_wins_and_the_file_beats_all(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/dev.yaml": "import: [mix/a, mix/b, mix/a]\nname: dev\ncomponents: { terraform: { c: {} } }",
            "stacks/mix/a.yaml": "import: [mix/base]\nvars: { x: a, y: a }",
            "stacks/mix/b.yaml": "import: [mix/base]\nvars: { x: b, z: b }",
            "stacks/mix/base.yaml": "vars: { x: base, w: base, list: [1] }",
        }
    )
    assert repository.component("c", "dev").sections["vars"] == {
        "x": "a",
        "y": "a",
        "z": "b",
        "w": "base",
        "list": [1],
    }


@pytest.mark.parametrize(
    "written", ["catalog/vpc", "catalog/vpc.yaml", "../catalog/vpc", "../catalog/*", "catalog/**/*", "{catalog}/vpc"]
)
def test_how_imports_may_be_written(repository_of, written):
    repository = repository_of(
        {"stacks/deploy/dev.yaml": DEV.replace("catalog/vpc", f'"{written}"'), "stacks/catalog/vpc.yaml": CATALOG}
    )
    assert repository.component("vpc", "plat-dev").sections["vars"]["name"] == "main"


def test_an_import_that_may_be_missing(repository_of):
    dev = DEV.replace("[catalog/vpc]", "[{ path: nothing/here, skip_if_missing: true }]")
    assert repository_of({"stacks/deploy/dev.yaml": dev}).stacks() == ["plat-dev"]


@pytest.mark.parametrize(
    ("written", "message", "line"),
    [
        ("[catalog/vcp]", "failed to find a match for the import 'catalog/vcp'", 1),
        ("[nothing/*]", "failed to find a match", 1),
        ("catalog/vpc", "takes a list", 1),
        ("[{ context: {} }]", "the path of a manifest", 1),
        ("[{ path: catalog/vpc, context: [1] }]", "`context` of an import", 1),
        ("[https://example.com/vpc.yaml]", "is remote", 1),
        ("['']", "the path of a manifest", 1),
    ],
)
def test_imports_that_are_wrong_are_named(repository_of, written, message, line):
    dev = DEV.replace("[catalog/vpc]", written)
    with pytest.raises(ConfigError, match=message) as wrong:
        repository_of({"stacks/deploy/dev.yaml": dev, "stacks/catalog/vpc.yaml": CATALOG}).stacks()
    assert wrong.value.place.line == line
    assert wrong.value.place.file.endswith("dev.yaml")


def test_a_near_miss_is_pointed_out(repository_of):
    with pytest.raises(ConfigError) as wrong:
        repository_of(
            {"stacks/deploy/dev.yaml": DEV.replace("catalog/vpc", "catalog/vcp"), "stacks/catalog/vpc.yaml": CATALOG}
        ).stacks()
    assert wrong.value.hints == ('did you mean "catalog/vpc"?',)


def test_a_circle_of_imports_is_named(repository_of):
    with pytest.raises(ConfigError, match="in a circle") as circle:
        repository_of(
            {
                "stacks/deploy/dev.yaml": "import: [a]\n",
                "stacks/a.yaml": "import: [b]\n",
                "stacks/b.yaml": "import: [a]\n",
            }
        ).stacks()
    assert [line.rsplit("/", 1)[1] for line in circle.value.details] == ["dev.yaml", "a.yaml", "b.yaml", "a.yaml"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("- a list", "is a mapping"),
        ("vars: [1]\ncomponents: { terraform: { c: {} } }", "`vars` is a mapping"),
        ("components: { terraform: [vpc] }", "`components.terraform` is a mapping"),
        ("components: { terraform: { vpc: 3 } }", "`components.terraform.vpc` is a mapping"),
        ("components: { terraform: { vpc: { vars: 3 } } }", "`vars` is a mapping"),
        ("name: x\ncomponents: { terraform: { vpc: { metadata: { inherits: base } } } }", "lists names"),
        ("a: [", "not valid YAML"),
    ],
)
def test_manifests_that_are_wrong_are_named(repository_of, body, message):
    repository = repository_of({"stacks/deploy/dev.yaml": body, "atmos.yaml": NO_NAMES})
    with pytest.raises(ConfigError, match=message) as wrong:
        list(repository.instances())
    assert wrong.value.place.file.endswith("dev.yaml")


NO_NAMES = """\
    stacks: { base_path: stacks, included_paths: ["deploy/**/*"] }
    components: { terraform: { base_path: components/terraform } }
    """


def test_without_a_naming_scheme_the_file_is_the_name(repository_of):
    repository = repository_of(
        {"stacks/deploy/eu/dev.yaml": DEV, "stacks/catalog/vpc.yaml": CATALOG, "atmos.yaml": NO_NAMES}
    )
    assert repository.stacks() == ["deploy/eu/dev"]


def test_a_manifest_may_have_a_name_of_its_own(repository_of):
    repository = repository_of({"stacks/deploy/dev.yaml": "name: mine\n" + "components: { terraform: { a: } }"})
    assert repository.stacks() == ["mine"]
    assert repository.components("mine") == ["a"]


def test_files_without_components_are_no_stacks(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/dev.yaml": DEV,
            "stacks/catalog/vpc.yaml": CATALOG,
            "stacks/deploy/empty.yaml": "",
            "stacks/deploy/workflows.yaml": "workflows: { a: { steps: [] } }",
            "stacks/deploy/_defaults.yaml": DEV,
            "stacks/deploy/unnamed.yaml": "vars: { tenant: plat }\ncomponents: { terraform: { c: {} } }",
        }
    )
    assert repository.stacks() == ["plat-dev"]


def test_components_of_one_file_may_be_in_several_stacks(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/all.yaml": """\
                vars: { tenant: plat }
                components:
                  terraform:
                    one: { vars: { stage: dev } }
                    two: { vars: { stage: prod } }
                    base: { metadata: { type: abstract } }
                """
        }
    )
    assert repository.stacks() == ["plat-dev", "plat-prod"]
    assert repository.components("plat-dev") == ["one"]


def test_one_stack_may_be_in_several_files(repository_of):
    files = {
        "stacks/deploy/a.yaml": DEV,
        "stacks/catalog/vpc.yaml": CATALOG,
        "stacks/deploy/b.yaml": DEV.replace("vpc:", "dns:").replace("import: [catalog/vpc]", ""),
    }
    assert repository_of(files).components("plat-dev") == ["dns", "vpc"]


def test_the_same_component_in_two_files_must_be_the_same(repository_of):
    files = {"stacks/deploy/a.yaml": DEV, "stacks/deploy/b.yaml": DEV, "stacks/catalog/vpc.yaml": CATALOG}
    assert repository_of(files).component("vpc", "plat-dev").manifest.endswith("a.yaml")
    with pytest.raises(ConfigError, match="defined differently") as different:
        repository_of(files | {"stacks/deploy/b.yaml": DEV.replace("10.0", "10.1")}).component("vpc", "plat-dev")
    assert [line.rsplit("/", 1)[1] for line in different.value.details] == ["a.yaml", "b.yaml"]


def test_what_is_not_there_is_said_with_what_was_meant(repository_of):
    repository = repository_of({"stacks/deploy/dev.yaml": DEV, "stacks/catalog/vpc.yaml": CATALOG})
    with pytest.raises(InvalidStack, match="Stack `plat-dve` not found") as stack:
        repository.component("vpc", "plat-dve")
    assert stack.value.hints[0] == "Did you mean `plat-dev`?"
    with pytest.raises(InvalidStack) as key:
        repository.component("vpc", "deploy/dev")
    assert key.value.hints[0] == "Did you mean `plat-dev`?"
    with pytest.raises(InvalidComponent, match="Could not find the component `vcp` in the stack `plat-dev`") as name:
        repository.component("vcp", "plat-dev")
    assert name.value.hints[0] == "Did you mean `vpc`?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base_path: .", "stacks.base_path is not set"),
        ("stacks: { base_path: stacks }", "stacks.included_paths is not set"),
        ("stacks: { base_path: [a], included_paths: [a] }", "stacks.base_path takes text"),
        ("stacks: { base_path: stacks, included_paths: [1] }", "a list of patterns"),
        ("stacks: { base_path: s, included_paths: [a] }\nsettings: { list_merge_strategy: no }", "one of replace"),
        ("stacks: { base_path: s, included_paths: [a], inherit: { metadata: 3 } }", "takes true or false"),
    ],
)
def test_a_configuration_without_usable_stacks(repository_of, text, message):
    with pytest.raises(InvalidSetting, match=message):
        repository_of({"atmos.yaml": text})


def test_a_repository_without_manifests(repository_of, tmp_path):
    with pytest.raises(ConfigError, match=r"the stacks directory .*/stacks does not exist"):
        repository_of({}).stacks()
    (tmp_path / "stacks").mkdir()
    with pytest.raises(ConfigError, match="no stack manifests found") as none:
        repository_of({}).stacks()
    assert none.value.details[0].endswith("stacks/deploy/**/*")


def test_variables_stand_in_for_settings(repository_of):
    repository = repository_of(
        {"other/deploy/dev.yaml": DEV, "other/catalog/vpc.yaml": CATALOG},
        ATMOS_STACKS_BASE_PATH="other",
        ATMOS_STACKS_NAME_PATTERN="{stage}",
    )
    assert repository.stacks() == ["dev"]


def test_the_configurations_env_is_the_lowest_layer(repository_of):
    text = "env: { A: config, B: config }\n" + "stacks: { base_path: stacks, included_paths: ['deploy/*'] }\n"
    repository = repository_of(
        {
            "atmos.yaml": text,
            "stacks/deploy/dev.yaml": "name: dev\nenv: { B: stack }\ncomponents: { terraform: { c: {} } }",
        }
    )
    assert repository.component("c", "dev").sections["env"] == {"A": "config", "B": "stack"}


def test_two_stacks_do_not_see_each_others_values(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/a.yaml": "name: a\nimport: [s]\ncomponents: { terraform: { c: { vars: { x: { y: 1 } } } } }",
            "stacks/deploy/b.yaml": "name: b\nimport: [s]\ncomponents: { terraform: { c: {} } }",
            "stacks/s.yaml": "vars: { x: { y: 0, z: 0 } }",
        }
    )
    assert repository.component("c", "a").sections["vars"] == {"x": {"y": 1, "z": 0}}
    assert repository.component("c", "b").sections["vars"] == {"x": {"y": 0, "z": 0}}
