"""Pages of the web console: short names for them, and which addresses are pages of the console at all.

`console_destinations.csv` has a line per name: the name, its page in the partition `aws`, and its category.
"""

import os
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from atmos_auth.aws_api.partitions import console_partition, console_url
from atmos_auth.domain.errors import UsageError

HOME = "home"
_TABLE = "console_destinations.csv"
_MOST_CLOSE = 3


class Destination(NamedTuple):
    """A page: `alias` names it in every partition, or `url` in its own; without both, where the console begins."""

    alias: str = ""
    url: str = ""

    def on(self, partition: str, region: str | None) -> str:
        """Give its address in a partition, with a region where one is known; raises `UsageError` for a foreign URL."""
        if self.url:
            there = console_partition(urlsplit(self.url).hostname or "")
            if there != partition:
                raise UsageError(
                    f"--destination is a page of {there}, and the identity is in {partition}",
                    hints=["name a page by its alias: it exists in every partition"],
                )
            return self.url
        if not self.alias and not region:
            return console_url(partition)
        page, host = urlsplit(_pages()[self.alias or HOME]), urlsplit(console_url(partition))
        query = f"region={region}" if region else ""
        return urlunsplit((host.scheme, host.netloc, page.path, query, page.fragment))


def destination(wanted: str) -> Destination:
    """Read what a person wrote: an alias in any case, a page's full address, or nothing; raises `UsageError`."""
    wanted = wanted.strip()
    if "://" in wanted:
        return Destination(url=_checked(wanted))
    alias = wanted.lower()
    if alias and alias not in _pages():
        raise _unknown(alias)
    return Destination(alias=alias)


def aliases() -> list[str]:
    """Give every name, sorted."""
    return sorted(_pages())


def categories() -> dict[str, list[str]]:
    """Give the names by category, both in the table's order."""
    found: dict[str, list[str]] = {}
    for alias, _, category in _rows():
        found.setdefault(category, []).append(alias)
    return found


@lru_cache(maxsize=1)
def _pages() -> dict[str, str]:
    return {alias: page for alias, page, _ in _rows()}


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str, str], ...]:
    with open(os.path.join(os.path.dirname(__file__), _TABLE), encoding="utf-8") as file:
        lines = file.read().splitlines()[1:]
    rows = (line.split(",") for line in lines)
    return tuple((alias, page, category) for alias, page, category in rows)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    host = parts.hostname or ""
    if not url.isascii() or not url.isprintable() or " " in url or parts.scheme.lower() not in ("http", "https"):
        raise UsageError("--destination is no web address", hints=["give a page's https address, or an alias"])
    if console_partition(host) is None or port not in (None, 443) or parts.username is not None:
        raise UsageError(
            f"--destination is on {parts.netloc.rpartition('@')[2] or 'no host'}, which is not the web console of AWS",
            hints=["give the address of a page below https://console.aws.amazon.com/, or an alias"],
        )
    return url


def _unknown(alias: str) -> UsageError:
    from difflib import get_close_matches

    close = get_close_matches(alias, aliases(), n=_MOST_CLOSE) or [name for name in aliases() if alias in name]
    known = [] if close else [f"{category}: {', '.join(names)}" for category, names in categories().items()]
    return UsageError(
        f'unknown destination "{alias}"',
        details=known,
        hints=[
            f"did you mean {' or '.join(close[:_MOST_CLOSE])}?" if close else "use one of these aliases",
            "or give a page's full https address",
        ],
    )
