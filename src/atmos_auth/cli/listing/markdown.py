"""The list as a Markdown page: a diagram, and tables of providers and identities."""

import re
from collections.abc import Sequence

from atmos_auth.cli.listing import mermaid
from atmos_auth.cli.listing.screen import Screen
from atmos_auth.cli.listing.standing import reason
from atmos_auth.cli.listing.summary import account, principal
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Entry, Listing

# What means something to CommonMark, GitHub's tables, strikethrough and formulas, or HTML.
_SPECIAL = re.compile(r"[\\`*\[\]<>|&~$!#]|(?<![^\W_])_|_(?![^\W_])")


def render(listing: Listing, screen: Screen) -> str:
    """Return a page: what stands in it does not change with time, so it can be kept."""
    parts = ["# Authentication Configuration"]
    if listing.entries:
        # No label of the diagram holds a backtick.
        parts.append(f"```mermaid\n{mermaid.render(listing, screen)}```")
    providers = [entry for entry in listing.entries if entry.role == PROVIDER]
    identities = [entry for entry in listing.entries if entry.role == IDENTITY]
    if providers:
        rows = [[*_common(e), _text(e, "region"), _text(e, "start_url", "url"), *_end(e)] for e in providers]
        parts += ["## Providers", _table(["Name", "Kind", "Region", "URL", "Tags", "Notes"], rows)]
    if identities:
        rows = [[*_common(e), e.parent[1] if e.parent else "", principal(e), account(e), *_end(e)] for e in identities]
        parts += ["## Identities", _table(["Name", "Kind", "Via", "Principal", "Account", "Tags", "Notes"], rows)]
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Return `text` for a cell of a table: entities stand for everything that could be markup.

    An entity never counts as markup (CommonMark section 2.5), whereas readers differ about backslashes in tables.
    """
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", plain_text(text))


def _common(entry: Entry) -> list[str]:
    return [entry.name, entry.kind]


def _end(entry: Entry) -> list[str]:
    alias = entry.settings.get("alias")
    notes = ["default" if entry.is_default else "", f"alias: {alias}" if alias else "", reason(entry)]
    return [", ".join(entry.tags), "; ".join(note for note in notes if note)]


def _text(entry: Entry, *names: str) -> str:
    return next((str(entry.settings[name]) for name in names if entry.settings.get(name)), "")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
