"""As whom Terraform is run for a component, and when anybody has to sign in at all."""

import json
import shlex
from pathlib import Path

import pytest
from recorder import DEFAULT_OF, DEV, ONE, PROD, STACK, STAGING, Recorder, stacks_with, who

from aws_emulator import Emulator
from conftest import operations

# --- identity choice for a component command -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "variable", "identity"),
    [
        ("vpc -s dev", None, PROD),
        ("vpc -s dev", "", PROD),
        ("vpc -s dev", "base", DEV),
        ("vpc -s dev --identity staging", "base", STAGING),
        ("--identity staging vpc -s dev", None, STAGING),
        ("--identity=STAGING vpc -s dev", None, STAGING),
        ("-istaging vpc -s dev", None, STAGING),
        ("-i staging vpc -s dev", None, STAGING),
        ("own -s dev", None, STAGING),
        ("own -s dev", "base", DEV),
        ("own -s dev -i prod", "base", PROD),
        ("vpc -s dev --identity base", "false", DEV),
        ("vpc -s dev --identity=false", "base", None),
        ("own -s dev --identity OFF", None, None),
        ("own -s dev -i 0", None, None),
        ("own -s dev", "No", None),
    ],
)
def test_identity_choice_for_a_component_command(recorder: Recorder, typed: str, variable: str | None, identity):
    for name in (PROD, STAGING):
        recorder.machine.login(name)
    variables = {} if variable is None else {"ATMOS_IDENTITY": variable}
    result = recorder.machine.atmos("terraform", "validate", *typed.split(), env=variables)
    assert result.returncode == 0, result.stderr
    assert recorder.environment().get("AWS_PROFILE") == (identity or (None if "own" in typed else "stale"))


@pytest.mark.parametrize("typed", ["vpc -s dev --identity", "vpc -s dev -i", "--identity= vpc -s dev", "-i -s dev vpc"])
def test_identity_choice_with_a_bare_flag_asks(recorder: Recorder, typed: str):
    recorder.machine.login(PROD)
    result = recorder.machine.atmos("terraform", "validate", *typed.split())
    (finding,) = recorder.machine.findings(result.stderr)
    assert (result.returncode, recorder.calls()) == (1, [])
    assert finding.message == "interactive identity selection: requires a TTY"
    terminal = recorder.machine.terminal("terraform", "validate", *typed.split())
    terminal.expect("Choose an identity")
    terminal.send("\x1b[B\r")
    terminal.expect("err: validate")
    terminal.wait()
    assert recorder.environment()["AWS_PROFILE"] == PROD


def test_identity_choice_without_a_default_where_nobody_can_be_asked(recorder: Recorder, aws: Emulator):
    recorder.machine.write(recorder.machine.atmos_yaml.read_text().replace("      default: true\n", ""))
    refused = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert (refused.returncode, recorder.calls(), operations(aws)) == (1, [], [])
    assert finding.message.startswith("no default identity")
    told = " ".join((*finding.details, *finding.hints))
    assert all(word in told for word in ("base", "prod", "staging", "--identity", "ATMOS_IDENTITY", "default: true"))
    assert "or run it as whoever the environment makes it: --identity=false" in finding.hints


def test_identity_choice_that_is_broken_off_ends_it(recorder: Recorder):
    terminal = recorder.machine.terminal("terraform", "validate", "vpc", "-s", "dev", "--identity")
    terminal.expect("Choose an identity")
    terminal.send("\x03")
    terminal.expect("user aborted")
    terminal.wait()
    assert (terminal.exitstatus, recorder.calls()) == (1, [])


def test_identity_choice_without_any_identities(recorder: Recorder, aws: Emulator):
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(text[text.index("stacks:") :])
    ran = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", env={"AWS_PROFILE": "mine"})
    assert ran.returncode == 0, ran.stderr
    assert recorder.environment()["AWS_PROFILE"] == "stale"
    recorder.calls()
    for words, variable in ((("-i", "x"), {}), ((), {"ATMOS_IDENTITY": "x"})):
        refused = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", *words, env=variable)
        (finding,) = recorder.machine.findings(refused.stderr)
        assert (refused.returncode, recorder.calls()) == (1, [])
        assert finding.message == "no identities are configured, and one is asked for"
    assert operations(aws) == []


def test_identity_choice_without_a_default_names_every_way_out(recorder: Recorder, aws: Emulator):
    recorder.machine.write(recorder.machine.atmos_yaml.read_text().replace("default: true", "required: false"))
    result = recorder.machine.atmos("terraform", "validate", "infra/dns", "-s", "dev")
    (finding,) = recorder.machine.findings(result.stderr)
    assert (result.returncode, recorder.calls(), operations(aws)) == (1, [], [])
    assert finding.message == "no default identity configured for authentication"
    assert finding.details == (f"identities: {DEV}, {PROD}, {STAGING}",)
    for way in ("--identity base", "ATMOS_IDENTITY=base", "`default: true`", "--identity=false"):
        assert any(way in hint for hint in finding.hints), way
    assert recorder.words("validate", "infra/dns", "-s", "dev")[-1] == "validate"


def test_identity_choice_by_a_person_is_made_once_for_several_components(recorder: Recorder):
    recorder.machine.login(PROD)
    text = recorder.machine.atmos_yaml.read_text().replace("      default: true\n", "")
    recorder.machine.write(text)
    terminal = recorder.machine.terminal("terraform", "validate", "--components", "vpc,infra/dns")
    terminal.expect("No default identity configured. Please choose an identity:")
    terminal.send("\x1b[B\r")
    terminal.expect_exact("(2/2) validate `vpc` in `dev`")
    terminal.wait()
    assert terminal.exitstatus == 0
    assert [call.words for call in recorder.calls()].count("validate") == 2
    assert recorder.environment()["AWS_PROFILE"] == PROD


def test_required_identities_stand_beside_it_and_one_that_fails_is_a_warning(recorder: Recorder, aws: Emulator):
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(text.replace("    staging:\n", "    staging:\n      required: true\n"))
    recorder.machine.login(PROD)
    assert recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev").returncode == 0
    environment = recorder.environment()
    assert environment["AWS_PROFILE"] == PROD
    assert "[staging]" in Path(environment["AWS_SHARED_CREDENTIALS_FILE"]).read_text()
    recorder.machine.write(
        text.replace("    staging:\n", "    staging:\n      required: true\n").replace("ReadOnlyAccess", "Nobodys")
    )
    failed = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev")
    assert failed.returncode == 0
    assert 'identity "staging"' in failed.stderr


# --- when authentication is triggered at all -----------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "validate vpc -s dev --identity=false",
        "validate off -s dev",
        "validate vpc -s dev --dry-run",
        "clean vpc -s dev --force",
        "generate varfile vpc -s dev",
        "generate backend closed -s dev",
        "--help",
        "version",
    ],
)
def test_when_authentication_is_triggered_at_all_it_is_not_for_these(recorder: Recorder, aws: Emulator, typed: str):
    result = recorder.machine.atmos("terraform", *typed.split(), "--force-tty")
    assert result.returncode == 0, result.stderr
    assert operations(aws) == []


@pytest.mark.parametrize(
    "typed",
    [
        "list stacks",
        "list components",
        "list workflows",
        "validate stacks",
        "describe config",
        "describe component vpc -s dev",
        "describe stacks",
        "describe stacks --identity=false",
        "workflow plain",
        "plain",
    ],
)
def test_when_authentication_is_triggered_at_all_it_is_not_to_look_or_for_steps_of_nobody(
    recorder: Recorder, aws: Emulator, typed: str
):
    """Also where stacks do not agree who is the default."""
    step = "steps: [{ command: 'test -z \"$AWS_PROFILE\"', type: shell }]"
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(f"{text}workflows: {{ plain: {{ {step} }} }}\ncommands: [{{ name: plain, {step} }}]\n")
    stacks_with(
        recorder,
        one=ONE.format(stage="one", more="") + DEFAULT_OF.format(name="staging"),
        two=ONE.format(stage="two", more="") + DEFAULT_OF.format(name="base"),
    )
    result = recorder.machine.atmos(*typed.split(), "--force-tty")
    assert result.returncode == 0, result.stderr
    assert operations(aws) == []


def test_who_cannot_be_is_said_once_whatever_the_number_of_components(answering: Recorder):
    result = answering.machine.atmos("describe", "stacks", "-i", "nobody")
    (finding,) = answering.machine.findings(result.stderr)
    assert (result.returncode, result.stdout, finding.message) == (
        1,
        "",
        'identity "nobody" not found in the configuration',
    )


def test_a_child_of_ours_runs_as_whom_we_run(recorder: Recorder):
    recorder.machine.login(STAGING)
    inner = shlex.split("auth exec -i staging -- atmos terraform validate vpc -s dev")
    assert recorder.machine.atmos(*inner).returncode == 0
    assert recorder.environment()["AWS_PROFILE"] == STAGING


# --- defaults of stacks --------------------------------------------------------------------------------------


def test_a_default_of_a_stack_counts_wherever_it_is_written_and_for_that_stack_alone(recorder: Recorder):
    for name in (PROD, STAGING):
        recorder.machine.login(name)
    text = recorder.machine.atmos_yaml.read_text().replace('["*"]', '["one.yaml", "two.yaml", "three.yaml"]')
    recorder.machine.write(text)
    own = ", own: { metadata: { component: vpc }, auth: { identities: { base: { default: true } } } }"
    stacks_with(
        recorder,
        catalog__defaults=DEFAULT_OF.format(name="staging"),
        # In a file that is imported, through another one; below `terraform:`; nowhere.
        catalog__between="import: [catalog/defaults]\n",
        one="import: [catalog/between]\n" + ONE.format(stage="one", more=own),
        two="terraform: { auth: { identities: { base: { default: true } } } }\n" + ONE.format(stage="two", more=""),
        three=ONE.format(stage="three", more=""),
    )
    assert who(recorder, "vpc", "one") == STAGING
    assert who(recorder, "own", "one") == DEV, "a component's own default does not make two"
    assert who(recorder, "vpc", "two") == DEV
    assert who(recorder, "vpc", "three") == PROD, "the default of another stack is none of its business"


def test_a_marker_alone_is_no_declaration(recorder: Recorder):
    recorder.machine.login(PROD)
    stacks_with(recorder, dev=ONE.format(stage="dev", more="") + "auth: { identities: { gone: { default: false } } }\n")
    assert who(recorder, "vpc", "dev") == PROD
    stacks_with(recorder, dev=ONE.format(stage="dev", more="") + DEFAULT_OF.format(name="gone"))
    refused = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert refused.returncode != 0
    assert '"gone"' in finding.message


def test_a_profile_of_ours_may_bring_the_identity_and_one_of_aws_never_is_one(recorder: Recorder):
    recorder.machine.login(STAGING)
    recorder.machine.write(
        "auth: { identities: { prod: { default: false }, staging: { default: true } } }", "profiles/ci/atmos.yaml"
    )
    for words, variables in ((("--profile", "ci"), {}), ((), {"ATMOS_PROFILE": "ci"})):
        result = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", *words, env=variables)
        assert result.returncode == 0, result.stderr
        assert recorder.environment()["AWS_PROFILE"] == STAGING
    recorder.machine.login(PROD)
    assert (
        recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", env={"AWS_PROFILE": "ci"}).returncode == 0
    )
    assert recorder.environment()["AWS_PROFILE"] == PROD


def test_the_directory_that_is_changed_to_is_the_one_that_programs_see(recorder: Recorder, tmp_path: Path):
    recorder.machine.write("{}", "elsewhere/nothing.yaml")
    home, recorder.machine.directory = recorder.machine.directory, recorder.machine.directory / "elsewhere"
    result = recorder.machine.atmos(
        "terraform", "validate", "vpc", "-s", "dev", "-C", str(home), "--identity=false", env={"PWD": str(tmp_path)}
    )
    assert result.returncode == 0, result.stderr
    assert recorder.environment()["PWD"] == str(home / "code" / "vpc")


def test_components_that_are_off_are_not_worked_out(recorder: Recorder, aws: Emulator):
    text = STACK.replace("enabled: false }", 'enabled: false }, vars: { x: !exec "touch worked-out" }')
    recorder.machine.write(text, "stacks/dev.yaml")
    result = recorder.machine.atmos("terraform", "validate", "off", "-s", "dev")
    assert (result.returncode, recorder.calls()) == (0, [])
    every = recorder.machine.atmos("terraform", "validate", "--all", "--identity=false")
    assert every.returncode == 0, every.stderr
    assert not list(recorder.machine.directory.rglob("worked-out"))
    assert operations(aws) == []


def test_variables_of_the_configuration_are_there_before_the_sign_in(recorder: Recorder):
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(text.replace("FROM_CONFIG: configured", "ATMOS_IDENTITY: staging"))
    recorder.machine.login(STAGING)
    assert who(recorder, "vpc", "dev") == STAGING


def test_the_variables_file_is_what_the_stack_says(recorder: Recorder):
    recorder.ends("plan", 1)
    recorder.machine.atmos("terraform", "plan", "vpc", "-s", "dev", "--identity=false")
    written = json.loads((recorder.machine.directory / "code/vpc/dev-vpc.terraform.tfvars.json").read_text())
    assert written == {"region": "eu-west-1", "size": 9, "stage": "dev"}
