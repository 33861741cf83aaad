"""Which version it is, wherever one stands."""

import json
import re

import pytest
import yaml

from atmos_auth import __version__
from conftest import Machine

LINE = re.compile(rf"👽 Atmos {re.escape(__version__)} on [a-z]+/[a-z0-9_]+\n")


@pytest.mark.parametrize("words", [("version",), ("--version",)])
def test_version_needs_no_configuration_and_no_valid_one(offline_machine: Machine, words):
    for text in (None, "stacks: [", "auth: { identities: 3 }"):
        if text:
            offline_machine.write(text)
        result = offline_machine.atmos(*words)
        assert (result.returncode, result.stderr) == (0, "")
        assert LINE.fullmatch(result.stdout), result.stdout


def test_version_for_programs(offline_machine: Machine):
    said = json.loads(offline_machine.atmos("version", "--format", "json").stdout)
    assert sorted(said) == ["arch", "os", "version"]
    assert said["version"] == __version__
    assert yaml.safe_load(offline_machine.atmos("version", "-f", "yaml").stdout) == said


def test_version_where_there_are_no_pictures(offline_machine: Machine):
    plain = offline_machine.atmos("version", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert plain.stdout.startswith(f"@ Atmos {__version__} on ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-f", "xml"), '"xml" is not a format'),
        (("--format",), "argument -f/--format: expected one argument"),
        (("--check",), "unknown flag --check"),
        (("now",), "unexpected 'now'"),
    ],
)
def test_version_asked_wrongly(offline_machine: Machine, words, message):
    result = offline_machine.atmos("version", *words)
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = offline_machine.findings(result.stderr)
    assert finding.message == message
