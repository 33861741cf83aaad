"""Words of a project that stand for command lines of ours."""

import pytest

from conftest import Machine

ALIASES = """\
aliases:
  who: auth whoami --offline
  run: atmos auth exec -i here
  ls: list workflows
  version: auth list
  again: again
  hello: version
commands: [{ name: hello, verbose: false, steps: [echo custom] }]
auth: { identities: { here: { kind: ambient, default: true } } }
workflows: { one: { steps: [{ command: "true" }] } }
"""


@pytest.fixture
def project(offline_machine: Machine) -> Machine:
    offline_machine.write(ALIASES)
    return offline_machine


@pytest.mark.parametrize(
    ("words", "stdout", "status"),
    [
        (("ls",), "one\tatmos.yaml\n", 0),
        (("--no-color", "ls", "--format", "text"), "one\tatmos.yaml\n", 0),
        (("run", "--", "sh", "-c", "echo $ATMOS_IDENTITY $0; exit 3", "a b"), "here a b\n", 3),
        (("hello",), "custom\n", 0),
    ],
    ids=["alone", "with-flags", "behind-dashes", "own-commands-first"],
)
def test_aliases_stand_for_what_they_say(project: Machine, words: tuple[str, ...], stdout: str, status: int):
    result = project.atmos(*words)
    assert (result.stdout, result.stderr, result.returncode) == (stdout, "", status)


def test_aliases_are_run_where_the_command_line_says(project: Machine):
    file = project.atmos_yaml.rename(project.directory / "other.yaml")
    assert project.atmos("--config", file.name, "ls").stdout == "one\tatmos.yaml\n"


def test_aliases_never_stand_in_for_ours_and_are_listed(project: Machine):
    assert project.atmos("version").stdout.startswith("👽")
    shown = project.atmos("--help")
    *_, listed = shown.stdout.partition("\ncommands of this project:\n")
    assert "  ls                    short for: atmos list workflows\n" in listed
    assert [line.split()[0] for line in listed.splitlines()] == ["hello", "who", "run", "ls", "again"]
    for name in ("version", "hello"):
        assert f"the alias `{name}` is never used: a command has that name" in shown.stderr
    (finding,) = project.findings(project.atmos("sl").stderr)
    assert any("who, run, ls" in detail for detail in finding.details)


def test_aliases_that_lead_to_themselves_end(project: Machine):
    result = project.atmos("again")
    assert result.returncode == 1
    assert "current=11, max=10" in project.findings(result.stderr)[-1].message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]", "aliases maps words to commands"),
        ("{ a: }", 'the alias "a" stands for no command'),
        ("{ a: [list, stacks] }", 'the alias "a" stands for no command'),
        ("{ a: atmos }", 'the alias "a" stands for no command'),
        ("{ a: 'list \"stacks' }", 'the alias "a" cannot be read as words: No closing quotation'),
    ],
)
def test_aliases_that_are_none(project: Machine, text: str, message: str):
    project.write(f"aliases: {text}\n")
    (finding,) = project.findings(project.atmos("a").stderr)
    assert finding.message == message
    assert (finding.place or "").startswith(f"{project.atmos_yaml}:1:")


def test_aliases_and_commands_that_are_wrong_keep_no_other_from_being_used(project: Machine):
    project.write(
        'aliases:\n  broken: "auth exec -i \'here"\n  empty:\n  ls: list workflows\n'
        "commands:\n  - { name: -x }\n  - 3\n  - { name: hello, verbose: false, steps: [echo custom] }\n"
        "workflows: { one: { steps: [{ command: 'true' }] } }\n"
    )
    assert project.atmos("ls").stdout == "one\tatmos.yaml\n"
    assert project.atmos("hello").stdout == "custom\n"
    (finding,) = project.findings(project.atmos("broken").stderr)
    assert (finding.message, finding.place) == (
        'the alias "broken" cannot be read as words: No closing quotation',
        f"{project.atmos_yaml}:2:11",
    )
    shown = project.atmos("--help")
    *_, listed = shown.stdout.partition("\ncommands of this project:\n")
    assert [line.split()[0] for line in listed.splitlines()] == ["hello", "ls"]
    for wrong in (":2:11: the alias", ":3:", ":6:13:", ":7:5: a custom command must be a mapping"):
        assert f"{project.atmos_yaml}{wrong}" in shown.stderr
