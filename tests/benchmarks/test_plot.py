"""A plot is well formed, inside its frame, and can be read in a light and in a dark theme."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from benchmarks.plot import HEIGHT, LABEL_HEIGHT, WIDTH, Point, svg

SVG = "{http://www.w3.org/2000/svg}"


def line(*values: float, sizes: tuple[float, ...] = (10, 1000, 10000)) -> list[Point]:
    return [Point(size, value, value * 0.9, value * 1.1) for size, value in zip(sizes, values, strict=True)]


def drawn(**lines: list[Point]) -> ET.Element:
    text = svg("Growth & more", lines, across="identities", up="time", mark=lambda value: f"{value:g}")
    assert "prefers-color-scheme: dark" in text
    return ET.fromstring(text)


@pytest.mark.parametrize(
    "values",
    [(0.01, 0.011, 0.012), (0.01, 1, 100), (5, 4, 3), (1, 1, 1), (0.0001, 0.0002, 0.0003), (0.013, 0.8, 1.0)],
    ids=str,
)
def test_everything_is_inside_the_frame(values: tuple[float, ...]):
    root = drawn(a=line(*values))
    places = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in root.iter(f"{SVG}circle")]
    assert len(places) == len(values)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)
    ends = [float(each.get(name)) for each in root.iter(f"{SVG}line") for name in ("y1", "y2")]
    assert all(0 < y < HEIGHT for y in ends)


def test_what_takes_longer_stands_higher():
    dots = [float(dot.get("cy")) for dot in drawn(a=line(1, 2, 3)).iter(f"{SVG}circle")]
    assert dots == sorted(dots, reverse=True)


@pytest.mark.parametrize("values", [(1, 1, 1, 1, 1, 1), (0.01, 0.011, 50, 51, 52, 0.012)], ids=str)
def test_no_two_names_of_lines_lie_on_each_other(values: tuple[float, ...]):
    root = drawn(**{f"line {number}": line(0.5, 0.6, value) for number, value in enumerate(values)})
    places = sorted(float(text.get("y")) for text in root.iter(f"{SVG}text") if text.text.startswith("line "))
    assert len(places) == len(values)
    assert min(below - above for above, below in pairwise(places)) >= LABEL_HEIGHT - 0.2
    assert places[0] > 0
    assert places[-1] < HEIGHT


def test_names_may_hold_any_character():
    texts = [text.text for text in drawn(**{"a < b & c": line(1, 2, 3)}).iter(f"{SVG}text")]
    assert "a < b & c" in texts
    assert "Growth & more" in texts


def test_the_same_is_drawn_again_from_the_same():
    one, other = (ET.tostring(drawn(a=line(1, 2, 3))) for _ in range(2))
    assert one == other
    assert not re.search(rb"nan|inf\b", one)
