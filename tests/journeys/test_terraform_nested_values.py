"""Values that components have of each other: as whom they are read, how often, and what is done if they cannot be."""

import json
from textwrap import indent

import pytest
from recorder import DEV, NESTED, PROD, SELECT, STAGING, Recorder, variables_of

from aws_emulator import Emulator
from conftest import operations


def test_values_are_read_as_the_run_unless_their_own_stack_says_otherwise(answering: Recorder, aws: Emulator):
    for name in (PROD, STAGING):
        answering.machine.login(name)
    for identity in (PROD, DEV):
        result = answering.machine.atmos("terraform", "validate", "app", "-s", "dev", "-i", identity)
        assert result.returncode == 0, result.stderr
        assert variables_of(answering, "app") == {"middle": identity, "own": STAGING, "stage": "dev"}
    off = answering.machine.atmos("terraform", "validate", "app", "-s", "dev", "--identity=false")
    assert off.returncode == 0, off.stderr
    assert variables_of(answering, "app") == {"middle": "", "own": "", "stage": "dev"}
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


EACH = """\
vars: { stage: dev }
components:
  terraform:
    deep: { metadata: { component: vpc }, backend_type: local, backend: { local: {} }, env: { OF_TARGET: deep } }
    off: { metadata: { component: vpc }, vars: { enabled: false } }
    app:
      metadata: { component: vpc }
      vars: { a: !terraform.output "{{ .vars.name }} {{ .stack }} who", b: !terraform.output deep .times, name: deep }
    optional:
      metadata: { component: vpc }
      vars: { a: !terraform.output off id, b: !terraform.output 'off ".id // 5"' }
"""


@pytest.mark.parametrize(("more", "init"), [("", "init"), ("init_run_reconfigure: true", "init -reconfigure")])
def test_values_are_asked_of_terraform_once_each_by_an_exact_sequence(answering: Recorder, more: str, init: str):
    answering.configure(more)
    with answering.machine.atmos_yaml.open("a") as file:
        file.write("templates: { settings: { enabled: true } }\n")
    answering.machine.write(EACH, "stacks/dev.yaml")
    note = answering.machine.write("other", "code/vpc/.terraform/environment")
    words = ("describe", "component", "app", "-s", "dev", "-q", ".vars", "-f", "json", "--identity=false")
    surprises = dict.fromkeys(("TF_WORKSPACE", "TF_CLI_ARGS", "TF_CLI_ARGS_init", "TF_VAR_name"), "x")
    shown = answering.machine.atmos(*words, "--logs-level", "info", env={"TF_INPUT": "true", **surprises})
    environment = answering.environment()
    assert (environment["OF_TARGET"], environment["TF_INPUT"]) == ("deep", "false")
    assert not surprises.keys() & environment.keys()
    assert [call.words for call in answering.calls()] == [init, f"{SELECT} dev-deep", "output -json"]
    assert json.loads(shown.stdout) == {"a": "", "b": 3, "name": "deep", "stage": "dev"}
    assert not note.exists()
    said = [line.partition(" atmos-auth ")[2] for line in shown.stderr.splitlines()]
    assert said == ["Fetching who output from deep in dev", "Fetching .times output from deep in dev"]
    assert answering.machine.atmos(*words).stderr == ""


def test_values_of_a_component_that_is_off_are_none_without_asking_terraform(answering: Recorder):
    answering.machine.write(EACH, "stacks/dev.yaml")
    words = ("describe", "component", "optional", "-s", "dev", "-q", ".vars", "-f", "json", "--identity=false")
    shown = json.loads(answering.machine.atmos(*words).stdout)
    assert (shown["a"], shown["b"], answering.calls()) == (None, 5, [])


def test_values_that_one_identity_has_read_are_not_shown_to_another(answering: Recorder):
    answering.machine.login(PROD)
    words = ("terraform", "validate", "--components", "middle,other", "-s", "dev")
    result = answering.machine.atmos(*words)
    assert result.returncode == 0, result.stderr
    assert variables_of(answering, "middle")["deep"] == PROD
    assert variables_of(answering, "other")["deep"] == DEV


THROUGH = """\
    through:
      metadata: { component: vpc }
      auth: { identities: { staging: { default: true } } }
      remote_state_backend_type: static
      remote_state_backend: { static: { read: !terraform.output deep who } }
      vars: { read: !terraform.output deep who }
"""
TEMPLATES = "      settings: { templates: { settings: { enabled: true } } }\n"
OF_TEMPLATES = """{
        a: '{{ (atmos.Component "deep").outputs.who }}', b: '{{ (atmos.Component "own").outputs.who }}',
        c: '{{ (atmos.Component "through").vars.read }}' }"""
MINE = """\
      auth:
        identities:
          mine:
            kind: aws/permission-set
            default: true
            via: { provider: my-sso }
            principal: { name: ReadOnlyAccess, account: { id: "222222222222" } }
"""


@pytest.mark.parametrize(
    ("variables", "auth", "words", "expected"),
    [
        # In this order, and in the other: what one has read is kept for that one only.
        ("{ a: !terraform.output deep who, b: !terraform.output through read }", "", (), [PROD, STAGING]),
        ("{ a: !terraform.output through read, b: !terraform.output deep who }", "", (), [STAGING, PROD]),
        ("{ a: !terraform.output through read, b: !terraform.output deep who }", "", ("-i", DEV), [STAGING, DEV]),
        ("{ a: !terraform.output through read }", "", ("--identity=false",), [""]),
        ("{ a: !terraform.output deep who }", MINE, (), ["mine"]),
        (OF_TEMPLATES, TEMPLATES, (), [PROD, STAGING, STAGING]),
        (OF_TEMPLATES, TEMPLATES, ("-i", DEV), [DEV, STAGING, STAGING]),
    ],
    ids=["run-first", "run-last", "named", "off", "of-the-component-alone", "templates", "templates-named"],
)
def test_nested_inheritance_goes_from_whoever_reads_to_what_is_read(
    answering: Recorder, variables: str, auth: str, words: tuple[str, ...], expected: list[str]
):
    for name in (PROD, STAGING):
        answering.machine.login(name)
    app = f"    reading:\n      metadata: {{ component: vpc }}\n      vars: {variables}\n{auth}"
    answering.machine.write(NESTED + THROUGH + app, "stacks/dev.yaml")
    result = answering.machine.atmos("terraform", "validate", "reading", "-s", "dev", *words)
    assert result.returncode == 0, result.stderr
    found = variables_of(answering, "reading")
    assert [found[name] for name in ("a", "b", "c") if name in found] == expected


def test_nested_inheritance_does_not_keep_a_target_from_its_own_default(answering: Recorder):
    """The run is nobody: only the component that is read has any identities."""
    answering.machine.login(STAGING)
    auth, _, settings = answering.machine.atmos_yaml.read_text().partition("stacks:")
    answering.machine.write(f"stacks:{settings}")
    auth = auth.replace("default: true", "required: false").replace("    staging:", "    staging:\n      default: true")
    answering.machine.write(
        "vars: { stage: dev }\ncomponents:\n  terraform:\n"
        "    app: { metadata: { component: vpc }, vars: { own: !terraform.output own who } }\n"
        f"    own:\n      metadata: {{ component: vpc }}\n{indent(auth, ' ' * 6)}",
        "stacks/dev.yaml",
    )
    result = answering.machine.atmos("terraform", "validate", "app", "-s", "dev")
    assert result.returncode == 0, result.stderr
    assert variables_of(answering, "app")["own"] == STAGING


LOOKING = """\
    off: { metadata: { component: vpc, enabled: false }, vars: { x: !exec "touch worked-out" } }
    templated:
      metadata: { component: vpc }
      settings: { templates: { settings: { enabled: true } } }
      vars: { deep: '{{ (atmos.Component "deep").outputs.who }}' }
"""
AS_WRITTEN = {
    "app": {"middle": "!terraform.output middle who", "own": "!terraform.output own who"},
    "other": {"deep": "!terraform.output deep who"},
    "templated": {"deep": '{{ (atmos.Component "deep").outputs.who }}'},
}


def named(identity: str) -> dict[str, dict[str, str]]:
    return {
        "app": {"middle": identity, "own": STAGING},
        "other": {"deep": identity},
        "templated": {"deep": identity},
    }


@pytest.mark.parametrize(
    ("words", "variables", "expected"),
    [
        ((), {}, AS_WRITTEN),
        (("--identity=false",), {"ATMOS_IDENTITY": PROD}, AS_WRITTEN),
        (("--identity", PROD), {}, named(PROD)),
        ((), {"ATMOS_IDENTITY": DEV}, named(DEV)),
        (("--identity", PROD), {"ATMOS_KEYRING_TYPE": "memory"}, named(PROD)),
        (("-s", "dev", "--components", "other", "-i", PROD), {}, {"other": {"deep": PROD}}),
    ],
    ids=["nobody", "off", "flag", "variable", "in-memory", "narrowed"],
)
def test_describe_stacks_signs_in_for_a_named_identity_once_and_never_for_what_is_off(
    answering: Recorder, aws: Emulator, words: tuple[str, ...], variables: dict[str, str], expected: object
):
    answering.machine.write(NESTED + LOOKING, "stacks/dev.yaml")
    result = answering.machine.atmos(
        "describe", "stacks", "--sections", "vars", "-f", "json", "--force-tty", "--no-color", *words, env=variables
    )
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)["dev"]["components"]["terraform"]
    shown = {
        name: {k: v for k, v in found[name]["vars"].items() if k != "stage"} for name in AS_WRITTEN if name in found
    }
    assert shown == expected
    if "--components" not in words:
        assert found["off"]["vars"]["x"] == "!exec touch worked-out"
    assert not list(answering.machine.directory.rglob("worked-out"))
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == (0 if expected is AS_WRITTEN else 1)


def test_functions_of_several_components_are_worked_out_signed_in(answering: Recorder, aws: Emulator):
    result = answering.machine.atmos("terraform", "validate", "--all", "--force-tty", "--no-color")
    assert result.returncode == 0, result.stderr
    assert variables_of(answering, "app") == {"middle": PROD, "own": STAGING, "stage": "dev"}
    assert variables_of(answering, "other")["deep"] == DEV
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_values_are_read_anew_once_their_component_was_applied(answering: Recorder):
    text = NESTED.replace("deep who", "deep times").replace(
        "      auth: { identities: { base: { default: true } } }\n", ""
    )
    # By their names `deep` comes between the two that read it.
    answering.machine.write(
        text.replace("    middle:", "    before:").replace("middle who", "before who"), "stacks/dev.yaml"
    )
    words = (
        "terraform",
        "apply",
        "--components",
        "before,deep,other",
        "-s",
        "dev",
        "-auto-approve",
        "--identity=false",
    )
    result = answering.machine.atmos(*words)
    assert result.returncode == 0, result.stderr
    calls = [call.words for call in answering.calls()]
    assert calls.count("output -json") == 2


def test_a_sign_in_that_fails_is_not_taken_for_a_value_that_is_missing(answering: Recorder):
    text = NESTED.replace("!terraform.output own who", "!terraform.output own '.who // \"nobody\"'")
    answering.machine.write(text, "stacks/dev.yaml")
    answering.machine.login(PROD)
    configuration = answering.machine.atmos_yaml.read_text().replace("ReadOnlyAccess", "Nobodys")
    answering.machine.write(configuration)
    result = answering.machine.atmos("terraform", "validate", "app", "-s", "dev")
    (finding,) = answering.machine.findings(result.stderr)
    assert result.returncode != 0
    assert any("needed by !terraform.output at" in detail for detail in finding.details)
    assert [call.words for call in answering.calls()].count("validate") == 0


def test_an_identity_without_credentials_of_its_own_is_one(recorder: Recorder, aws: Emulator):
    text = recorder.machine.atmos_yaml.read_text()
    ambient = "  identities:\n    here: { kind: ambient, env: [{ key: MINE, value: here }] }\n"
    recorder.machine.write(text.replace("  identities:\n", ambient))
    words = ("terraform", "validate", "infra/dns", "-s", "dev", "-i", "here")
    result = recorder.machine.atmos(*words, env={"AWS_PROFILE": "mine"})
    assert result.returncode == 0, result.stderr
    seen = recorder.environment()
    assert (seen["AWS_PROFILE"], seen["MINE"]) == ("mine", "here")
    assert operations(aws) == []
