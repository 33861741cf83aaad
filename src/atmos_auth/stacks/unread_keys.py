"""Keys of manifests that nothing reads: most of them are spelled wrongly."""

from collections.abc import Iterator

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.stacks.component import MERGED, OF_TYPE, RETRY, SINGLE

# What is refused is told of where it is.
_VALUES = (*MERGED, *OF_TYPE, *SINGLE, RETRY)
_OF_TYPE = (*_VALUES, "locals", "overrides")
_OF_COMPONENT = (*_OF_TYPE, "component", "metadata", "dependencies")
# Types of components that are not looked into, and what other commands read.
_OTHERS = ("helmfile", "packer", "ansible", "workflows")
_AT_THE_TOP = (
    *(*MERGED, "name", "import", "locals", "metadata", "dependencies", "overrides", "components", "terraform"),
    *_OTHERS,
)
# So begin keys that are there to be referred to only.
_FREE = (".", "_", "x-")


def unread_keys(body: Map) -> Iterator[ConfigError]:
    """Yield what is wrong with keys of a manifest, its `terraform`, components and overrides that mean nothing."""
    yield from _unread(body, _AT_THE_TOP, "a manifest")
    of_type = body.get("terraform")
    yield from _unread(of_type, _OF_TYPE, "`terraform`")
    for holder in (body, of_type):
        yield from _unread(_below(holder, "overrides"), _VALUES, "`overrides`")
    components = _below(_below(body, "components"), "terraform")
    for says in components.values() if components is not None else ():
        yield from _unread(says, _OF_COMPONENT, "a component")
        yield from _unread(_below(says, "overrides"), _VALUES, "`overrides`")


def _below(holder: object, key: str) -> Map | None:
    value = holder.get(key) if isinstance(holder, Map) else None
    return value if isinstance(value, Map) else None


def _unread(holder: object, known: tuple[str, ...], where: str) -> Iterator[ConfigError]:
    from difflib import get_close_matches

    for key in holder if isinstance(holder, Map) else ():
        if key not in known and not key.startswith(_FREE):
            near = [f"did you mean `{close}`?" for close in get_close_matches(key, known, n=1)]
            yield ConfigError(
                f"`{key}` is no key of {where}, and nothing reads it",
                place=holder.key_places[key] if isinstance(holder, Map) else None,
                hints=[*near, f"or write `x-{key}`, if it is only there to be referred to"],
            )
