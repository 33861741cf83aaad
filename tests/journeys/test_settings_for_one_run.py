"""Flags and variables that stand in for settings: a flag wins over a variable, a variable over the files."""

import pytest

from conftest import Machine

ATMOS_YAML = """\
stacks: { base_path: nowhere, included_paths: ["dev*"] }
components: { terraform: { base_path: nowhere, command: nothing } }
workflows: { base_path: nowhere }
settings: { list_merge_strategy: replace }
"""
DEV = """\
import: [catalog]
name: dev
vars: { list: [2] }
components: { terraform: { vpc: {} } }
"""


@pytest.fixture
def stacks(offline_machine: Machine) -> Machine:
    offline_machine.write(ATMOS_YAML)
    offline_machine.write(DEV, "manifests/dev.yaml")
    offline_machine.write("vars: { list: [1] }", "manifests/catalog.yaml")
    offline_machine.write("", "code/vpc/main.tf")
    offline_machine.write("workflows: { w: { description: d, steps: [{ command: 'true', type: shell }] } }", "w/w.yaml")
    return offline_machine


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_file(stacks: Machine):
    assert stacks.atmos("list", "stacks").returncode == 1
    stacks.environ["ATMOS_STACKS_BASE_PATH"] = "elsewhere"
    assert "elsewhere does not exist" in stacks.atmos("list", "stacks").stderr
    assert stacks.atmos("list", "stacks", "--stacks-dir", "manifests").stdout == "dev\n"
    stacks.environ["ATMOS_STACKS_BASE_PATH"] = "manifests"
    assert stacks.atmos("list", "stacks").stdout == "dev\n"
    assert stacks.atmos("validate", "stacks", "--stacks-dir=elsewhere").returncode == 1


@pytest.mark.parametrize(("words", "expected"), [((), "[2]"), (("--settings-list-merge-strategy", "append"), "[1,2]")])
def test_how_lists_merge(stacks: Machine, words, expected):
    described = stacks.atmos(
        *("describe", "component", "vpc", "-s", "dev", "--stacks-dir", "manifests", "-q", ".vars.list", "-f", "json"),
        *words,
    )
    assert "".join(described.stdout.split()) == expected, described.stderr
    wrong = stacks.atmos("list", "stacks", "--stacks-dir", "manifests", "--settings-list-merge-strategy", "mix")
    (finding,) = stacks.findings(wrong.stderr)
    assert finding.message == 'settings.list_merge_strategy takes one of replace, append, merge, not "mix"'


def test_where_terraform_and_its_components_are(stacks: Machine):
    words = ("terraform", "plan", "vpc", "-s", "dev", "--dry-run", "--stacks-dir", "manifests")
    assert stacks.atmos(*words).returncode == 1
    shown = stacks.atmos(*words, "--terraform-dir", "code", "--terraform-command", "tofu")
    assert shown.returncode == 0, shown.stderr
    assert "tofu plan" in shown.stdout
    assert "code/vpc" in shown.stdout


def test_where_workflows_are(stacks: Machine):
    assert stacks.atmos("list", "workflows", "--workflows-dir", "w").stdout.startswith("w\t")
    assert stacks.atmos("workflow", "w", "-f", "w", "--workflows-dir", "w").returncode == 0


@pytest.mark.parametrize("variable", ["ATMOS_LOGS_LEVEL", "ATMOS_LOG_LEVEL"])
def test_a_log_level_that_is_none_is_named_by_every_command(stacks: Machine, variable):
    stacks.environ[variable] = "loud"
    result = stacks.atmos("list", "workflows")
    (finding,) = stacks.findings(result.stderr)
    assert (result.returncode, finding.message) == (1, '"loud" is not a log level')
    assert finding.hints == ("use one of: Trace, Debug, Info, Warn, Error, Off",)


def test_flags_that_no_command_takes(stacks: Machine):
    assert "unknown flag --workflows-dir" in stacks.atmos("list", "stacks", "--workflows-dir", "w").stderr


def test_verbose_by_variable_logs_what_happens(stacks: Machine):
    log = stacks.directory / "run.log"
    stacks.write("auth: { identities: { ci: { kind: aws/ambient } } }")
    stacks.environ["ATMOS_LOGS_FILE"] = str(log)
    stacks.atmos("auth", "whoami", "--identity", "ci")
    quiet = log.read_text(encoding="utf-8") if log.exists() else ""
    stacks.environ["ATMOS_VERBOSE"] = "true"
    stacks.atmos("auth", "whoami", "--identity", "ci")
    assert len(log.read_text(encoding="utf-8")) > len(quiet)
