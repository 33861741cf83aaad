"""Repositories of 200 and of 2,000 manifests, ten components in each stack: time, memory, and how both grow."""

import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.repository import COMPONENTS, write_repository
from benchmarks.scene import BIN, KEPT

SIZES = (200, 2000)
# What nobody can do without who reads every manifest in Python.
FLOOR = "PyYAML with libyaml reads them"
_READ_ALL = """\
import pathlib, yaml
for path in pathlib.Path("stacks").rglob("*.yaml"):
    yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
"""
# Linux counts the memory of whoever starts a process as the process's own, so that somebody small has to.
_LAUNCHER = """\
import os, sys, time
nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
started = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=nowhere)
_, status, usage = os.wait4(process, 0)
print(time.perf_counter() - started, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
_ONE = ("c0", "-s", "acme-r0-s0")
QUESTIONS = {
    FLOOR: (sys.executable, "-c", _READ_ALL),
    "list stacks": (str(BIN / "atmos"), "list", "stacks"),
    "list components": (str(BIN / "atmos"), "list", "components"),
    "describe component": (str(BIN / "atmos"), "describe", "component", *_ONE),
    "terraform plan --dry-run": (str(BIN / "atmos"), "terraform", "plan", *_ONE, "--dry-run"),
    "describe stacks": (str(BIN / "atmos"), "describe", "stacks"),
}
# It prints some 90 lines for each of 40,000 components, so that every other round is enough.
SLOW = "describe stacks"


class Run(NamedTuple):
    """What one process took."""

    seconds: float
    megabytes: float


def run(rounds: int) -> str:
    """Measure them, one after the other in each round, and return the table."""
    found: dict[tuple[str, int], list[Run]] = {(name, size): [] for name in QUESTIONS for size in SIZES}
    with TemporaryDirectory() as folder:
        environ = {name: os.environ[name] for name in KEPT if name in os.environ} | {"HOME": folder}
        for size in SIZES:
            write_repository(Path(folder, str(size)), size)
        # The first round does not count.
        for number in range(max(3, rounds // 4) + 1):
            for name, argv in QUESTIONS.items():
                if name == SLOW and number % 2 == 0:
                    continue
                for size in SIZES:
                    took = _timed(argv, Path(folder, str(size)), environ)
                    if number:
                        found[name, size].append(took)
    return "\n".join(_table(found))


def _table(found: dict[tuple[str, int], list[Run]]) -> list[str]:
    width = max(map(len, QUESTIONS))
    sizes = "  ".join(f"{f'{size} manifests: s (spread), MB':>33}" for size in SIZES)
    lines = [
        f"Stacks: {' and '.join(map(str, SIZES))} manifests, {COMPONENTS} components in each stack, medians",
        f"  {'':{width}}  {sizes}  growth: time  memory  x floor",
    ]
    floor = _median([run.seconds for run in found[FLOOR, SIZES[-1]]])
    for name in QUESTIONS:
        seconds = [[run.seconds for run in found[name, size]] for size in SIZES]
        memory = [_median([run.megabytes for run in found[name, size]]) for size in SIZES]
        cells = [
            f"{_median(times):7.2f} ({min(times):.2f}-{max(times):.2f}), {most:4.0f}".rjust(33)
            for times, most in zip(seconds, memory, strict=True)
        ]
        grown = _median(seconds[-1]) / _median(seconds[0])
        lines.append(
            f"  {name:{width}}  {'  '.join(cells)}  {grown:12.1f}  {memory[-1] / memory[0]:6.1f}"
            f"  {_median(seconds[-1]) / floor:7.1f}"
        )
    return lines


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _timed(argv: tuple[str, ...], folder: Path, environ: dict[str, str]) -> Run:
    measured = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCHER, *argv], cwd=folder, env=environ, stdout=subprocess.PIPE, check=False
    )
    if measured.returncode != 0:
        raise SystemExit(f"{' '.join(argv)} failed")
    seconds, kilobytes = map(float, measured.stdout.split())
    return Run(seconds, kilobytes / 1024)
