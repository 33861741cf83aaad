"""Timing of whole commands: interleaved rounds, medians, spread, and the ratio to a peer."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Contender(NamedTuple):
    """A command to time; `prepare` runs before each round, untimed, and may return variables to add."""

    name: str
    argv: Sequence[str]
    prepare: Callable[[], Mapping[str, str]] | None = None


class Figure(NamedTuple):
    """Seconds of one contender over all rounds."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds that half of the rounds stayed below."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """First and third quartile."""
        quartiles = statistics.quantiles(self.seconds, n=4)
        return quartiles[0], quartiles[2]


def interleaved(
    contenders: Sequence[Contender], *, rounds: int, environ: Mapping[str, str], directory: Path
) -> list[Figure]:
    """Time every contender once per round, after one round that does not count."""
    seconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(rounds + 1):
        for contender in contenders:
            added = contender.prepare() if contender.prepare else {}
            started = time.perf_counter()
            result = subprocess.run(
                contender.argv,
                cwd=directory,
                env={**environ, **added},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            took = time.perf_counter() - started
            if result.returncode != 0:
                raise SystemExit(f"{contender.name} failed:\n{result.stderr.decode(errors='replace')}")
            if number:
                seconds[contender.name].append(took)
    return [Figure(name, tuple(values)) for name, values in seconds.items()]


def table(title: str, figures: Sequence[Figure], *, peer: str) -> str:
    """Print milliseconds and ratios to the contender named `peer`."""
    base = next(figure for figure in figures if figure.name == peer)
    width = max(len(figure.name) for figure in figures)
    lines = [title, f"  {'':{width}}  median ms   quartiles ms     x {peer}"]
    for figure in figures:
        low, high = figure.spread
        lines.append(
            f"  {figure.name:{width}}  {figure.median * 1e3:9.1f}   "
            f"{low * 1e3:6.1f}-{high * 1e3:<7.1f}  {figure.median / base.median:6.2f}"
        )
    return "\n".join(lines)
