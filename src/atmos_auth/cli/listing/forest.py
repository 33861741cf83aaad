"""What hangs from what, as trees: entries left out or missing on the way are drawn as such, circles are cut open."""

from collections.abc import Iterator
from typing import NamedTuple

from atmos_auth.domain.chain import PROVIDER
from atmos_auth.usecases.listing import Entry, Listing

Key = tuple[str, str]
# SHOWN is an entry as such; LEFT_OUT one that the filters hide; MISSING one that is referred to but not configured;
# AGAIN the place where a circle comes back to its first entry.
SHOWN, LEFT_OUT, MISSING, AGAIN = "shown", "filtered", "missing", "cycle"


class Node(NamedTuple):
    """One place in a tree; `entry` is None for a MISSING one."""

    role: str
    name: str
    standing: str
    entry: Entry | None
    below: "list[Node]"


class Step(NamedTuple):
    """A node met on a walk: how many nodes are above it, and whether it is the last below its parent."""

    node: Node
    depth: int
    is_last: bool
    parent: Node | None


def forest(listing: Listing) -> list[Node]:
    """Return the roots: providers first, then what stands alone or hangs from nothing known; last what is a circle."""
    nodes, parents = _nodes(listing)
    roots = []
    for key, node in nodes.items():
        parent = parents.get(key)
        if parent is None:
            roots.append(node)
        else:
            nodes[parent].below.append(node)
    roots.sort(key=lambda node: node.role != PROVIDER)
    seen = {(step.node.role, step.node.name.lower()) for step in walk(roots)}
    for key in nodes:
        if key not in seen:
            first = _opened(key, nodes, parents)
            seen |= {(step.node.role, step.node.name.lower()) for step in walk([first])}
            roots.append(first)
    return roots


def walk(roots: list[Node]) -> Iterator[Step]:
    """Visit every node, each before what hangs from it; of any depth."""
    ahead = [Step(node, 0, number == 0, None) for number, node in enumerate(reversed(roots))]
    while ahead:
        step = ahead.pop()
        yield step
        below = reversed(step.node.below)
        ahead += [Step(node, step.depth + 1, number == 0, step.node) for number, node in enumerate(below)]


def _nodes(listing: Listing) -> tuple[dict[Key, Node], dict[Key, Key]]:
    """Return a node for each entry to show and for all on the way to its root, and whom each hangs from."""
    hidden = {entry.key: entry for entry in listing.left_out}
    nodes = {entry.key: Node(entry.role, entry.name, SHOWN, entry, []) for entry in listing.entries}
    parents: dict[Key, Key] = {}
    for entry in listing.entries:
        step: Entry | None = entry
        while step is not None and step.parent is not None and step.parent_key is not None:
            above = parents[step.key] = step.parent_key
            if above in nodes:
                break
            role, name = step.parent
            step = hidden.get(above)
            standing = LEFT_OUT if step else MISSING
            nodes[above] = Node(role, step.name if step else name, standing, step, [])
    return nodes, parents


def _opened(key: Key, nodes: dict[Key, Node], parents: dict[Key, Key]) -> Node:
    """Cut the circle above a node open, at the name that comes first."""
    path: dict[Key, None] = {}
    while key not in path:
        path[key] = None
        key = parents[key]
    circle = list(path)[list(path).index(key) :]
    first = min(circle)
    node = nodes[first]
    below = nodes[parents[first]].below
    below[below.index(node)] = node._replace(standing=AGAIN, below=[])
    return node
