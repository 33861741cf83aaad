"""Which entries are shown: by role, by name, by tag; what is left out stays known, so that it can be drawn as such."""

from collections.abc import Sequence
from typing import NamedTuple

from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.domain.errors import SelectionError, UnknownIdentity, UnknownProvider, UsageError
from atmos_auth.usecases.listing.entry import Entry


class Filters(NamedTuple):
    """What is asked for: `role` alone or with `names` (in any case), and entries with any of `tags`."""

    role: str | None = None
    names: tuple[str, ...] = ()
    tags: tuple[str, ...] | None = None


class Listing(NamedTuple):
    """The entries to show, in order, and those that are configured but left out."""

    entries: list[Entry]
    left_out: list[Entry]


def chosen(entries: Sequence[Entry], filters: Filters) -> Listing:
    """Return the entries that pass; those named come in the order of the names.

    Raises `UnknownProvider`, `UnknownIdentity`, `SelectionError` where no tag matches, `UsageError` without any tag.
    """
    shown = of_role = [entry for entry in entries if filters.role in (None, entry.role)]
    if filters.names:
        shown = _named(shown, filters.names, str(filters.role))
    if filters.tags is not None:
        shown = _tagged(shown, filters.tags, of_role)
    keys = {entry.key for entry in shown}
    return Listing(shown, [entry for entry in entries if entry.key not in keys])


def _named(entries: list[Entry], names: Sequence[str], role: str) -> list[Entry]:
    by_name = {entry.name.lower(): entry for entry in entries}
    missing = [name for name in names if name.lower() not in by_name]
    if missing:
        unknown = UnknownProvider if role == PROVIDER else UnknownIdentity
        close = _close(missing, {entry.name.lower(): entry.name for entry in entries})
        raise unknown(
            f"{role} not found: {', '.join(missing)}",
            hints=[*close, f"there are: {_enumerated([entry.name for entry in entries])}"],
        )
    return list({name.lower(): by_name[name.lower()] for name in names}.values())


def _tagged(entries: list[Entry], tags: Sequence[str], of_role: Sequence[Entry]) -> list[Entry]:
    if not tags:
        raise UsageError("--tags names no tag", hints=["name one or several: --tags production,blue"])
    wanted = {tag.casefold() for tag in tags}
    found = [entry for entry in entries if any(tag.casefold() in wanted for tag in entry.tags)]
    if found:
        return found
    known = {tag.casefold(): tag for entry in of_role for tag in entry.tags}
    sections = _sections(of_role)
    raise SelectionError(
        f"no {sections} match the specified tags: {', '.join(tags)}",
        details=[f"tags of {sections}: {', '.join(known[tag] for tag in sorted(known))}"] if known else [],
        hints=_close(tags, known) if known else [f"no {sections} have tags: write `tags: [production]` below one"],
    )


def _sections(entries: Sequence[Entry]) -> str:
    roles = {entry.role for entry in entries}
    named = ((PROVIDER, "providers"), (IDENTITY, "identities"))
    return " or ".join(words for role, words in named if role in roles or not roles)


def _close(asked: Sequence[str], known: dict[str, str]) -> list[str]:
    from difflib import get_close_matches

    unknown = [word.lower() for word in asked if word.casefold() not in known]
    found = [match for word in unknown for match in get_close_matches(word, list(known), n=1)]
    return [f'did you mean "{known[match]}"?' for match in dict.fromkeys(found)]


def _enumerated(names: Sequence[str], limit: int = 20) -> str:
    more = f" and {len(names) - limit} more (atmos auth list)" if len(names) > limit else ""
    return (", ".join(names[:limit]) or "none") + more
