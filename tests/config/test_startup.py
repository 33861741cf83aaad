"""What may not be imported before it is needed."""

import subprocess
import sys

import pytest

HEAVY = ("dataclasses", "inspect", "subprocess", "msgspec", "pathlib", "json", "yaml", "shlex", "logging", "botocore")
LOADING = """
import sys
from atmos_auth.config.load import Request, load
config = load(Request({cwd!r}, {{}}, {home!r}))
assert config.resolve(["auth", "identities", "prod", "kind"]) == "aws/user"
"""
SAY = "\nimport sys; print(*[name for name in {names!r} if name in sys.modules])"


def imported_by(code, names):
    done = subprocess.run(
        [sys.executable, "-c", code + SAY.format(names=names)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("module", ["load", "tree", "record", "request", "durations", "truth", "compose"])
def test_importing_the_modules_is_cheap(module):
    names = [name for name in HEAVY if not (module == "compose" and name == "yaml")]
    assert imported_by(f"import atmos_auth.config.{module}", names) == []


def test_loading_without_commands_starts_nothing_and_imports_little(project):
    project.write("atmos.yaml", "auth: {identities: {prod: {kind: aws/user, key: !env X}, dev: !exec x}}\n")
    code = LOADING.format(cwd=str(project.root), home=str(project.home))
    names = [name for name in HEAVY if name != "yaml"]
    assert imported_by(code, names) == []
