"""What a command of ours, or of a project, is told that a step starts."""

import pytest

from atmos_auth.cli.step_commands import started
from atmos_auth.wiring import Project


@pytest.mark.parametrize(
    ("words", "identity", "said", "expected"),
    [
        ("auth whoami", "dev", "", "auth whoami"),
        ("terraform plan vpc -s dev", "dev", "", "terraform plan vpc -s dev"),
        ("terraform provision vpc -- -lock=false", "dev", "", "terraform provision vpc --identity=dev -- -lock=false"),
        ("terraform -help", "dev", "", "terraform -help"),
        ("terraform shell vpc", "dev", "", "terraform shell vpc"),
        ("workflow other", "dev", "", "workflow --identity=dev other"),
        ("workflow other", "false", "", "workflow --identity=false other"),
        ("workflow other", None, "", "workflow other"),
        ("workflow other -i prod", "dev", "", "workflow other -i prod"),
        ("hello bob", "dev", "", "hello bob --identity=dev"),
        ("hello bob -- --identity=x", "dev", "", "hello bob --identity=dev -- --identity=x"),
        ("hello bob --identity=prod", "dev", "", "hello bob --identity=prod"),
        ("auth extra", "dev", "", "auth extra --identity=dev"),
        ("auth", "dev", "", "auth"),
        ("--no-color hello", "dev", "", "--no-color hello"),
        ("hello", None, "--refresh --with-required --qr", "hello --refresh --qr"),
        ("auth exec -- ls", None, "--refresh=endpoint --qr", "auth exec --refresh=endpoint --qr -- ls"),
        ("version", None, "--refresh", "version"),
    ],
)
def test_what_a_step_adds_to_a_command(tmp_path, environ, words, identity, said, expected):
    project = Project(environ=environ, directory=str(tmp_path))
    command = started(project, said.split(), words.split(), identity)
    assert command[-len(expected.split()) :] == expected.split()
    assert command == project.own_command.nested(expected.split())
