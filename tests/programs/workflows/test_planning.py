from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.tree import planted
from atmos_auth.domain.errors import AtmosAuthError, ConfigError, InvalidSetting, UnknownIdentity, UnknownWorkflow
from atmos_auth.domain.place import Place
from atmos_auth.programs.workflows.content import words_of
from atmos_auth.programs.workflows.planning import Planner
from atmos_auth.programs.workflows.steps import NOBODY, Wish
from atmos_auth.programs.workflows.written import Source, Written

PLACE = Place("f.yaml", 1, 1)

SEEDS = """\
description: Deploy with authentication
steps:
- name: validate-auth
  command: atmos auth validate
- name: deploy-dev
  command: atmos terraform apply myapp -s dev
  identity: dev-admin
- name: deploy-prod
  command: atmos terraform apply myapp -s prod
  identity: prod-admin
"""


def step(command: str = "version", **more: str) -> str:
    return f"steps:\n- command: {command}\n" + "".join(f"  {key}: {value}\n" for key, value in more.items())


def test_what_the_documentation_shows(plan):
    found = plan(SEEDS)
    assert [(s.name, s.number, s.type, s.words, s.identity) for s in found.steps] == [
        ("validate-auth", 1, "atmos", ("auth", "validate"), None),
        ("deploy-dev", 2, "atmos", ("terraform", "apply", "myapp", "-s", "dev"), "dev-admin"),
        ("deploy-prod", 3, "atmos", ("terraform", "apply", "myapp", "-s", "prod"), "Prod-Admin"),
    ]
    assert found.steps[1].line == "atmos terraform apply myapp -s dev"
    assert (found.workflow, found.total) == ("deploy", 3)


def test_names_types_and_scripts(plan):
    found = plan("steps:\n- command: version\n- type: shell\n  command: |\n    echo a\n    echo 'b\n")
    assert [(s.name, s.type) for s in found.steps] == [("step1", "atmos"), ("step2", "shell")]
    assert (found.steps[1].script, found.steps[1].line) == ("echo a\necho 'b\n", "echo a\necho 'b")


# --- whose word counts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("workflow", "of_step", "told", "expected"),
    [
        ("", "", None, None),
        ("prod-admin", "", None, "Prod-Admin"),
        ("prod-admin", "dev-admin", None, "dev-admin"),
        ("prod-admin", "DEV-ADMIN", None, "dev-admin"),
        ("prod-admin", "dev-admin", "Prod-Admin", "dev-admin"),
        ("prod-admin", "", "dev-admin", "dev-admin"),
        ("prod-admin", "false", None, NOBODY),
        ("prod-admin", "Off", None, NOBODY),
        ("prod-admin", "'no'", None, NOBODY),
        ("prod-admin", "0", None, NOBODY),
        ("false", "", None, NOBODY),
        ("false", "dev-admin", None, "dev-admin"),
        ("", "", "false", NOBODY),
        ("prod-admin", "dev-admin", "OFF", NOBODY),
        ("prod-admin", "!env NOT_SET", None, "Prod-Admin"),
    ],
)
def test_whose_word_about_the_identity_counts(plan, workflow, of_step, told, expected):
    body = (f"identity: {workflow}\n" if workflow else "") + step(**({"identity": of_step} if of_step else {}))
    assert plan(body, Wish(identity=told)).steps[0].identity == expected


def test_an_unknown_identity_is_found_before_anything_runs_and_with_its_place(plan, repository):
    with pytest.raises(UnknownIdentity, match="dev-amdin") as caught:
        plan("steps:\n- command: version\n- command: version\n  identity: dev-amdin\n")
    assert caught.value.place == Place(str(repository.folder / "atmos.yaml"), 6, 17)
    with pytest.raises(UnknownIdentity) as caught:
        plan(step(), Wish(identity="nobody"))
    assert caught.value.place is None
    with pytest.raises(UnknownIdentity):
        plan(step(identity="dev-admin"), Wish(identity="nobody"))


@pytest.mark.parametrize(
    ("workflow", "of_step", "told", "command", "words"),
    [
        ("", "", None, "terraform plan a", "terraform plan a"),
        ("w", "", None, "terraform plan a", "terraform plan a -s w"),
        ("w", "x", None, "atmos terraform plan a", "terraform plan a -s x"),
        ("w", "x", "y", "terraform plan a -s z", "terraform plan a -s z -s y"),
        ("w", "", None, "terraform plan a -- -lock=false", "terraform plan a -s w -- -lock=false"),
        ("w", "x", "y", "auth validate", "auth validate"),
        ("w", "", None, "aws eks token -- a", "aws eks token -- a"),
        ("w", "", None, "workflow other", "workflow other -s w"),
    ],
)
def test_whose_word_about_the_stack_counts_and_where_it_goes(plan, workflow, of_step, told, command, words):
    body = (f"stack: {workflow}\n" if workflow else "") + step(command, **({"stack": of_step} if of_step else {}))
    assert " ".join(plan(body, Wish(stack=told)).steps[0].words) == words


def test_a_shell_step_is_told_no_stack(plan):
    assert plan("stack: w\n" + step("echo", type="shell")).steps[0].script == "echo"


def test_variables_of_the_step_win_over_those_of_the_workflow(plan):
    body = "env: { A: w, B: w, N: }\n" + step(env="{ B: 1, C: true, D: 1.5, path: lower, PATH: upper, E: '' }")
    found = plan(body).steps[0]
    assert found.variables == {
        "A": "w", "B": "1", "C": "true", "D": "1.5", "path": "lower", "PATH": "upper", "E": "",
    }  # fmt: skip


def test_a_step_shows_no_variable(plan):
    found = plan(step(env="{ TOKEN: hunter2-hunter2 }"))
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("workflow", "of_step", "expected"),
    [
        ("", "", None),
        ("a/b", "", "{base}/a/b"),
        ("a", "c", "{base}/c"),
        ("", "..", "{base}/.."),
        ("", "~/x", "{home}/x"),
    ],
)
def test_where_a_step_runs(plan, repository, workflow, of_step, expected):
    body = (f"working_directory: {workflow}\n" if workflow else "") + step(
        **({"working_directory": of_step} if of_step else {})
    )
    found = plan(body).steps[0].directory
    if expected is not None:
        base = str(repository.folder)
        expected = {"{base}/..": str(repository.folder.parent)}.get(expected) or expected.format(
            base=base, home=repository.environ["HOME"]
        )
    assert found == expected


# --- from a step -----------------------------------------------------------------------------------------------


def test_beginning_at_a_step(plan):
    found = plan(SEEDS, Wish(from_step="deploy-prod"))
    assert [(s.name, s.number) for s in found.steps] == [("deploy-prod", 3)]
    assert found.total == 3


def test_beginning_at_a_step_that_is_not_there(plan):
    with pytest.raises(
        UnknownWorkflow, match='invalid from-step flag: workflow "deploy" has no step "deploy-pord"'
    ) as e:
        plan(SEEDS, Wish(from_step="deploy-pord"))
    assert e.value.details == ("available steps: validate-auth, deploy-dev, deploy-prod",)
    assert e.value.hints == ('did you mean "deploy-prod"?',)


def test_steps_of_one_name_are_refused(plan):
    with pytest.raises(InvalidSetting, match='two steps are named "step2"') as caught:
        plan("steps:\n- { name: step2, command: version }\n- command: version\n")
    assert "atmos.yaml:4:7" in caught.value.details[0]


# --- what is wrong ---------------------------------------------------------------------------------------------

BROKEN = [
    ("description: none", 'workflow has no steps defined: workflow "deploy" is empty', "3:5"),
    ("steps: []", "workflow has no steps defined", "3:5"),
    ("steps: version", "steps must be a list", "3:12"),
    ("steps: [version]", "step 1 must be a mapping", "3:13"),
    ("steps: [{ name: a }]", 'step "a": command is required', "3:13"),
    ("steps: [{ command: '' }]", "the command is empty", "3:24"),
    ("steps: [{ command: '', type: shell }]", "the command is empty", "3:24"),
    ("steps: [{ command: atmos }]", "the command is empty", "3:24"),
    ("steps: [{ command: ' ' }]", "the command is empty", "3:24"),
    ("steps: [{ command: [a, b] }]", "command is a list, which is not a command", "3:15"),
    ('steps: [{ command: "auth \'x" }]', "a quotation mark of the command is never closed", "3:24"),
    ("steps: [{ command: a, type: script }]", 'invalid workflow step type: .* uses unsupported type "script"', "3:33"),
    ("steps: [{ command: a, type: 5 }]", "type is 5, which is not a type", "3:33"),
    ("steps: [{ command: a, identity: true }]", "identity is true, which is not the name", "3:37"),
    ("steps: [{ command: a, identity: 7 }]", "identity is 7, which is not the name", "3:37"),
    ("steps: [{ command: a, env: [A] }]", "env is a list, which is not a mapping", "3:27"),
    ("steps: [{ command: a, env: { A: [secret] } }]", "env.A must be one value, not several", "3:37"),
    ("steps: [{ command: a, env: { A=B: c } }]", "'A=B' cannot be the name of a variable", "3:34"),
    ("steps: [{ command: a, env: { '': c } }]", "'' cannot be the name of a variable", "3:34"),
    ('steps: [{ command: a, env: { A: "secret\\0" } }]', "env.A holds a zero byte", "3:37"),
    ('steps: [{ command: "a\\0b" }]', "command holds a zero byte", "3:24"),
    ('steps: [{ command: a, working_directory: "\\0" }]', "working_directory holds a zero byte", "3:46"),
    ('steps: [{ command: a, stack: "\\0" }]', "stack holds a zero byte", "3:34"),
    ('steps: [{ command: a, name: "a\\nb" }]', r"'a\\nb' cannot be used as a name", "3:33"),
    ('steps: [{ command: a, name: "\\e[31mred" }]', "cannot be used as a name", "3:33"),
    ("steps: [{ command: a, name: 1 }]", "name is 1, which is not text", "3:33"),
    ("steps: [{ command: a, retry: { max_attempts: 0 } }]", "retry.max_attempts is 0", "3:50"),
    ("steps: [{ command: a, retry: { delay: soon } }]", 'retry.delay is "soon"', "3:43"),
    ("steps: [{ command: a, retry: { backoff_strategy: fast } }]", 'retry.backoff_strategy is "fast"', "3:54"),
    ("steps: [{ command: a, when: 'false' }]", "`when` is not supported", "3:27"),
    ("steps: [{ command: a, timeout: 5s }]", "`timeout` is not supported", "3:27"),
    ("dependencies: {}\nsteps: [{ command: a }]", 'workflow "deploy": `dependencies` is not supported', "3:5"),
    (
        "steps: [{ command: a, env: { A: '{{- .steps.b.value }}' } }]",
        'step "step1" wants the output of step "b", and no step before',
        "3:37",
    ),
    (
        "env: { A: 'x{{ .steps.b }}' }\nsteps: [{ command: a }]",
        'workflow "deploy" wants the output of step "b"',
        "3:15",
    ),
    ("steps: [{ command: '{{ .env.EMPTY }}' }]", "the command is empty", "3:24"),
    ("stack: [a]\nsteps: [{ command: a }]", "stack is a list", "3:5"),
]


@pytest.mark.parametrize(("body", "message", "where"), BROKEN, ids=[body for body, _, _ in BROKEN])
def test_what_is_wrong_is_said_with_its_place_before_anything_runs(plan, repository, body, message, where):
    with pytest.raises(InvalidSetting, match=message) as caught:
        plan(body)
    assert str(caught.value.place) == f"{repository.folder / 'atmos.yaml'}:{where}"
    assert "secret" not in f"{caught.value} {caught.value.hints} {caught.value.details}"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("echo {{ .env.X }}", "X"),
        ("docker ps --format {{.ID}} {{ .env.HOME }}", "ID"),
        ("echo {{ .flags.nothing }}", "nothing"),
        ("echo {{ .env.HOME | nothing }}", "nothing"),
    ],
)
def test_a_template_that_wants_what_is_not_there_is_named(plan, repository, command, message):
    with pytest.raises(ConfigError, match=message) as caught:
        plan(f"steps:\n- type: shell\n  command: {command}\n")
    assert caught.value.place.file == str(repository.folder / "atmos.yaml")
    assert caught.value.place.line == 5


def test_templates_find_the_environment_and_what_was_said(plan):
    body = """\
env: { A: a, B: "{{ .env.A }}b" }
steps:
- command: echo {{ .env.B }} {{ .env.C | upper }} {{ .flags.stack }}
  env: { C: "c{{ .env.B }}" }
  type: shell
  working_directory: "/{{ .env.C }}"
- command: terraform plan {{ .env.A }} -- {{ .env.HOME }}
"""
    first, second = plan(body, Wish(stack="dev")).steps
    assert (first.script, first.directory) == ("echo ab CAB dev", "/cab")
    assert first.variables == {"A": "a", "B": "ab", "C": "cab"}
    assert first.line == "echo {{ .env.B }} {{ .env.C | upper }} {{ .flags.stack }}"
    assert second.words == ("terraform", "plan", "a", "-s", "dev", "--", "/home")
    assert second.line == "atmos terraform plan {{ .env.A }} -- {{ .env.HOME }}"


@pytest.mark.parametrize("body", ["deploy: [a]", "deploy: text", "deploy: "])
def test_a_workflow_that_is_no_mapping(plan, repository, body):
    repository.write("atmos.yaml", f"workflows:\n  {body}\n")
    with pytest.raises(InvalidSetting, match='workflow "deploy" must be a mapping'):
        plan()


def test_a_name_that_would_draw_on_the_screen_is_refused(plan, repository):
    repository.write("atmos.yaml", 'workflows:\n  "\\e[2Jx":\n    steps: [{ command: a }]\n')
    with pytest.raises(InvalidSetting, match=r"a workflow: .* cannot be used as a name"):
        plan(name="\x1b[2Jx")


def test_other_templates_are_left_to_the_shell(plan):
    script = "docker ps --format '{{.ID}}' && echo ${{ x }}"
    assert plan(f"steps:\n- type: shell\n  command: {script}\n").steps[0].script == script


def test_what_is_not_known_is_warned_of(plan, repository):
    plan("vars: {}\n" + step(comand="a"))
    assert [warning.partition(": ")[2] for warning in repository.warnings] == [
        'workflow "deploy": vars is not a setting that is known here',
        'workflow "deploy", step "step1": comand is not a setting that is known here',
    ]


def test_an_unknown_function_is_refused_where_it_stands(repository):
    repository.write("atmos.yaml", "workflows: { base_path: flows }\n")
    repository.write("flows/a.yaml", "workflows:\n  a:\n    steps: [{ command: !secret x }]\n")
    with pytest.raises(ConfigError, match="!secret is not supported") as caught:
        repository.workflows().in_file("a")
    assert (caught.value.place.line, caught.value.place.column) == (3, 24)


def test_functions_are_worked_out(plan, repository):
    repository.environ["WHO"] = "dev-admin"
    found = plan("steps:\n- command: !env WHAT version\n  identity: !env WHO\n  env: { A: !exec echo out }\n").steps[0]
    assert (found.words, found.identity, found.variables) == (("version",), "dev-admin", {"A": "out"})


# --- any words -------------------------------------------------------------------------------------------------


@given(command=st.text(), stack=st.sampled_from(["", "dev"]))
def test_any_command_gives_words_or_is_refused(command: str, stack: str):
    with suppress(InvalidSetting):
        words = words_of(command, stack, "a step", Place("f", 1, 1))
        assert words
        if stack and words[0] not in ("auth", "aws", "completion", "version"):
            ours = words[: words.index("--")] if "--" in words else words
            assert ours[-2:] == ("-s", "dev")


WORDS = st.sampled_from(["", "atmos", "shell", "\0", "a 'b"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
KEYS = st.sampled_from(
    ["steps", "command", "type", "name", "identity", "env", "retry", "stack", "delay", "when", "x", ""]
)
TREES = st.recursive(SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=4))


@given(tree=TREES, steps=st.lists(TREES, max_size=3), told=st.none() | st.sampled_from(["false", "dev-admin"]))
def test_whatever_is_written_gives_a_plan_or_an_error_for_a_person(tree, steps, told):
    body = {**(tree if isinstance(tree, dict) else {}), "steps": steps} if steps else tree
    written = Written("deploy", Source("f", "f.yaml"), planted(body, PLACE), PLACE)
    planner = Planner(
        opened=lambda tree: tree,
        identity_named=lambda name: name,
        base_path="/",
        home="/",
        warn=lambda _: None,
        environ={},
    )
    with suppress(AtmosAuthError):
        found = planner.plan(written, Wish(identity=told))
        assert len(found.steps) == found.total == len(steps or body["steps"])
        assert all(step.words or step.script for step in found.steps)
