"""The listed settings as plain data, for programs: what is configured, and beside it how it stands."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from atmos_auth.cli.listing.screen import Screen
from atmos_auth.domain.chain import PROVIDER
from atmos_auth.domain.timestamps import to_text
from atmos_auth.usecases.listing import NONE, Entry, Listing


def sections(listing: Listing, screen: Screen) -> dict[str, Any]:
    """Return `providers` and `identities` by name, and `status` for those that have credentials or are broken."""
    found: dict[str, Any] = {}
    status: dict[str, Any] = {}
    for entry in listing.entries:
        section = "providers" if entry.role == PROVIDER else "identities"
        found.setdefault(section, {})[entry.name] = _plain(entry.settings)
        if entry.state(screen.now) != NONE:
            status.setdefault(section, {})[entry.name] = _standing(entry, screen.now)
    return {**found, "status": status} if status else found


def _standing(entry: Entry, now: float) -> dict[str, Any]:
    standing: dict[str, Any] = {"state": entry.state(now)}
    if entry.expires_at is not None:
        standing["expires_at"] = to_text(entry.expires_at)
    if entry.problem is not None:
        standing["problem"] = entry.problem
    if entry.blocked_by is not None:
        standing["blocked_by"] = dict([entry.blocked_by])
    return standing


def _plain(value: Any) -> Any:
    """Give what every reader of JSON and YAML knows: dates, and numbers that JSON lacks, become text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and isfinite(value)):
        return value
    return str(value)
