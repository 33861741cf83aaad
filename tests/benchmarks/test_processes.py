"""Measuring starts programs, says what they took, and leaves none behind."""

import fcntl
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from benchmarks.figure import Broken
from benchmarks.processes import output, running, take

ROOT = Path(__file__).parents[2]
# A program that starts another one, which holds a lock for as long as it lives.
LEAVES_ONE_BEHIND = """\
import subprocess, sys, time
holder = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX)"
holder += "; print(flush=True); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", holder, sys.argv[1]])
time.sleep(600)
"""


def python(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


def test_it_says_what_a_program_took(tmp_path: Path, environ: dict[str, str]):
    took = take(python("sum(range(1_000_000)); b = b'x' * 50_000_000"), environ, tmp_path)
    assert took.seconds > 0
    assert took.cpu > 0
    assert 50 < took.megabytes < 500


def test_it_runs_as_many_as_it_is_told(tmp_path: Path, environ: dict[str, str]):
    take(python("import os; open(f'{os.getpid()}.ran', 'w').close()"), environ, tmp_path, count=5)
    assert len(list(tmp_path.glob("*.ran"))) == 5


def test_a_program_that_fails_is_not_measured(tmp_path: Path, environ: dict[str, str]):
    with pytest.raises(Broken, match=r"exit status 3\nbecause") as caught:
        take(python("import sys; print('because', file=sys.stderr); sys.exit(3)"), environ, tmp_path, count=2)
    assert str(tmp_path) not in str(caught.value)


def test_a_program_that_is_not_there_is_said(tmp_path: Path, environ: dict[str, str]):
    with pytest.raises(Broken, match="FileNotFoundError"):
        take([str(tmp_path / "nothing")], environ, tmp_path)


def test_it_gives_what_a_program_prints(tmp_path: Path, environ: dict[str, str]):
    assert output(python("print(40 + 2)"), environ, tmp_path) == "42\n"


def test_nothing_runs_after_the_block_whatever_ends_it(tmp_path: Path, environ: dict[str, str]):
    lock = tmp_path / "lock"
    with suppress(KeyboardInterrupt), running(python(LEAVES_ONE_BEHIND, str(lock)), environ, tmp_path) as process:
        process.stdout.readline()  # it has the lock now
        raise KeyboardInterrupt
    with lock.open("w") as file:
        until_free(file)


def until_free(file) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            assert time.monotonic() < deadline, "it still runs"
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "there is no figure 'nothing'"),
        (["--rounds", "1"], "--rounds: at least 2"),
        # The tests run from an editable checkout, which starts more slowly than what people install.
        (["warm_start"], "use `make bench`"),
    ],
    ids=str,
)
def test_what_cannot_be_measured_is_said(words: list[str], said: str, environ: dict[str, str]):
    argv = [sys.executable, "-m", "benchmarks", *words]
    result = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert said in result.stderr
