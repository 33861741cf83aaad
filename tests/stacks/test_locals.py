"""`locals`: values that a file names for its own templates."""

import re

import pytest

from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.evaluation import Wish


def vars_of(stacks, name="c", stack="dev"):
    return stacks.component(name, stack).sections["vars"]


DEV = """\
name: dev
settings: { team: blue }
vars: { tenant: plat, tag: "{{ .locals.prefix }}-x" }
locals:
  prefix: "{{ .vars.tenant }}-{{ .locals.short }}"
  short: "{{ .settings.team | trunc 2 }}"
  many: [1, "{{ .locals.short }}"]
  deep: { key: !env OUTSIDE }
terraform:
  locals: { of_type: "{{ .locals.short }}-t" }
  vars: { type: "{{ .locals.of_type }}" }
components:
  terraform:
    c:
      locals: { own: "{{ .locals.of_type }}-c", short: nearer }
      metadata: { component: vpc }
      vars:
        own: "{{ .locals.own }} {{ .locals.short }} {{ index .locals.many 1 }} {{ .locals.deep.key }}"
        mixed: "{{ .locals.own }} in {{ .atmos_stack }}"
        "{{ .locals.short }}": key
    d:
      metadata: { inherits: [c] }
      vars: { inherited: "{{ .locals.own }}" }
"""


def test_they_may_refer_to_each_other_and_to_the_file(stacks_of):
    stacks = stacks_of({"deploy/dev.yaml": DEV}, OUTSIDE="env")
    assert vars_of(stacks) == {
        "tenant": "plat",
        "tag": "plat-bl-x",
        "type": "bl-t",
        "own": "bl-t-c nearer bl env",
        "mixed": "bl-t-c in dev",
        "nearer": "key",
    }
    assert vars_of(stacks, "d")["inherited"] == "bl-t-c"


def test_they_are_no_values_of_the_component(stacks_of):
    stacks = stacks_of({"deploy/dev.yaml": DEV})
    data = stacks.data(stacks.component("c", "dev"))
    assert data["locals"] == {"own": "bl-t-c", "short": "nearer"}
    assert not any("locals" in data[section] for section in ("vars", "settings", "env"))


def test_each_file_sees_its_own_only(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                import: [catalog]
                locals: { name: mine }
                components:
                  terraform:
                    c: { vars: { a: "{{ .locals.name }}", b: "{{ .locals.name }} {{ .stack }}" } }
            """,
            "catalog.yaml": """\
                locals: { name: theirs }
                components:
                  terraform:
                    c: { vars: { a: x, c: "{{ .locals.name }}", d: "{{ .locals.name }} {{ .stack }}" } }
            """,
        }
    )
    assert vars_of(stacks) == {"a": "mine", "b": "mine dev", "c": "theirs", "d": "theirs dev"}


def test_they_need_no_switch_and_leave_other_templates_alone(stacks_of):
    files = {
        "deploy/dev.yaml": """\
            name: dev
            locals: { account: "111111111111" }
            auth: { identities: { a: { principal: { assume_role: "arn:aws:iam::{{ .locals.account }}:role/a" } } } }
            components: { terraform: { c: { vars: { a: "{{ .locals.account }}", b: "{{ .stack }}", c: 1 } } } }
        """
    }
    stacks = stacks_of(files, "enabled: false")
    assert vars_of(stacks) == {"a": "111111111111", "b": "{{ .stack }}", "c": 1}
    written = stacks.repository.component("c", "dev").sections["auth"]
    assert written["identities"]["a"]["principal"]["assume_role"] == "arn:aws:iam::111111111111:role/a"


def test_paths_of_imports_may_use_them(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                locals: { region: use1, both: "{{ .locals.region }}-{{ .settings.kind }}" }
                settings: { kind: small }
                import:
                  - "region/{{ .locals.region }}"
                  - "kinds/{{ .vars.from_region }}"
                  - path: "late/{{ .settings.kind }}"
                    context: { word: "{{ .locals.both }}" }
                components: { terraform: { c: {} } }
            """,
            "region/use1.yaml": "vars: { from_region: big }",
            "kinds/big.yaml": "vars: { from_kind: 1 }",
            "late/small.yaml": "vars: { late: {{ .word }} }",
        }
    )
    assert vars_of(stacks) == {"from_region": "big", "from_kind": 1, "late": "use1-small"}


def test_a_file_with_a_context_has_them_too(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                name: dev
                import:
                  - { path: catalog, context: { name: one } }
                  - { path: catalog, context: { name: two } }
            """,
            "catalog.yaml": """\
                locals:
                  full: "vpc-{{ .name }}"

                components:
                  terraform:
                    {{- if .name }}
                    {{ .locals.full }}:
                      vars: { full: {{ .locals.full }} }
                    {{- end }}
            """,
        }
    )
    assert vars_of(stacks, "vpc-one") == {"full": "vpc-one"}
    assert vars_of(stacks, "vpc-two") == {"full": "vpc-two"}


def test_stacks_and_workspaces_may_be_named_by_them(stacks_of):
    stacks = stacks_of(
        {
            "deploy/dev.yaml": """\
                locals: { stage: dev }
                components:
                  terraform:
                    c: { metadata: { terraform_workspace_template: "{{ .locals.stage }}-{{ .atmos_component }}" } }
            """
        },
        stacks='name_template: "n-{{ .locals.stage }}"',
    )
    assert stacks.repository.stacks() == ["n-dev"]
    assert stacks.workspace(stacks.component("c", "n-dev")) == "dev-c"


def test_what_is_not_to_be_rendered_stays_as_it_is(stacks_of):
    files = {
        "deploy/dev.yaml": """\
            name: dev
            import: [{ path: catalog, skip_templates_processing: true }]
            components: { terraform: { c: {} } }
        """,
        "catalog.yaml": 'locals: { a: 1 }\nvars: { a: "{{ .locals.a }}" }',
    }
    assert vars_of(stacks_of(files, wish=Wish(templates=False))) == {"a": "{{ .locals.a }}"}


C = "components: { terraform: { c: {} } }"


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        ("locals: { a: '{{ .locals.b }}', b: '{{ .locals.a }}' }", "2:14", "the local `a` needs itself"),
        (f"locals: {{ a: 1 }}\nvars: {{ x: '{{{{ .locals.b }}}}' }}\n{C}", "3:15", "there is no key `b`"),
        ("locals: { a: '{{ .vars.missing }}' }", "2:17", "there is no key `missing`"),
        ("locals: [a]", "2:9", "`locals` is a mapping"),
        ("locals: { a: '{{ .locals' }", "2:14", "closed"),
        ("locals: { a: !terraform.output vpc id }", "2:14", "!terraform.output cannot be used here"),
        (
            "locals: { a: 1 }\ncomponents: { terraform: { c: { vars: { x: '{{ .locals.b }}' } } } }",
            "3:47",
            "there is no key `b`",
        ),
    ],
)
def test_locals_that_cannot_be_worked_out_are_named(stacks_of, body, place, words):
    with pytest.raises(ConfigError, match=re.escape(words)) as refused:
        vars_of(stacks_of({"deploy/dev.yaml": f"name: dev\n{body}"}))
    assert str(refused.value.place).endswith(f"deploy/dev.yaml:{place}")
