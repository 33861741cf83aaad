"""From a custom command and what it is given to steps: templates, variables, the component that it is for."""

import pytest

from atmos_auth.config.load import load
from atmos_auth.config.request import Request
from atmos_auth.domain.errors import ConfigError, InvalidSetting, InvalidTemplate
from atmos_auth.programs.custom_commands.found import custom_commands
from atmos_auth.programs.custom_commands.given import given
from atmos_auth.programs.custom_commands.planning import Surroundings, plan_of
from atmos_auth.programs.workflows.outputs import Outputs
from atmos_auth.programs.workflows.planning import Planner

COMPONENT = {
    "component": "vpc",
    "workspace": "dev-vpc",
    "vars": {"size": 9},
    "settings": {"team": "blue"},
    "backend": {"bucket": "states"},
    "env": {"FROM": "component", "LIST": [1], "GONE": None},
}
USUAL = """\
  component_config: { component: "{{ .Arguments.what }}", stack: "{{ .Flags.stack }}" }
  arguments: [{ name: what, default: vpc }]
  flags: [{ name: stack, default: dev }, { name: dry-run, type: bool }, { name: tags }]
"""


class Command:
    """One command of a repository, planned with what it is told."""

    def __init__(self, folder, environ) -> None:
        self.folder = folder
        self._environ = environ
        self.described: list[tuple[str, str]] = []

    def plan(self, body: str, words=(), flags=None, trailing=()):
        path = self.folder / "atmos.yaml"
        path.write_text(f"commands:\n- name: go\n{body}")
        config = load(Request(cwd=str(self.folder), environ=self._environ, home=self._environ["HOME"]))
        (command,) = custom_commands(config)
        planner = Planner(
            opened=config.resolver.functions.whole,
            identity_named=str.lower,
            base_path=config.base_path,
            home="/home",
            warn=lambda warning: pytest.fail(str(warning)),
            environ=self._environ,
            what="custom command",
        )
        surroundings = Surroundings(tuple, str(self.folder), self._describe)
        base = {"PATH": self._environ["PATH"], "FROM": "outside", "OUTSIDE": "yes"}
        data = given(command, words, flags or {}, trailing).data()
        return plan_of(command, data, base, surroundings, planner=planner, identity=None)

    def _describe(self, component: str, stack: str):
        self.described.append((component, stack))
        return COMPONENT


@pytest.fixture
def command(tmp_path, environ) -> Command:
    (tmp_path / "here").mkdir()
    return Command(tmp_path / "here", environ)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{{ .Arguments.what }} {{ .Flags.stack }}", "vpc dev"),
        ('{{ index .Flags "dry-run" }} {{ .Flags.tags }}|', "true |"),
        ("{{ .TrailingArgs }}", "-x 'a b'"),
        ("{{ .ComponentConfig.vars.size }} {{ .ComponentConfig.backend.bucket }}", "9 states"),
        ("{{ .ComponentConfig.component }} {{ .ComponentConfig.workspace }}", "vpc dev-vpc"),
        ("{{ .Component.settings.team }}", "blue"),
        ("{{ .Cwd | base }}", "here"),
        ("{{ .env.OUTSIDE }} {{ .env.FROM }}", "yes component"),
        ("{{ .Arguments.what | upper | trunc 2 }}", "VP"),
        ("{{ if .Flags.tags }}some{{ else }}none{{ end }}", "none"),
        ("docker ps", "docker ps"),
    ],
)
def test_templates_know_all_that_a_command_knows(command, template, filled):
    body = f"{USUAL}  steps:\n  - {template!r}"
    plan, _ = command.plan(body, flags={"dry-run": "true"}, trailing=["-x", "a b"])
    assert [step.script for step in plan.steps] == [filled]
    assert plan.steps[0].line == filled
    assert command.described == [("vpc", "dev")]


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("steps: [echo, 'echo {{ .Arguments.other }}']", "other", "4:25"),
        ("steps: ['{{ .ComponentConfig.vars.x }}']", "ComponentConfig", "4:14"),
        ("steps: ['{{ .steps.step1.value }}']", 'wants the output of step "step1"', "4:11"),
        ("steps: ['{{ if }}']", "if", "4:17"),
        ("steps: [echo]\n  env: { A: '{{ .Flags.other }}' }", "other", "5:16"),
        ("steps: [echo]\n  identity: '{{ .Flags.other }}'", "other", "5:16"),
        ("steps: [echo]\n  working_directory: '{{ .Flags.other }}'", "other", "5:25"),
        ("steps: [echo]\n  component_config: { component: '{{ .Flags.other }}' }", "other", "5:37"),
    ],
)
def test_a_key_that_is_missing_is_an_error_with_its_place(command, text, message, where):
    with pytest.raises((InvalidTemplate, ConfigError), match=message) as caught:
        command.plan(f"  arguments: [{{ name: what, default: x }}]\n  {text}")
    assert str(caught.value.place).rpartition("atmos.yaml:")[2] == where


@pytest.mark.parametrize(
    ("written", "variables"),
    [
        ("[{ key: A, value: a }, { key: B, value: '{{ .Arguments.what }}' }]", {"A": "a", "B": "vpc"}),
        ("{ A: 1, B: true, C: '{{ .Flags.stack }}' }", {"A": "1", "B": "true", "C": "dev"}),
        ("[{ key: A, value: a }, { key: B, valueCommand: 'echo $A-$FROM; echo' }]", {"B": "a-component\n"}),
        ("[{ key: A, valueCommand: 'echo ''{ \"a\":1 }''; echo' }]", {"A": '{ "a":1 }\n'}),
        ("[{ key: FROM, valueCommand: 'echo {{ .Arguments.what }}' }]", {"FROM": "vpc"}),
    ],
    ids=[
        "a list",
        "a mapping",
        "a command that knows those before",
        "what is no text of ours",
        "a command over what is outside",
    ],
)
def test_variables_are_a_list_or_a_mapping_over_those_of_the_component(command, written, variables):
    _, environ = command.plan(f"{USUAL}  env: {written}\n  steps: [echo]")
    assert {name: environ[name] for name in variables} == variables
    assert (environ["OUTSIDE"], environ["LIST"], "GONE" in environ) == ("yes", "[1]", False)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "[{ key: A, value: a, valueCommand: echo }]",
            'custom command "go": A needs one of `value` and `valueCommand`',
        ),
        ("[{ key: A }]", "A needs one of"),
        ("[{ value: a }]", "a variable has a `key`"),
        ("[A]", "a variable has a `key`"),
        ("text", "env is a mapping, or a list"),
        ("{ A: [a] }", "a variable has one value"),
        ("[{ key: A, valueCommand: exit 3 }]", "the command `exit 3` of valueCommand gave exit code 3"),
    ],
)
def test_variables_that_are_written_wrongly_are_named(command, written, message):
    with pytest.raises(ConfigError, match=message) as caught:
        command.plan(f"  env: {written}\n  steps: [echo]")
    assert caught.value.place is not None


def test_what_a_step_says_for_itself_is_filled_in_too(command):
    body = """\
  identity: "{{ .Arguments.who }}"
  working_directory: "/{{ .Arguments.who }}"
  arguments: [{ name: who, default: Dev }]
  steps:
    - { name: first, command: echo, env: { A: "{{ .Arguments.who }}" } }
    - { command: "echo {{ .env.A }}", env: { A: own }, working_directory: "/tmp/{{ .env.A }}", identity: other }
    - { command: "auth whoami {{ .Arguments.who }}", type: atmos }
    - { command: "echo {{ .steps.first.value }} {{ .Arguments.who }}" }
"""
    first, second, third, fourth = command.plan(body)[0].steps
    assert (first.identity, first.directory, first.variables) == ("dev", "/Dev", {"A": "Dev"})
    assert (second.script, second.directory, second.identity) == ("echo own", "/tmp/own", "other")
    assert third.words == ("auth", "whoami", "Dev")
    assert fourth.needs == ("first",)
    assert fourth.finish(Outputs({"first": "done"})).line == "echo done Dev"


def test_a_value_that_is_a_template_is_filled_in_as_well(command):
    body = "  arguments: [{ name: a, default: '{{ .Arguments.b }}' }, { name: b, default: deep }]\n"
    plan, _ = command.plan(f"{body}  steps: ['echo {{{{ .Arguments.a }}}}']")
    assert plan.steps[0].script == "echo deep"


TOLD = """\
  arguments: [{ name: what, type: component }]
  flags: [{ name: where, semantic_type: stack, default: dev }]
"""


@pytest.mark.parametrize(
    ("step", "words", "described"),
    [
        ("echo {{ .ComponentConfig.vars.size }}", ["vpc"], [("vpc", "dev")]),
        ("echo {{ .Component.vars.size }}", ["vpc"], [("vpc", "dev")]),
        ("echo {{ .Arguments.what }}", ["vpc"], []),
    ],
)
def test_what_names_a_component_is_it_where_its_section_is_asked_for(command, step, words, described):
    assert command.plan(f"{TOLD}  steps: ['{step}']", words)[0].steps[0].script.startswith("echo ")
    assert command.described == described


def test_a_section_that_nobody_has_named_is_missing(command):
    with pytest.raises(InvalidTemplate, match="ComponentConfig"):
        command.plan(f"{TOLD}  steps: ['{{{{ .ComponentConfig.vars.size }}}}']")


def test_no_component_is_described_that_is_not_named(command):
    command.plan("  component_config: { component: '{{ .Flags.what }}' }\n  flags: [{ name: what }]\n  steps: [echo]")
    assert command.described == []


def test_a_step_that_is_neither_text_nor_mapping(command):
    with pytest.raises(InvalidSetting, match="a step is a script, or a mapping with `command`"):
        command.plan("  steps: [[echo]]")
