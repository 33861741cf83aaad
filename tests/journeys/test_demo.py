"""The demo of the README does what it says."""

import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).parents[2] / "demo" / "demo.py"


def test_the_demo_signs_in_becomes_a_role_and_leaves_nothing(environ):
    result = subprocess.run(
        [sys.executable, str(DEMO)], env=environ, capture_output=True, text=True, timeout=110, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == ""
    assert "assumed-role/DeployRole" in result.stdout
    assert "requests to AWS: 0" in result.stdout
    assert "files with credentials left: 0" in result.stdout
