"""What one wants to know of an identity at a glance: as what, in which account, in which region."""

import re
from collections.abc import Mapping
from typing import Any

from atmos_auth.usecases.listing import Entry, Listing

# `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`
_ROLE = re.compile(r"arn:[^:]*:iam::(\d*):(?:role|user)/(.+)")


def principal(entry: Entry) -> str:
    """Name the permission set, role or user that one becomes; empty where nothing says."""
    given = _principal(entry)
    role = _ROLE.fullmatch(str(given.get("assume_role") or ""))
    if role:
        return role[2]
    return str(given.get("name") or given.get("assume_role") or given.get("target_principal") or "")


def account(entry: Entry) -> str:
    """Name the account, by its name or its twelve digits; empty where nothing says."""
    given = _principal(entry)
    named = given.get("account")
    if isinstance(named, Mapping):
        return str(named.get("name") or named.get("id") or "")
    role = _ROLE.fullmatch(str(given.get("assume_role") or ""))
    return role[1] if role else str(given.get("target_principal") or "")


def regions(listing: Listing) -> dict[tuple[str, str], str]:
    """Return the region of every entry that has one: its own, or else that of the nearest it hangs from."""
    every = {entry.key: entry for entry in (*listing.entries, *listing.left_out)}
    found: dict[tuple[str, str], str] = {}
    for entry in every.values():
        path: dict[tuple[str, str], None] = {}
        step: Entry | None = entry
        while step is not None and step.key not in path and step.key not in found:
            path[step.key] = None
            own = _region(step)
            if own:
                found[step.key] = own
                break
            step = every.get(step.parent_key) if step.parent_key else None
        region = found.get(step.key, "") if step is not None else ""
        found |= dict.fromkeys(path, region)
    return found


def _region(entry: Entry) -> str:
    credentials = entry.settings.get("credentials")
    nested = credentials.get("region") if isinstance(credentials, Mapping) else None
    return str(_principal(entry).get("region") or nested or entry.settings.get("region") or "")


def _principal(entry: Entry) -> Mapping[str, Any]:
    given = entry.settings.get("principal")
    return given if isinstance(given, Mapping) else {}
