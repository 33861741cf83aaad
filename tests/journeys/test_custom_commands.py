"""Commands of a project, run as if they were built in."""

import subprocess

import pytest
from person import ENTER, Person

from aws_emulator import Emulator
from conftest import CHAIN, Machine

COMMANDS = """\
commands:
  - name: hello
    description: Greet somebody
    arguments: [{ name: who, description: whom to greet, default: world }]
    flags:
      - { name: loud, shorthand: l, type: bool, description: say it aloud }
      - { name: version, shorthand: e, default: none }
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
  - name: terraform
    description: never shown
    steps: [echo shadowed]
    commands:
      - name: provision
        description: Bring a component into being, from its first plan to its last output, and tell whoever must know
        arguments: [{ name: component, required: true }]
        flags: [{ name: stack, shorthand: s, required: true }, { name: version, default: none }]
        steps: ["echo {{ .Arguments.component }} {{ .Flags.stack }} {{ .Flags.version }} {{ .TrailingArgs }}"]
      - { name: plan, steps: [echo shadowed] }
      - name: generate
        commands: [{ name: docs, steps: [echo documented] }, { name: varfile, steps: [echo shadowed] }]
  - name: show
    component_config: { component: "{{ .Arguments.name }}", stack: dev }
    arguments: [{ name: name, required: true }]
    steps: ["echo {{ .ComponentConfig.vars.size }} {{ .ComponentConfig.workspace }}"]
  - { name: two words, steps: [echo two] }
  - name: nothing
  - name: needs
    arguments:
      - { name: first, required: true }
      - { name: second, required: true }
      - { name: third, required: true, default: x }
    steps: ["echo {{ .Arguments.third }}"]
  - name: where
    verbose: false
    arguments: [{ name: component, type: component, required: true }, { name: more, default: nothing }]
    flags: [{ name: stack, shorthand: s, semantic_type: stack, required: true }, { name: verbose, shorthand: V }]
    steps: ['echo {{ .Arguments.component }} {{ .Flags.stack }} {{ index .Flags "stack" }} {{ .Arguments.more }}']
stacks: { base_path: stacks, included_paths: ["*"] }
"""
PROD = "arn:aws:sts::333333333333:assumed-role/DeployRole/journey"


@pytest.fixture
def project(machine: Machine) -> Machine:
    machine.write(CHAIN.format(url=machine.url) + COMMANDS)
    (machine.directory / "below").mkdir()
    machine.write("name: dev\ncomponents: { terraform: { big: { vars: { size: 9 } } } }", "stacks/dev.yaml")
    return machine


def test_a_stack_and_a_component_that_are_missing_are_asked_for(project: Machine):
    project.write("name: prod\ncomponents: { terraform: { small: {}, tiny: {} } }", "stacks/prod.yaml")
    person = Person(project.terminal("where"))
    person.sees("Choose a stack:")
    person.types("\x1b[B" + ENTER)
    person.sees("Choose a component:", "small", "tiny")
    person.types(ENTER)
    person.sees("small prod prod nothing")
    assert person.ends() == 0
    person = Person(project.terminal("where", "-s", "dev"))
    person.sees("Choose a component:", "big")
    person.types(ENTER)
    person.sees("big dev dev nothing")
    assert person.ends() == 0
    assert project.atmos("where", "x", "-s", "y", "more", "-V", "a").stdout == "x y y more\n"
    assert project.atmos("where", "x").returncode == 1
    leaving = Person(project.terminal("where"))
    leaving.sees("Choose a stack:")
    assert leaving.leaves() == 1
    assert "user aborted" in leaving.screen


def test_what_a_command_is_given_reaches_its_steps(project: Machine):
    plain = project.atmos("hello")
    assert (plain.stdout, plain.returncode) == ("hello WORLD; a day after hello WORLD; none; \n", 0)
    said = project.atmos("hello", "bob", "-l", "--version", "1.2.3", "--", "a", "b c")
    assert said.stdout == "hello BOB; a day after hello BOB; aloud; 1.2.3; a 'b c'\n"
    assert said.stderr.startswith("▶ Executing command: echo ")


def test_flags_of_every_command_may_stand_behind_it(project: Machine, tmp_path):
    far = tmp_path / "far"
    project.write("logs: { level: off }\ncommands: [{ name: far, steps: [pwd] }]\n", str(far / "atmos.yaml"))
    assert project.atmos("far", "-C", str(far)).stdout == f"{far}\n"
    assert project.atmos("far", "--config", str(far / "atmos.yaml"), "--no-color").returncode == 0
    assert "the profile 'none' does not exist" in project.atmos("hello", "--profile=none").stderr
    assert "not a log level" in project.atmos("hello", "--logs-level", "loud").stderr


def test_verbose_says_causes_unless_a_command_has_its_own(project: Machine):
    project.write("commands: [{ name: bad, steps: ['{{ .Nothing }}'] }]\n")
    assert "Traceback" not in project.atmos("bad").stderr
    assert all("Traceback" in project.atmos("bad", flag).stderr for flag in ("-v", "--verbose"))
    project.write("commands: [{ name: bad, flags: [{ name: verbose, type: bool }], steps: ['{{ .Nothing }}'] }]\n")
    assert "Traceback" not in project.atmos("bad", "--verbose").stderr


@pytest.mark.parametrize("flag", ["{ name: profile }", "{ name: far, shorthand: C }"])
def test_a_flag_about_the_run_cannot_be_a_commands_own(project: Machine, flag: str):
    project.write(f"commands:\n  - {{ name: x, flags: [{flag}], steps: [echo ran] }}\n")
    result = project.atmos("x")
    (finding,) = project.findings(result.stderr)
    assert (result.returncode, result.stdout) == (1, "")
    assert finding.message.endswith("which is about the run")
    assert (finding.place or "").endswith("atmos.yaml:2:5")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-l", "bob"), "hello BOB; a day after hello BOB; aloud; none; "),
        (("--loud", "bob"), "hello BOB; a day after hello BOB; aloud; none; "),
        (("bob", "-l=false"), "hello BOB; a day after hello BOB; none; "),
        (("--loud=false", "bob"), "hello BOB; a day after hello BOB; none; "),
        (("-le", "1", "bob"), "hello BOB; a day after hello BOB; aloud; 1; "),
        (("--version=1.2.3",), "hello WORLD; a day after hello WORLD; 1.2.3; "),
    ],
)
def test_a_switch_takes_no_word_that_follows_it(project: Machine, words, said):
    assert project.atmos("hello", *words).stdout == f"{said}\n"


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


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (("as",), {}, ""),
        (("as",), {"ATMOS_IDENTITY": "staging"}, "staging"),
        (("as", "--identity=false"), {}, "false"),
        (("nobody", "--identity=off"), {"AWS_PROFILE": "mine"}, "false mine"),
    ],
)
def test_without_an_identity_of_its_own_nobody_signs_in(project: Machine, aws: Emulator, words, env, said):
    """There is a default identity, but a command must name one."""
    script = "echo $ATMOS_IDENTITY $AWS_PROFILE"
    commands = f"commands: [{{ name: as, steps: [{script}] }}, {{ name: nobody, identity: prod, steps: [{script}] }}]"
    project.write(CHAIN.format(url=project.url) + commands)
    result = project.atmos(*words, env=env)
    assert (result.returncode, result.stdout) == (0, f"{said}\n"), result.stderr
    assert aws.journal.entries() == []


def test_steps_have_the_streams_of_the_command(project: Machine):
    project.write("commands: [{ name: ask, steps: [read answer; echo got $answer; echo aside >&2] }]\n")
    process = subprocess.run(
        project.command("atmos", "ask"),
        cwd=project.directory,
        env=project.environ,
        input="yes\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (process.stdout, process.stderr.splitlines()[-1]) == ("got yes\n", "aside")


def test_arguments_may_be_left_out_or_too_many(project: Machine):
    assert project.atmos("needs", "a", "b").stdout == "x\n"
    surplus = project.atmos("needs", "a", "b", "c", "d")
    assert surplus.stdout == "c\n"
    assert "⚠ `atmos needs` takes no d: it is passed over\n" in surplus.stderr


def test_who_cannot_become_the_identity_is_told_which_command_wanted_it(project: Machine):
    result = project.atmos("who")
    (finding,) = project.findings(result.stderr)
    assert (result.returncode, result.stdout) == (2, "")
    assert 'in step "step1" of custom command "who", as identity "prod"' in finding.details


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


def test_steps_know_what_others_print_and_the_variables_of_the_component(project: Machine):
    big = "{ vars: { size: 9 }, env: { A: of-component, B: of-component } }"
    project.write(f"name: dev\ncomponents: {{ terraform: {{ big: {big} }} }}", "stacks/dev.yaml")
    project.write("""\
stacks: { base_path: stacks, included_paths: ["*"] }
env: { A: of-configuration, C: of-configuration }
commands:
  - name: go
    component_config: { component: big, stack: dev }
    env: { B: of-command, D: of-command }
    steps:
      - { name: size, command: "echo {{ .ComponentConfig.vars.size }}" }
      - { command: "echo {{ .steps.size.value }} $A $B $C $D", env: { D: of-step } }
""")
    result = project.atmos("go", env={"A": "outside", "C": "outside", "D": "outside"})
    assert result.stdout == "9\n9 of-component of-command of-configuration of-step\n", result.stderr


def test_a_command_of_several_files_is_one_with_the_variables_of_all(project: Machine):
    project.write(
        "commands: [{ name: x, env: { A: imported, B: imported, myCase: kept }, steps: [echo no] }]\n", "m.yaml"
    )
    project.write("import: [m.yaml]\ncommands: [{ name: x, env: { A: main }, steps: [echo $A $B $myCase] }]\n")
    assert project.atmos("x").stdout == "main imported kept\n"


def test_ours_are_never_shadowed_but_added_to(project: Machine):
    assert project.atmos("auth", "extra").stdout == "extra\n"
    assert "shadowed" not in project.atmos("auth", "login", "--help").stdout


def test_terraform_takes_further_commands_and_keeps_its_own(project: Machine):
    words = ("terraform", "provision", "big", "-s", "dev", "--version", "1", "--", "-lock=false", "a b")
    provisioned = project.atmos(*words)
    assert provisioned.stdout == "big dev 1 -lock=false a b\n", provisioned.stderr
    assert project.atmos("--no-color", *words[:5]).stdout == "big dev none\n"
    assert project.atmos("terraform", "generate", "docs").stdout == "documented\n"
    plan = project.atmos("terraform", "plan", "big", "-s", "dev", "--identity=false")
    varfile = project.atmos("terraform", "generate", "varfile", "big", "-s", "dev", "--file", "-")
    assert (plan.returncode, plan.stdout) == (1, "")
    assert project.findings(plan.stderr)[0].message.startswith('the component "big" points to the code "big"')
    assert varfile.stdout == '{\n  "size": 9\n}\n'


def test_help_says_what_is_never_run(project: Machine):
    said = [finding.message for finding in project.findings(project.atmos("--help").stderr)]
    assert said == [
        f"steps of the custom command `{name}` are not run: one of ours has that name"
        for name in ("auth login", "terraform", "terraform plan", "terraform generate varfile")
    ]


def test_nothing_stands_below_a_command_of_ours_that_takes_words(project: Machine):
    project.write("commands: [{ name: workflow, commands: [{ name: new, steps: [echo] }] }]\n")
    (warned,) = project.findings(project.atmos("--help").stderr)
    assert warned.message == "commands below the custom command `workflow` are never run: what follows is ours"


def test_help_lists_them_under_a_heading_of_their_own(project: Machine):
    ours, _, theirs = project.atmos("--help").stdout.partition("\ncommands of this project:\n")
    assert ours.startswith("usage: atmos COMMAND [flags]")
    assert [line.split()[0] for line in theirs.splitlines()] == [
        "hello",
        "who",
        "ops",
        "show",
        "two",
        "nothing",
        "needs",
        "where",
    ]
    assert "  hello                 Greet somebody\n" in theirs
    assert project.atmos().stdout == f"{ours}\ncommands of this project:\n{theirs}"
    for words, names in ((("terraform",), ["provision"]), (("auth",), ["extra"])):
        *_, below = project.atmos(*words, "--help").stdout.partition("\ncommands of this project:\n")
        assert [line.split()[0] for line in below.splitlines() if line[2] != " "] == names
        assert all(len(line) < 80 for line in below.splitlines())
    assert "commands of this project" not in project.atmos("auth", "login", "--help").stdout


def test_short_names_hidden_commands_and_what_runs_when_none_is_named(project: Machine):
    project.write("""\
commands:
  - name: ops
    aliases: [o]
    default: status
    commands: [{ name: status, steps: [atmos ops hidden] }, { name: hidden, internal: true, steps: [echo shown] }]
""")
    assert [project.atmos(*words).stdout for words in (("ops",), ("o",), ("o", "status"))] == ["shown\n"] * 3
    explained = project.atmos("ops", "-h").stdout
    assert "also: o" in explained
    assert "hidden" not in explained


def test_help_is_shown_whatever_is_written(project: Machine):
    project.write("commands: [{ name: broken, stpes: [echo] }, { name: other, steps: [echo other] }]\n")
    shown = project.atmos("--help")
    assert (shown.returncode, shown.stdout[:12]) == (0, "usage: atmos")
    assert 'custom command "broken": stpes is not a setting' in shown.stderr
    assert project.atmos("other").stdout == "other\n"
    (finding,) = project.findings(project.atmos("broken").stderr)
    assert finding.message == 'custom command "broken": stpes is not a setting that is known here'
    project.write("commands: [{ stpes: [echo] }]\n")
    assert 'atmos.yaml:1:12: custom command "?": name is required' in project.atmos("--help").stderr
    empty = project.write("{}", "elsewhere/atmos.yaml").parent
    assert "commands of this project" not in project.atmos("--help", "-C", str(empty)).stdout


@pytest.mark.parametrize(
    ("words", "message", "help"),
    [
        (("helo",), 'unknown command "atmos helo"', "did you mean `atmos hello`?"),
        (("two", "wrods"), 'unknown command "atmos two wrods"', "did you mean `atmos two words`?"),
        (("hello", "-s", "dev"), "unknown flag -s", "atmos hello --help"),
        (("hello", "--loud=maybe"), "argument -l/--loud: invalid choice: 'maybe'", "atmos hello --help"),
        (("nothing",), 'the command "atmos nothing" has no steps or subcommands', "give it `steps:`"),
        (("needs", "x"), "Command requires at least 2 argument(s) (no defaults", "Received 1 argument(s): x"),
        (("needs",), "Command requires at least 2 argument(s) (no defaults", "2. second"),
        (
            ("helo",),
            'unknown command "atmos helo"',
            "commands of this project: hello, who, ops, show, two, nothing, needs, where",
        ),
        (("ops",), '"atmos ops" does nothing by itself', "atmos ops fail"),
        (("ops", "fial"), 'unknown command "atmos ops fial"', "did you mean `atmos ops fail`?"),
        (("ops", "fail"), "Command requires at least 1 argument(s)", "1. code"),
        (
            ("terraform", "provisoin"),
            '"provisoin" is not a command of Terraform',
            "commands of this project: terraform provision",
        ),
        (("terraform", "plna"), '"plna" is not a command of Terraform', "did you mean `atmos terraform plan`?"),
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
    for words in ("whom to greet (default: world)", "-l, --loud[=BOOL]", "say it aloud", "--identity"):
        assert words in shown
    assert "fail" in project.atmos("ops", "--help").stdout
    # Ours is said where all commands are listed, and nowhere else.
    assert "--version" in project.atmos("--help").stdout
    assert "--version" not in project.atmos("ops", "here", "--help").stdout + project.atmos("auth", "--help").stdout


def test_a_flag_of_the_command_above_stays_what_it_is(project: Machine):
    text = """commands:
  - name: ops
    flags: [{ name: dry, shorthand: d, type: bool }]
    commands:
      - { name: run, flags: [{ name: dry, shorthand: d, type: TYPE }], steps: ["echo {{ .Flags.dry }}"] }
"""
    project.write(text.replace("TYPE", "bool"))
    assert project.atmos("ops", "run", "-d").stdout == "true\n"
    project.write(text.replace("TYPE", "string"))
    (finding,) = project.findings(project.atmos("ops", "run").stderr)
    assert finding.message == 'custom command "ops run": --dry is another flag than that of the command above it'
    assert (finding.place or "").endswith("atmos.yaml:5:9")


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


def test_atmos_in_a_script_finds_the_configuration_of_this_run(offline_machine: Machine):
    script = "mkdir -p below && cd below && atmos describe config -q .mark -f yaml"
    text = (
        "mark: {mark}\nbase_path: .\n"
        f"commands: [{{{{ name: mark, verbose: false, steps: ['{script}'] }}}}]\n"
        f"workflows: {{{{ mark: {{{{ steps: [{{{{ type: shell, command: '{script}' }}}}] }}}} }}}}\n"
    )
    offline_machine.write(text.format(mark="usual"))
    offline_machine.write(text.format(mark="named"), "named.yaml")
    for words, mark in (((), "usual"), (("--config", "named.yaml"), "named")):
        for command in (("mark",), ("workflow", "mark")):
            result = offline_machine.atmos(*words, *command)
            assert (result.returncode, result.stdout) == (0, f"{mark}\n"), result.stderr
    variables = offline_machine.atmos("workflow", "mark", env={"ATMOS_CONFIG": "named.yaml"})
    assert variables.stdout == "named\n"
