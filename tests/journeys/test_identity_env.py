"""An identity's own `env`: it reaches whoever becomes the identity, by whichever way, and wins in the right order."""

import json

import pexpect
import pytest

ENV = """\
      env:
        - { key: TEAM, value: blue }
        - { key: SHARED, value: "identity's" }
        - { key: AWS_REGION, value: eu-west-3 }
"""
OWN = {"TEAM": "blue", "SHARED": "identity's", "AWS_REGION": "eu-west-3"}


@pytest.fixture
def project(machine):
    text = machine.atmos_yaml.read_text().replace("    prod:\n", "    prod:\n" + ENV)
    machine.write(text + "env: { SHARED: configured, ONLY: configured, OVER: configured }\n")
    machine.login("prod")
    return machine


def own(variables: dict[str, str]) -> dict[str, str | None]:
    return {name: variables.get(name) for name in OWN}


def parsed(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


@pytest.mark.parametrize("mode", ["keys", "files", "process"])
def test_it_is_printed_in_every_mode(project, mode: str):
    result = project.atmos("auth", "env", "--mode", mode, "--format", "json")
    assert result.returncode == 0, result.stderr
    assert own(json.loads(result.stdout)) == OWN


@pytest.mark.parametrize("flags", [(), ("--refresh",)])
def test_it_reaches_a_program_after_the_system_and_the_configuration(project, flags):
    shell = {"SHARED": "shell's", "OVER": "shell's", "MINE": "shell's", "AWS_REGION": "us-west-1"}
    result = project.atmos("auth", "exec", *flags, "--", "env", env=shell)
    assert result.returncode == 0, result.stderr
    child = parsed(result.stdout)
    assert own(child) == OWN
    assert (child["ONLY"], child["OVER"], child["MINE"]) == ("configured", "configured", "shell's")
    assert child["AWS_DEFAULT_REGION"] == "us-east-1", "what the identity does not say stays"


def test_it_reaches_a_shell(project):
    terminal = project.terminal("auth", "shell", "prod", "--shell", "sh", "--", "-c", 'echo "<$TEAM|$SHARED|$ONLY>"')
    terminal.expect_exact("<blue|identity's|configured>")
    terminal.expect(pexpect.EOF)


@pytest.mark.parametrize(
    "entry",
    [
        "{ key: TEAM, value: 8080 }",
        "{ key: TEAM, value: true }",
        "{ key: TEAM }",
        "{ value: blue }",
        "{ key: 1TEAM, value: blue }",
        '{ key: "TE AM", value: blue }',
        '{ key: "A=B", value: blue }',
        "TEAM=blue",
    ],
)
def test_what_is_no_variable_is_refused_with_its_place_by_every_verb(project, entry: str):
    project.write(project.atmos_yaml.read_text().replace("{ key: TEAM, value: blue }", entry))
    for command in (
        ("validate",),
        ("env",),
        ("env", "--mode", "files"),
        ("exec", "--", "true"),
        ("exec", "--refresh", "--", "true"),
    ):
        result = project.atmos("auth", *command)
        assert (result.returncode, result.stdout) == (1, ""), command
        finding = project.findings(result.stderr)[0]
        assert finding.place is not None, result.stderr
        assert "atmos.yaml:" in finding.place
        assert "env" in finding.message
