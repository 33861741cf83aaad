from pathlib import Path

import pytest

from atmos_auth.domain.errors import CommandNotFound
from atmos_auth.host.interactive_shell import choose, level, name_of, starting


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with shells that can be run, and one that cannot."""
    for name in ("bash", "sh", "zsh", "fish", "cmd.exe"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "text").write_text("no program\n")
    return tmp_path


@pytest.mark.parametrize(
    ("flag", "environ", "chosen"),
    [
        ("zsh", {"ATMOS_SHELL": "fish", "SHELL": "sh"}, "zsh"),
        (None, {"ATMOS_SHELL": "fish", "SHELL": "sh"}, "fish"),
        (None, {"ATMOS_SHELL": "", "SHELL": "sh"}, "sh"),
        (None, {"SHELL": "/no/such/shell"}, "bash"),
        (None, {"SHELL": ""}, "bash"),
        (None, {}, "bash"),
    ],
)
def test_the_order(programs: Path, flag: str | None, environ: dict[str, str], chosen: str):
    assert choose(flag, {"PATH": str(programs), **environ}, platform="posix") == str(programs / chosen)


def test_sh_is_there_where_bash_is_not(programs: Path):
    (programs / "bash").unlink()
    assert choose(None, {"PATH": str(programs)}, platform="posix") == str(programs / "sh")
    (programs / "sh").unlink()
    with pytest.raises(CommandNotFound, match="no shell was found"):
        choose(None, {"PATH": str(programs)}, platform="posix")


def test_windows_has_its_own(programs: Path):
    assert choose(None, {"PATH": str(programs)}, platform="nt") == str(programs / "cmd.exe")
    assert starting("cmd.exe", None, {"A": "1"}, prompt=True, platform="nt") == (["cmd.exe"], {"A": "1"})


@pytest.mark.parametrize("program", ["no-such", "text", "/no/such"])
def test_what_was_asked_for_must_be_there(programs: Path, program: str):
    for flag, environ, source in ((program, {}, "--shell"), (None, {"ATMOS_SHELL": program}, "ATMOS_SHELL")):
        with pytest.raises(CommandNotFound, match=f"{source} names {program}, which is not there") as caught:
            choose(flag, {"PATH": str(programs), **environ})
        assert caught.value.hints


def test_it_is_a_login_shell_unless_arguments_are_given():
    assert starting("/bin/sh", None, {}, prompt=True, platform="posix") == (["/bin/sh", "-l"], {})
    # A `--` with nothing behind it asks for nothing else.
    assert starting("/bin/sh", [], {}, prompt=True, platform="posix")[0] == ["/bin/sh", "-l"]
    assert starting("/bin/bash", ["-c", "x"], {"A": "1"}, prompt=True) == (["/bin/bash", "-c", "x"], {"A": "1"})
    assert starting("/bin/bash", None, {"A": "1"}, prompt=False, platform="posix") == (["/bin/bash", "-l"], {"A": "1"})


@pytest.mark.parametrize(("text", "number"), [("2", 2), ("0", 0), ("", 0), ("-1", 0), ("many", 0), ("²", 0)])
def test_the_level_is_a_number_whatever_stands_there(text: str, number: int):
    assert level({"ATMOS_SHLVL": text}) == number
    assert level({}) == 0


def test_the_bare_name():
    assert [name_of(path) for path in ("/usr/bin/zsh", "fish", "cmd.exe")] == ["zsh", "fish", "cmd"]
