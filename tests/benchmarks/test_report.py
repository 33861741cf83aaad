"""The page on performance says what was measured: nobody writes its figures by hand."""

import json
import re
from pathlib import Path

import pytest
from benchmarks.figure import Figure, as_json, row

from benchmarks import __main__ as suite
from benchmarks import report

FOUND = report.read()


def results(*rows, **more) -> dict:
    figure = as_json(Figure("A title", rows, **more), "What it is about.")
    return {"schema": report.SCHEMA, "figures": {"a_figure": figure}}


def test_the_page_has_what_the_results_say():
    text = report.PAGE.read_text(encoding="utf-8")
    assert report.page(text, FOUND) == text, "run `python -m benchmarks.report`"


def test_the_plots_show_what_the_results_say():
    there = {path.name: path.read_text(encoding="utf-8") for path in report.PLOTS.iterdir()}
    assert report.plots(FOUND) == there, "run `python -m benchmarks.report`"


def test_every_script_is_in_the_results():
    assert list(FOUND["figures"]) == list(suite.FIGURES)


def test_every_module_is_a_figure_or_serves_them():
    folder = Path(suite.__file__).parent
    scripts = {path.stem for path in folder.glob("*.py") if "\ndef run(" in path.read_text(encoding="utf-8")}
    assert scripts == set(suite.FIGURES)


@pytest.mark.parametrize("name", FOUND["figures"])
def test_a_figure_names_its_peer_and_its_limit(name: str):
    figure = FOUND["figures"][name]
    assert "peer" in figure["about"]
    assert "imit" in figure["about"]
    names = [each["name"] for each in figure["rows"]]
    assert len(set(names)) == len(names)
    assert {each["peer"] for each in figure["rows"] if "peer" in each} <= set(names)
    assert any("limit" in each for each in figure["rows"])


def test_the_results_say_nothing_about_the_machine_but_three_facts():
    for figure in FOUND["figures"].values():
        assert set(figure["measured"]) == {"date", "cpus", "python"}
    assert re.findall(r"(?<![\w.])/(?:home|root|tmp|usr|work|Users)\b", json.dumps(FOUND)) == []


def test_a_ratio_beyond_its_limit_is_pointed_out():
    bare = row("bare", [0.010, 0.010])
    missed, kept = row("slow", [0.0201, 0.0201]).against(bare, 2.0), row("quick", [0.019, 0.021]).against(bare, 2.0)
    lines = report.table([bare, missed, kept])
    assert lines[2:] == [
        "| bare | 10.0 ms | 10.0 to 10.0 |  |  |  |",
        "| slow | 20.1 ms | 20.1 to 20.1 |  | 2.01 x bare | 2 x, **missed** |",
        "| quick | 20.0 ms | 19.5 to 20.5 |  | 2.00 x bare | 2 x |",
    ]


def test_what_was_counted_and_what_could_not_be_measured_is_said():
    text = report.section(
        "a_figure", results(row("a", [1.0]), counted={"sign-ins": 1}, missing=["b"])["figures"]["a_figure"]
    )
    assert "Counted in each round: sign-ins: 1." in text
    assert "Not measured: b." in text


def test_what_stands_around_the_figures_stays():
    text = f"Before.\n{report.BEGIN}\nold\n{report.END}\nAfter.\n"
    page = report.page(text, results(row("a", [1.0])))
    assert page.startswith(f"Before.\n{report.BEGIN}\n\n### A title\n")
    assert page.endswith(f"\n{report.END}\nAfter.\n")
    assert "old" not in page


@pytest.mark.parametrize("text", ["", report.BEGIN, report.END, f"{report.END} {report.BEGIN}"])
def test_a_page_without_its_marks_is_left_alone(text: str):
    with pytest.raises(SystemExit, match="must have the lines"):
        report.page(text, results())


def test_results_of_another_schema_are_refused(tmp_path: Path):
    path = tmp_path / "results.json"
    path.write_text('{"schema": 0}', encoding="utf-8")
    with pytest.raises(SystemExit, match="of schema 0, not 1: remove it"):
        report.read(path)


def test_without_results_there_are_no_figures(tmp_path: Path):
    assert report.read(tmp_path / "results.json") == {"schema": report.SCHEMA, "figures": {}}
