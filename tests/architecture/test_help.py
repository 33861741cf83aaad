"""Every command explains itself."""

import subprocess
import sys

import pytest

from atmos_auth.cli.commands import COMMANDS, GROUPS

LINES = [(), *GROUPS, *(command.words for command in COMMANDS)]


@pytest.mark.parametrize("words", LINES, ids=lambda words: " ".join(words) or "atmos")
def test_help_fits_eighty_columns(words: tuple[str, ...], environ: dict[str, str]):
    result = subprocess.run(
        [sys.executable, "-m", "atmos_auth", *words, "--help"], capture_output=True, text=True, env=environ, check=False
    )
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.startswith(f"usage: {' '.join(('atmos', *words))}")
    assert [line for line in result.stdout.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_the_path_is_the_command(command):
    assert command.module == ".".join(("atmos_auth", "cli", *(word.replace("-", "_") for word in command.words)))
