"""All stacks of a repository, and any component of any of them; a question reads no more files than it needs."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from atmos_auth.config.tree import Map, planted
from atmos_auth.domain.errors import ConfigError, InvalidComponent, InvalidStack
from atmos_auth.host.garbage import unsearched
from atmos_auth.stacks.component import ABSTRACT, Component, component_of
from atmos_auth.stacks.file_locals import LOCALS
from atmos_auth.stacks.holders import layers_at, mapping_at
from atmos_auth.stacks.layout import Layout
from atmos_auth.stacks.manifests import Document, Manifests
from atmos_auth.stacks.merge import merged, settled
from atmos_auth.stacks.names import by_pattern, tokens_of
from atmos_auth.stacks.sections import Sections

TERRAFORM = "terraform"
# Types of components that manifests may hold.
KINDS = (TERRAFORM, "helmfile", "packer")
_GONE = (
    "Could not find the component `{component}` in the stack `{stack}`. Check that all the context variables are "
    "correctly defined in the stack manifests. Are the component and stack names correct? Did you forget an import?"
)


# How many manifests' merged sections are kept: those that one question comes back to, and those of neighbours.
_KEPT = 64


class Occurrence(NamedTuple):
    """A stack in one manifest: its documents, and which of its components are in the stack, None for all."""

    documents: tuple[Document, ...]
    components: frozenset[str] | None

    def has(self, component: str) -> bool:
        """Tell whether a component of the manifest is in the stack."""
        return self.components is None or component in self.components


class Repository:
    """The stacks of one layout.

    `lowest` holds the sections that the configuration gives to every component. `name_by_template` names a manifest
    by `layout.name_template`, given its sections and one component's own values. All methods read files, use no
    network, ask nobody, and raise `ConfigError`, `InvalidStack` or `InvalidComponent`.
    """

    def __init__(
        self,
        layout: Layout,
        manifests: Manifests,
        *,
        lowest: Map,
        name_by_template: Callable[[str, Map], str],
    ) -> None:
        self._layout = layout
        self._manifests = manifests
        self._lowest = lowest
        self._name_by_template = name_by_template
        self._stacks: dict[str, list[Occurrence]] | None = None
        # Manifests with components that the scheme of names gives no name to, by their place below the stacks' folder.
        self._nameless: dict[str, tuple[Document, ...]] = {}
        self._sections: dict[int, Sections] = {}
        self._imported: dict[int, Sections] = {}

    def stacks(self) -> list[str]:
        """Name all stacks, sorted."""
        return sorted(self._places())

    def components(self, stack: str, kind: str = TERRAFORM) -> list[str]:
        """Name the components of a stack, sorted, abstract ones included."""
        found: set[str] = set()
        for occurrence in self._of(stack):
            names = self._merged(occurrence.documents).names("components", kind)
            found.update(name for name in names if occurrence.has(name))
        return sorted(found)

    def usable(self, stack: str, kind: str = TERRAFORM) -> list[str]:
        """Name the components of a stack that are not there to be inherited from only, sorted."""
        found: set[str] = set()
        for occurrence in self._of(stack):
            sections = self._merged(occurrence.documents)
            for name in sections.names("components", kind):
                says = mapping_at(sections.section("components", kind, name), ("metadata",))
                if occurrence.has(name) and (says is None or says.get("type") != ABSTRACT):
                    found.add(name)
        return sorted(found)

    def usable_anywhere(self) -> list[str]:
        """Name what is usable in any stack, sorted."""
        return sorted({name for stack in self.stacks() for name in self.usable(stack)})

    def component(self, name: str, stack: str, kind: str = TERRAFORM) -> Component:
        """Return a component of a stack."""
        found = [
            self._component(self._merged(occurrence.documents), kind, name, stack)
            for occurrence in self._of(stack)
            if occurrence.has(name) and name in self._merged(occurrence.documents).names("components", kind)
        ]
        if not found:
            raise self._unknown_component(name, stack, kind)
        if any(other.sections != found[0].sections for other in found[1:]):
            raise ConfigError(
                f'component "{name}" is defined differently in several manifests of stack "{stack}"',
                details=[f"defined in {component.manifest}" for component in found],
                hints=["leave it in one of them, or give one manifest another stack name"],
            )
        return found[0]

    def instances(self, kind: str = TERRAFORM) -> Iterator[Component]:
        """Yield every component of every stack."""
        for stack in self.stacks():
            for name in self.components(stack, kind):
                yield self.component(name, stack, kind)

    def documents(self) -> Iterator[Document]:
        """Yield every file that stacks are made of, each once."""
        closures = [place.documents for places in self._places().values() for place in places]
        once = {id(one): one for documents in (*closures, *self._nameless.values()) for one in documents}
        yield from once.values()

    def broken_manifests(self) -> list[ConfigError]:
        """Return what is wrong with manifests; from then on the stacks are those of all others."""
        broken: list[ConfigError] = []
        self._stacks = self._read(or_note=broken.append)
        return broken

    def _component(self, sections: Sections, kind: str, name: str, stack: str) -> Component:
        return component_of(
            sections,
            kind,
            name,
            stack=stack,
            inherits_metadata=self._layout.inherits_metadata,
            lists=self._layout.lists,
            separator=self._layout.separator,
            lowest=self._lowest,
        )

    def _merged(self, documents: tuple[Document, ...]) -> Sections:
        """Return the sections of a manifest over those of all that it imports."""
        return _kept(self._sections, documents, self._over_imports)

    def _over_imports(self, documents: tuple[Document, ...]) -> Sections:
        below = _kept(self._imported, documents[-1].imported, lambda imported: Sections(imported, self._layout.lists))
        return Sections(documents, self._layout.lists, below)

    def _of(self, stack: str) -> list[Occurrence]:
        places = self._places()
        if stack not in places and "/" in stack and stack in self._nameless:
            return [Occurrence(self._nameless[stack], None)]
        if stack not in places:
            raise self._unknown_stack(stack)
        return places[stack]

    def _places(self) -> dict[str, list[Occurrence]]:
        if self._stacks is None:
            self._stacks = self._read(or_note=_raise)
        return self._stacks

    def _read(self, *, or_note: Callable[[ConfigError], None]) -> dict[str, list[Occurrence]]:
        stacks: dict[str, list[Occurrence]] = {}
        with unsearched():
            for path in self._manifests.top_level():
                try:
                    documents = self._manifests.closure(path)
                    sections = self._over_imports(documents)
                    named = self._named(sections)
                    if not named and _has_components(sections):
                        self._nameless[documents[-1].key] = documents
                    for name, components in named:
                        stacks.setdefault(name, []).append(Occurrence(documents, components))
                except ConfigError as broken:
                    or_note(broken)
        return stacks

    def _named(self, sections: Sections) -> list[tuple[str, frozenset[str] | None]]:
        """Name the stacks that a manifest stands for, each with its components; usually there is one, with all."""
        if not _has_components(sections):
            return []
        own = sections.own.body.get("name")
        if isinstance(own, str) and own.strip():
            return [(own.strip(), None)]
        if self._layout.name_template:
            common = Map(sections.own.body.place)
            for section in ("vars", "env", "settings"):
                value = self._common(sections, section)
                common.put(section, value, value.place, value.place)
            seen = planted(sections.own.locals, common.place)
            common.put(LOCALS, seen, common.place, common.place)
            return [(self._name_by_template(self._layout.name_template, common), None)]
        pattern = self._layout.name_pattern
        if not pattern:
            return [(sections.own.key, None)]
        if any(sections.own_values(kind).intersection(tokens_of(pattern)) for kind in KINDS):
            return self._named_by_component(sections, pattern)
        name = by_pattern(pattern, self._common(sections, "vars"))
        return [] if name is None else [(name, None)]

    def _common(self, sections: Sections, name: str) -> Map:
        """Return what all Terraform components of a manifest have in common in a section."""
        layers = layers_at([sections.section(TERRAFORM)], name, [sections.section(name)])
        common: Map = settled(merged(layers, self._layout.lists))
        return common

    def _named_by_component(self, sections: Sections, pattern: str) -> list[tuple[str, frozenset[str] | None]]:
        by_name: dict[str, set[str]] = {}
        for kind in KINDS:
            for component in sections.names("components", kind):
                merged_values = self._component(sections, kind, component, "").sections["vars"]
                name = by_pattern(pattern, merged_values)
                if name is not None:
                    by_name.setdefault(name, set()).add(component)
        return [(name, frozenset(components)) for name, components in by_name.items()]

    def _unknown_stack(self, stack: str) -> InvalidStack:
        names = self.stacks()
        keys = {found.documents[-1].key: name for name, places in self._places().items() for found in places}
        meant = [keys[stack]] if stack in keys else _close(stack, names)
        return InvalidStack(
            f"Stack `{stack}` not found",
            details=self._lacking(stack),
            hints=[*(f"Did you mean `{name}`?" for name in meant), "atmos list stacks"],
        )

    def _lacking(self, key: str) -> list[str]:
        """Say which values a manifest lacks to have a name."""
        pattern, documents = self._layout.name_pattern, self._nameless.get(key)
        if documents is None or pattern is None:
            return []
        values = self._common(self._over_imports(documents), "vars")
        lacking = [token for token in tokens_of(pattern) if by_pattern(f"{{{token}}}", values) is None]
        return [f"{documents[-1].path} has no value for {', '.join(lacking)}, which stacks.name_pattern wants"]

    def _unknown_component(self, name: str, stack: str, kind: str) -> InvalidComponent:
        return InvalidComponent(
            _GONE.format(component=name, stack=stack),
            details=[f"manifest: {occurrence.documents[-1].path}" for occurrence in self._of(stack)],
            hints=[
                *(f"Did you mean `{close}`?" for close in _close(name, self.components(stack, kind))),
                f"atmos list components -s {stack}",
            ],
        )


def _has_components(sections: Sections) -> bool:
    return any(sections.names("components", kind) for kind in KINDS)


def _kept(
    known: dict[int, Sections], documents: tuple[Document, ...], made: Callable[[tuple[Document, ...]], Sections]
) -> Sections:
    """Return what is made of the documents; what was made of a few of the last is kept."""
    if id(documents) not in known:
        if len(known) >= _KEPT:
            known.clear()
        known[id(documents)] = made(documents)
    return known[id(documents)]


def _raise(error: ConfigError) -> None:
    raise error


def _close(name: str, names: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, names, n=1)
