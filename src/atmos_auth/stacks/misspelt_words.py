"""Words in places of a manifest where any may stand, that are nearly the ones that mean something there."""

from collections.abc import Iterator, Mapping
from typing import Any

from atmos_auth.config.misspelt import nearest
from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.component import ABSTRACT, OF_ALL_METADATA

_KINDS = ("terraform", "helmfile", "packer", "ansible")
_METADATA = (
    *("component", "inherits", "name", "type", "terraform_workspace", "terraform_workspace_template"),
    *OF_ALL_METADATA,
)
_TYPES = (ABSTRACT, "real")
# What is written as a key, and is a value.
_NO_KEYS = {ABSTRACT: f"type: {ABSTRACT}"}
_DEPENDENCIES = ("components", "files", "folders", "tools")
_DEPENDENCY = ("component", "stack", "kind", "name", "path")
_OLDER_DEPENDENCY = ("component", "stack", "namespace", "tenant", "environment", "stage", "file", "folder")
_NOTHING: Mapping[str, str] = {}


def misspelt_words(body: Map) -> Iterator[ConfigError]:
    """Yield what is nearly a type of components, or a key below `metadata`, `dependencies` or `settings.depends_on`."""
    components = _mapping(body, "components")
    yield from _keys(components, _KINDS, "`components`")
    of_type = _mapping(body, "terraform")
    for holder in (body, of_type):
        yield from _of_dependencies(holder)
    for name in _mapping(components, "terraform"):
        says = _mapping(components, "terraform", name)
        yield from _of_metadata(_mapping(says, "metadata"))
        yield from _of_dependencies(says)


def _of_metadata(metadata: Map) -> Iterator[ConfigError]:
    yield from _keys(metadata, _METADATA, "`metadata`", _NO_KEYS)
    written = metadata.get("type")
    # What a template makes of it is not known here.
    if isinstance(written, str) and written not in _TYPES and "{{" not in written:
        close = nearest(written, _TYPES)
        yield ConfigError(
            f"`metadata.type` is {' or '.join(_TYPES)}, and `{written}` means nothing",
            place=metadata.value_places["type"],
            hints=[f"did you mean `{close}`?" if close else "take it out"],
        )


def _of_dependencies(says: Map) -> Iterator[ConfigError]:
    dependencies = _mapping(says, "dependencies")
    yield from _keys(dependencies, _DEPENDENCIES, "`dependencies`")
    listed = dependencies.get("components")
    for entry in listed if isinstance(listed, Seq) else ():
        yield from _keys(entry, _DEPENDENCY, "a dependency")
    older = _mapping(says, "settings", "depends_on")
    for entry in older.values():
        yield from _keys(entry, _OLDER_DEPENDENCY, "an entry of `depends_on`")


def _mapping(holder: Map, *path: str) -> Map:
    found: Any = holder
    for key in path:
        found = found.get(key) if isinstance(found, Map) else None
    return found if isinstance(found, Map) else Map()


def _keys(
    holder: Any, known: tuple[str, ...], where: str, otherwise: Mapping[str, str] = _NOTHING
) -> Iterator[ConfigError]:
    """Yield the keys that are nearly known ones; `otherwise` tells how something is written that is no key."""
    for key in holder if isinstance(holder, Map) else ():
        if key not in known and (close := nearest(key, (*known, *otherwise))):
            yield ConfigError(
                f"`{key}` is no key of {where}, and nothing reads it",
                place=holder.key_places[key],
                hints=[f"did you mean `{otherwise.get(close, close)}`?"],
            )
