"""Which steps want to know what others have printed, and where a run can begin so that they do."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place

ROOT = "steps"
# What a step has printed is `{{ .steps.NAME.value }}`; names that are no words take `index .steps "NAME"`.
_BY_INDEX = re.compile(r"\.steps\s+\"([^\"]+)\"")


class Outputs(NamedTuple):
    """What steps have printed, by their names."""

    printed: Mapping[str, str] = {}

    def data(self) -> dict[str, dict[str, str]]:
        """Return what templates find as `.steps`."""
        return {name: {"value": text} for name, text in self.printed.items()}


class Wanted(NamedTuple):
    """Names of steps that a text wants the output of; `everything` where it does not say whose."""

    names: frozenset[str] = frozenset()
    everything: bool = False


def wanted_by(text: str, ways: Iterable[tuple[str, ...]]) -> Wanted:
    """Tell whose output a template wants, by the ways that it goes into its data."""
    ways = [way[1:] for way in ways if way[:1] == (ROOT,)]
    named = frozenset(_BY_INDEX.findall(text))
    return Wanted(named | {way[0] for way in ways if way}, everything=() in ways and not named)


def needs_of(texts: Iterable[tuple[Wanted, Place | None]], before: Sequence[str], subject: str) -> tuple[str, ...]:
    """Return the steps, of those before, that must have run; raises `InvalidSetting` for others."""
    needed: set[str] = set()
    for wanted, place in texts:
        needed |= set(before) if wanted.everything else wanted.names
        unknown = min(wanted.names - set(before), default=None)
        if unknown is not None:
            raise InvalidSetting(
                f'{subject} wants the output of step "{unknown}", and no step before it has that name',
                place=place,
                hints=[f"steps before it: {', '.join(before)}" if before else "no step comes before it"],
            )
    return tuple(name for name in before if name in needed)


def beginning(names: Sequence[str], needs: Callable[[str], Sequence[str]], at: str) -> str:
    """Return the last step from which a run finds all outputs that it wants, and which is not after `at`."""
    start = names.index(at)
    while True:
        earliest = min((names.index(need) for name in names[start:] for need in needs(name)), default=start)
        if earliest >= start:
            return names[start]
        start = earliest
