"""The list of providers and identities as a tree, a table, JSON or YAML: each function returns the whole text."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from atmos_auth.cli.output import BOLD, DIM, GREEN, RED, YELLOW, Paint
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Entry

SOON_SECONDS = 15 * 60
# Settings that the tree already shows in another form.
_DRAWN = frozenset({"kind", "default", "via", "alias", "provider", "credentials", "tags", "env", "required"})
_DEEPEST = 5
_ACRONYMS = {"url": "URL", "id": "ID", "arn": "ARN"}


def tree(entries: list[Entry], now: float, paint: Paint) -> str:
    """Draw who hangs from whom."""
    children: dict[tuple[str, str], list[Entry]] = {}
    known = {_key(entry) for entry in entries}
    roots = []
    for entry in entries:
        parent = (entry.parent[0], entry.parent[1].lower()) if entry.parent else None
        if parent is not None and parent in known:
            children.setdefault(parent, []).append(entry)
        else:
            roots.append(entry)

    def node(entry: Entry, above: frozenset[tuple[str, str]]) -> Node:
        if _key(entry) in above:
            return Node(f"{plain_text(entry.name)} (cycle)", [])
        below = [Node(paint(label, DIM), inner) for label, inner in _facts(entry.settings, paint)]
        if entry.parent and entry in roots:
            # The parent is filtered out, or does not exist.
            below.insert(0, Node(paint(f"Via {entry.parent[0]}: {plain_text(entry.parent[1])}", DIM), []))
        below += [node(child, above | {_key(entry)}) for child in children.get(_key(entry), [])]
        return Node(_headline(entry, now, paint), below)

    # Entries of a cycle hang from each other only: start somewhere, so that they are seen.
    reachable = _reachable(roots, children)
    adrift = [entry for entry in entries if _key(entry) not in reachable][:1]
    drawn = [node(entry, frozenset()) for entry in [*roots, *adrift]]
    title = paint("Authentication Configuration", BOLD)
    return "\n".join([title, *_branches(drawn)]) + "\n" if entries else ""


class Node(NamedTuple):
    """A line of the tree, and what hangs below it."""

    label: str
    below: list["Node"]


def _branches(nodes: list[Node], indent: str = "") -> Iterable[str]:
    for number, node in enumerate(nodes, 1):
        is_last = number == len(nodes)
        yield f"{indent}{'└── ' if is_last else '├── '}{node.label}"
        yield from _branches(node.below, indent + ("    " if is_last else "│   "))


def _key(entry: Entry) -> tuple[str, str]:
    return entry.role, entry.name.lower()


def table(entries: list[Entry], now: float, paint: Paint) -> str:
    """Two tables, one for providers and one for identities."""
    blocks = []
    providers = [entry for entry in entries if entry.role == "provider"]
    identities = [entry for entry in entries if entry.role == "identity"]
    if providers:
        rows = [["", e.name, e.kind, e.settings.get("region"), _url(e.settings), _tick(e.settings)] for e in providers]
        blocks.append(_table("PROVIDERS", ["", "NAME", "KIND", "REGION", "START URL / URL", "DEFAULT"], rows, paint))
    if identities:
        rows = [
            [
                _dot(e.expires_at, now, paint),
                e.name,
                e.kind,
                _via(e, "provider"),
                _via(e, "identity"),
                _tick(e.settings),
                e.settings.get("alias"),
                _left(e.expires_at, now),
            ]
            for e in identities
        ]
        header = ["", "NAME", "KIND", "VIA PROVIDER", "VIA IDENTITY", "DEFAULT", "ALIAS", "EXPIRES"]
        blocks.append(_table("IDENTITIES", header, rows, paint))
    return "\n".join(blocks)


def json(entries: list[Entry], now: float, paint: Paint) -> str:
    """The settings as one JSON object."""
    from json import dumps

    return dumps(_sections(entries), indent=2, default=str) + "\n"


def yaml(entries: list[Entry], now: float, paint: Paint) -> str:
    """The settings as YAML."""
    import yaml as pyyaml

    sections = _sections(entries)
    return pyyaml.safe_dump(sections, sort_keys=False, allow_unicode=True) if sections else "{}\n"


def _sections(entries: list[Entry]) -> dict[str, Any]:
    sections: dict[str, Any] = {}
    for entry in entries:
        section = "providers" if entry.role == "provider" else "identities"
        sections.setdefault(section, {})[entry.name] = _plain(entry.settings)
    return sections


def _plain(value: Any) -> Any:
    """Forget the places: serialisers want exact built-in types."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _headline(entry: Entry, now: float, paint: Paint) -> str:
    words = [paint(plain_text(entry.name), BOLD), f"({plain_text(entry.kind)})"]
    if entry.settings.get("default") is True:
        words.append(paint("[DEFAULT]", GREEN))
    if entry.settings.get("alias"):
        words.append(f"[ALIAS: {plain_text(str(entry.settings['alias']))}]")
    left = _left(entry.expires_at, now)
    if left:
        words.append(f"{_dot(entry.expires_at, now, paint)} {left}")
    return " ".join(words)


def _facts(settings: Mapping[str, Any], paint: Paint) -> Iterable[Node]:
    if settings.get("credentials"):
        yield Node("Credentials: [redacted]", [])
    for name, value in settings.items():
        if name not in _DRAWN:
            yield _fact(name, value, 1, paint)


def _fact(name: str, value: Any, depth: int, paint: Paint) -> Node:
    title = " ".join(_ACRONYMS.get(word, word) for word in plain_text(str(name)).split("_"))
    title = title[:1].upper() + title[1:]
    if isinstance(value, Mapping) and depth < _DEEPEST:
        inner = [_fact(str(key), below, depth + 1, paint) for key, below in value.items()]
        return Node(title, [Node(paint(label, DIM), below) for label, below in inner])
    return Node(f"{title}: {plain_text(_scalar(value))}", [])


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(_scalar(item) for item in value) if isinstance(value, list) else str(value)


def _reachable(roots: list[Entry], children: dict[tuple[str, str], list[Entry]]) -> set[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    open_entries = list(roots)
    while open_entries:
        entry = open_entries.pop()
        key = _key(entry)
        if key not in seen:
            seen.add(key)
            open_entries += children.get(key, [])
    return seen


def _table(title: str, header: list[str], rows: list[list[Any]], paint: Paint) -> str:
    cells = [
        header,
        *([_shown(cell) if cell else "-" if i else "" for i, cell in enumerate(row)] for row in rows),
    ]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(header))]
    lines = [paint(title, BOLD)]
    for number, row in enumerate(cells):
        padded = [cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)]
        line = "  ".join(padded).rstrip()
        lines.append(paint(line, BOLD) if number == 0 else line)
    return "\n".join(lines) + "\n"


def _shown(cell: Any) -> str:
    """What others wrote is made harmless; our own dots keep their colour."""
    text = str(cell)
    return text if text.startswith("\x1b") else plain_text(text)


def _width(text: str) -> int:
    """Length as seen: colour codes take no room."""
    return len(text) if not text.startswith("\x1b") else 1


def _via(entry: Entry, role: str) -> str | None:
    return entry.parent[1] if entry.parent and entry.parent[0] == role else None


def _url(settings: Mapping[str, Any]) -> Any:
    return settings.get("start_url") or settings.get("url")


def _tick(settings: Mapping[str, Any]) -> str:
    return "✓" if settings.get("default") is True else ""


def _dot(expires_at: float | None, now: float, paint: Paint) -> str:
    if expires_at is None:
        return ""
    left = expires_at - now
    return paint("●", RED if left <= 0 else YELLOW if left < SOON_SECONDS else GREEN)


def _left(expires_at: float | None, now: float) -> str:
    if expires_at is None:
        return ""
    whole = int(expires_at - now)
    if whole <= 0:
        return "expired"
    if whole >= 3600:
        return f"{whole // 3600}h{whole % 3600 // 60}m"
    return f"{whole // 60}m" if whole >= 60 else f"{whole}s"
