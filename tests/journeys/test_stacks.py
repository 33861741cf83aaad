"""Looking at stacks: the files of the page, and what people do wrong."""

import json
import re
from pathlib import Path

import pytest
import yaml

from conftest import Machine

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "describe-stacks.md"


@pytest.fixture
def stacks(offline_machine: Machine) -> Machine:
    """The repository of the page."""
    text = PAGE.read_text(encoding="utf-8")
    for name, body in re.findall(r"^`([\w./]+)`:\n\n```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        offline_machine.write(body, name)
    return offline_machine


def test_the_page_shows_what_is_printed(stacks: Machine):
    text = PAGE.read_text(encoding="utf-8")
    shown = [
        part.partition("\n")
        for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for part in block.split("$ ")[1:]
    ]
    assert len(shown) == 5
    for command, _, expected in shown:
        result = stacks.atmos(*command.split()[1:])
        assert (result.returncode, result.stdout + result.stderr) == (0, expected), command


def test_a_component_as_json_and_whole(stacks: Machine):
    usual = json.loads(stacks.atmos("describe", "component", "vpc", "-s", "plat-prod", "-f", "json").stdout)
    assert set(usual) <= {"backend", "component", "env", "hooks", "imports", "metadata", "overrides", "providers"} | {
        "settings",
        "vars",
    }
    full = stacks.atmos("describe", "component", "vpc", env={"ATMOS_STACK": "plat-prod"} | FULL)
    assert "atmos_stack: plat-prod" in full.stdout
    assert "component_path: " in full.stdout


FULL = {"ATMOS_DESCRIBE_COMPONENT_FILTER": "full"}


def test_lists_are_for_programs(stacks: Machine):
    assert stacks.atmos("list", "components").stdout == "vpc\tterraform\t1\n"
    assert stacks.atmos("list", "stacks", "-c", "vpc").stdout == "plat-prod\n"
    assert stacks.atmos("list", "stacks", "-c", "nothing").stdout == ""


def test_what_is_described_may_go_into_a_file(stacks: Machine):
    assert stacks.atmos("describe", "stacks", "--file", "stacks.yaml").stdout == ""
    file = stacks.directory / "stacks.yaml"
    assert file.read_text(encoding="utf-8") == stacks.atmos("describe", "stacks").stdout
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    stacks.write(
        "name: late\ncomponents: { terraform: { c: { metadata: { inherits: [x] } } } }", "stacks/deploy/z.yaml"
    )
    assert stacks.atmos("describe", "stacks", "--file", "stacks.yaml").returncode != 0
    assert [entry.read_bytes() for entry in stacks.directory.glob("stacks.yaml*")] == [before]


def test_describe_stacks_and_config(stacks: Machine):
    found = json.loads(stacks.atmos("describe", "stacks", "--sections", "vars", "-f", "json").stdout)
    assert found["plat-prod"]["components"]["terraform"]["vpc"]["vars"]["nat"] is True
    assert stacks.atmos("describe", "stacks", "--components", "nothing").stdout == "{}\n"
    stacks.write("auth: { identities: { u: { kind: aws/user, credentials: { secret_access_key: hunter22 } } } }")
    config = stacks.atmos("describe", "config")
    assert json.loads(config.stdout)["auth"]["identities"]["u"]["kind"] == "aws/user"
    assert "hunter22" not in config.stdout


def test_describe_component_says_where_every_value_was_written(stacks: Machine):
    words = ("describe", "component", "vpc", "-s", "plat-prod")
    plain, noted = stacks.atmos(*words), stacks.atmos(*words, "--provenance")
    assert yaml.safe_load(noted.stdout) == yaml.safe_load(plain.stdout)
    for line in (r"cidr: 10.1.0.0/16 +# stacks/deploy/prod.yaml:9", r"nat: true +# stacks/catalog/vpc.yaml:4"):
        assert re.search(rf"^  {line}$", noted.stdout, re.MULTILINE), noted.stdout
    by_variable = {"ATMOS_DESCRIBE_PROVENANCE": "true"}
    assert stacks.atmos(*words, env=by_variable).stdout == noted.stdout
    assert stacks.atmos(*words, "--provenance=false", env=by_variable).stdout == plain.stdout
    assert json.loads(stacks.atmos(*words, "-f", "json", env=by_variable).stdout)
    configuration = stacks.atmos_yaml.read_text(encoding="utf-8")
    stacks.write(f"{configuration}describe: {{ provenance: true }}\n")
    assert stacks.atmos(*words).stdout == noted.stdout
    assert stacks.atmos(*words, env={"ATMOS_DESCRIBE_PROVENANCE": "false"}).stdout == plain.stdout
    stacks.write(f"{configuration}describe: {{ provenance: perhaps }}\n")
    (wrong,) = stacks.findings(stacks.atmos(*words).stderr)
    assert wrong.message == "describe.provenance is true or false, not 'perhaps'"
    stacks.write(configuration)
    assert stacks.atmos(*words, "--provenance", "--file", "vpc.yaml").stdout == ""
    assert (stacks.directory / "vpc.yaml").read_text(encoding="utf-8") == noted.stdout


def test_describe_shows_no_secret_of_an_identity(stacks: Machine):
    stacks.write(
        "components: { terraform: { vpc: { vars: { private_subnets: [a] }, auth: { identities: { u: { kind: aws/user,"
        " credentials: { access_key_id: AKIAUSER, secret_access_key: hunter22 } } } } } } }",
        "stacks/catalog/vpc.yaml",
    )
    of_vpc = ("describe", "component", "vpc", "-s", "plat-prod")
    full = {"ATMOS_DESCRIBE_COMPONENT_FILTER": "full"}
    for words in ((*of_vpc, "-q", ".auth"), of_vpc, (*of_vpc, "--provenance"), ("describe", "stacks")):
        result = stacks.atmos(*words, env=full)
        assert result.returncode == 0, result.stderr
        assert "hunter22" not in result.stdout
        assert "***REDACTED***" in result.stdout
    assert stacks.atmos(*of_vpc, "-q", ".vars.private_subnets[0]").stdout == "a\n"


def test_who_a_component_is_used_as_is_seen_without_signing_in(stacks: Machine):
    of_vpc = ("describe", "component", "vpc", "-s", "plat-prod")
    for words in (("--identity", "off"), ("--identity=false",), ()):
        result = stacks.atmos(*of_vpc, *words, "-q", ".auth.identities", "-f", "json")
        assert (result.returncode, result.stderr) == (0, "")
        found = json.loads(result.stdout)
        assert (found["prod"]["default"], found["dev"]["default"]) == (True, False)
    assert stacks.files() == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (".vars.nothing", "null"),
        (".vars.nothing // 3", "3"),
        (".vars | keys | length", "4"),
        (".vars.cidr", "10.1.0.0/16"),
        ('.vars["cidr"]', "10.1.0.0/16"),
        (".vars.nat", "true"),
        ('.vars | to_entries | map(select(.value == "prod")) | .[0].key', "stage"),
        ('.imports[0] == "catalog/vpc"', "true"),
    ],
)
def test_a_query_prints_single_values_bare(stacks: Machine, expression, expected):
    result = stacks.atmos("describe", "component", "vpc", "-s", "plat-prod", "-q", expression)
    assert (result.stdout, result.stderr) == (f"{expected}\n", "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", {"a": "dev", "b": "home", "c": "dev"}),
        ("--process-templates=false", {"a": "{{ .stack }}", "b": "home", "c": "{{ .stack }}"}),
        ("--process-functions=false", {"a": "dev", "b": "!env WHERE", "c": "!exec echo dev"}),
        ("--skip exec", {"a": "dev", "b": "home", "c": "!exec echo dev"}),
        ("--skip exec --skip env", {"a": "dev", "b": "!env WHERE", "c": "!exec echo dev"}),
    ],
)
@pytest.mark.parametrize("command", ["component c", "stacks"])
def test_templates_and_functions_may_be_left_as_they_are_written(offline_machine: Machine, command, words, expected):
    machine = offline_machine
    machine.write("stacks: { base_path: s, included_paths: ['*'] }\ntemplates: { settings: { enabled: true } }")
    values = "a: '{{ .stack }}', b: !env WHERE, c: !exec 'echo {{ .stack }}'"
    machine.write(f"name: dev\ncomponents: {{ terraform: {{ c: {{ vars: {{ {values} }} }} }} }}", "s/dev.yaml")
    query = ".vars" if command != "stacks" else ".dev.components.terraform.c.vars"
    result = machine.atmos(
        "describe", *command.split(), "-s", "dev", "-f", "json", "-q", query, *words.split(), env={"WHERE": "home"}
    )
    assert (json.loads(result.stdout), result.stderr) == (expected, "")


def test_a_value_that_cannot_be_had_ends_it_unless_one_says_otherwise(stacks: Machine):
    stacks.write(
        "components: { terraform: { vpc: { vars: { id: !terraform.state other .id, kept: 1 } } } }",
        "stacks/catalog/vpc.yaml",
    )
    of_vars = ("describe", "component", "vpc", "-s", "plat-prod", "-q", ".vars", "-f", "json", "--identity=off")
    strict = stacks.atmos(*of_vars)
    assert (strict.returncode, strict.stdout) == (1, "")
    warned = stacks.atmos(*of_vars, "--error-mode", "warn")
    assert warned.returncode == 0
    found = json.loads(warned.stdout)
    assert (found["id"], found["kept"]) == (None, 1)
    assert "Could not find the component `other`" in warned.stderr
    silent = stacks.atmos(*of_vars, "--error-mode=silent")
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, warned.stdout, "")
    stacks.write(f"{stacks.atmos_yaml.read_text()}\ndescribe: {{ error_mode: silent }}\n")
    assert stacks.atmos(*of_vars).stdout == warned.stdout
    assert stacks.atmos(*of_vars, "--error-mode", "strict").returncode == 1
    wrong = stacks.findings(stacks.atmos(*of_vars, "--error-mode", "loud").stderr)[0]
    assert (wrong.message, wrong.hints) == ('--error-mode is "loud"', ("use one of: strict, warn, silent",))
    stacks.write(stacks.atmos_yaml.read_text().replace("error_mode: silent", "error_mode: loud"))
    (wrong,) = stacks.findings(stacks.atmos(*of_vars).stderr)
    assert wrong.message == 'describe.error_mode is one of strict, warn, silent, not "loud"'
    assert wrong.place is not None


def test_describe_stacks_works_out_only_what_it_shows(stacks: Machine):
    for name, stage, component in (("one", "dev", "dns"), ("two", "test", "vpc")):
        says = f'{{ {component}: {{ vars: {{ x: !exec "touch {name}" }} }} }}'
        values = f"vars: {{ tenant: plat, stage: {stage} }}"
        stacks.write(f"{values}\ncomponents: {{ terraform: {says} }}", f"stacks/deploy/{stage}.yaml")
    for words in (("-s", "plat-prod"), ("-s", "plat-dev", "--components", "vpc"), ("--component-types", "helmfile")):
        assert stacks.atmos("describe", "stacks", *words).returncode == 0
    assert not [name for name in ("one", "two") if (stacks.directory / name).exists()]
    assert stacks.atmos("describe", "stacks", "--components", "dns").returncode == 0
    assert [name for name in ("one", "two") if (stacks.directory / name).exists()] == ["one"]


def test_components_of_one_type(stacks: Machine):
    of_terraform = stacks.atmos("describe", "stacks", "--component-types", "terraform")
    assert of_terraform.stdout == stacks.atmos("describe", "stacks").stdout
    assert stacks.atmos("describe", "stacks", "--component-types", "helmfile").stdout == "{}\n"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ("component", "vpc", "-s", "plat-prod", "--provenance", "-q", ".vars"),
            "--provenance writes comments",
            "leave out --query and --format",
        ),
        (
            ("component", "vpc", "-s", "plat-prod", "--provenance", "-f", "json"),
            "--provenance writes comments",
            "leave out --query and --format",
        ),
        (
            ("component", "vpc", "-s", "plat-prod", "--provenance=perhaps"),
            "--provenance is 'perhaps'",
            "--provenance=false",
        ),
        (("component", "vpc"), "stack is required", "atmos list stacks"),
        (("component", "-s", "plat-prod"), "no component named", "atmos describe component COMPONENT -s STACK"),
        (("component", "vcp", "-s", "plat-prod"), "Could not find the component `vcp`", "Did you mean `vpc`?"),
        (("component", "vpc", "-s", "plat-prod", "-i", "prd"), 'identity "prd" not found', 'did you mean "prod"?'),
        (("component", "vpc", "-s", "plat-prd"), "Stack `plat-prd` not found", "Did you mean `plat-prod`?"),
        (("component", "vpc", "-s", "plat-prod", "-f", "xml"), '"xml" is not a format', "use one of: yaml, json"),
        (
            ("component", "vpc", "-s", "plat-prod", "-q", ".a["),
            "the query `.a[` cannot be worked out",
            "for example --query .vars.region, or '.vars | keys'",
        ),
        (
            ("component", "vpc", "-s", "plat-prod", "--process-functions=perhaps"),
            "--process-functions is 'perhaps'",
            "--process-functions=false",
        ),
    ],
)
def test_what_is_asked_wrongly_is_explained(stacks: Machine, words, message, hint):
    result = stacks.atmos("describe", *words)
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = stacks.findings(result.stderr)
    assert finding.message.startswith(message)
    assert hint in finding.hints


def test_all_mistakes_are_found_in_one_run(stacks: Machine):
    stacks.write("import: [catalog/vcp]\ncomponents: { terraform: { a: {} } }", "stacks/deploy/a.yaml")
    stacks.write("vars: { tenant: t, stage: s }\ncomponents: { terraform: { b: 3 } }", "stacks/deploy/b.yaml")
    stacks.write(
        "vars: { tenant: t, stage: u }\ncomponents: { terraform: { c: { metadata: { inherits: [d] } } } }",
        "stacks/deploy/c.yaml",
    )
    stacks.write("a: [", "stacks/deploy/d.yaml")
    result = stacks.atmos("validate", "stacks")
    found = [(finding.place or "").rsplit("/", 1)[-1] for finding in stacks.findings(result.stderr)]
    assert (result.returncode, found) == (1, ["a.yaml:1:10", "b.yaml:2:31", "c.yaml:2:56", "d.yaml:2:1"])


def test_keys_that_nothing_reads_are_warned_of_with_their_places(stacks: Machine):
    text = stacks.atmos_yaml.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    text = text.replace("  terraform:\n", "  helmfile: { base_path: helm }\n  terraform:\n", 1)
    stacks.write(f"{text}stores: {{ one: {{ type: redis }} }}\ntoolchain: {{}}\ntemplate: {{}}\n")
    result = stacks.atmos("validate", "stacks", env={"ATMOS_EDITION": "2024-06"})
    assert (result.returncode, result.stdout) == (0, "")
    found = stacks.findings(result.stderr)
    said = [
        (
            finding.message.removeprefix("nothing here reads the section ").partition(" is not supported")[0],
            (finding.place or "").rpartition("/")[2],
        )
        for finding in found
    ]
    assert said == [
        ("template", f"atmos.yaml:{lines + 4}:1"),
        ("stores", f"atmos.yaml:{lines + 2}:1"),
        ("toolchain", f"atmos.yaml:{lines + 3}:1"),
        ("edition", "$ATMOS_EDITION:1:1"),
        ("components.helmfile", "atmos.yaml:6:3"),
    ]


def test_keys_and_defaults_that_hold_without_any_configuration(offline_machine: Machine):
    missing = offline_machine.findings(offline_machine.atmos("list", "stacks").stderr)[0]
    assert missing.message == f"the stacks directory {offline_machine.directory}/stacks does not exist"
    assert missing.details == ("no atmos.yaml was found here, above, or in the repository",)
    values = "vars: { tenant: plat, environment: ue2, stage: dev, name: '{{ .vars.stage }}' }\n"
    offline_machine.write(f"{values}components: {{ terraform: {{ vpc: {{}} }} }}\n", "stacks/orgs/acme/dev.yaml")
    offline_machine.write("components: { terraform: { never: {} } }\n", "stacks/orgs/_defaults.yaml")
    assert offline_machine.atmos("list", "stacks").stdout == "plat-ue2-dev\n"
    of_vpc = ("describe", "component", "vpc", "-s", "plat-ue2-dev", "-q")
    assert offline_machine.atmos(*of_vpc, ".vars.name").stdout == "dev\n", "templates are worked out"
    path = offline_machine.atmos(*of_vpc, ".component_info.component_path").stdout
    assert path == f"{offline_machine.directory}/components/terraform/vpc\n"


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ("{ included_paths: ['*'] }", "stacks.base_path is not set", "or set ATMOS_STACKS_BASE_PATH"),
        ("{ base_path: '', included_paths: ['*'] }", "stacks.base_path is not set", "or set ATMOS_STACKS_BASE_PATH"),
        ("{ base_path: stacks }", "stacks.included_paths is not set", "or set ATMOS_STACKS_INCLUDED_PATHS"),
        ("{ base_path: gone, included_paths: ['*'] }", "the stacks directory", "or set ATMOS_STACKS_BASE_PATH"),
        ("{ base_path: stacks, included_paths: ['x*'] }", "no stack manifests found", "stacks.included_paths"),
        ("{ base_path: [a], included_paths: ['*'] }", "stacks.base_path takes text", None),
    ],
)
def test_validation_before_stacks_are_used(offline_machine: Machine, settings: str, message: str, hint: str | None):
    offline_machine.write("components: { terraform: { a: {} } }\n", "stacks/a.yaml")
    offline_machine.write(f"stacks: {settings}\ncommands: [{{ name: free, steps: ['true'] }}]\n")
    for words in (
        ("list", "stacks"),
        ("describe", "stacks"),
        ("validate", "stacks"),
        ("terraform", "plan", "a", "-s", "a"),
    ):
        result = offline_machine.atmos(*words)
        (finding,) = offline_machine.findings(result.stderr)
        assert (result.returncode, result.stdout) == (1, "")
        assert finding.message.startswith(message)
        assert hint is None or any(hint in line for line in finding.hints)
    for words in (("version",), ("describe", "config"), ("auth", "list"), ("free",), ("list", "workflows")):
        assert offline_machine.atmos(*words).returncode == 0, words


def test_discovery_begins_where_chdir_says_and_children_do_not_go_there_again(offline_machine: Machine):
    step = 'echo "$PWD ${ATMOS_CHDIR-none}"; atmos describe config -q .mark -f yaml'
    offline_machine.write(
        f"mark: below\ncommands: [{{ name: where, verbose: false, steps: ['{step}'] }}]", "below/atmos.yaml"
    )
    below = offline_machine.directory / "below"
    for words, variables in (
        (("-C", "below"), {}),
        ((), {"ATMOS_CHDIR": "below"}),
        (("-C", "below"), {"ATMOS_CHDIR": "x"}),
    ):
        result = offline_machine.atmos(*words, "where", env=variables)
        assert (result.stdout, result.stderr) == (f"{below} none\nbelow\n", "")


SCHEMA = {
    "type": "object",
    "properties": {
        "vars": {"type": "object", "required": ["stage"], "properties": {"size": {"type": "integer"}}},
        "import": {"type": "array"},
    },
}


@pytest.fixture
def with_schema(offline_machine: Machine) -> Machine:
    machine = offline_machine
    machine.write("stacks: { base_path: stacks, included_paths: ['dev'] }\nschemas: { atmos: { manifest: own.json } }")
    machine.write("name: dev\nimport: [mid, late]\nvars: { stage: s, size: !env SIZE }", "stacks/dev.yaml")
    machine.write("vars:\n  size: big\ncomponents: { terraform: { c: {} } }", "stacks/mid.yaml")
    machine.write("vars: { x: {{ add 1 2 }} }", "stacks/late.yaml.tmpl")
    machine.write(json.dumps(SCHEMA), "own.json")
    return machine


def test_manifests_are_compared_with_a_schema_as_they_are_written(with_schema: Machine):
    result = with_schema.atmos("validate", "stacks")
    said = [(finding.place.rsplit("/", 1)[-1], finding.message) for finding in with_schema.findings(result.stderr)]
    assert (result.returncode, said) == (
        1,
        [
            ("dev.yaml:3:25", 'the schema of manifests says: "!env SIZE" is not of type "integer"'),
            ("mid.yaml:1:1", 'the schema of manifests says: "stage" is a required property'),
            ("mid.yaml:2:9", 'the schema of manifests says: "big" is not of type "integer"'),
        ],
    )


def test_manifests_are_compared_with_another_schema_if_a_flag_or_a_variable_says_so(with_schema: Machine):
    with_schema.write("true", "any.json")
    flag = with_schema.atmos("validate", "stacks", "--schemas-atmos-manifest", "any.json")
    variable = with_schema.atmos("validate", "stacks", env={"ATMOS_SCHEMAS_ATMOS_MANIFEST": "any.json"})
    for result in (flag, variable):
        assert (result.returncode, result.stderr) == (0, "✓ All stacks validated successfully\n")


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ('{"type": "nonsense"}', "this is no JSON Schema that can be used: "),
        ('{"$ref": "https://example.com/x.json"}', "this is no JSON Schema that can be used: "),
        ("{", "this is not valid JSON: "),
        (None, "this file does not exist"),
    ],
)
def test_a_schema_that_cannot_be_used_is_named(with_schema: Machine, schema, message):
    if schema is not None:
        with_schema.write(schema, "bad.json")
    result = with_schema.atmos("validate", "stacks", "--schemas-atmos-manifest", "bad.json")
    (finding,) = with_schema.findings(result.stderr)
    assert (result.returncode, finding.message.startswith(message)) == (1, True)
    assert "bad.json:1:" in (finding.place or "")
