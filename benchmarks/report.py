"""Writes what `results.json` says into the page on performance and its plots: `python -m benchmarks.report`."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.figure import PER_SECOND, SECONDS, Row, rows_of
from benchmarks.plot import Point, svg

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "explanation" / "performance.md"
PLOTS = PAGE.with_suffix("")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SCHEMA = 1


def main() -> int:
    """Write the page and the plots anew; return the exit status."""
    publish(read())
    return 0


def read(path: Path = RESULTS) -> dict[str, Any]:
    """Return what was measured so far."""
    if not path.exists():
        return {"schema": SCHEMA, "figures": {}}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if found.get("schema") != SCHEMA:
        raise SystemExit(f"benchmarks/results.json is of schema {found.get('schema')}, not {SCHEMA}: remove it")
    return found


def publish(results: Mapping[str, Any]) -> None:
    """Write the results, the page and the plots, each of them whole or not at all."""
    _write(RESULTS, json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    _write(PAGE, page(PAGE.read_text(encoding="utf-8"), results))
    wanted = plots(results)
    PLOTS.mkdir(exist_ok=True)
    for name, text in wanted.items():
        _write(PLOTS / name, text)
    for path in PLOTS.glob("*.svg"):
        if path.name not in wanted:
            path.unlink()


def page(text: str, results: Mapping[str, Any]) -> str:
    """Return the page with what was measured between its two marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"docs/explanation/performance.md must have the lines {BEGIN} and {END}")
    sections = [section(name, figure) for name, figure in results["figures"].items()]
    return f"{before}{BEGIN}\n\n" + "\n".join(sections) + f"\n{END}{after}"


def section(name: str, figure: Mapping[str, Any]) -> str:
    """Return what the page says about one figure."""
    rows = rows_of(figure)
    lines = [f"### {figure['title']}", "", figure["about"], "", *table(rows), ""]
    if figure.get("counted"):
        counts = ", ".join(f"{what}: {count}" for what, count in figure["counted"].items())
        lines += [f"Counted in each round: {counts}.", ""]
    lines += [f"Not measured: {what}.\n" for what in figure.get("missing", ())]
    measured = figure["measured"]
    machine = f"`python -m benchmarks {name}`, {measured['date']}, {measured['cpus']} processors"
    lines += [f"<sub>{machine}, Python {measured['python']}</sub>", ""]
    if "growth" in figure:
        lines += [f"![{figure['title']}: growth with {figure['growth']}]({PLOTS.name}/{name}.svg)", ""]
    return "\n".join(lines)


def table(rows: Sequence[Row]) -> list[str]:
    """Return the rows as a table in Markdown."""
    lines = [
        "| what | median | quartiles | memory | to its peer | limit |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        low, high = (written(value, row, unit=False) for value in row.quartiles)
        memory = "" if row.megabytes is None else f"{row.megabytes:,.0f} MB"
        ratio = "" if row.ratio is None else f"{row.ratio:,.2f} x {row.peer}"
        limit = "" if row.limit is None else f"{row.limit:g} x{'' if row.keeps else ', **missed**'}"
        spread = f"{low} to {high}" if row.rounds > 1 else "once"
        lines.append(f"| {row.name} | {written(row.median, row)} | {spread} | {memory} | {ratio} | {limit} |")
    return lines


def written(value: float, row: Row, *, unit: bool = True) -> str:
    """Return a value as a person reads it, in the unit that suits the row's median."""
    if row.unit == SECONDS:
        figure, name = _time(value, row.median)
    elif row.unit == PER_SECOND:
        figure, name = f"{value:,.0f}", "a second"
    else:
        figure, name = f"{value:.1f}", row.unit
    return f"{figure} {name}" if unit else figure


def plots(results: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each plot by its file name."""
    return {
        f"{name}.svg": _plot(figure["title"], figure["growth"], rows_of(figure))
        for name, figure in results["figures"].items()
        if "growth" in figure
    }


def _plot(title: str, growth: str, rows: Sequence[Row]) -> str:
    lines: dict[str, list[Point]] = {}
    for row in rows:
        if row.series is not None and row.size is not None:
            point = Point(row.size, row.median, *row.quartiles)
            lines.setdefault(row.series, []).append(point)
    return svg(title, lines, across=growth, up="time, with quartiles", mark=_mark)


def _time(seconds: float, scale: float) -> tuple[str, str]:
    if scale < 1:
        return f"{seconds * 1e3:,.{0 if scale >= 0.1 else 1}f}", "ms"
    return f"{seconds:,.{2 if scale < 10 else 1}f}", "s"


def _mark(seconds: float) -> str:
    return f"{seconds * 1e3:g} ms" if 0 < seconds < 1 else f"{seconds:g} s"


def _write(path: Path, text: str) -> None:
    aside = path.with_name(f"{path.name}.new")
    try:
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
