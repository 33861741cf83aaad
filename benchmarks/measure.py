"""Timing of whole commands, in turns: a slow moment of the machine meets them all."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.figure import Row, row
from benchmarks.processes import Took, take


class Contender(NamedTuple):
    """A command to time; `prepare` runs before each round, untimed, and may return variables to add.

    `after` runs after each round, and may look at what was done. `times` many of them run at once.
    """

    name: str
    argv: Sequence[str]
    prepare: Callable[[], Mapping[str, str]] | None = None
    series: str | None = None
    size: int | None = None
    directory: Path | None = None
    after: Callable[[], None] | None = None
    times: int = 1


def interleaved(
    contenders: Sequence[Contender], *, rounds: int, environ: Mapping[str, str], directory: Path
) -> list[Row]:
    """Time every contender once per round, after one round that does not count; raises `Broken` if one fails."""
    taken = in_turns(contenders, rounds=rounds, environ=environ, directory=directory)
    return [
        row(
            each.name,
            [took.seconds for took in taken[each.name]],
            megabytes=max(took.megabytes for took in taken[each.name]),
            series=each.series,
            size=each.size,
        )
        for each in contenders
    ]


def in_turns(
    contenders: Sequence[Contender], *, rounds: int, environ: Mapping[str, str], directory: Path
) -> dict[str, list[Took]]:
    """Return what each round took of each contender; raises `Broken` if one fails."""
    taken: dict[str, list[Took]] = {each.name: [] for each in contenders}
    for number in range(rounds + 1):
        for each in contenders:
            added = each.prepare() if each.prepare else {}
            took = take(each.argv, {**environ, **added}, each.directory or directory, count=each.times)
            if each.after:
                each.after()
            if number:
                taken[each.name].append(took)
    return taken
