"""Repositories of 200 and of 2,000 manifests, ten components in each stack: time, memory, and how both grow."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.repository import COMPONENTS, write_repository
from benchmarks.scene import BIN, KEPT

SIZES = (200, 2000)
QUESTIONS = {
    "list stacks": (("list", "stacks"), 1),
    "list components": (("list", "components"), 1),
    "terraform plan --dry-run": (("terraform", "plan", "c0", "-s", "acme-r0-s0", "--dry-run"), 1),
    # It prints some 200 lines for each of them, so that once is enough.
    "describe stacks": (("describe", "stacks"), 5),
}


def run(rounds: int) -> str:
    """Measure them and return the table."""
    width = max(map(len, QUESTIONS))
    lines = [
        f"Stacks: {' and '.join(map(str, SIZES))} manifests, {COMPONENTS} components in each stack",
        f"  {'':{width}}  " + "  ".join(f"{size:>6} manifests: s (spread), MB" for size in SIZES) + "  growth",
    ]
    with TemporaryDirectory() as folder:
        for size in SIZES:
            write_repository(Path(folder, str(size)), size)
        for name, (words, costs) in QUESTIONS.items():
            found = [_measured(Path(folder, str(size)), words, max(1, rounds // (10 * costs))) for size in SIZES]
            cells = [f"{middle:12.2f} ({low:.2f}-{high:.2f}), {memory:5.0f}" for middle, low, high, memory in found]
            lines.append(f"  {name:{width}}  " + "  ".join(cells) + f"  x {found[1][0] / found[0][0]:.1f}")
        bare = _timed([sys.executable, "-c", "pass"], Path(folder), {})[0]
    return "\n".join([*lines, f"  python -c pass in the same run: {bare:.3f} s"])


def _measured(folder: Path, words: tuple[str, ...], rounds: int) -> tuple[float, float, float, float]:
    """Median, least and most seconds, and most megabytes."""
    environ = {name: os.environ[name] for name in KEPT if name in os.environ} | {"HOME": str(folder)}
    found = [_timed([str(BIN / "atmos"), *words], folder, environ) for _ in range(rounds + 1)][1:]
    seconds = [took for took, _ in found]
    return statistics.median(seconds), min(seconds), max(seconds), max(memory for _, memory in found)


def _timed(argv: list[str], folder: Path, environ: dict[str, str]) -> tuple[float, float]:
    started = time.perf_counter()
    process = subprocess.Popen(argv, cwd=folder, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(argv)} failed")
    return took, usage.ru_maxrss / 1024
