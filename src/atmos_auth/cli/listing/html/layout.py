"""Where each box of the diagram stands: providers on the left, identities in columns by how far they are from there."""

from typing import NamedTuple

from atmos_auth.cli.listing.forest import Node, walk
from atmos_auth.domain.chain import PROVIDER

BOX_WIDTH, BOX_HEIGHT = 216, 50
BETWEEN_COLUMNS, BETWEEN_ROWS, BETWEEN_TREES = 64, 12, 14
MARGIN, HEADING = 2, 26
# A box with very many after it stands beside the first of them, where one begins to read.
_LOWEST = 4 * (BOX_HEIGHT + BETWEEN_ROWS)


class Box(NamedTuple):
    """A node with the column it stands in, its left upper corner in pixels, and the number of the box it hangs from."""

    node: Node
    column: int
    x: float
    y: float
    parent: int | None


class Layout(NamedTuple):
    """All boxes, each after the one it hangs from, and the size of the whole in pixels."""

    boxes: list[Box]
    width: float
    height: float


def laid_out(roots: list[Node]) -> Layout:
    """Return the boxes: what hangs from nothing else takes the next row, and every box stands midway before its own."""
    steps = list(walk(roots))
    if not steps:
        return Layout([], 0, 0)
    first = 0 if any(node.role == PROVIDER for node in roots) else -1
    columns, parents, rows = [], [], _rows([step.depth for step in steps])
    open_above: list[int] = []
    for number, step in enumerate(steps):
        del open_above[step.depth :]
        parents.append(open_above[-1] if open_above else None)
        root = steps[open_above[0]].node if open_above else step.node
        columns.append(step.depth + first + (root.role != PROVIDER))
        open_above.append(number)
    boxes = [
        Box(step.node, column, MARGIN + column * (BOX_WIDTH + BETWEEN_COLUMNS), row, parent)
        for step, column, row, parent in zip(steps, columns, rows, parents, strict=True)
    ]
    return Layout(
        boxes,
        max(box.x for box in boxes) + BOX_WIDTH + MARGIN,
        max(box.y for box in boxes) + BOX_HEIGHT + MARGIN,
    )


def _rows(depths: list[int]) -> list[float]:
    """Return the upper edge of every box; `depths` are in the order of a walk."""
    tops: list[float] = [0.0] * len(depths)
    top = float(HEADING)
    for number, depth in enumerate(depths):
        if depth == 0 and number:
            top += BETWEEN_TREES
        following = depths[number + 1] if number + 1 < len(depths) else 0
        if following <= depth:
            tops[number] = top
            top += BOX_HEIGHT + BETWEEN_ROWS
    # From the end, so that what hangs from a box is placed before it: first and last child by depth.
    extent: dict[int, tuple[float, float]] = {}
    for number in range(len(depths) - 1, -1, -1):
        depth = depths[number]
        below = extent.pop(depth + 1, None)
        if below:
            tops[number] = min((below[0] + below[1]) / 2, below[0] + _LOWEST)
        _, lowest = extent.get(depth, (0.0, tops[number]))
        extent[depth] = (tops[number], lowest)
    return tops
