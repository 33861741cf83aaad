"""Make maps, and look into them; `set`, `unset` and the merges change the map they are given, as Sprig's do."""

from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import check_size, described, is_true, pairs, plain


def made(*parts: Any) -> dict[Any, Any]:
    """Make a map of keys and values in turn."""
    return {plain(key): parts[2 * at + 1] if 2 * at + 1 < len(parts) else "" for at, key in enumerate(parts[::2])}


def put(of: dict[Any, Any], key: str, value: Any) -> dict[Any, Any]:
    """Set a key."""
    of[key] = value
    return of


def drop(of: dict[Any, Any], key: str) -> dict[Any, Any]:
    """Remove a key."""
    of.pop(key, None)
    return of


def keys(*maps: dict[Any, Any]) -> list[Any]:
    """Give the keys of maps, sorted within each; Sprig gives them in any order."""
    return [key for one in maps for key, _ in pairs(one)]


def pick(of: dict[Any, Any], *wanted: str) -> dict[Any, Any]:
    """Keep only these keys."""
    return {key: of[key] for key in wanted if key in of}


def omit(of: dict[Any, Any], *unwanted: str) -> dict[Any, Any]:
    """Keep all but these keys."""
    return {key: value for key, value in of.items() if key not in unwanted}


def merge(into: dict[Any, Any], *others: dict[Any, Any]) -> dict[Any, Any]:
    """Fill in what is missing or empty; the first map wins."""
    for other in others:
        _merge(into, copied(other), overwrite=False)
    return into


def merge_overwrite(into: dict[Any, Any], *others: dict[Any, Any]) -> dict[Any, Any]:
    """Lay maps over the first one; the last map wins."""
    for other in others:
        _merge(into, copied(other), overwrite=True)
    return into


def _merge(into: dict[Any, Any], other: dict[Any, Any], *, overwrite: bool) -> None:
    for key, value in other.items():
        there = into.get(key)
        if isinstance(there, dict) and isinstance(value, dict):
            _merge(there, value, overwrite=overwrite)
        elif value is None:
            if overwrite:
                into[key] = None
        # What is no map, and not empty, does not give way to a map: so it is in Sprig.
        elif not is_true(there) or (overwrite and not isinstance(value, dict)):
            into[key] = value


def copied(value: Any) -> Any:
    """Copy a value with all that is in it."""
    check_size(value)
    return _copied(value)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def dig(*parts: Any) -> Any:
    """Follow keys into a map; what is missing gives the value before the map."""
    *path, stand_in, value = parts
    for key in path:
        if not isinstance(key, str):
            raise Refused(f"takes keys that are text, and here is {described(key)}")
    for key in path:
        if not isinstance(value, dict):
            raise Refused(f"looks for {key} in {described(value)}", hints=["It goes through maps only."])
        if key not in value:
            return stand_in
        value = value[key]
    return value


FUNCTIONS = (
    Function("dict", "any…", made),
    Function("get", "map text", lambda of, key: of.get(key, "")),
    Function("set", "target text any", put),
    Function("unset", "target text", drop),
    Function("hasKey", "map text", lambda of, key: key in of),
    Function("keys", "map…", keys),
    Function("values", "map", lambda of: [value for _, value in pairs(of)]),
    Function("pluck", "text map…", lambda key, *maps: [one[key] for one in maps if key in one]),
    Function("pick", "map text…", pick),
    Function("omit", "map text…", omit),
    Function("merge", "target map…", merge),
    Function("mergeOverwrite", "target map…", merge_overwrite),
    Function("deepCopy", "any", copied),
    Function("dig", "any any any any…", dig),
)
