"""Typed settings out of a tree: every misfit becomes a sentence with its place, and what fits becomes a structure."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from json import dumps
from typing import Any, TypeVar, cast

import msgspec

from atmos_auth.config.tree import Map, place_of
from atmos_auth.domain.errors import InvalidPrincipal, InvalidSetting
from atmos_auth.domain.place import Place

S = TypeVar("S")


class Misfits:
    """What is wrong with one section: `errors` keep it from being used, `unknown` keys are merely not understood."""

    def __init__(self) -> None:
        self.errors: list[InvalidSetting] = []
        self.unknown: list[InvalidSetting] = []


def check(settings: Any, structure: type, *, subject: str, fallback: Place | None = None) -> Misfits:
    """Compare `settings` with the structure's JSON Schema; `subject` opens each sentence; nothing is raised."""
    schema, validator = _schema(structure)
    plain = _plain(settings)
    misfits = Misfits()
    for path, known in _unknown_keys(schema, validator, plain):
        misfits.unknown.append(_unknown(subject, settings, path, known, fallback))
        _drop(plain, path)
    for error in validator.iter_errors(_pruned(plain)):
        path = list(error.instance_path)
        if error.kind.name == "required":
            path = [*path, error.kind.property]
            described = _properties(_walk(schema, error.schema_path)).get(error.kind.property, {})
            misfits.errors.append(_missing(schema, subject, settings, path, described, fallback))
            continue
        described = _walk(schema, error.schema_path)
        if error.instance == "" and path:
            misfits.errors.append(_missing(schema, subject, settings, path, described, fallback))
        else:
            misfits.errors.append(_misfit(subject, settings, path, described, fallback))
    misfits.errors.sort(key=lambda e: e.place or Place("", 0, 0))
    misfits.unknown.sort(key=lambda e: e.place or Place("", 0, 0))
    return misfits


def annotated(structure: type, keyword: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return the settings of a structure whose schema has this annotation set, by their paths.

    The annotations of JSON Schema are used as it means them: `deprecated`, and `writeOnly` for secrets
    (https://json-schema.org/draft/2020-12/json-schema-validation, section 9).
    """
    schema, _ = _schema(structure)
    return dict(_annotated(schema, schema, keyword, ()))


def _annotated(
    schema: dict[str, Any], node: dict[str, Any], keyword: str, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    name = str(node.get("$ref", "")).rpartition("/")[2]
    for key, described in _properties(schema["$defs"][name] if name else node).items():
        if described.get(keyword):
            yield (*path, key), described
        elif "$ref" in described:
            yield from _annotated(schema, described, keyword, (*path, key))


def fitted(settings: Any, structure: type[S]) -> S | None:
    """Build the structure; None where `check` has anything to say. Much faster than to ask it, and nearly all fit."""
    plain = _plain(settings)
    pruned = _pruned(plain)
    # An empty one may be a key that nobody knows.
    if plain.keys() - pruned.keys() - set(getattr(structure, "__struct_encode_fields__", ())):
        return None
    try:
        return msgspec.convert(pruned, structure)
    except msgspec.ValidationError:
        return None


def convert(settings: Any, structure: type[S]) -> S:
    """Build the structure from settings that passed `check`; unknown keys are left out."""
    if (whole := fitted(settings, structure)) is not None:
        return whole
    schema, validator = _schema(cast("type", structure))
    plain = _plain(settings)
    for path, _ in _unknown_keys(schema, validator, plain):
        _drop(plain, path)
    return msgspec.convert(_pruned(plain), structure)


def _unknown_keys(
    schema: dict[str, Any], validator: Any, plain: Any
) -> list[tuple[list[Any], Mapping[str, dict[str, Any]]]]:
    """Return the path of every key that no structure has, at any depth, with the keys it does have."""
    found: list[tuple[list[Any], Mapping[str, dict[str, Any]]]] = []
    for error in validator.iter_errors(plain):
        if error.kind.name == "additionalProperties":
            known = _properties(_walk(schema, error.schema_path))
            found += [([*error.instance_path, key], known) for key in sorted(error.kind.unexpected)]
    return found


def _drop(plain: Any, path: Sequence[Any]) -> None:
    for step in path[:-1]:
        plain = plain[step]
    del plain[path[-1]]


def _pruned(value: Any) -> Any:
    """A mapping below the top in which nothing is said is a mapping that is not there."""
    if isinstance(value, Mapping):
        inner = {key: _pruned(v) for key, v in value.items()}
        return {key: v for key, v in inner.items() if v != {}}
    return [_pruned(item) for item in value] if isinstance(value, list) else value


@lru_cache(maxsize=64)
def _schema(structure: type) -> tuple[dict[str, Any], Any]:
    import jsonschema_rs

    schema = msgspec.json.schema(structure)
    return schema, jsonschema_rs.validator_for(schema)


def _plain(value: Any) -> Any:
    """A key without a value is a key that is not there."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _walk(schema: dict[str, Any], schema_path: Sequence[Any]) -> dict[str, Any]:
    """Return the schema node that an error's keyword stands in."""
    node: Any = schema
    for step in list(schema_path)[:-1]:
        node = node[step]
    return node if isinstance(node, dict) else {}


def _properties(node: dict[str, Any]) -> dict[str, Any]:
    found = node.get("properties", {})
    return found if isinstance(found, dict) else {}


def _missing(
    schema: dict[str, Any],
    subject: str,
    settings: Any,
    path: list[Any],
    described: dict[str, Any],
    fallback: Place | None,
) -> InvalidSetting:
    name, parents = path[-1], ".".join(map(str, path[:-1]))
    example = _example(name, described) or f"{name}: {_snippet(schema, described)}".rstrip()
    return _setting_error(path)(
        f"{subject}: {described.get('title', name)} is required{f' in {parents}' if parents else ''}",
        place=place_of(settings, path) or fallback,
        hints=[f"add `{example}`" + (f" to `{parents}`" if parents else "")],
    )


def _misfit(
    subject: str, settings: Any, path: list[Any], described: dict[str, Any], fallback: Place | None
) -> InvalidSetting:
    value: Any = settings
    for step in path:
        value = value[step]
    name = path[-1] if path else ""
    example = _example(name, described)
    return _setting_error(path)(
        f"{subject}: {'.'.join(map(str, path))} is {_shown(path, value)}, which is not {_expected(described)}",
        place=place_of(settings, path) or fallback,
        hints=_remedy(name, example, described),
    )


def _remedy(name: Any, example: str, described: dict[str, Any]) -> list[str]:
    if example:
        return [f"for example `{example}`"]
    if described.get("type") == "object":
        return [f"write `{name}:`, and below it one indented line per setting"]
    return [f"write `{name}: true` or `{name}: false`"] if described.get("type") == "boolean" else []


def _unknown(
    subject: str, settings: Any, path: list[Any], known: Mapping[str, Any], fallback: Place | None
) -> InvalidSetting:
    from difflib import get_close_matches

    close = get_close_matches(str(path[-1]), list(known), n=1)
    return InvalidSetting(
        f"{subject}: {'.'.join(map(str, path))} is not a setting that is known here",
        place=_place_of_key(settings, path) or fallback,
        hints=[f'did you mean "{close[0]}"?'] if close else [f"known here: {', '.join(sorted(known))}"],
    )


def _place_of_key(settings: Any, path: list[Any]) -> Place | None:
    for step in path[:-1]:
        settings = settings[step]
    return settings.key_places.get(path[-1]) if isinstance(settings, Map) else place_of(settings, path[-1:])


def _setting_error(path: list[Any]) -> type[InvalidSetting]:
    return InvalidPrincipal if path and path[0] == "principal" else InvalidSetting


def _expected(described: dict[str, Any]) -> str:
    choices = [described, *described.get("anyOf", [])]
    for choice in choices:
        # A structure's description says what it is for, not what a value must look like.
        if "description" in choice and choice.get("type") != "object":
            return str(choice["description"])
    kinds = {
        "string": "text",
        "integer": "a whole number",
        "boolean": "true or false",
        "array": "a list",
        "object": "a mapping",
    }
    return " or ".join(kinds.get(choice["type"], choice["type"]) for choice in choices if "type" in choice) or "valid"


def _example(name: Any, described: dict[str, Any]) -> str:
    for choice in (described, *described.get("anyOf", [])):
        if choice.get("examples"):
            value = choice["examples"][0]
            return f'{name}: "{value}"' if isinstance(value, str) and value.isdigit() else f"{name}: {value}"
    return ""


def _snippet(schema: dict[str, Any], described: dict[str, Any]) -> str:
    """Make up a mapping out of the examples of what it must hold."""
    structure = schema.get("$defs", {}).get(str(described.get("$ref", "")).rpartition("/")[2], {})
    properties = _properties(structure)
    inner = [_example(name, properties[name]) for name in structure.get("required", ())]
    return f"{{ {', '.join(inner)} }}" if inner and all(inner) else ""


def _shown(path: list[Any], value: Any) -> str:
    """Show a wrong value, unless its name says that it may be a secret."""
    names = (word in str(step).lower() for step in path for word in ("secret", "password", "token", "key"))
    if isinstance(value, str) and any(names) and "remember" not in str(path[-1:]):
        return "a value"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)
