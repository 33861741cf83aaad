"""Kinds of installed packages: entry points of the group `atmos_auth.kinds`, loaded when a configuration uses them."""

import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from atmos_auth.domain.chain import INTEGRATION, SECTIONS
from atmos_auth.domain.errors import BrokenKind
from atmos_auth.domain.place import Place

GROUP = "atmos_auth.kinds"
# What must be there for a kind to be built, checked and used; the contracts in `atmos_auth.testing` say what it means.
_OF_LINKS = ("needs", "gives", "settings_type", "authenticate")
_OF_INTEGRATIONS = ("needs", "settings_type", "what", "provide", "environment", "holds", "remove")


class Offer(NamedTuple):
    """A kind that a package offers by an entry point named `provider:KIND`, `identity:KIND` or `integration:KIND`."""

    role: str
    kind: str
    package: str
    point: EntryPoint


def offers() -> Sequence[Offer]:
    """Return what installed packages offer; none of them is imported."""
    return _offers(tuple(sys.path))


def load(offers: Sequence[Offer], place: Place | None) -> Any:
    """Import the class that these offers of one kind agree on; raises `BrokenKind` at `place`, whatever happens."""
    offer = offers[0]
    what = f'{offer.role} kind "{offer.kind}"'
    packages = sorted({other.package for other in offers})
    if len(packages) > 1:
        raise BrokenKind(
            f"{what} is offered by several packages: {', '.join(packages)}",
            place=place,
            hints=["uninstall all but one of them"],
        )
    try:
        loaded = offer.point.load()
    except (Exception, SystemExit) as failure:
        reason = (str(failure).splitlines() or [""])[0]
        raise _broken(offer, place, f"cannot be loaded: {type(failure).__name__}: {reason}") from failure
    needed = _OF_INTEGRATIONS if offer.role == INTEGRATION else _OF_LINKS
    missing = [name for name in needed if not hasattr(loaded, name)]
    if missing:
        raise _broken(
            offer, place, f"is not what a kind must be: {offer.point.value} has no `{'`, no `'.join(missing)}`"
        )
    if not hasattr(loaded.settings_type, "__struct_fields__"):
        raise _broken(offer, place, f"is not what a kind must be: `settings_type` of {offer.point.value} is no Struct")
    return loaded


def _broken(offer: Offer, place: Place | None, why: str) -> BrokenKind:
    return BrokenKind(
        f'{offer.role} kind "{offer.kind}" of the package {offer.package} {why}',
        place=place,
        hints=[
            f"install another version of it, or what it lacks: pip install --upgrade {offer.package.split()[0]}",
            "if the package is yours: run its tests against `atmos_auth.testing.contracts`",
        ],
    )


@lru_cache(maxsize=1)
def _offers(_path: tuple[str, ...]) -> Sequence[Offer]:
    """Search the packages on this path; that is slow, and a run asks several times."""
    found = []
    for point in entry_points(group=GROUP):
        role, separator, kind = point.name.partition(":")
        if separator and role in SECTIONS:
            package = f"{point.dist.name} {point.dist.version}" if point.dist else point.module
            found.append(Offer(role, kind, package, point))
    return found
