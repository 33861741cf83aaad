"""The names under which values are written: flattened, in capitals, and such as a format can hold."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from atmos_auth.domain.errors import UsageError


def flattened(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with what stands in mappings under names of its own: `tags: {Name: x}` is `tags_Name: x`.

    Lists and empty mappings stay as they are.
    """
    return _named((f"{name}{below}", value) for name, whole in values.items() for below, value in _leaves(whole))


def capitalised(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values under their names in capitals."""
    return _named((name.upper(), value) for name, value in values.items())


def as_variables(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values under names of variables: what these cannot hold becomes `_`."""
    return _renamed(values, lambda character: character.isascii() and f"_{character}".isidentifier())


def as_attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values under names that Terraform's language has for its own: these may hold dashes."""
    return _renamed(values, lambda character: character == "-" or f"_{character}".isidentifier())


def _renamed(values: Mapping[str, Any], can_stand: Callable[[str], bool]) -> dict[str, Any]:
    def renamed(name: str) -> str:
        new = "".join(character if can_stand(character) else "_" for character in name)
        return new if new[:1].isidentifier() else f"_{new}"

    return _named((renamed(name), value) for name, value in values.items())


def _leaves(value: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, Mapping) or not value:
        return [("", value)]
    return [(f"_{key}{below}", leaf) for key, whole in value.items() for below, leaf in _leaves(whole)]


def _named(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a mapping; raises `UsageError` where two have one name."""
    named: dict[str, Any] = {}
    for name, value in pairs:
        if name in named:
            raise UsageError(
                f'two outputs would both be called "{name}"',
                hints=["use --format json, and neither --flatten nor --uppercase", "or name the one that you want"],
            )
        named[name] = value
    return named
