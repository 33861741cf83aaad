"""Templates in imported manifests, in names, and in the values of components."""

import pytest

from atmos_auth.domain.errors import ConfigError, InvalidSetting, InvalidTemplate
from atmos_auth.stacks.evaluation import Wish


def test_values_see_the_whole_component(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                vars: { stage: dev, region: us-east-1 }
                settings: { team: blue }
                components:
                  terraform:
                    c:
                      metadata: { component: code }
                      vars:
                        id: "{{ .vars.stage }}-{{ .settings.team }}"
                        all: "{{ .atmos_component }} {{ .atmos_stack }} {{ .workspace }} {{ .component }}"
                        missing: "{{ .vars.nothing }}"
                        number: "{{ len .vars.list }}"
                        list: [a, "{{ env \\"OUTSIDE\\" | upper }}"]
                        plain: 5
                """
        },
        OUTSIDE="real",
    )
    found = stacks.component("c", "dev").sections["vars"]
    assert found["id"] == "dev-blue"
    assert found["all"] == "c dev dev-c code"
    assert found["missing"] == "<no value>"
    assert (found["number"], found["list"], found["plain"]) == ("2", ["a", "REAL"], 5)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ .env.Z }} {{ .metadata.labels.a }} {{ .providers.aws.region }}", "zz b r"),
        ("{{ .backend.path }} {{ .backend_type }} {{ .remote_state_backend_type }}", "p local local"),
        ("{{ .atmos_manifest }} {{ .atmos_stack_file }}", "deploy/dev deploy/dev"),
        ("{{ .component_info.component_type }} {{ index .inheritance 0 }}", "terraform base"),
        ("{{ index .imports 0 }} {{ index .deps 0 }} {{ .overrides.vars.o }}", "catalog catalog 1"),
        ("{{ .nothing.at.all }} {{ .vars.nothing }}", "<no value> <no value>"),
    ],
)
def test_values_see_every_section_of_the_component(stacks_of, template, expected):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                import: [catalog]
                env: { Z: zz }
                terraform: { backend_type: local, backend: { local: { path: p } }, providers: { aws: { region: r } } }
                overrides: { vars: { o: 1 } }
                components:
                  terraform:
                    c:
                      metadata: { inherits: [base], labels: { a: b } }
                      vars: { x: 'TEMPLATE' }
                """.replace("TEMPLATE", template),
            "catalog.yaml": "components: { terraform: { base: { metadata: { type: abstract } } } }",
        }
    )
    assert stacks.component("c", "dev").sections["vars"]["x"] == expected


def test_templates_come_before_functions(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                components:
                  terraform:
                    c:
                      vars:
                        n: OUTSIDE
                        x: !env "{{ .vars.n }}"
                        y: !template '{{ list 1 2 | toJson }}'
                """
        },
        OUTSIDE="real",
    )
    found = stacks.component("c", "dev").sections["vars"]
    assert (found["x"], found["y"]) == ("real", [1, 2])


def test_they_may_be_off_or_left_alone(stacks_of):
    files = {"deploy/dev.yaml": 'name: dev\ncomponents: { terraform: { c: { vars: { x: "{{ .vars.y }}", y: 1 } } } }'}
    for stacks in (
        stacks_of(files, "enabled: false"),
        stacks_of(files, ""),
        stacks_of(files, wish=Wish(templates=False)),
    ):
        assert stacks.component("c", "dev").sections["vars"]["x"] == "{{ .vars.y }}"
    assert stacks_of(files).component("c", "dev").sections["vars"]["x"] == "1"


def test_how_often_and_between_what(stacks_of):
    settings = 'enabled: true, evaluations: 2, delimiters: ["[[", "]]"]'
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                vars: { x: "[[ .vars.y ]]", y: "[[ 1 ]]" }
                components: { terraform: { c: {} } }
                """
        },
        settings,
    )
    assert stacks.component("c", "dev").sections["vars"] == {"x": "1", "y": "1"}


def test_an_imported_template_gets_its_context(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                import:
                  - path: catalog/vpc
                    context: { name: main, cidrs: [10.0.0.0/16, 10.1.0.0/16], nested: parent }
                  - path: catalog/late.yaml.tmpl
                """,
            "catalog/vpc.yaml": """\
                import:
                  - path: catalog/inner
                    context: { nested: own, inner: own }
                components:
                  terraform:
                    vpc-{{ .name }}:
                      vars:
                        count: {{ len .cidrs }}
                {{- range $at, $cidr := .cidrs }}
                        cidr{{ $at }}: {{ $cidr }}
                {{- end }}
                        late: "{{`{{ .vars.count }}`}}"
                """,
            "catalog/inner.yaml": 'vars: { nested: "{{ .nested }}", inner: "{{ .inner }}" }',
            "catalog/late.yaml.tmpl": "vars: { sum: {{ add 1 2 }} }",
        }
    )
    found = stacks.component("vpc-main", "dev").sections["vars"]
    assert found == {
        "nested": "parent",
        "inner": "own",
        "sum": 3,
        "count": 2,
        "cidr0": "10.0.0.0/16",
        "cidr1": "10.1.0.0/16",
        "late": "2",
    }


def test_the_same_file_with_two_contexts_is_two_files(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                import:
                  - { path: catalog/vpc, context: { name: a } }
                  - { path: catalog/vpc, context: { name: b } }
                """,
            "catalog/vpc.yaml": "components: { terraform: { vpc-{{ .name }}: {} } }",
        }
    )
    assert stacks.repository.components("dev") == ["vpc-a", "vpc-b"]


def test_overrides_of_a_file_that_looks_the_same_with_two_contexts_reach_what_each_imports(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                import:
                  - { path: catalog/team, context: { name: a } }
                  - { path: catalog/team, context: { name: b } }
                """,
            "catalog/team.yaml": "import: [catalog/vpc]\noverrides: { vars: { team: blue } }",
            "catalog/vpc.yaml": "components: { terraform: { vpc-{{ .name }}: {} } }",
        }
    )
    found = [stacks.component(name, "dev").sections["vars"] for name in ("vpc-a", "vpc-b")]
    assert found == [{"team": "blue"}, {"team": "blue"}]


def test_what_one_import_may_lack_another_may_not(stacks_of):
    files = {
        "deploy/a.yaml": "import: [{ path: catalog/c, context: { a: 1 }, ignore_missing_template_values: true }]",
        "deploy/b.yaml": "import: [{ path: catalog/c, context: { a: 1 } }]",
        "catalog/c.yaml": 'vars: { x: "{{ .b }}" }\ncomponents: { terraform: { c: {} } }',
    }
    with pytest.raises(InvalidTemplate):
        stacks_of(files).repository.stacks()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", None),
        (", ignore_missing_template_values: true", "<no value>"),
        (", skip_templates_processing: true", "{{ .b }}"),
    ],
)
def test_what_a_context_lacks(stacks_of, options, expected):
    files = {
        "deploy/dev.yaml": f"name: dev\nimport: [{{ path: catalog/c, context: {{ a: 1 }}{options} }}]",
        "catalog/c.yaml": 'vars: { x: "{{ .b }}" }\ncomponents: { terraform: { c: {} } }',
    }
    stacks = stacks_of(files, "")
    if expected is not None:
        assert stacks.component("c", "dev").sections["vars"]["x"] == expected
        return
    with pytest.raises(InvalidTemplate) as wrong:
        stacks.repository.stacks()
    assert (wrong.value.place.file.rsplit("/", 1)[1], wrong.value.place.line) == ("c.yaml", 1)


def test_a_template_that_cannot_be_read_is_named_where_it_is(stacks_of):
    stacks = stacks_of(
        {"deploy/dev.yaml": 'name: dev\ncomponents:\n  terraform:\n    c:\n      vars:\n        x: "a {{ if }}"\n'}
    )
    with pytest.raises(InvalidTemplate) as wrong:
        stacks.component("c", "dev")
    assert (wrong.value.place.line, wrong.value.place.file.rsplit("/", 1)[1]) == (6, "dev.yaml")


def test_stacks_and_workspaces_may_be_named_by_templates(stacks_of):
    named = 'name_template: "{{ .vars.tenant }}-{{ .vars.stage }}"'
    files = {
        "deploy/dev.yaml": """\
            vars: { tenant: t, stage: s }
            components:
              terraform:
                c: { metadata: { terraform_workspace_template: "{{ .vars.stage }}/{{ .atmos_component }}" } }
            """,
        "deploy/own.yaml": "name: own\ncomponents: { terraform: { c: {} } }",
    }
    stacks = stacks_of(files, stacks=named)
    assert stacks.repository.stacks() == ["own", "t-s"]
    assert stacks.workspace(stacks.component("c", "t-s")) == "s-c"
    with pytest.raises(InvalidTemplate):
        stacks_of({"deploy/dev.yaml": "components: { terraform: { c: {} } }"}, stacks=named).repository.stacks()


def test_other_components_may_be_asked(stacks_of):
    stack = """\
        name: dev
        vars: { stage: dev }
        components:
          terraform:
            a: { vars: { id: "{{ .vars.stage }}-a" } }
            b: { vars: { x: '{{ (atmos.Component "a" "dev").vars.id }}', y: '{{ (atmos.Component "a").workspace }}' } }
            c: { vars: { x: '{{ (atmos.Component "d" "dev").vars.x }}' } }
            d: { vars: { x: '{{ (atmos.Component "c" "dev").vars.x }}' } }
        """
    stacks = stacks_of({"deploy/dev.yaml": stack})
    assert stacks.component("b", "dev").sections["vars"] == {"stage": "dev", "x": "dev-a", "y": "dev"}
    with pytest.raises(ConfigError, match="circular dependency detected"):
        stacks.component("c", "dev")


def test_settings_that_are_wrong_are_named(stacks_of):
    with pytest.raises(ConfigError, match=r"templates.settings.evaluations takes a number from 1, not \"0\""):
        stacks_of({}, "evaluations: 0")


SAYS_ITSELF = """\
name: dev
settings: { templates: { settings: { SETTINGS } } }
vars: { a: "{{ env `GREETING` }}", b: "{{ .vars.a }}" }
components: { terraform: { c: {}, d: { settings: { templates: { settings: { enabled: false } } } } } }
"""


def test_a_stack_or_a_component_may_say_how_its_templates_are_worked_out(stacks_of):
    written = {"a": "{{ env `GREETING` }}", "b": "{{ .vars.a }}"}

    def found(settings, name="c", templates="env: { GREETING: hello, OTHER: x }"):
        stacks = stacks_of({"deploy/dev.yaml": SAYS_ITSELF.replace("SETTINGS", settings)}, templates)
        return stacks.component(name, "dev").sections["vars"]

    assert found("") == written
    assert found("enabled: true") == {"a": "hello", "b": "{{ env `GREETING` }}"}
    assert found("enabled: true, evaluations: 2") == {"a": "hello", "b": "hello"}
    assert found("enabled: true, evaluations: 2, env: { GREETING: bye }") == {"a": "bye", "b": "bye"}
    assert found("enabled: true", "d") == written
    assert found("enabled: true", "d", "enabled: true") == written


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("enabled: perhaps", "settings.templates.settings.enabled takes true or false"),
        ("evaluations: many", "settings.templates.settings.evaluations takes a number from 1"),
        ("env: [a]", "settings.templates.settings.env maps names to values"),
    ],
)
def test_what_a_stack_says_wrongly_of_its_templates(stacks_of, settings, words):
    stacks = stacks_of({"deploy/dev.yaml": SAYS_ITSELF.replace("SETTINGS", settings)})
    with pytest.raises(InvalidSetting, match=words):
        stacks.component("c", "dev")
