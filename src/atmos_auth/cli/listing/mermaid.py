"""The list as a Mermaid flowchart."""

import re

from atmos_auth.cli.listing.forest import AGAIN, MISSING, SHOWN, Node, forest, walk
from atmos_auth.cli.listing.screen import Screen
from atmos_auth.domain.chain import PROVIDER
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Listing

# Not `default` for the class of defaults: Mermaid puts that one on every node.
_CLASSES = {
    "provider": "fill:#dbeafe,stroke:#1d4ed8,color:#172554",
    "identity": "fill:#f8fafc,stroke:#475569,color:#0f172a",
    "isDefault": "fill:#dcfce7,stroke:#15803d,color:#052e16",
    "filtered": "fill:#f1f5f9,stroke:#94a3b8,color:#475569,stroke-dasharray:4 3",
    "broken": "fill:#fee2e2,stroke:#b91c1c,color:#450a0a",
}


def render(listing: Listing, screen: Screen) -> str:
    """Return a flowchart from left to right: what stands in it does not change with time, so it can be kept."""
    lines, edges = ["graph LR"], []
    ids = _Ids()
    for step in walk(forest(listing)):
        node = step.node
        if node.standing != AGAIN:
            entry = node.entry
            second = entry.kind if entry and node.standing == SHOWN else node.standing
            label = f"{escaped(node.name)}<br/>{escaped(second)}"
            shape = f'["{label}"]' if node.role == PROVIDER else f'(["{label}"])'
            lines.append(f"  {ids(node)}{shape}:::{_class(node)}")
        if step.parent is not None:
            edges.append(f"  {ids(step.parent)} --> {ids(node)}")
    classes = [f"  classDef {name} {style}" for name, style in _CLASSES.items()]
    return "\n".join([*lines, *edges, *classes]) + "\n"


def escaped(text: str) -> str:
    """Return `text` for a label in quotation marks: no character of it is markup of Mermaid, Markdown or HTML.

    Letters, digits and blanks stay, and so do the marks within words; every other character becomes an entity code.
    """
    text = f" {plain_text(text)} "
    return "".join(
        character if character.isalnum() or character == " " else _code(before, character, after)
        for before, character, after in zip(text, text[1:], text[2:], strict=False)
    )


def _code(before: str, character: str, after: str) -> str:
    if character in "./_-" and before.isalnum() and after.isalnum():
        return character
    # Two dollar signs make a formula, even as codes: a word joiner keeps them apart.
    return f"#{ord(character)};" + ("#8288;" if character == after == "$" else "")


class _Ids:
    """Names of nodes: readable, of letters and digits only, and no two the same."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def __call__(self, node: Node) -> str:
        key = node.role, node.name.lower()
        if key not in self._by_key:
            # With the role before it, no name is a word of Mermaid's own, such as `end`.
            name = f"{node.role}_{re.sub(r'[^A-Za-z0-9]', '_', node.name)}"
            number = 2
            chosen = name
            while chosen in self._taken:
                chosen, number = f"{name}_{number}", number + 1
            self._taken.add(chosen)
            self._by_key[key] = chosen
        return self._by_key[key]


def _class(node: Node) -> str:
    entry = node.entry
    if node.standing == MISSING or (entry and node.standing == SHOWN and entry.problem and not entry.blocked_by):
        return "broken"
    if node.standing != SHOWN:
        return "filtered"
    return "isDefault" if entry and entry.is_default else node.role
