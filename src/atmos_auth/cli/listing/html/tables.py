"""Providers and identities as tables, each row with all that is known of it; on a phone every row is a card."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from atmos_auth.cli.listing.facts import Fact, facts
from atmos_auth.cli.listing.html.markup import moment, name, section, text
from atmos_auth.cli.listing.standing import LOOKS, left, reason
from atmos_auth.cli.listing.summary import account, principal, regions
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.usecases.listing import BLOCKED, BROKEN, EXPIRED, NONE, Entry, Listing

Numbers = Mapping[tuple[str, str], int]
# Anchors of the sections.
IDENTITIES, PROVIDERS = "identities", "providers"


def identities(listing: Listing, now: float, numbers: Numbers, tags: Mapping[str, int]) -> str:
    """Return the section of identities, empty where there are none; `numbers` are those of rows, `tags` of buttons."""
    region_of = regions(listing)
    cells: list[tuple[str, Callable[[Entry], str]]] = [
        ("Status", lambda entry: _status(entry, now)),
        ("Kind", lambda entry: text(entry.kind)),
        ("Via", lambda entry: _via(entry, numbers)),
        ("Principal", lambda entry: _named(principal(entry))),
        ("Account", lambda entry: _named(account(entry))),
        ("Region", lambda entry: text(region_of.get(entry.key, ""))),
    ]
    rows = [
        _row(entry, cells, now, numbers, tags, (principal(entry), account(entry), region_of.get(entry.key, "")))
        for entry in listing.entries
        if entry.role == IDENTITY
    ]
    return section(IDENTITIES, "Identities", _table(IDENTITIES, "Identity", cells, rows)) if rows else ""


def providers(listing: Listing, now: float, numbers: Numbers, tags: Mapping[str, int]) -> str:
    """Return the section of providers, empty where there are none."""
    cells: list[tuple[str, Callable[[Entry], str]]] = [
        ("Kind", lambda entry: text(entry.kind)),
        ("Region", lambda entry: text(entry.settings.get("region") or "")),
        ("Address", lambda entry: _address(_url(entry))),
    ]
    rows = [
        _row(entry, cells, now, numbers, tags, (str(entry.settings.get("region") or ""), _url(entry)))
        for entry in listing.entries
        if entry.role == PROVIDER
    ]
    return section(PROVIDERS, "Providers", _table(PROVIDERS, "Provider", cells, rows)) if rows else ""


def _table(labelled_by: str, first: str, cells: Sequence[tuple[str, object]], rows: Iterable[str]) -> str:
    """Return a table whose roles are said, for as a row of cards it would no longer be taken for one."""
    header = "".join(f'<th scope="col" role="columnheader">{title}</th>' for title in (first, *(c[0] for c in cells)))
    return (
        f'<table role="table" aria-labelledby="{labelled_by}">\n'
        f'<thead role="rowgroup"><tr role="row">{header}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{chr(10).join(rows)}\n</tbody>\n</table>'
    )


def _row(
    entry: Entry,
    cells: Sequence[tuple[str, Callable[[Entry], str]]],
    now: float,
    numbers: Numbers,
    tags: Mapping[str, int],
    searched: Sequence[str],
) -> str:
    alias = str(entry.settings.get("alias") or "")
    via = entry.parent[1] if entry.parent else ""
    words = " ".join((entry.name, entry.kind, alias, via, *entry.tags, *searched)).lower()
    own_tags = " ".join(str(tags[tag.casefold()]) for tag in entry.tags)
    until = f' data-until="{entry.expires_at:.0f}"' if _ends(entry, now) else ""
    shown = "".join(f'<td role="cell" data-title="{title}">{cell(entry)}</td>' for title, cell in cells)
    return (
        f'<tr role="row" id="entry-{numbers[entry.key]}" data-entry="{numbers[entry.key]}" '
        f'data-state="{entry.state(now)}"{until} data-tags="{own_tags}" data-text="{text(words)}">'
        f'<th scope="row" role="rowheader">{_head(entry, alias)}</th>{shown}</tr>'
    )


def _ends(entry: Entry, now: float) -> bool:
    return entry.expires_at is not None and entry.state(now) not in (BROKEN, BLOCKED)


def _head(entry: Entry, alias: str) -> str:
    badges = [
        f' <span class="badge">{word}</span>'
        for word, applies in (("default", entry.is_default), ("required", entry.settings.get("required") is True))
        if applies
    ]
    parts = [f'<span class="name">{name(entry.name)}</span>{"".join(badges)}']
    if alias:
        parts.append(f'<div class="more">{name(alias)}</div>')
    if entry.tags:
        shown = " ".join(f'<span class="tag" title="{text(tag)}">{name(tag)}</span>' for tag in entry.tags)
        parts.append(f'<div class="more">{shown}</div>')
    if entry.problem:
        parts.append(f'<div class="why">✗ {text(reason(entry))}</div>')
    settings = [fact for fact in facts(entry) if fact.title != "Tags"]
    if settings:
        parts.append(f"<details><summary>Settings</summary>{_facts(settings)}</details>")
    return "".join(parts)


def _facts(shown: Sequence[Fact]) -> str:
    """Return a list of titles and values; it is no deeper than the facts are."""
    items = [(text(fact.title), _facts(fact.below) if fact.below else name(fact.value)) for fact in shown]
    return f"<dl>{''.join(f'<dt>{title}</dt><dd>{value}</dd>' for title, value in items)}</dl>"


def _status(entry: Entry, now: float) -> str:
    state = entry.state(now)
    if state == NONE:
        return '<span class="soft">no credentials</span>'
    mark = f'<span class="mark" aria-hidden="true">{LOOKS[state].symbol}</span> '
    if state in (BROKEN, BLOCKED):
        return f"<span>{mark}broken</span>"
    if entry.expires_at is None:
        return f"<span>{mark}no end</span>"
    words = "expired" if state == EXPIRED else f"{left(entry.expires_at - now)} left"
    return f'<span>{mark}<span class="left">{words}</span> <span class="until">{moment(entry.expires_at)}</span></span>'


def _via(entry: Entry, numbers: Numbers) -> str:
    if entry.parent is None or entry.parent_key is None:
        return ""
    number = numbers.get(entry.parent_key)
    label = name(entry.parent[1])
    return f'<a href="#entry-{number}">{label}</a>' if number is not None else f"<span>{label}</span>"


def _named(said: str) -> str:
    return name(said) if said else ""


def _url(entry: Entry) -> str:
    return str(entry.settings.get("start_url") or entry.settings.get("url") or "")


def _address(url: str) -> str:
    """Return a link for what is an address of the web, and plain text for anything else."""
    if url.lower().startswith(("https://", "http://")):
        return f'<a href="{text(url)}" rel="noopener noreferrer">{text(url)}</a>'
    return text(url)
