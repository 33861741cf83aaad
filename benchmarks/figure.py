"""What a benchmark found: rows with their peers and limits, what was counted, and all of it as JSON."""

import datetime as dt
import os
import platform
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

SECONDS, PER_SECOND, PERCENT = "s", "requests/s", "% of a core"


class Broken(Exception):
    """Something that must hold whatever the machine does not: a second sign-in, a program that fails."""


class Row(NamedTuple):
    """One line of a table; quartiles are the first and the third, `megabytes` the most that any round took.

    `ratio` is to the median of the row that is called `peer`, and `limit` the most that it may be. Rows of a growth
    plot name their `series`, and the `size` at which they were measured.
    """

    name: str
    unit: str
    rounds: int
    median: float
    quartiles: tuple[float, float]
    megabytes: float | None = None
    peer: str | None = None
    ratio: float | None = None
    limit: float | None = None
    series: str | None = None
    size: int | None = None

    @property
    def keeps(self) -> bool:
        """Whether it stays within its limit; one without a limit does."""
        return self.ratio is None or self.limit is None or self.ratio <= self.limit

    def against(self, peer: "Row", limit: float | None = None) -> "Row":
        """Return the row with its ratio to another one, and the most that this may be."""
        return self._replace(peer=peer.name, ratio=_rounded(self.median / peer.median), limit=limit)


class Figure(NamedTuple):
    """The rows of one script; `growth` names the sizes of its plot, `counted` is what was the same in each round."""

    title: str
    rows: Sequence[Row]
    counted: Mapping[str, int] = {}
    growth: str | None = None
    missing: Sequence[str] = ()


def row(
    name: str,
    values: Sequence[float],
    *,
    unit: str = SECONDS,
    megabytes: float | None = None,
    series: str | None = None,
    size: int | None = None,
) -> Row:
    """Return what these rounds come to."""
    low, _, high = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [*values] * 3
    most = None if megabytes is None else round(megabytes, 1)
    median = _rounded(statistics.median(values))
    return Row(name, unit, len(values), median, (_rounded(low), _rounded(high)), most, series=series, size=size)


def compared(rows: Iterable[Row], peer: str, limits: Mapping[str, float]) -> list[Row]:
    """Return the rows, each but the peer with its ratio to it, and with its limit if it has one."""
    found = list(rows)
    (base,) = (each for each in found if each.name == peer)
    return [each if each is base else each.against(base, limits.get(each.name)) for each in found]


def machine() -> dict[str, Any]:
    """Return what figures depend on and may be told: the date, how many processors there are, and which Python."""
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    return {"date": today, "cpus": os.cpu_count(), "python": platform.python_version()}


def as_json(figure: Figure, about: str) -> dict[str, Any]:
    """Return the figure as `results.json` has it; what a row has none of is left out."""
    rows = [{name: value for name, value in each._asdict().items() if value is not None} for each in figure.rows]
    whole = {"title": figure.title, "about": about, "measured": machine(), "rows": rows}
    others = {"counted": dict(figure.counted), "growth": figure.growth, "missing": list(figure.missing)}
    return whole | {name: value for name, value in others.items() if value}


def rows_of(written: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a figure of `results.json`."""
    return [Row(**{**each, "quartiles": tuple(each["quartiles"])}) for each in written["rows"]]


def _rounded(value: float) -> float:
    """Four digits: more would only be noise that changes with every run."""
    return float(f"{value:.4g}")
