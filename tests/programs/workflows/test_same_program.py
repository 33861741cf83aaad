"""Which program scripts find under our name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from atmos_auth.programs.workflows.same_program import findable

OURS = os.path.join(os.path.dirname(sys.executable), "atmos")


def program(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\necho other\n")
    path.chmod(0o755)
    return path


def test_where_path_has_none_ours_comes_last():
    with findable({"PATH": "/usr/bin:/bin"}) as environ:
        assert environ["PATH"] == f"/usr/bin:/bin:{os.path.dirname(OURS)}"
        assert environ["ATMOS_CLI_PATH"] == OURS


def test_where_path_has_ours_it_stays_as_it_is():
    path = f"/bin:{os.path.dirname(OURS)}:/usr/bin"
    with findable({"PATH": path, "A": "b"}) as environ:
        assert environ == {"PATH": path, "A": "b", "ATMOS_CLI_PATH": OURS}


@pytest.mark.parametrize("beside", ["python", "aws"])
def test_another_one_is_passed_by_and_nothing_beside_it_is_hidden(tmp_path, beside):
    program(tmp_path, "atmos")
    program(tmp_path, beside)
    with findable({"PATH": f"{tmp_path}:{os.environ['PATH']}"}) as environ:
        folder = environ["PATH"].partition(":")[0]
        assert os.listdir(folder) == ["atmos"]
        words = ["sh", "-c", f"atmos completion bash | head -1; {beside}"]
        found = subprocess.run(words, env=os.environ | environ, capture_output=True, text=True, check=True)
        assert found.stdout == '# atmos completion for bash: eval "$(atmos completion bash)"\nother\n'
    assert not os.path.exists(folder)
