"""Commands of a project, run as if they were built in."""

import pytest

from aws_emulator import Emulator
from conftest import CHAIN, Machine

COMMANDS = """\
commands:
  - name: hello
    description: Greet somebody
    arguments: [{ name: who, description: whom to greet, default: world }]
    flags:
      - { name: loud, shorthand: l, type: bool, description: say it aloud }
      - { name: version, default: none }
    env:
      - { key: GREETING, value: "hello {{ .Arguments.who | upper }}" }
      - { key: DAY, valueCommand: echo "a day after $GREETING" }
    steps:
      - echo "$GREETING; $DAY;{{ if .Flags.loud }} aloud;{{ end }} {{ .Flags.version }}; {{ .TrailingArgs }}"
  - name: who
    identity: prod
    verbose: false
    steps:
      - aws sts get-caller-identity --query Arn --output text
      - { command: aws sts get-caller-identity --query Arn --output text, identity: staging }
      - { command: auth whoami --offline --output json, type: atmos }
  - name: ops
    description: Operations
    commands:
      - { name: fail, arguments: [{ name: code, required: true }], steps: ["exit {{ .Arguments.code }}", "echo never"] }
      - { name: here, working_directory: below, steps: ["basename $PWD"] }
  - name: auth
    commands: [{ name: extra, steps: [echo extra] }, { name: login, steps: [echo shadowed] }]
  - name: show
    component_config: { component: "{{ .Arguments.name }}", stack: dev }
    arguments: [{ name: name, required: true }]
    steps: ["echo {{ .ComponentConfig.vars.size }} {{ .ComponentConfig.workspace }}"]
stacks: { base_path: stacks, included_paths: ["*"] }
"""
PROD = "arn:aws:sts::333333333333:assumed-role/DeployRole/journey"


@pytest.fixture
def project(machine: Machine) -> Machine:
    machine.write(CHAIN.format(url=machine.url) + COMMANDS)
    (machine.directory / "below").mkdir()
    machine.write("name: dev\ncomponents: { terraform: { big: { vars: { size: 9 } } } }", "stacks/dev.yaml")
    return machine


def test_what_a_command_is_given_reaches_its_steps(project: Machine):
    plain = project.atmos("hello")
    assert (plain.stdout, plain.returncode) == ("hello WORLD; a day after hello WORLD; none; \n", 0)
    said = project.atmos("hello", "bob", "-l", "--version", "1.2.3", "--", "a", "b c")
    assert said.stdout == "hello BOB; a day after hello BOB; aloud; 1.2.3; a 'b c'\n"
    assert said.stderr.startswith("▶ Executing command: echo ")


def test_steps_run_as_the_identity_that_is_named(project: Machine, aws: Emulator):
    project.login("prod")
    project.login("staging")
    result = project.atmos("who")
    first, second, *whoami = result.stdout.splitlines()
    assert (first, result.stderr) == (PROD, "")
    assert second.startswith("arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_ReadOnlyAccess")
    assert '"identity": "prod"' in "".join(whoami)
    other = project.atmos("who", "--identity", "base").stdout.splitlines()
    assert other[0].startswith("arn:aws:sts::111111111111:")
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_the_status_of_the_step_that_failed_is_ours(project: Machine):
    failed = project.atmos("ops", "fail", "7")
    assert (failed.returncode, failed.stdout) == (7, "")
    assert 'step "step1" exited with code 7' in failed.stderr
    assert "resume" not in failed.stderr


def test_where_steps_run_and_what_components_hold(project: Machine):
    assert project.atmos("ops", "here").stdout == "below\n"
    assert project.atmos("show", "big").stdout == "9 dev\n"
    missing = project.findings(project.atmos("show", "bog").stderr)[0]
    assert missing.message.startswith("Could not find the component `bog`")


def test_ours_are_never_shadowed_but_added_to(project: Machine):
    assert project.atmos("auth", "extra").stdout == "extra\n"
    assert "shadowed" not in project.atmos("auth", "login", "--help").stdout


@pytest.mark.parametrize(
    ("words", "message", "help"),
    [
        (("helo",), 'unknown command "atmos helo"', "commands of this project: hello, who, ops, auth, show"),
        (("ops",), '"atmos ops" does nothing by itself', "atmos ops fail"),
        (("ops", "fial"), 'unknown command "atmos ops fial"', "did you mean `atmos ops fail`?"),
        (("ops", "fail"), "Command requires at least 1 argument(s)", "1. code"),
        (("hello", "--unheard"), "unknown flag --unheard", "atmos hello --help"),
        (("who", "-i", "ghost"), 'identity "ghost" not found in the configuration', "atmos auth list"),
    ],
)
def test_what_is_typed_wrongly_is_explained(project: Machine, words, message, help):  # noqa: A002
    result = project.atmos(*words)
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = project.findings(result.stderr)
    assert finding.message.startswith(message)
    assert help in (*finding.details, *finding.hints)


def test_a_command_explains_itself(project: Machine):
    shown = project.atmos("hello", "--help").stdout
    assert shown.startswith("usage: atmos hello [who] [flags]\n\nGreet somebody\n")
    for words in ("whom to greet (default: world)", "-l, --loud [BOOL]", "say it aloud", "--identity"):
        assert words in shown
    assert "fail" in project.atmos("ops", "--help").stdout


def test_a_template_that_asks_for_what_is_not_there_is_named(project: Machine):
    project.write("commands:\n  - name: bad\n    steps:\n      - echo {{ .Arguments.nothing }}\n")
    (finding,) = project.findings(project.atmos("bad").stderr)
    assert "nothing" in finding.message
    assert (finding.place or "").endswith("atmos.yaml:4:17")


def test_a_command_that_calls_itself_ends(project: Machine):
    project.write("commands: [{ name: again, verbose: false, steps: [atmos again] }]\n")
    result = project.atmos("again")
    assert result.returncode == 1
    assert "ATMOS_SHLVL exceeds maximum allowed depth: current=11, max=10" in result.stderr
