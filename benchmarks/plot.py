"""A line plot as SVG, crisp at any size, that follows the reader's light or dark theme."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 70, 520, 44, 318
LABELS_AT, LABEL_HEIGHT = RIGHT + 14, 17
# An axis that spans so many times its beginning is logarithmic.
WIDE = 20
# Told apart in both themes, and by those who see fewer colours; every line has its name at its end as well.
COLOURS = (
    ("#0b62c4", "#6cb2ff"),
    ("#b3470a", "#ff9d5c"),
    ("#0f7a4f", "#4fd19a"),
    ("#8a3ab0", "#d9a3f5"),
    ("#6b6b6b", "#b5b5b5"),
    ("#a0174d", "#ff8fb5"),
)
STYLE = """\
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.page { fill: #ffffff; stroke: #d1d9e0 } .grid { stroke: #e4e8ec } .axis { stroke: #59636e }
.title { font-weight: 600; font-size: 15px } .quiet { fill: #59636e }
"""
DARK = """\
text { fill: #e6edf3 } .page { fill: #0d1117; stroke: #3d444d } .grid { stroke: #262c34 } .axis { stroke: #9198a1 }
.quiet { fill: #9198a1 }
"""


class Point(NamedTuple):
    """What was found at one size, with its quartiles."""

    size: float
    value: float
    low: float
    high: float


class Axis(NamedTuple):
    """Where values stand, and which ones are written at it."""

    place: Callable[[float], float]
    ticks: Sequence[float]


def svg(title: str, lines: Mapping[str, Sequence[Point]], *, across: str, up: str, mark: Callable[[float], str]) -> str:
    """Return the plot; `across` and `up` name its axes, `mark` writes a value of the latter."""
    points = [point for line in lines.values() for point in line]
    sizes = sorted({point.size for point in points})
    horizontal = _horizontal(sizes)
    vertical = _vertical(min(point.low for point in points), max(point.high for point in points))
    body = [
        f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="6"/>',
        _text(LEFT - 50, 26, title, "title"),
        _text(LEFT, TOP + 2, up, "quiet"),
        _text((LEFT + RIGHT) / 2, BOTTOM + 44, across, "quiet", "middle"),
    ]
    for tick in vertical.ticks:
        y = vertical.place(tick)
        body.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>')
        body.append(_text(LEFT - 8, y + 4, mark(tick), "quiet", "end"))
    for tick in horizontal.ticks:
        x = horizontal.place(tick)
        body.append(f'<line class="axis" x1="{x:.1f}" y1="{BOTTOM}" x2="{x:.1f}" y2="{BOTTOM + 5}"/>')
        body.append(_text(x, BOTTOM + 22, f"{tick:,.0f}", "quiet", "middle"))
    body.append(f'<line class="axis" x1="{LEFT}" y1="{BOTTOM}" x2="{RIGHT}" y2="{BOTTOM}"/>')
    labels = _apart([vertical.place(line[-1].value) for line in lines.values()])
    for number, ((name, line), label) in enumerate(zip(lines.items(), labels, strict=True)):
        body += _line(f"s{number % len(COLOURS)}", name, line, horizontal, vertical, label)
    return _document(title, body)


def _line(colour: str, name: str, line: Sequence[Point], horizontal: Axis, vertical: Axis, label: float) -> list[str]:
    places = [(horizontal.place(point.size), vertical.place(point.value)) for point in line]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    found = [f'<polyline class="{colour} line" points="{path}"/>']
    for point, (x, y) in zip(line, places, strict=True):
        low, high = vertical.place(point.low), vertical.place(point.high)
        found.append(f'<line class="{colour} line" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>')
        found.append(f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    x, y = places[-1]
    found.append(f'<polyline class="{colour} thread" points="{x:.1f},{y:.1f} {LABELS_AT - 4},{label:.1f}"/>')
    return [*found, _text(LABELS_AT, label + 4, name, colour)]


def _horizontal(sizes: Sequence[float]) -> Axis:
    """The sizes themselves are what is written at it."""
    scale = math.log if sizes[0] > 0 and sizes[-1] >= WIDE * sizes[0] else float
    first, last = scale(sizes[0]), scale(sizes[-1])
    left, right = LEFT + 20, RIGHT - 12

    def place(value: float) -> float:
        return left + (scale(value) - first) / (last - first) * (right - left)

    return Axis(place, sizes)


def _vertical(low: float, high: float) -> Axis:
    if low > 0 and high >= WIDE * low:
        decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
        inside = [tick for tick in ticks if tick >= low]
        ticks = [max((tick for tick in ticks if tick <= low), default=low), *inside]
        ticks = ticks[: next(number for number, tick in enumerate(ticks, 1) if tick >= high)]
        first, last = math.log(ticks[0]), math.log(ticks[-1])
        return Axis(lambda value: BOTTOM - (math.log(value) - first) / (last - first) * (BOTTOM - TOP - 16), ticks)
    step = _round_step(high / 5)
    ticks = [number * step for number in range(math.ceil(high / step) + 1)]
    return Axis(lambda value: BOTTOM - value / ticks[-1] * (BOTTOM - TOP - 16), ticks)


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least)


def _apart(places: Sequence[float]) -> list[float]:
    """Move labels as far as they must be so that each can be read, in the order they have."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    found = list(places)
    for above, below in pairwise(order):
        found[below] = max(found[below], found[above] + LABEL_HEIGHT)
    lowest = float(BOTTOM)
    for number in reversed(order):
        found[number] = min(found[number], lowest)
        lowest = found[number] - LABEL_HEIGHT
    return found


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _document(title: str, body: Sequence[str]) -> str:
    light = "".join(f".s{number} {{ stroke: {light}; fill: {light} }}\n" for number, (light, _) in enumerate(COLOURS))
    dark = "".join(f".s{number} {{ stroke: {dark}; fill: {dark} }}\n" for number, (_, dark) in enumerate(COLOURS))
    # A line is not filled, and text has no stroke.
    shapes = "text[class] { stroke: none } .line, .thread { fill: none } .line { stroke-width: 2 }\n"
    shapes += ".thread { stroke-dasharray: 2 3 }\n"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>\n{STYLE}{light}{shapes}@media (prefers-color-scheme: dark) {{\n{DARK}{dark}{shapes}}}\n</style>",
            *body,
            "</svg>\n",
        ]
    )
