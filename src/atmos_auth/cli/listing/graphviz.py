"""The list as a graph in Graphviz's DOT language."""

from atmos_auth.cli.listing.forest import AGAIN, MISSING, SHOWN, Node, forest, walk
from atmos_auth.cli.listing.screen import Screen
from atmos_auth.domain.chain import PROVIDER
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Listing


def render(listing: Listing, screen: Screen) -> str:
    """Return a graph from left to right: what stands in it does not change with time, so it can be kept."""
    lines = [
        "digraph AuthConfig {",
        "  rankdir=LR;",
        '  node [fontname="Helvetica", style=filled];',
    ]
    edges = []
    for step in walk(forest(listing)):
        node = step.node
        if node.standing != AGAIN:
            lines.append(f"  {_id(node)} [{_attributes(node)}];")
        if step.parent is not None:
            edges.append(f"  {_id(step.parent)} -> {_id(node)};")
    return "\n".join([*lines, *edges, "}"]) + "\n"


def quoted(text: str) -> str:
    r"""Return a string of DOT that is shown as `text`: no quotation mark, `\N` or `&amp;` in it means anything."""
    text = plain_text(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{text}"'


def _id(node: Node) -> str:
    return quoted(f"{node.role}/{node.name.lower()}")


def _attributes(node: Node) -> str:
    entry = node.entry
    second = entry.kind if entry and node.standing == SHOWN else node.standing
    label = f"{quoted(node.name)[:-1]}\\n{quoted(second)[1:]}"
    shape = "box" if node.role == PROVIDER else "ellipse"
    color = "lightblue" if node.role == PROVIDER else "white"
    if entry and entry.is_default:
        color = "lightgreen"
    attributes = f"label={label}, shape={shape}, fillcolor={color}"
    if node.standing == MISSING or (entry and entry.problem and not entry.blocked_by):
        return f"{attributes}, color=red, penwidth=2"
    return attributes if node.standing == SHOWN else f'{attributes}, style="filled,dashed"'
