"""The chains as a drawing: boxes that lead to their rows, and lines from what one hangs from."""

from collections.abc import Mapping

from atmos_auth.cli.listing.forest import AGAIN, LEFT_OUT, MISSING, SHOWN, forest
from atmos_auth.cli.listing.html.layout import BETWEEN_COLUMNS, BOX_HEIGHT, BOX_WIDTH, Box, Layout, laid_out
from atmos_auth.cli.listing.html.markup import name, text
from atmos_auth.cli.listing.standing import LOOKS
from atmos_auth.domain.chain import PROVIDER
from atmos_auth.usecases.listing import Listing

_WHAT = 'role="group" aria-label="What hangs from what, from left to right"'
_NOT_SHOWN = {LEFT_OUT: "filtered out", MISSING: "not configured", AGAIN: "again: a cycle"}


def diagram(listing: Listing, now: float, numbers: Mapping[tuple[str, str], int]) -> str:
    """Return an SVG element; `numbers` are those of the rows. Colours and lines are the page's."""
    layout = laid_out(forest(listing))
    width, height = round(layout.width), round(layout.height)
    parts = [
        f'<svg class="chains" width="{width}" height="{height}" viewBox="0 0 {width} {height}" {_WHAT}>',
        *_headings(layout),
        *(_edge(layout.boxes[box.parent], box) for box in layout.boxes if box.parent is not None),
        *(_box(box, now, numbers) for box in layout.boxes),
        "</svg>",
    ]
    return "\n".join(parts)


def _headings(layout: Layout) -> list[str]:
    first = {"Providers": True, "Identities": False}
    found = []
    for title, of_providers in first.items():
        xs = [box.x for box in layout.boxes if (box.node.role == PROVIDER) == of_providers]
        if xs:
            found.append(f'<text class="column" x="{min(xs):g}" y="13" aria-hidden="true">{title}</text>')
    return found


def _edge(above: Box, box: Box) -> str:
    x, y = above.x + BOX_WIDTH, above.y + BOX_HEIGHT / 2
    end = box.y + BOX_HEIGHT / 2
    middle = x + BETWEEN_COLUMNS / 2
    kind = "edge" if above.node.standing == box.node.standing == SHOWN else "edge open"
    return f'<path class="{kind}" d="M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {end:g} {box.x:g} {end:g}"/>'


def _box(box: Box, now: float, numbers: Mapping[tuple[str, str], int]) -> str:
    node, entry = box.node, box.node.entry
    second = _NOT_SHOWN.get(node.standing) or (entry.kind if entry else "")
    classes = ["node", node.role]
    if node.standing != SHOWN:
        classes += ["absent", *(["missing"] if node.standing == MISSING else [])]
    elif entry and entry.is_default:
        classes.append("default")
    state = entry.state(now) if entry and node.standing == SHOWN else "none"
    number = numbers.get((node.role, node.name.lower()))
    is_linked = number is not None and node.standing == SHOWN
    opening = f'<a href="#entry-{number}" data-entry="{number}"' if is_linked else "<g"
    mark = f'<span class="mark" aria-hidden="true">{LOOKS[state].symbol}</span>'
    inner = (
        f"<title>{text(node.name)} ({text(second)})</title>"
        f'<rect class="box" x="{box.x:g}" y="{box.y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8"/>'
        f'<rect class="bar" x="{box.x + 4:g}" y="{box.y + 9:g}" width="3" height="{BOX_HEIGHT - 18}" rx="1.5"/>'
        f'<foreignObject x="{box.x:g}" y="{box.y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}">'
        f'<div class="label"><div>{name(node.name)}{mark}</div>'
        f"<div>{name(second)}</div></div></foreignObject>"
    )
    return f'{opening} class="{" ".join(classes)}" data-state="{state}">{inner}</{"a" if is_linked else "g"}>'
