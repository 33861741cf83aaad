"""The list of providers and identities as a tree, a table, JSON or YAML: each function returns the whole text."""

from collections.abc import Iterable, Mapping
from typing import Any

from atmos_auth.cli.output import BOLD, DIM, GREEN, RED, YELLOW, Paint
from atmos_auth.usecases.listing import Entry

SOON_SECONDS = 15 * 60
# Settings that the tree already shows in another form.
_DRAWN = frozenset({"kind", "default", "via", "alias", "provider", "credentials", "tags", "env", "required"})
_DEEPEST = 5


def tree(entries: list[Entry], now: float, paint: Paint) -> str:
    """Draw who hangs from whom."""
    children: dict[tuple[str, str], list[Entry]] = {}
    known = {(entry.role, entry.name.lower()) for entry in entries}
    roots = []
    for entry in entries:
        parent = (entry.parent[0], entry.parent[1].lower()) if entry.parent else None
        if parent is not None and parent in known:
            children.setdefault(parent, []).append(entry)
        else:
            roots.append(entry)
    lines = [paint("Authentication Configuration", BOLD)]

    def draw(entry: Entry, indent: str, last: bool, above: frozenset[tuple[str, str]]) -> None:
        key = (entry.role, entry.name.lower())
        lines.append(f"{indent}{'└── ' if last else '├── '}{_headline(entry, now, paint)}")
        below = indent + ("    " if last else "│   ")
        if key in above:
            lines.append(f"{below}└── (cycle)")
            return
        inner = children.get(key, [])
        facts = list(_facts(entry.settings))
        for number, (depth, fact) in enumerate(facts):
            branch = "└── " if not inner and number == len(facts) - 1 and depth == 0 else "├── "
            lines.append(f"{below}{'│   ' * depth}{branch if depth == 0 else '· '}{paint(fact, DIM)}")
        for number, child in enumerate(inner):
            draw(child, below, number == len(inner) - 1, above | {key})

    # Entries of a cycle hang from each other only: start somewhere, so that they are seen.
    reachable = _reachable(roots, children)
    roots += [entry for entry in entries if (entry.role, entry.name.lower()) not in reachable][:1]
    for number, root in enumerate(roots):
        draw(root, "", number == len(roots) - 1, frozenset())
    return "\n".join(lines) + "\n" if entries else ""


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
    words = [paint(entry.name, BOLD), f"({entry.kind})"]
    if entry.settings.get("default") is True:
        words.append(paint("[DEFAULT]", GREEN))
    if entry.settings.get("alias"):
        words.append(f"[ALIAS: {entry.settings['alias']}]")
    left = _left(entry.expires_at, now)
    if left:
        words.append(f"{_dot(entry.expires_at, now, paint)} {left}")
    return " ".join(words)


def _facts(settings: Mapping[str, Any]) -> Iterable[tuple[int, str]]:
    if settings.get("credentials"):
        yield 0, "Credentials: [redacted]"
    for name, value in settings.items():
        if name not in _DRAWN:
            yield from _fact(name, value, 0)


def _fact(name: str, value: Any, depth: int) -> Iterable[tuple[int, str]]:
    title = str(name).replace("_", " ").capitalize().replace("url", "URL")
    if isinstance(value, Mapping) and depth < _DEEPEST:
        yield depth, title
        for inner, inner_value in value.items():
            yield from _fact(inner, inner_value, depth + 1)
    else:
        yield depth, f"{title}: {value}"


def _reachable(roots: list[Entry], children: dict[tuple[str, str], list[Entry]]) -> set[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    open_entries = list(roots)
    while open_entries:
        entry = open_entries.pop()
        key = (entry.role, entry.name.lower())
        if key not in seen:
            seen.add(key)
            open_entries += children.get(key, [])
    return seen


def _table(title: str, header: list[str], rows: list[list[Any]], paint: Paint) -> str:
    cells = [
        header,
        *([str(cell) if cell else "-" if i else "" for i, cell in enumerate(row)] for row in rows),
    ]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(header))]
    lines = [paint(title, BOLD)]
    for number, row in enumerate(cells):
        padded = [cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)]
        line = "  ".join(padded).rstrip()
        lines.append(paint(line, BOLD) if number == 0 else line)
    return "\n".join(lines) + "\n"


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
