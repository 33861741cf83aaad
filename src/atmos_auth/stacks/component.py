"""One component of one stack: every layer merged into the sections that it is made of."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.config.tree import NOWHERE, Map, planted
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.backend import chosen_backend
from atmos_auth.stacks.default_identity import with_nearest_default
from atmos_auth.stacks.file_locals import LOCALS
from atmos_auth.stacks.holders import layers_at, mapping_at
from atmos_auth.stacks.inheritance import Ancestor, lineage
from atmos_auth.stacks.merge import STRATEGIES, begun_anew, is_taken_away, merged, settled
from atmos_auth.stacks.sections import Sections

# Sections that everything above a component may have as well, and `overrides` too.
MERGED = ("vars", "env", "settings", "auth", "providers", "hooks", "generate")
# Sections that stand below the type, the bases and the component only.
OF_TYPE = ("required_providers", "backend", "remote_state_backend", "source", "provision")
SINGLE = ("required_version", "command", "backend_type", "remote_state_backend_type")
# The type of a component that is there to be inherited from only.
ABSTRACT = "abstract"
# What a manifest may say of all its components.
OF_ALL_METADATA = ("labels", "tags", "custom", "enabled", "locked", "terraform_workspace_pattern")
# What a base says of itself alone.
_NOT_INHERITED = ("inherits", "type")
_NO_LOCALS: Mapping[str, Mapping[str, Any]] = {}
# What is refused, so that nobody relies on it.
RETRY = "retry"
# A component of which nobody says anything.
_EMPTY = planted({section: {} for section in (*MERGED, *OF_TYPE)}, NOWHERE)


class Component(NamedTuple):
    """A component as its stack has it: its sections by name, before templates and functions are worked out.

    `base` is the folder of its code, below the folder of its type; `bases` the components it inherits from, nearest
    first; `manifest` the top-level file and `manifest_key` its name below the stacks' folder, `files` the names of what
    it imports; `place` is where it stands; `locals` are those of the files, by path;
    `contributing` are the names of the files that say anything of it.
    """

    name: str
    kind: str
    stack: str
    base: str
    bases: tuple[str, ...]
    manifest: str
    manifest_key: str
    files: tuple[str, ...]
    sections: Map
    place: Place | None
    locals: Mapping[str, Mapping[str, Any]] = _NO_LOCALS
    contributing: tuple[str, ...] = ()

    def seen_at(self, place: Place, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a template at a place sees, given the component's data: the locals of its own file, too."""
        of_file = self.locals.get(place.file)
        return {**data, LOCALS: {**of_file, **data.get(LOCALS, {})}} if of_file else data

    def is_same(self, other: "Component") -> bool:
        """Tell whether both are the same component of the same stack, however much of them is worked out."""
        return (self.name, self.stack, self.kind) == (other.name, other.stack, other.kind)

    @property
    def metadata(self) -> Map:
        """What the component says of itself."""
        metadata: Map = self.sections["metadata"]
        return metadata

    @property
    def is_abstract(self) -> bool:
        """Whether it is there to be inherited from only."""
        return self.metadata.get("type") == ABSTRACT

    @property
    def is_enabled(self) -> bool:
        """Whether it is to be used at all."""
        return self.metadata.get("enabled") is not False


def component_of(
    sections: Sections,
    kind: str,
    name: str,
    *,
    stack: str,
    inherits_metadata: bool,
    lists: str,
    separator: str,
    lowest: Map,
) -> Component:
    """Merge a component's layers, weakest first; `lowest` holds the sections that the configuration gives to all.

    `separator` stands for slashes in the name of its state.
    Raises `ConfigError` with the place at fault. Reads no file.
    """
    line = lineage(sections, kind, name)
    own, of_type = line[-1].says, sections.section(kind)
    overriding = merged(layers_at([own], "overrides", [_overriding(sections, kind, name)]))
    strategy = _strategy(line) or lists
    holders = [holder for holder in (of_type, *(one.says for one in line), overriding) if holder]

    def layers(section: str) -> list[Map]:
        common = [*layers_at([lowest], section), sections.section(section)] if section in MERGED else []
        found = layers_at(holders, section, common)
        return found if section != "auth" else [layer for laid in with_nearest_default(found) for layer in laid]

    result = _EMPTY.copied()
    result.place = own.place
    written = {*lowest, *sections.names(), *(section for holder in holders for section in holder)}
    if RETRY in written:
        _refuse_retry(holders)
    for section in (*MERGED, *OF_TYPE):
        if section in written:
            laid = settled(merged(layers(section), strategy))
            result.put(section, laid, laid.place, laid.place)
    for name_of_value in (one for one in SINGLE if one in written):
        _put_single(result, name_of_value, [lowest, *holders])
    metadata = _metadata(sections, line, inherits_metadata=inherits_metadata)
    result.put("metadata", metadata, metadata.place, metadata.place)
    base = _base(line, metadata, name)
    own_backends = layers_at((*(one.says for one in line), overriding), "backend")
    backend = chosen_backend(
        result, own_backends, component=name, stack=stack, name=_name_of_state(metadata, base, separator)
    )
    for key in ("backend", "backend_type", "remote_state_backend", "remote_state_backend_type"):
        value, place = backend[key]
        result.put(key, value, place, place)
    overriding = settled(overriding)
    result.put("overrides", overriding, overriding.place, overriding.place)
    for section in ("dependencies", LOCALS):
        said = layers_at((one.says for one in line), section, [sections.section(section)])
        if any(said):
            laid = settled(merged(said, strategy))
            result.put(section, laid, laid.place, laid.place)
    return Component(
        name,
        kind,
        stack,
        base,
        tuple(one.name for one in reversed(line[:-1])),
        sections.own.path,
        sections.own.key,
        tuple(document.key for document in sections.own.imported),
        result,
        sections.names("components", kind).get(name),
        sections.locals,
        sections.contributing(kind, frozenset(one.name for one in line)),
    )


def _refuse_retry(holders: list[Map]) -> None:
    for holder in holders:
        if RETRY in holder:
            raise ConfigError(
                f"`{RETRY}` of a component is not supported: Terraform runs once",
                place=holder.key_places[RETRY],
                hints=["take it out, and try again where a step of a workflow says `retry`"],
            )


def _strategy(line: tuple[Ancestor, ...]) -> str | None:
    """Return how lists of this very component merge, if it says so itself."""
    for one in reversed(line):
        settings = mapping_at(one.says, ("settings",))
        chosen = begun_anew(settings.get("list_merge_strategy")) if settings is not None else None
        if settings is not None and chosen is not None:
            if chosen not in STRATEGIES:
                raise ConfigError(
                    f'settings.list_merge_strategy is one of {", ".join(STRATEGIES)}, not "{chosen}"',
                    place=settings.value_places["list_merge_strategy"],
                )
            return str(chosen)
    return None


def _overriding(sections: Sections, kind: str, name: str) -> Map:
    """Merge the `overrides` of every file that defines the component, itself or in what it imports.

    A file's overrides say nothing of components that a file above it defines. Those below the type win.
    """
    if not sections.names("overrides") and not sections.names(kind, "overrides"):
        return merged(())
    layers: list[Map] = []
    for document in sections.documents:
        of_type = mapping_at(document.body, (kind,)) or Map()
        holders = [holder for holder in (document.body, of_type) if "overrides" in holder]
        if holders and any(_defines(one.body, kind, name) for one in (*document.imported, document)):
            layers = layers_at(holders, "overrides", layers)
    return merged(layers)


def _defines(body: Map, kind: str, name: str) -> bool:
    components = mapping_at(body, ("components", kind))
    return components is not None and name in components


def _put_single(result: Map, key: str, layers: list[Map]) -> None:
    for layer in reversed(layers):
        if is_taken_away(layer.get(key)):
            return
        if layer.get(key) is not None:
            result.put(key, layer[key], layer.key_places[key], layer.value_places[key])
            return


def _metadata(sections: Sections, line: tuple[Ancestor, ...], *, inherits_metadata: bool) -> Map:
    common = sections.section("metadata")
    for key in common:
        if key not in OF_ALL_METADATA:
            raise ConfigError(
                f"`metadata.{key}` belongs to a component, and this is for all of them",
                place=common.key_places[key],
                hints=[f"write it into the component; for all there are {', '.join(OF_ALL_METADATA)}"],
            )
    layers = [common]
    if inherits_metadata:
        layers = [_inherited(layer) for layer in layers_at((one.says for one in line[:-1]), "metadata", layers)]
    laid: Map = settled(merged(layers_at([line[-1].says], "metadata", layers)))
    return laid


def _inherited(metadata: Map) -> Map:
    if not any(key in metadata for key in _NOT_INHERITED):
        return metadata
    passed_on = metadata.copied()
    for key in _NOT_INHERITED:
        passed_on.drop(key)
    return passed_on


def _name_of_state(metadata: Map, base: str, separator: str) -> str:
    return str(metadata.get("name") or base).replace("/", separator)


def _base(line: tuple[Ancestor, ...], metadata: Map, name: str) -> str:
    """Return the folder of the component's code, below that of its type."""
    chosen = metadata.get("component")
    if isinstance(chosen, str) and chosen.strip():
        return chosen.strip().strip("/")
    for one in reversed(line):
        older = one.says.get("component")
        if isinstance(older, str) and older.strip():
            return older.strip().strip("/")
    return name
