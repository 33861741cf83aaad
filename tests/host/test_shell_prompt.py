"""How shells are started; tests/journeys/test_shell.py starts them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from atmos_auth.host import shell_prompt
from atmos_auth.host.shell_prompt import with_prompt, with_text

FOLDER = Path(shell_prompt.__file__).parent
FILES = {"bash": "bash.sh", "zsh": "zsh/.zshenv", "fish": "prompt.fish"}


@pytest.mark.parametrize("shell", ["sh", "dash", "tcsh", "nu", "pwsh", "bash-5.2"])
def test_other_shells_are_started_as_they_are(shell: str):
    assert with_prompt(shell, ["-l"], {"PROMPT_COMMAND": "x", "ZDOTDIR": "/z"}) == (("-l",), {})


def test_bash_is_a_login_shell_that_runs_ours_after_what_was_exported():
    start = with_prompt("bash", ["-l"], {"PROMPT_COMMAND": "theirs"})
    assert start.arguments == ("-l",)
    assert start.environ["PROMPT_COMMAND"].startswith("theirs\n")
    assert "export -n PROMPT_COMMAND" not in start.environ["__atmos_prompt"]
    assert "export -n PROMPT_COMMAND" in with_prompt("bash", ["-l"], {}).environ["__atmos_prompt"]


def test_zsh_is_told_where_the_persons_own_files_are():
    start = with_prompt("zsh", ["-l"], {"ZDOTDIR": "/theirs"})
    assert start == (("-l",), {"ZDOTDIR": str(FOLDER / "zsh"), "ATMOS_ZDOTDIR": "/theirs"})
    assert (Path(start.environ["ZDOTDIR"]) / ".zshenv").is_file()
    assert "ATMOS_ZDOTDIR" not in with_prompt("zsh", ["-l"], {}).environ


def test_fish_runs_ours_after_the_persons_files():
    start = with_prompt("fish", ["-l"], {})
    assert start.arguments[:2] == ("-l", "--init-command")
    assert start.environ == {}


@pytest.mark.parametrize("shell", FILES)
def test_what_is_shipped_is_in_the_shells_language(shell: str):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([program, "-n", str(FOLDER / FILES[shell])], check=True, timeout=60)


@pytest.mark.parametrize(("shell", "arguments"), [("sh", ()), ("bash", ()), ("zsh", ("-d", "-f", "-i")), ("tcsh", ())])
def test_a_prompt_of_a_projects_own_makes_no_login_shell(shell: str, arguments: tuple[str, ...]):
    start = with_text(shell, "mine> ")
    assert start.arguments == arguments
    assert start.environ["PS1"] == "mine> "


def test_fish_is_told_its_prompt_as_data():
    start = with_text("fish", "$(touch x)> ")
    assert start.arguments[0] == "--init-command"
    assert "touch" not in start.arguments[1]
    assert start.environ == {"__atmos_ps1": "$(touch x)> "}
