"""Whether each link of a chain gives what the next one needs, known before anybody signs in."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from atmos_auth.domain.chain import IDENTITY, Link
from atmos_auth.domain.credentials import any_of
from atmos_auth.domain.errors import LinksDoNotMeet
from atmos_auth.engine import registry


def require_meeting(links: Sequence[Link]) -> None:
    """Raise `LinksDoNotMeet` for the first link that cannot use what the link before it gives."""
    for misfit in misfits_between(links):
        raise misfit


def misfits_between(links: Sequence[Link]) -> Iterator[LinksDoNotMeet]:
    """Yield an error for every link that cannot use what the link before it gives."""
    for before, after in pairwise(links):
        gives, needs = _kind(before).gives, tuple(_kind(after).needs)
        if not issubclass(gives, needs):
            yield LinksDoNotMeet(
                f"{after} needs {any_of(needs) or 'nothing before it'}, but {before} gives {gives.words()}",
                place=after.place,
                hints=_bridges(gives, needs),
            )


def _bridges(gives: type, needs: tuple[type, ...]) -> list[str]:
    """Name the kinds that would fit in between."""
    fitting = [
        entry.kind
        for entry in registry.BUILT_IN
        if entry.role == IDENTITY
        and gives in registry.load(entry).needs
        and needs
        and issubclass(registry.load(entry).gives, needs)
    ]
    return [f"put an identity of kind {' or '.join(fitting)} in between"] if fitting else []


def _kind(link: Link) -> Any:
    return registry.load(registry.find(link.kind, link.role, link.place))
