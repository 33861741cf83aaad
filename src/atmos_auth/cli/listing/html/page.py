"""The page itself: head, filter, diagram and tables."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from atmos_auth.cli.listing.html.diagram import diagram
from atmos_auth.cli.listing.html.markup import moment, section, text
from atmos_auth.cli.listing.html.tables import identities, providers
from atmos_auth.cli.listing.screen import Screen
from atmos_auth.cli.listing.standing import LOOKS
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.usecases.listing import BLOCKED, BROKEN, EXPIRED, NONE, SOON, VALID, Entry, Listing

_STATES = {
    VALID: "valid",
    SOON: "end within 15 minutes",
    EXPIRED: "expired",
    NONE: "without credentials",
    BROKEN: "broken",
    BLOCKED: "behind something broken",
}


def render(listing: Listing, screen: Screen) -> str:
    """Return a page that may load nothing and run only its own script."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Authentication - Atmos Auth</title>
<style>{style}</style>
</head>
<body>
{_body(listing, screen.now)}
<script>{script}</script>
</body>
</html>
"""
    # Style and script are ASCII as they are: their digests hold whatever the page is written to.
    return page if screen.unicode else page.encode("ascii", "xmlcharrefreplace").decode()


def _body(listing: Listing, now: float) -> str:
    numbers = {entry.key: number for number, entry in enumerate(listing.entries, 1)}
    tags = {tag.casefold(): tag for entry in listing.entries for tag in entry.tags}
    tag_numbers = {folded: number for number, folded in enumerate(sorted(tags))}
    parts = []
    if listing.entries:
        parts += [
            _filter([(tag_numbers[folded], tags[folded]) for folded in sorted(tags)]),
            section("chains", "Chains", _scrolling(diagram(listing, now, numbers))),
            identities(listing, now, numbers, tag_numbers),
            providers(listing, now, numbers, tag_numbers),
        ]
    else:
        parts.append('<section><p class="empty">No providers or identities to show.</p></section>')
    start = "identities" if any(entry.role == IDENTITY for entry in listing.entries) else "providers"
    main = "\n".join(part for part in parts if part)
    return f"""<a class="skip" href="#{start}">Skip to the list</a>
{_header(listing.entries, now)}
<main class="wrap">
{main}
</main>
<footer class="wrap">Written by <code>atmos auth list</code>. Secrets are not part of it.</footer>"""


def _header(entries: Sequence[Entry], now: float) -> str:
    counted = [
        _number(entries, PROVIDER, "provider", "providers"),
        _number(entries, IDENTITY, "identity", "identities"),
    ]
    # A provider has no credentials of its own that could be told of.
    states = [s for e in entries if (s := e.state(now)) != NONE or e.role == IDENTITY]
    # Those that time changes are there for the script, even where nothing has them now.
    tally = [
        f'<li data-state="{state}"{"" if state in states else " hidden"}><span class="mark" aria-hidden="true">'
        f"{LOOKS[state].symbol or '&middot;'}</span> <b>{states.count(state)}</b> {words}</li>"
        for state, words in _STATES.items()
        if state in states or state in (VALID, SOON, EXPIRED)
    ]
    return f"""<header class="wrap">
<h1>Authentication</h1>
<p class="lead">{" and ".join(filter(None, counted))}. As of {moment(now)}.</p>
<ul class="tally" aria-label="How they stand">
{chr(10).join(tally)}
</ul>
</header>"""


def _filter(tags: Sequence[tuple[int, str]]) -> str:
    buttons = [
        f'<button type="button" aria-pressed="false" data-tag="{number}" title="{text(tag)}">{text(tag)}</button>'
        for number, tag in tags
    ]
    group = f'\n<div class="tags" role="group" aria-label="Tags">{"".join(buttons)}</div>' if buttons else ""
    return f"""<section class="filter" role="search" aria-label="Filter" hidden>
<label for="filter">Filter</label>
<input id="filter" type="search" placeholder="Filter by name, kind, account, tag" autocomplete="off" spellcheck="false">
<p id="count" role="status"></p>{group}
</section>"""


def _scrolling(drawing: str) -> str:
    return f'<div class="scroll" tabindex="0" role="group" aria-label="Diagram">\n{drawing}\n</div>'


def _number(entries: Sequence[Entry], role: str, one: str, several: str) -> str:
    number = sum(entry.role == role for entry in entries)
    return f"{number} {one if number == 1 else several}" if number else ""


def _asset(file: str) -> str:
    return files(__package__).joinpath(file).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    """Name a style or script by its content (Content Security Policy Level 3, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
