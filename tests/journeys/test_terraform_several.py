"""Several components in one run, and a shell for one."""

import pytest
from recorder import DEV, PROD, PROGRAM, SELECT, STAGING, Recorder

from aws_emulator import Emulator
from conftest import operations

# --- multi-component runs ------------------------------------------------------------------------------------


ORDERED = """\
vars: { stage: dev }
components:
  terraform:
    a: { metadata: { component: vpc }, settings: { depends_on: { 1: { component: b } } } }
    b: { metadata: { component: vpc }, dependencies: { components: [{ component: c }] } }
    c: { metadata: { component: vpc }, auth: { identities: { staging: { default: true } } } }
"""


@pytest.mark.parametrize(("command", "order"), [("validate", "c b a"), ("destroy", "a b c")])
def test_multi_component_runs_keep_to_the_order_of_dependencies(recorder: Recorder, command: str, order: str):
    recorder.machine.write(ORDERED, "stacks/dev.yaml")
    flags = ("-auto-approve",) if command == "destroy" else ()
    result = recorder.machine.atmos("terraform", command, "--all", "--identity=false", *flags)
    assert result.returncode == 0, result.stderr
    said = [line.partition("`")[2].partition("`")[0] for line in result.stderr.splitlines() if line.startswith("(")]
    assert said == order.split()


def test_multi_component_runs_name_what_is_spelled_wrongly(recorder: Recorder):
    words = ("terraform", "plan", "--components", "vpc,typo", "-s", "dev", "--dry-run")
    dry = recorder.machine.atmos(*words)
    said = '⚠ no component that is meant is called "typo"\nWould plan `vpc` in `dev` (dry run)\n'
    assert (dry.returncode, dry.stderr) == (0, said)


QUERIED = """\
vars: { stage: dev }
components:
  terraform:
    worked:
      metadata: { component: vpc }
      vars: { team: web, tier: !template "{{ add 1 1 }}" }
      settings: { owner: "{{ .vars.team }}-{{ .atmos_stack }}" }
    asking: { metadata: { component: vpc }, vars: { tier: !terraform.output worked tier, who: !aws.account_id } }
    broken: { metadata: { component: vpc }, vars: { tier: !exec "exit 3" } }
"""


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ('.settings.owner == "web-dev"', ["worked"]),
        (".vars.tier == 2", ["worked"]),
        (".vars.tier == null", ["broken"]),
        (".vars.tier", []),
        ('.vars.stage == "dev"', ["asking", "broken", "worked"]),
    ],
)
def test_multi_component_runs_ask_of_values_that_are_worked_out_and_sign_nobody_in(
    recorder: Recorder, aws: Emulator, query: str, matched: list[str]
):
    with recorder.machine.atmos_yaml.open("a") as file:
        file.write("templates: { settings: { enabled: true } }\n")
    recorder.machine.write(QUERIED, "stacks/dev.yaml")
    dry = recorder.machine.atmos("terraform", "plan", "-q", query, "--dry-run", "--force-tty")
    assert dry.returncode == 0, dry.stderr
    expected = "".join(f"Would plan `{name}` in `dev` (dry run)\n" for name in matched)
    assert dry.stderr == (expected or "No components matched\n")
    assert (recorder.calls(), operations(aws)) == ([], [])


def test_multi_component_runs_take_one_identity_for_all_if_one_is_named(recorder: Recorder):
    recorder.machine.write(ORDERED, "stacks/dev.yaml")
    for name in (PROD, STAGING):
        recorder.machine.login(name)
    for words, expected in (((), [STAGING, PROD, PROD]), (("-i", "base"), [DEV, DEV, DEV])):
        recorder.machine.write(PROGRAM + 'echo "$AWS_PROFILE" >>"$RECORD/calls"\n', "terraform")
        assert recorder.machine.atmos("terraform", "validate", "--all", *words).returncode == 0
        lines = [call.folder for call in recorder.calls() if not call.words]
        assert lines[::3] == expected


# --- shell ---------------------------------------------------------------------------------------------------


def test_shell_has_everything_in_its_environment(recorder: Recorder):
    recorder.machine.login(PROD)
    told = recorder.machine.write('#!/bin/sh\nenv >"$RECORD/environment"; exit 5\n', "told")
    told.chmod(0o755)
    words = ("terraform", "shell", "own", "-s", "dev", "-i", PROD, "--shell", str(told))
    shell = recorder.machine.atmos(*words, env={"AWS_ACCESS_KEY_ID": "AKIA", "ATMOS_SHLVL": "2"})
    assert shell.returncode == 5, shell.stderr
    assert [call.words for call in recorder.calls()] == ["init", f"{SELECT} dev-own"]
    seen = recorder.environment()
    folder = str(recorder.machine.directory / "code" / "vpc")
    assert {name: seen.get(name) for name in seen if name.startswith(("ATMOS_", "TF_CLI_ARGS_"))} == {
        "ATMOS_BASE_PATH": str(recorder.machine.directory),
        "ATMOS_CLI_CONFIG_PATH": str(recorder.machine.directory),
        "ATMOS_COMPONENT": "own",
        "ATMOS_IDENTITY": PROD,
        "ATMOS_SHELL_WORKING_DIR": folder,
        "ATMOS_SHLVL": "3",
        "ATMOS_STACK": "dev",
        "ATMOS_TERRAFORM_WORKSPACE": "dev-own",
        **{
            f"TF_CLI_ARGS_{command}": "-var-file=dev-own.terraform.tfvars.json"
            for command in ("apply", "console", "destroy", "import", "plan", "refresh")
        },
    }
    assert (seen["AWS_PROFILE"], seen.get("AWS_ACCESS_KEY_ID"), seen["PWD"]) == (PROD, None, folder)


def test_shell_that_is_only_looked_at_is_not_started(recorder: Recorder, aws: Emulator):
    dry = recorder.machine.atmos("terraform", "shell", "own", "-s", "dev", "--dry-run")
    assert (dry.returncode, recorder.calls(), operations(aws)) == (0, [], [])
    folder = recorder.machine.directory / "code" / "vpc"
    program = recorder.machine.directory / "terraform"
    assert dry.stdout == f"cd {folder}\n{program} init\n{program} {SELECT} dev-own\n"
    assert not (folder / "dev-own.terraform.tfvars.json").exists()


@pytest.mark.parametrize(("failing", "status"), [("init", 3), ("workspace", 7)])
def test_shell_is_not_started_where_terraform_cannot_run(recorder: Recorder, failing: str, status: int):
    recorder.ends(failing, status)
    words = ("terraform", "shell", "vpc", "-s", "dev", "--identity=false", "--shell", "sh")
    shell = recorder.machine.atmos(*words)
    assert (shell.returncode, shell.stdout) == (status, "")
    assert "This sh is for" not in shell.stderr
