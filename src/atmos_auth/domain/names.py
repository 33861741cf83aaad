"""Which names an identity can have, and names for what a portal has, where nobody thought of one."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

# A name becomes a profile's name in AWS's ini files: these would end or split it there.
FORBIDDEN_IN_NAMES = frozenset("[]\"'\\;#\n\r\t\0")
_NUMBERED = re.compile(r"\([0-9]{12}\)$", re.ASCII)


class Assignment(NamedTuple):
    """A role that a person can take in an account."""

    account_id: str
    account_name: str
    role: str


def is_usable(name: str) -> bool:
    """Tell whether an identity can have this name, as far as its characters go."""
    return bool(name) and name == name.strip() and not FORBIDDEN_IN_NAMES & set(name)


def named(assignments: Iterable[Assignment]) -> dict[str, Assignment]:
    """Return assignments by a name each, `ACCOUNT/ROLE`, sorted; the same assignments always get the same names.

    Whatever their case, no two names are equal. Where several accounts share a name, all of them have their number
    behind it: a new account never takes over the name of another one.
    """
    ordered = sorted(set(assignments), key=lambda found: (found.account_id, found.role))
    labels = _labels({found.account_id: found.account_name for found in ordered})
    names: dict[str, Assignment] = {}
    taken: set[str] = set()
    for found in ordered:
        name = _free(f"{labels[found.account_id]}/{_tame(found.role) or 'role'}", taken)
        taken.add(name.lower())
        names[name] = found
    return dict(sorted(names.items(), key=lambda item: (item[0].lower(), item[0])))


def qualified(name: str, provider: str, shared: Container[str]) -> str:
    """Return the name under which one provider's finding can be used.

    A name that was found at several portals leads to none of them by itself: `shared` holds those, in lower case.
    """
    return f"{name} ({provider})" if name.lower() in shared else name


def _labels(accounts: Mapping[str, str]) -> dict[str, str]:
    """Return a label for each account by its id, no two alike whatever their case."""
    plain = {account_id: _tame(name.replace("/", "-")) or account_id for account_id, name in accounts.items()}
    counts = Counter(label.lower() for label in plain.values())
    return {
        # What looks numbered is numbered: only an account's own number ever stands there.
        account_id: f"{label} ({account_id})" if counts[label.lower()] > 1 or _NUMBERED.search(label) else label
        for account_id, label in plain.items()
    }


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _tame(text: str) -> str:
    """Return `text` without what a name, a command line or a terminal would stumble over."""
    tame = "".join("-" if c in FORBIDDEN_IN_NAMES or not c.isprintable() else c for c in text).strip()
    return f"_{tame}" if tame.startswith("-") else tame
