"""Text of others, made harmless within a page."""

import time
from html import escape

from atmos_auth.host.plain_text import plain_text


def text(said: object) -> str:
    """Return text for an element or a quoted attribute: no markup, and nothing invisible that turns it round."""
    return escape(plain_text(str(said)))


def name(said: object) -> str:
    """Return text as an element of its own, so that its writing direction is no other's."""
    return f"<bdi>{text(said)}</bdi>"


def section(anchor: str, title: str, content: str, note: str = "") -> str:
    """Return a section with a heading that is its name."""
    small = f" <small>{text(note)}</small>" if note else ""
    return f'<section aria-labelledby="{anchor}">\n<h2 id="{anchor}">{text(title)}{small}</h2>\n{content}\n</section>'


def moment(seconds: float) -> str:
    """Return a time in the machine's own zone, to the minute, and for programs in UTC."""
    shown = time.strftime("%Y-%m-%d %H:%M %Z", time.localtime(seconds))
    return f'<time datetime="{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))}">{text(shown)}</time>'
