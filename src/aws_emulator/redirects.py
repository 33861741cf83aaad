"""Answers to an authorization request that travel in the query of its redirect URI (RFC 6749 4.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_query(uri: str, more: Mapping[str, str]) -> str:
    """Give the URI with these parameters added to its query; empty ones are left out."""
    parts = urlsplit(uri)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *((k, v) for k, v in more.items() if v)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def origin_of(uri: str) -> str:
    """Give the origin of a URI, for the page's `form-action`."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
