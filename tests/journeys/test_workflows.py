"""`atmos workflow`: the documentation's own example and what else people do with it, the real command as a child."""

import json
import os
import re
import signal
import subprocess

import pytest
from person import CTRL_C, ENTER, Person

from conftest import PORTAL

IDENTITIES = (
    PORTAL
    + """\
  identities:
    dev-admin:
      kind: aws/permission-set
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
    prod-admin:
      kind: aws/assume-role
      via: {{ identity: dev-admin }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole", session_name: journey }}
"""
)
# The shape of the documentation's example; what Terraform would do, the AWS CLI does.
DEPLOY = """\
workflows:
  deploy:
    description: Deploy with authentication
    steps:
      - name: validate-auth
        command: atmos auth validate
      - name: deploy-dev
        command: atmos auth exec -- aws sts get-caller-identity --query Arn --output text
        identity: dev-admin
      - name: deploy-prod
        command: atmos auth exec -- aws sts get-caller-identity --query Arn --output text
        identity: prod-admin
"""
DEV = r"arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdminAccess_\w+/demo.user"
PROD = "arn:aws:sts::333333333333:assumed-role/DeployRole/journey"
# Of the emulator's IAM user whom LongRole trusts.
KEY, SECRET = "AKIAEMULATORBREAKGLS", "example/only/for/the/emulator/0123456789"
AMBIENT = """\
auth:
  identities:
    one: { kind: ambient, env: [{ key: WHO, value: first }] }
    two: { kind: ambient, env: [{ key: WHO, value: second }] }
"""


def steps(*written: str, head: str = "") -> str:
    body = "".join(f"      - {line}\n" for line in written)
    return f"{AMBIENT}workflows:\n  deploy:\n{head}    steps:\n{body}"


def shell(script: str, **more: object) -> str:
    return json.dumps({"type": "shell", "command": script, **more})


@pytest.fixture
def deploying(machine, aws):
    machine.write(IDENTITIES.format(url=aws.url) + DEPLOY)
    return machine


def signed_in(machine) -> None:
    machine.login("dev-admin")


# --- the main job ----------------------------------------------------------------------------------------------


def test_the_documentations_own_example_runs_under_two_identities(deploying, aws):
    signed_in(deploying)
    result = deploying.atmos("workflow", "deploy")
    assert result.returncode == 0, result.stderr
    dev, prod = result.stdout.splitlines()
    assert re.fullmatch(DEV, dev)
    assert prod == PROD
    said = [line for line in result.stderr.splitlines() if line.startswith(("▶", "✓", "✅", "  Executing"))]
    assert said == [
        "▶ validate-auth (1 of 3)",
        "  Executing command: atmos auth validate",
        "✅ Authentication configuration is valid",
        "▶ deploy-dev (2 of 3, as dev-admin)",
        "  Executing command: atmos auth exec -- aws sts get-caller-identity --query Arn --output text",
        "▶ deploy-prod (3 of 3, as prod-admin)",
        "  Executing command: atmos auth exec -- aws sts get-caller-identity --query Arn --output text",
        "✓ deploy: 3 steps done",
    ]


def test_one_sign_in_serves_all_steps(deploying, aws):
    """Nobody has signed in yet: the first step that needs it asks, and no later one does."""
    twice = DEPLOY + "      - { name: again, command: auth exec -- true, identity: dev-admin }\n"
    twice += "      - { name: shell, type: shell, command: 'true', identity: prod-admin }\n"
    deploying.write(IDENTITIES.format(url=aws.url) + twice)
    result = deploying.atmos("--force-tty", "workflow", "deploy")
    assert result.returncode == 0, result.stderr
    operations = [f"{entry.service}:{entry.operation}" for entry in aws.journal.entries()]
    assert operations.count("sso-oidc:StartDeviceAuthorization") == 1
    assert operations.count("sso:GetRoleCredentials") == 1
    assert operations.count("sts:AssumeRole") == 1


def test_shell_steps_find_a_profile_and_no_secret(deploying, aws):
    signed_in(deploying)
    script = "env; aws sts get-caller-identity --query Arn --output text"
    deploying.write(IDENTITIES.format(url=aws.url) + steps(shell(script, identity="prod-admin")).removeprefix(AMBIENT))
    winning = {"AWS_ACCESS_KEY_ID": "AKIAOLD", "AWS_SECRET_ACCESS_KEY": "old"}
    result = deploying.atmos("workflow", "deploy", env=winning)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == PROD
    assert "AWS_PROFILE=prod-admin" in result.stdout
    assert "AKIAOLD" not in result.stdout
    kept = deploying.credentials().read_text()
    secrets = re.findall(r"aws_(?:secret_access_key|session_token) = (\S+)", kept)
    assert secrets
    assert not any(secret in result.stdout + result.stderr for secret in secrets)


def test_with_refresh_a_shell_step_renews_its_credentials_by_running_us(deploying, aws):
    signed_in(deploying)
    script = 'cat "$AWS_CONFIG_FILE"'
    deploying.write(IDENTITIES.format(url=aws.url) + steps(shell(script, identity="prod-admin")).removeprefix(AMBIENT))
    result = deploying.atmos("workflow", "deploy", "--refresh")
    assert result.returncode == 0, result.stderr
    assert "credential-process" in result.stdout
    assert "--identity=prod-admin" in result.stdout


def test_flags_about_credentials_reach_commands_of_ours_that_know_them(deploying, aws):
    signed_in(deploying)
    command = "{ command: auth exec -- sh -c 'cat $AWS_CONFIG_FILE', identity: prod-admin }"
    text = steps("{ command: auth validate }", command).removeprefix(AMBIENT)
    deploying.write(IDENTITIES.format(url=aws.url) + text)
    result = deploying.atmos("workflow", "deploy", "--refresh", "--no-browser")
    assert result.returncode == 0, result.stderr
    assert "credential-process" in result.stdout
    assert deploying.atmos("auth", "logout", "--all").returncode == 0
    person = Person(deploying.terminal("workflow", "deploy", "--qr", rows=60))
    person.sees("user_code=", "2 steps done")
    assert person.ends() == 0
    assert "█" in person.screen


@pytest.mark.parametrize(
    "variables",
    [
        {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW": "deploy", "GITHUB_RUN_ID": "1"},
        {"CI": "true", "GITLAB_CI": "true", "CI_JOB_ID": "7", "TERM": "dumb"},
        {"CI": "true", "ATMOS_KEYRING_TYPE": "memory"},
    ],
    ids=["github", "gitlab", "leaving nothing behind"],
)
def test_in_a_job_the_runners_role_goes_on_to_the_steps(machine, aws, variables):
    """No person, no terminal: the job's own keys are where the chain begins, in both types of step."""
    machine.write(f"""\
auth:
  identities:
    runner: {{ kind: aws/ambient, region: us-east-1, spec: {{ endpoint_url: "{aws.url}" }} }}
    deploy:
      kind: aws/assume-role
      via: {{ identity: runner }}
      principal: {{ assume_role: "arn:aws:iam::111111111111:role/LongRole", session_name: job }}
workflows:
  deploy:
    identity: deploy
    steps:
      - {{ name: atmos, command: auth exec -- aws sts get-caller-identity --query Arn --output text }}
      - {{ name: login, command: auth login }}
      - {{ name: shell, type: shell, command: aws sts get-caller-identity --query Arn --output text }}
""")
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1"}
    result = machine.atmos("workflow", "deploy", env=variables | keys)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["arn:aws:sts::111111111111:assumed-role/LongRole/job"] * 2
    assert SECRET not in result.stdout + result.stderr
    assert "\x1b" not in result.stderr
    if "ATMOS_KEYRING_TYPE" in variables:
        assert machine.files() == []


# --- failing and going on --------------------------------------------------------------------------------------


def test_a_failing_step_gives_its_status_and_the_command_that_goes_on(offline_machine):
    offline_machine.write(
        steps(
            shell("echo one >> ran", name="first"),
            shell("echo two >> ran; test -e mended || exit 3", name="the second", identity="one"),
            shell("echo three $WHO >> ran", identity="two"),
        )
    )
    result = offline_machine.atmos("workflow", "deploy", "--stack", "dev", "--config", "atmos.yaml")
    assert result.returncode == 3
    (failure,) = offline_machine.findings(result.stderr)
    assert failure.message == 'workflow step execution failed: step "the second" exited with code 3'
    assert failure.hints == ("To resume the workflow from this step, run:",)
    command = result.stderr.splitlines()[-1].strip()
    assert command == "atmos workflow deploy --config atmos.yaml --from-step 'the second' --stack dev"
    (offline_machine.directory / "mended").touch()
    again = in_shell(offline_machine, command)
    assert again.returncode == 0, again.stderr
    assert (offline_machine.directory / "ran").read_text().split("\n") == ["one", "two", "two", "three second", ""]


def test_a_name_like_a_flag_can_be_gone_on_from(offline_machine):
    offline_machine.write(steps(shell("echo ran; test -e mended", name="--it's done")))
    command = offline_machine.atmos("workflow", "deploy").stderr.splitlines()[-1].strip()
    (offline_machine.directory / "mended").touch()
    again = in_shell(offline_machine, command)
    assert (again.returncode, again.stdout) == (0, "ran\n"), again.stderr


def in_shell(machine, line: str) -> subprocess.CompletedProcess[str]:
    argv = ["sh", "-c", line]
    return subprocess.run(
        argv, cwd=machine.directory, env=machine.environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_failing_command_of_ours_gives_its_status_too(offline_machine):
    offline_machine.write(steps("{ command: auth whoami --identity nobody }"))
    result = offline_machine.atmos("workflow", "deploy")
    assert result.returncode == 1
    assert 'identity "nobody" not found' in result.stderr
    assert 'step "step1" exited with code 1' in result.stderr
    missing = offline_machine.atmos("workflow", "deploy", "--from-step", "step2")
    assert (missing.returncode, offline_machine.findings(missing.stderr)[0].details) == (1, ("available steps: step1",))


def test_a_step_that_cannot_sign_in_is_named(machine, aws):
    machine.write(IDENTITIES.format(url=aws.url) + steps(shell("true", identity="dev-admin")).removeprefix(AMBIENT))
    result = machine.atmos("workflow", "deploy")
    assert result.returncode == 2
    (failure,) = machine.findings(result.stderr)
    assert 'in step "step1" of workflow "deploy", as identity "dev-admin"' in failure.details
    assert any("To resume" in hint for hint in failure.hints)


def test_steps_are_tried_again_and_the_wait_is_said(offline_machine):
    script = "echo tried >> ran; test $(wc -l < ran) -ge 3"
    retry = {"max_attempts": 3, "delay": "10ms", "backoff_strategy": "linear"}
    offline_machine.write(steps(shell(script, name="flaky", retry=retry)))
    result = offline_machine.atmos("workflow", "deploy")
    assert result.returncode == 0, result.stderr
    assert '⚠ step "flaky" exited with code 1 (attempt 2 of 3)' in result.stderr
    assert 'Waiting before "flaky" is tried again (1s left; Ctrl-C cancels)' in result.stderr


@pytest.mark.parametrize(("status", "expected"), [(0, 143), (5, 5)])
def test_told_to_end_it_ends_however_well_the_step_did(offline_machine, status, expected):
    script = f"trap : TERM; kill -TERM $PPID; sleep 0.3; echo tried >> ran; exit {status}"
    offline_machine.write(steps(shell(script, retry={"max_attempts": 3}), shell("echo next >> ran")))
    result = offline_machine.atmos("workflow", "deploy")
    assert result.returncode == expected, result.stderr
    assert "was told to end" in result.stderr
    assert (offline_machine.directory / "ran").read_text() == "tried\n"


def test_sigterm_reaches_the_step(offline_machine):
    offline_machine.write(steps(shell("trap 'echo heard; exit 5' TERM; echo ready; while :; do sleep 0.05; done")))
    process = offline_machine.start("workflow", "deploy")
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (out, process.returncode) == ("heard\n", 5)
    assert "--from-step step1" in err


# --- at a terminal ---------------------------------------------------------------------------------------------


def test_ctrl_c_ends_the_step_without_another_attempt(offline_machine):
    script = "echo ready; echo tried >> ran; sleep 30"
    offline_machine.write(steps(shell(script, retry={"max_attempts": 3}), shell("echo next >> ran")))
    person = Person(offline_machine.terminal("workflow", "deploy"))
    person.sees("▶ step1", " (1 of 2)", "ready")
    assert person.leaves() == 130
    assert "was interrupted" in person.screen
    assert "atmos workflow deploy --from-step step1" in person.screen
    assert (offline_machine.directory / "ran").read_text() == "tried\n"


def test_ctrl_c_ends_a_command_of_ours_too(offline_machine):
    offline_machine.write(steps("{ command: auth exec --identity one -- sh -c 'echo ready; sleep 30' }"))
    person = Person(offline_machine.terminal("workflow", "deploy"))
    person.sees("▶ step1", "Executing", "ready\r\n")
    assert person.leaves() == 130
    assert person.screen.count("To resume the workflow") == 1


def test_a_step_that_answers_ctrl_c_and_succeeds_goes_on(offline_machine):
    script = "trap 'exit 0' INT; echo ready; while :; do sleep 0.05; done"
    offline_machine.write(steps(shell(script), shell("echo next")))
    person = Person(offline_machine.terminal("workflow", "deploy"))
    person.sees("ready")
    person.types(CTRL_C)
    person.sees("▶ step2", " (2 of 2)", "next", "✓ deploy: 2 steps done")
    assert person.ends() == 0


def test_ctrl_c_while_waiting_ends_it(offline_machine):
    offline_machine.write(steps(shell("exit 9", retry={"max_attempts": 3, "delay": "1h"})))
    person = Person(offline_machine.terminal("workflow", "deploy"))
    person.sees("attempt 1 of 3", 'Waiting before "step1" is tried again', "Ctrl-C to cancel")
    assert person.leaves() == 130
    assert "--from-step step1" in person.screen


def test_whoever_names_none_chooses(offline_machine):
    offline_machine.write(steps(shell("echo chosen"), head="    description: Deploy it\n"))
    person = Person(offline_machine.terminal("workflow"))
    person.sees("Which workflow?", "deploy", "Deploy it")
    person.types(ENTER)
    person.sees("chosen")
    assert person.ends() == 0


def test_who_chose_one_of_two_namesakes_goes_on_with_that_one(offline_machine):
    offline_machine.write(steps(shell("exit 4")).replace("workflows:\n", "workflows:\n  base_path: flows\n"))
    offline_machine.write(steps(shell("exit 5")).removeprefix(AMBIENT), "flows/blue.yaml")
    person = Person(offline_machine.terminal("workflow"))
    person.sees("Which workflow?", "atmos.yaml", "blue")
    person.types(ENTER)
    assert person.ends() == 4
    assert "atmos workflow deploy --file atmos.yaml --from-step step1" in person.screen


def test_of_several_files_one_is_chosen_and_named_when_it_fails(offline_machine):
    offline_machine.write("workflows: { base_path: flows }\n" + AMBIENT)
    for name in ("blue", "green"):
        offline_machine.write(steps(shell(f"echo {name}; exit 4")).removeprefix(AMBIENT), f"flows/{name}.yaml")
    person = Person(offline_machine.terminal("workflow", "deploy"))
    person.sees("several files", "blue", "green")
    person.types("\x1b[B" + ENTER)
    person.sees("step1", "green")
    assert person.ends() == 4
    assert "atmos workflow deploy --file green --from-step step1" in person.screen


def test_at_eighty_columns_nothing_of_ours_is_wider(offline_machine):
    offline_machine.write(steps(shell("echo one", name="a-step-with-a-name"), shell("exit 3", identity="one")))
    person = Person(offline_machine.terminal("workflow", "deploy", env={"NO_COLOR": "1"}))
    assert person.ends() == 3
    assert [line for line in person.screen.splitlines() if len(line) > 80] == []


# --- no terminal, and mistakes ---------------------------------------------------------------------------------


def test_without_a_terminal_a_name_is_needed(offline_machine):
    offline_machine.write(steps(shell("echo ran >> ran"), head="    description: Deploy it\n"))
    result = offline_machine.atmos("workflow")
    (failure,) = offline_machine.findings(result.stderr)
    assert (result.returncode, result.stdout, failure.message) == (1, "", "no workflow is named")
    assert "deploy  atmos.yaml  Deploy it" in failure.details
    assert not (offline_machine.directory / "ran").exists()


def test_without_a_terminal_one_of_several_files_must_be_named(offline_machine):
    offline_machine.write("workflows: { base_path: flows }\n" + AMBIENT)
    for name in ("blue", "green"):
        offline_machine.write(steps(shell(f"echo {name}")).removeprefix(AMBIENT), f"flows/{name}.yaml")
    result = offline_machine.atmos("workflow", "deploy")
    (failure,) = offline_machine.findings(result.stderr)
    assert (result.returncode, failure.message) == (1, 'workflow "deploy" is in several files')
    assert (failure.details, failure.hints) == (("files: blue, green",), ("name one: --file blue",))
    assert offline_machine.atmos("workflow", "deploy", "-f", "green").stdout == "green\n"
    assert offline_machine.atmos("workflow", "deploy", env={"ATMOS_WORKFLOW_FILE": "blue"}).stdout == "blue\n"


MISTAKES = [
    (["deplyo"], 'no workflow exists with name "deplyo"', 'did you mean "deploy"?'),
    (["deploy", "--from-step", "stpe1"], 'has no step "stpe1"', 'did you mean "step1"?'),
    (["deploy", "--from-step", ""], "--from-step names no step", "name a step, or leave it out to begin at the first"),
    (["deploy", "--file", "nothing"], "workflow file not found: nothing.yaml does not exist", None),
    (["deploy", "--identity", "onee"], 'identity "onee" not found', 'did you mean "one"?'),
    (["deploy", "extra"], "unexpected 'extra'", "atmos workflow --help"),
    (["deploy", "--dry"], "unknown flag --dry", "atmos workflow --help"),
]


@pytest.mark.parametrize(("words", "message", "hint"), MISTAKES, ids=[" ".join(words) for words, _, _ in MISTAKES])
def test_mistakes_are_answered_with_what_was_meant(offline_machine, words, message, hint):
    offline_machine.write(steps(shell("echo ran >> ran")))
    result = offline_machine.atmos("workflow", *words)
    (failure,) = offline_machine.findings(result.stderr)
    assert result.returncode == 1
    assert message in failure.message
    assert hint is None or hint in failure.hints
    assert not (offline_machine.directory / "ran").exists()


def test_a_mistake_in_the_last_step_is_found_before_the_first_runs(offline_machine):
    path = offline_machine.write(steps(shell("echo ran >> ran"), "{ command: version, identity: thre }"))
    result = offline_machine.atmos("workflow", "deploy")
    (failure,) = offline_machine.findings(result.stderr)
    line = path.read_text().splitlines().index("      - { command: version, identity: thre }") + 1
    assert failure.place == f"{path}:{line}:39"
    assert not (offline_machine.directory / "ran").exists()


def test_a_broken_file_is_named_with_its_place(offline_machine):
    offline_machine.write("workflows: { base_path: flows }\n")
    path = offline_machine.write("workflows:\n  deploy: [\n", "flows/broken.yaml")
    result = offline_machine.atmos("workflow", "deploy")
    assert result.returncode == 1
    assert f"⚠ {path}:" in result.stderr
    named = offline_machine.atmos("workflow", "deploy", "--file", "broken")
    assert offline_machine.findings(named.stderr)[0].place.startswith(f"{path}:")


def test_names_and_values_that_would_draw_on_the_screen_do_not(offline_machine):
    offline_machine.write(
        'workflows:\n  "\\e[2Jevil":\n    description: "a\\e]0;title\\a b"\n    steps: [{ command: version }]\n'
        '  deploy:\n    steps: [{ type: shell, name: a, command: "exit 3 # \\e[31mred" }]\n'
    )
    for words in (["workflow"], ["workflow", "evil"], ["workflow", "deploy"], ["workflow", "deploy", "--dry-run"]):
        result = offline_machine.atmos(*words)
        assert "\x1b" not in result.stdout + result.stderr, words
        assert "\x07" not in result.stdout + result.stderr, words


def test_a_workflow_that_starts_itself_is_stopped(offline_machine):
    offline_machine.write(steps("{ command: workflow deploy }"))
    result = offline_machine.atmos("workflow", "deploy")
    assert result.returncode == 1
    assert "ATMOS_SHLVL exceeds maximum allowed depth: current=11, max=10" in result.stderr


def test_a_workflow_in_a_workflow_runs_as_the_step_that_starts_it(offline_machine):
    text = steps("{ command: workflow inner, identity: one }", "{ command: workflow inner }")
    offline_machine.write(text + "  inner:\n    steps:\n" + f"      - {shell('echo $WHO-$ATMOS_SHLVL')}\n")
    result = offline_machine.atmos("workflow", "deploy")
    assert (result.returncode, result.stdout) == (0, "first-2\n-2\n"), result.stderr


def test_a_command_of_the_project_in_a_workflow_runs_as_the_step_that_starts_it(offline_machine):
    custom = "commands: [{ name: who, steps: [echo $WHO] }, { name: both, steps: [{ command: who, type: atmos }] }]\n"
    told = "{ command: who, identity: one }", "{ command: both, identity: two }", "{ command: who }"
    offline_machine.write(custom + steps(*told))
    result = offline_machine.atmos("workflow", "deploy")
    assert (result.returncode, result.stdout) == (0, "first\nsecond\n\n"), result.stderr


# --- dry runs --------------------------------------------------------------------------------------------------


def test_a_dry_run_prints_the_steps_and_does_nothing(deploying, aws):
    text = DEPLOY + "      - type: shell\n        command: !exec touch ran\n        env: { TOKEN: !exec touch ran }\n"
    text += "        working_directory: sub\n        retry: { max_attempts: 3 }\n"
    deploying.write(IDENTITIES.format(url=aws.url) + text)
    before = deploying.files()
    result = deploying.atmos("workflow", "deploy", "--dry-run")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "validate-auth (1 of 4)",
        "  atmos auth validate",
        "deploy-dev (2 of 4, as dev-admin)",
        "  atmos auth exec -- aws sts get-caller-identity --query Arn --output text",
        "deploy-prod (3 of 4, as prod-admin)",
        "  atmos auth exec -- aws sts get-caller-identity --query Arn --output text",
        "step4 (4 of 4, in sub, up to 3 attempts, with TOKEN)",
        "  !exec touch ran",
    ]
    assert aws.journal.entries() == []
    assert deploying.files() == before
    assert not (deploying.directory / "ran").exists()
    by_variable = deploying.atmos("workflow", "deploy", env={"ATMOS_WORKFLOW_DRY_RUN": "true"})
    assert by_variable.stdout == result.stdout
    unclear = deploying.atmos("workflow", "deploy", env={"ATMOS_WORKFLOW_DRY_RUN": "perhaps"})
    assert (unclear.returncode, unclear.stdout) == (1, "")


def test_values_of_variables_are_never_shown(offline_machine):
    secret = "hunter2-hunter2"
    step = shell("exit 3", env={"TOKEN": secret}, identity="one")
    offline_machine.write(steps(step, head=f"    env: {{ OTHER: {secret} }}\n"))
    for words in (["--dry-run"], [], ["--verbose"], ["--logs-level", "Trace"]):
        result = offline_machine.atmos("workflow", "deploy", *words)
        assert secret not in result.stdout + result.stderr


def test_what_was_said_for_the_run_reaches_commands_of_ours(offline_machine, tmp_path):
    """Another configuration, another folder: a step finds the same ones."""
    far = tmp_path / "far"
    far.mkdir()
    text = steps("{ command: auth exec --identity one -- printenv WHO PWD, working_directory: sub }")
    (far / "other.yaml").write_text(text)
    (far / "sub").mkdir()
    relative = os.path.relpath(far / "other.yaml", offline_machine.directory)
    result = offline_machine.atmos("workflow", "deploy", "--config", relative, "--base-path", str(far))
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["first", str(far / "sub")]


def test_variables_of_the_configuration_the_workflow_and_the_step_win_in_this_order(offline_machine):
    words = (
        "{ command: 'printenv A B C D', type: shell, env: { C: step, D: '{{ .env.A }} {{ .env.B }} {{ .env.C }}' } }"
    )
    text = steps(words, head="    env: { B: workflow, C: workflow }\n")
    offline_machine.write(f"env: {{ A: configuration, B: configuration, C: configuration }}\n{text}")
    result = offline_machine.atmos("workflow", "deploy", env={"A": "outside", "B": "outside", "C": "outside"})
    assert result.stdout.splitlines() == ["configuration", "workflow", "step", "configuration workflow step"]


def test_what_a_step_prints_is_used_by_steps_behind_it(offline_machine):
    words = shell("echo {{ .steps.who.value }}, $A", env={"A": "{{ .steps.version.value | lower }}"})
    who = "{ name: who, command: auth exec -- printenv WHO, identity: one }"
    offline_machine.write(steps("{ name: version, command: version }", who, words))
    result = offline_machine.atmos("workflow", "deploy")
    version = offline_machine.atmos("version").stdout
    assert (result.returncode, result.stdout) == (0, f"{version}first\nfirst, {version.lower()}"), result.stderr
    assert "{{ .steps.who.value }}" in offline_machine.atmos("workflow", "deploy", "--dry-run").stdout


def test_a_default_identity_is_none_of_a_scripts(offline_machine):
    text = steps(shell("echo [$WHO]"), "{ command: auth exec -- printenv WHO }")
    offline_machine.write(text.replace("one: { kind", "one: { default: true, kind"))
    result = offline_machine.atmos("workflow", "deploy")
    assert (result.returncode, result.stdout) == (0, "[]\nfirst\n"), result.stderr


def test_the_environment_may_say_where_to_begin_and_for_which_stack(offline_machine):
    said = {"ATMOS_WORKFLOW_FROM_STEP": "second", "ATMOS_STACK": "dev"}
    offline_machine.write(steps(shell("echo first", name="first"), shell("echo {{ .flags.stack }}", name="second")))
    assert offline_machine.atmos("workflow", "deploy", env=said).stdout == "dev\n"


# --- listing ---------------------------------------------------------------------------------------------------


def listed(machine) -> None:
    about = "The network of all accounts, in the order in which they were made " * 3
    machine.write("workflows: { base_path: flows, local: { steps: [{ name: begin, command: version }] } }\n")
    text = steps(shell("true", name="one"), "{ command: version }", head=f"    description: {about}\n")
    machine.write(text.removeprefix(AMBIENT), "flows/network.yaml")


def test_listing_for_programs(offline_machine):
    listed(offline_machine)
    offline_machine.write("workflows: [\n", "flows/broken.yaml")
    result = offline_machine.atmos("list", "workflows")
    assert result.returncode == 0
    assert [line.split("\t")[:2] for line in result.stdout.splitlines()] == [
        ["local", "atmos.yaml"],
        ["deploy", "network"],
    ]
    assert "broken.yaml" in result.stderr
    as_json = json.loads(offline_machine.atmos("list", "workflows", "--format", "json", "--file", "network").stdout)
    assert [(row["name"], row["file"], row["steps"]) for row in as_json] == [("deploy", "network", ["one", "step2"])]
    assert offline_machine.atmos("list", "workflows", "--format", "xml").returncode == 1


def test_listing_for_a_person_fits_the_screen(offline_machine):
    listed(offline_machine)
    person = Person(offline_machine.terminal("list", "workflows"))
    assert person.ends() == 0
    lines = person.screen.splitlines()
    assert [line.split()[:2] for line in lines] == [["local", "atmos.yaml"], ["deploy", "network"]]
    assert max(map(len, lines)) <= 80
    assert lines[1].endswith("…")


def test_nothing_to_list_is_no_failure(offline_machine):
    offline_machine.write("auth: {}\n")
    result = offline_machine.atmos("list", "workflows")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "there are no workflows\n")
    assert offline_machine.atmos("list", "workflows", "--format", "json").stdout == "[]\n"
    run = offline_machine.atmos("workflow")
    assert (run.returncode, offline_machine.findings(run.stderr)[0].message) == (1, "there are no workflows")


def test_a_screen_without_our_symbols(offline_machine):
    offline_machine.write(steps(shell("true")))
    result = offline_machine.atmos("workflow", "deploy", env={"PYTHONIOENCODING": "ascii"})
    assert result.stderr == "> step1 (1 of 1)\n+ deploy: 1 step done\n"


# --- completion ------------------------------------------------------------------------------------------------


def test_names_files_and_steps_are_completed(offline_machine):
    offline_machine.write("workflows: { base_path: flows, local: { steps: [{ name: begin, command: version }] } }\n")
    offline_machine.write(steps(shell("true", name="one"), shell("true")).removeprefix(AMBIENT), "flows/network.yaml")

    def completed(*words: str) -> list[str]:
        result = offline_machine.atmos("completion", "fish", "--", "atmos", "workflow", *words)
        return [line.split("\t")[0] for line in result.stdout.splitlines()]

    assert completed("") == ["deploy", "local"]
    assert completed("d") == ["deploy"]
    assert completed("--file", "") == ["atmos.yaml", "network"]
    assert completed("deploy", "--from-step", "") == ["one", "step2"]
    assert completed("local", "--from-step", "b") == ["begin"]
    assert completed("deploy", "another") == []
