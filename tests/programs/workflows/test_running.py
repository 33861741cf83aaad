from pathlib import Path

import pytest

from atmos_auth.domain.errors import (
    AuthenticationFailed,
    CommandNotFound,
    ConfigError,
    InvalidSetting,
    StepFailed,
    UsageError,
)
from atmos_auth.programs.workflows.running import Tools, run
from atmos_auth.programs.workflows.steps import Step, Wish
from atmos_auth.testing import FakeClock, FakePrompter

OURSELVES = 'echo "atmos $* as $ATMOS_IDENTITY $AWS_PROFILE" >> "$OUT"'


class Running:
    """Runs workflows of a repository with real programs, and records what was said and asked for."""

    def __init__(self, repository, environ: dict[str, str], folder: Path) -> None:
        self.repository = repository
        self.clock = FakeClock()
        self.prompter = FakePrompter()
        self.base = dict(environ)
        self.out = folder / "out"
        self.base["OUT"] = str(self.out)
        self.said: list[str] = []
        self.became: list[str] = []
        self.refuses: set[str] = set()

    def begins(self, step: Step) -> None:
        self.said.append(step.name)

    def fails(self, step: Step, status: int, attempt: int) -> None:
        self.said.append(f"{step.name} {status} {attempt}")

    def become(self, name: str, base) -> dict[str, str]:
        self.became.append(name)
        if name in self.refuses:
            raise AuthenticationFailed("AWS says no", hints=["atmos auth login"])
        return {**base, "AWS_PROFILE": name, "ATMOS_IDENTITY": name}

    def __call__(self, body: str, wish: Wish = Wish()) -> list[str]:  # noqa: B008 - immutable
        plan = self.repository.plan(body, wish)
        tools = Tools(
            base=self.base,
            become=self.become,
            # A script stands in for ourselves.
            own_command=lambda words, _: ["sh", "-c", OURSELVES, "sh", *words],
            resume=lambda step: f"atmos workflow deploy --from-step {step.name}",
            audience=self,
            prompter=self.prompter,
            clock=self.clock,
        )
        try:
            run(plan, tools)
        finally:
            self.lines = self.out.read_text().splitlines() if self.out.exists() else []
        return self.lines


@pytest.fixture
def running(repository, environ, tmp_path) -> Running:
    return Running(repository, environ, tmp_path)


def shell(script: str, **more: str) -> str:
    indented = "".join(f"    {line}\n" for line in script.splitlines())
    return f"- type: shell\n  command: |\n{indented}" + "".join(f"  {key}: {value}\n" for key, value in more.items())


WHO = 'echo "I am $ATMOS_IDENTITY $AWS_PROFILE" >> "$OUT"'


def test_steps_run_in_order_each_as_its_identity(running):
    body = "steps:\n" + shell(WHO) + shell(WHO, identity="dev-admin") + shell(WHO, identity="prod-admin")
    assert running(body) == ["I am  ", "I am dev-admin dev-admin", "I am Prod-Admin Prod-Admin"]
    assert running.said == ["step1", "step2", "step3"]


def test_a_step_of_ours_is_told_the_identity_and_finds_the_way_itself(running):
    body = "steps:\n- { command: auth whoami, identity: dev-admin }\n- { command: version }\n"
    assert running(body) == ["atmos auth whoami as dev-admin ", "atmos version as  "]
    assert running.became == []


def test_whoever_says_nothing_leaves_the_environment_as_it_is(running):
    running.base |= {"ATMOS_IDENTITY": "outer", "AWS_PROFILE": "mine"}
    assert running("steps:\n" + shell(WHO) + "- command: version\n") == [
        "I am outer mine",
        "atmos version as outer mine",
    ]


def test_switched_off_nothing_is_asked_and_children_know(running):
    running.base |= {"ATMOS_IDENTITY": "outer", "AWS_PROFILE": "mine"}
    body = "steps:\n" + shell(WHO, identity="dev-admin") + "- { command: version, identity: dev-admin }\n"
    assert running(body, Wish(identity="false")) == ["I am false mine", "atmos version as false mine"]
    assert running.became == []


def test_variables_of_steps_win_over_the_environment_and_the_identitys_over_them(running):
    running.base |= {"A": "os", "B": "os", "C": "os"}
    body = "env: { B: workflow, C: workflow, AWS_PROFILE: workflow }\nsteps:\n"
    body += shell('echo "$A $B $C $AWS_PROFILE" >> "$OUT"', env="{ C: step }", identity="dev-admin")
    assert running(body) == ["os workflow step dev-admin"]


def test_a_step_runs_in_its_folder(running):
    (running.repository.folder / "sub").mkdir()
    body = "working_directory: sub\nsteps:\n" + shell('echo "$(pwd -P) $PWD" >> "$OUT"')
    folder = running.repository.folder / "sub"
    assert running(body) == [f"{folder.resolve()} {folder}"]


def test_a_folder_may_be_made_by_the_step_before(running):
    made = running.repository.folder / "made"
    body = "steps:\n" + shell(f"mkdir {made}") + shell('pwd -P >> "$OUT"', working_directory="made")
    assert running(body) == [str(made.resolve())]


def test_a_folder_that_is_not_there(running):
    with pytest.raises(InvalidSetting, match=r"nobody can work in .*/gone: No such file") as caught:
        running("steps:\n" + shell("true", working_directory="gone"))
    assert caught.value.place.line == 4
    assert caught.value.details == ('in step "step1" of workflow "deploy"',)
    assert "--from-step step1" in caught.value.hints[-1]


# --- failing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [1, 3, 127, 130, 255])
def test_the_first_failure_ends_it_with_the_steps_status(running, status):
    body = "steps:\n" + shell("true") + shell(f"false\nexit {status}") + shell(WHO)
    with pytest.raises(
        StepFailed, match=f'workflow step execution failed: step "step2" exited with code {status}'
    ) as e:
        running(body)
    assert e.value.exit_code == status
    assert e.value.details == ("The following command failed to execute:", "  false", f"  exit {status}")
    assert e.value.hints == (
        "To resume the workflow from this step, run:\n    atmos workflow deploy --from-step step2",
    )
    assert running.lines == []


def test_a_long_script_is_not_repeated_whole(running):
    with pytest.raises(StepFailed) as caught:
        running("steps:\n" + shell("true\n" * 50 + "exit 2"))
    assert len(caught.value.details) < 10
    assert caught.value.details[-1] == "  … 46 more lines"


def test_a_command_that_is_not_there_is_127(running):
    with pytest.raises(StepFailed) as caught:
        running("steps:\n" + shell("no-such-program"))
    assert caught.value.exit_code == 127


def test_without_any_shell(running, tmp_path):
    running.base["PATH"] = str(tmp_path)
    with pytest.raises(CommandNotFound, match="command not found: sh") as caught:
        running("steps:\n" + shell("true"))
    assert 'in step "step1" of workflow "deploy"' in caught.value.details
    assert caught.value.exit_code == 127


def test_who_cannot_become_the_identity_is_told_where_and_nothing_more_runs(running):
    running.refuses = {"Prod-Admin"}
    body = (
        "steps:\n" + shell(WHO, identity="dev-admin") + shell(WHO, identity="prod-admin", retry="{ max_attempts: 5 }")
    )
    with pytest.raises(AuthenticationFailed, match="AWS says no") as caught:
        running(body)
    assert caught.value.details == ('in step "step2" of workflow "deploy", as identity "Prod-Admin"',)
    assert caught.value.hints[0] == "atmos auth login"
    assert "--from-step step2" in caught.value.hints[1]
    assert running.lines == ["I am dev-admin dev-admin"]
    assert running.clock.slept == []


# --- trying again ----------------------------------------------------------------------------------------------

FLAKY = 'echo tried >> "$OUT"; [ $(wc -l < "$OUT") -ge 3 ]'


def test_a_step_is_tried_until_it_succeeds_and_the_wait_is_seen(running):
    body = "steps:\n" + shell(FLAKY, retry="{ max_attempts: 5, delay: 2s, backoff_strategy: exponential }")
    assert running(body) == ["tried"] * 3
    assert running.said == ["step1", "step1 1 1", "step1 1 2"]
    assert running.clock.slept == [2, 4]
    assert running.prompter.waits == ['Waiting before "step1" is tried again'] * 2


def test_every_attempt_has_an_environment_of_its_own(running):
    body = "steps:\n" + shell(FLAKY, identity="dev-admin", retry="{ max_attempts: 5 }")
    running(body)
    assert running.became == ["dev-admin"] * 3


def test_after_the_last_attempt_it_is_over(running):
    with pytest.raises(StepFailed, match=r'max attempts \(2\) exceeded, last error: step "step1" exited with code 9'):
        running("steps:\n" + shell('echo tried >> "$OUT"; exit 9', retry="{ max_attempts: 2 }"))
    assert running.lines == ["tried", "tried"]


def test_ctrl_c_while_waiting_says_how_to_go_on(running):
    def press(_: float) -> None:
        raise KeyboardInterrupt

    running.clock.on_sleep = press
    with pytest.raises(StepFailed, match='step "step1" was interrupted') as caught:
        running("steps:\n" + shell("exit 9", retry="{ max_attempts: 3 }"))
    assert caught.value.exit_code == 130
    assert "--from-step step1" in caught.value.hints[0]


# --- workflows in workflows ------------------------------------------------------------------------------------


def test_what_was_meant_for_this_run_does_not_reach_workflows_in_it(running):
    running.base |= {"ATMOS_WORKFLOW_FROM_STEP": "x", "ATMOS_WORKFLOW_FILE": "x", "ATMOS_WORKFLOW_DRY_RUN": "0"}
    assert running("steps:\n" + shell("env | grep -c ^ATMOS_WORKFLOW >> $OUT || true")) == ["0"]


def test_the_level_is_counted_and_ends_at_ten(running):
    assert running("steps:\n" + shell("echo $ATMOS_SHLVL >> $OUT")) == ["1"]
    running.base["ATMOS_SHLVL"] = "10"
    with pytest.raises(ConfigError, match="ATMOS_SHLVL exceeds maximum allowed depth: current=11, max=10"):
        running("steps:\n" + shell("true"))


# --- what steps print ------------------------------------------------------------------------------------------


OUTPUTS = """\
steps:
- { name: version, type: shell, command: "echo 1.2.3; echo aside >&2" }
- name: build-it
  type: shell
  command: printf '{{ .steps.version.value }}-%s' "$SUFFIX"
  env: { SUFFIX: "from {{ .steps.version.value }}" }
- { name: tell, type: shell, command: 'echo "{{ (index .steps "build-it").value }}" >> "$OUT"' }
- { name: ours, command: "auth whoami {{ .steps.version.value }}" }
"""


def test_what_a_step_prints_is_there_for_steps_behind_it(running, capfd):
    assert running(OUTPUTS) == ["1.2.3-from 1.2.3", "atmos auth whoami 1.2.3 as  "]
    # It is printed all the same, and nothing that only looks like it is kept.
    assert capfd.readouterr() == ("1.2.3\n1.2.3-from 1.2.3", "aside\n")


def test_of_several_attempts_the_last_one_counts(running):
    body = "steps:\n" + shell('echo tried | tee -a "$OUT"; [ $(wc -l < "$OUT") -ge 2 ]', retry="{ max_attempts: 3 }")
    assert running(body + shell('echo "{{ .steps.step1.value }}" >> "$OUT"')) == ["tried"] * 3


def test_who_goes_on_begins_where_every_output_is_made_again(running):
    body = "steps:\n" + shell("echo a", name="a") + shell("echo b", name="b")
    body += shell("exit 4", name="c") + shell("echo {{ .steps.a.value }}", name="d")
    with pytest.raises(StepFailed) as caught:
        running(body)
    (hint,) = caught.value.hints
    assert hint.splitlines() == [
        'To resume the workflow from "a", whose output is wanted, run:',
        "    atmos workflow deploy --from-step a",
    ]
    with pytest.raises(UsageError, match='"d" wants the output of "a", which --from-step leaves out') as refused:
        running(body, Wish(from_step="c"))
    assert refused.value.hints == ("--from-step a",)


def test_what_cannot_be_filled_in_is_said_of_the_step(running):
    body = "steps:\n" + shell("echo", name="a") + "- command: '{{ .steps.a.value }}'\n"
    with pytest.raises(InvalidSetting, match="the command is empty") as caught:
        running(body)
    assert caught.value.details == ('in step "step2" of workflow "deploy"',)
