"""From which other components of its stack a component takes its values, and in which order."""

from collections.abc import Iterable
from typing import NamedTuple

from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.holders import mapping_at
from atmos_auth.stacks.merge import settled
from atmos_auth.stacks.sections import Sections


class Ancestor(NamedTuple):
    """A component that gives values, the component itself included: its name and what it says itself."""

    name: str
    says: Map


def lineage(sections: Sections, kind: str, name: str) -> tuple[Ancestor, ...]:
    """Return all that a component is made of, weakest first, itself last; raises `ConfigError` for circles and gaps.

    Each base brings its own bases before it. One that is reached twice counts where it wins.
    """
    return _lineage(sections, kind, name, ())


def _lineage(sections: Sections, kind: str, name: str, below: tuple[str, ...]) -> tuple[Ancestor, ...]:
    says = sections.section("components", kind, name)
    found: dict[str, Ancestor] = {}
    for base, place in _bases(says, name):
        if base in (*below, name):
            raise ConfigError(
                f'component "{name}" inherits from itself',
                place=place,
                details=[" inherits from ".join(f'"{step}"' for step in (*below, name, base))],
            )
        if base not in sections.names("components", kind):
            raise ConfigError(
                f'component "{name}" inherits from "{base}", which its stack does not have',
                place=place,
                details=[f"stack manifest: {sections.own.path}"],
                hints=[*_near(base, sections.names("components", kind)), "check that its manifest is imported"],
            )
        for ancestor in _lineage(sections, kind, base, (*below, name)):
            found.pop(ancestor.name, None)
            found[ancestor.name] = ancestor
    return (*found.values(), Ancestor(name, says))


def _bases(says: Map, name: str) -> list[tuple[str, Place]]:
    """Name the components it inherits from: those of `metadata.inherits`, and before them the older `component`."""
    bases = []
    older = says.get("component")
    if isinstance(older, str) and older != name:
        bases.append((older, says.value_places["component"]))
    metadata = settled(mapping_at(says, ("metadata",)))
    written = metadata.get("inherits") if metadata is not None else None
    if written is None or metadata is None:
        return bases
    if not isinstance(written, Seq) or not all(isinstance(base, str) for base in written):
        raise ConfigError(
            "`metadata.inherits` lists names of components",
            place=metadata.value_places["inherits"],
            hints=["inherits: [vpc/defaults]"],
        )
    return [*bases, *zip(written, written.value_places, strict=True)]


def _near(name: str, names: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return [f'did you mean "{close}"?' for close in get_close_matches(name, names, n=1)]
