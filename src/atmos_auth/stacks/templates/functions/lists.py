"""Make lists, and take them apart; none changes the list it is given."""

from collections.abc import Hashable
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.comparison import frozen
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.functions.text import bytes_of, strings
from atmos_auth.stacks.templates.values import MOST_PARTS, described, is_true, plain


def reach(value: Any, *keys: Any) -> Any:
    """Follow keys and positions into maps, lists and text. Raises Refused where there is none."""
    if value is None:
        raise Refused(
            "cannot look into nothing (nil)", hints=["The key before it may be missing: ask with `if` or `with`."]
        )
    for key in keys:
        value = _reach_one(value, key)
    return value


def _reach_one(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        if not isinstance(key, str) and all(isinstance(known, str) for known in value):
            raise Refused(f"looks up {described(key)} in a map, whose keys are text")
        return value.get(key)
    if isinstance(value, (list, str)):
        if not isinstance(key, int) or isinstance(key, bool):
            raise Refused(
                f"looks up {described(key)} in {described(value)}", hints=["Positions are whole numbers, from 0."]
            )
        items = value if isinstance(value, list) else value.encode("utf-8", "surrogatepass")
        if not 0 <= key < len(items):
            raise Refused(
                f"looks up position {key} in {described(value)} of {len(items)}", hints=["The first one is 0."]
            )
        return items[key]
    if value is None:
        raise Refused("cannot look into nothing (nil)", hints=["A key before it is missing or null."])
    raise Refused(f"cannot look into {described(value)}", hints=["It looks into maps, lists and text."])


def length(value: Any) -> int:
    """Count what is in a list, a map, or the bytes of text."""
    if isinstance(value, str):
        return bytes_of(value)
    if isinstance(value, (dict, list)):
        return len(value)
    raise Refused(f"cannot count what is in {described(value)}", hints=["It counts lists, maps and text."])


def cut(value: Any, *bounds: int) -> Any:
    """Give the part of a list, or of the bytes of text, from one position to before another."""
    if not isinstance(value, (list, str)):
        raise Refused(f"cannot cut {described(value)}", hints=["It cuts lists and text."])
    items: Any = value if isinstance(value, list) else value.encode("utf-8", "surrogatepass")
    start, end = [*bounds, *(0, len(items))[len(bounds) :]][:2]
    if not 0 <= start <= end <= len(items):
        raise Refused(f"cuts from {start} to {end} where there are {len(items)}")
    part = items[start:end]
    return part if isinstance(part, list) else part.decode("utf-8", "replace")


def concat(*lists: list[Any]) -> list[Any]:
    """Join lists."""
    if sum(map(len, lists)) > MOST_PARTS:
        raise Refused(f"would make a list of more than {MOST_PARTS}")
    return [item for one in lists for item in one]


def uniq(items: list[Any]) -> list[Any]:
    """Keep the first of those that are equal."""
    kept: dict[Hashable, Any] = {}
    for item in items:
        kept.setdefault(frozen(item), item)
    return list(kept.values())


def without(items: list[Any], *gone: Any) -> list[Any]:
    """Leave out what equals one of the others."""
    unwanted = set(map(frozen, gone))
    return [item for item in items if frozen(item) not in unwanted]


def has(item: Any, items: Any) -> bool:
    """Tell whether a list holds an item."""
    if items is None:
        return False
    if not isinstance(items, list):
        raise Refused(
            f"looks for something in {described(items)}", hints=["It looks into lists; for text there is `contains`."]
        )
    wanted = frozen(item)
    return any(frozen(other) == wanted for other in items)


def chunk(size: int, items: list[Any]) -> list[Any]:
    """Cut a list into lists of one size."""
    if size < 1:
        raise Refused("needs a size of at least 1")
    return [items[at : at + size] for at in range(0, len(items), size)]


def sort_alpha(value: Any) -> list[str]:
    """Sort the texts of a list's values."""
    return sorted(
        strings(value) if isinstance(value, list) else [plain(value)],
        key=lambda text: text.encode("utf-8", "surrogatepass"),
    )


FUNCTIONS = (
    Function("list", "any…", lambda *items: list(items)),
    Function("tuple", "any…", lambda *items: list(items)),
    Function("index", "any any…", reach),
    Function("len", "any", length),
    Function("slice", "any int? int?", cut),
    Function("first", "list", lambda items: items[0] if items else None),
    Function("last", "list", lambda items: items[-1] if items else None),
    Function("rest", "list", lambda items: items[1:]),
    Function("initial", "list", lambda items: items[:-1]),
    Function("append", "list any", lambda items, item: [*items, item]),
    Function("push", "list any", lambda items, item: [*items, item]),
    Function("prepend", "list any", lambda items, item: [item, *items]),
    Function("concat", "list…", concat),
    Function("reverse", "list", lambda items: items[::-1]),
    Function("uniq", "list", uniq),
    Function("compact", "list", lambda items: [item for item in items if is_true(item)]),
    Function("without", "list any…", without),
    Function("has", "any any", has),
    Function("chunk", "int list", chunk),
    Function("sortAlpha", "any", sort_alpha),
)
