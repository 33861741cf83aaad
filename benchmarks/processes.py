"""Runs programs so that none of them outlives the measurement, whatever ends it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from benchmarks.figure import Broken

LAUNCHER = Path(__file__).with_name("launcher.py")


class Took(NamedTuple):
    """What one run took: `cpu` is the seconds of all its processes together, `megabytes` the most of one of them."""

    seconds: float
    cpu: float
    megabytes: float


def take(argv: Sequence[str], environ: Mapping[str, str], directory: Path, *, count: int = 1) -> Took:
    """Run a program so many times at once, and return what that took; raises `Broken` if one of them fails."""
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(count), *argv]
    seconds, cpu, kilobytes = map(float, output(launcher, environ, directory).split())
    return Took(seconds, cpu, kilobytes / 1024)


def output(argv: Sequence[str], environ: Mapping[str, str], directory: Path) -> str:
    """Run a program and return what it prints; raises `Broken` if it fails."""
    with running(argv, environ, directory, stderr=subprocess.PIPE) as process:
        out, said = process.communicate()
    if process.returncode != 0:
        words = " ".join(Path(word).name for word in argv[:10] if "\n" not in word)
        raise Broken(f"{words}: exit status {process.returncode}\n{said}")
    return out


@contextmanager
def running(
    argv: Sequence[str], environ: Mapping[str, str], directory: Path, *, stderr: int = subprocess.DEVNULL
) -> Iterator["subprocess.Popen[str]"]:
    """Have a program run during the block; after it, neither it nor what it started does."""
    process = subprocess.Popen(
        argv,
        cwd=directory,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        with process:
            try:
                yield process
            finally:
                # What it started belongs to its session; after it has ended well there is nobody left.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    finally:
        process.wait()


def end_in_order() -> None:
    """From now on, whoever asks this process to end has it clean up first, as Ctrl-C does."""

    def stop(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
