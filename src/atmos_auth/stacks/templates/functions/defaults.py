"""What stands in for values that are empty: nothing, false, zero, and text, lists and maps without content."""

from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import is_true, kind

# Go's names for what `kindOf` and `typeOf` tell.
KINDS = {"nil": "invalid", "time": "struct"}
TYPES = {"nil": "<nil>", "map": "map[string]interface {}", "slice": "[]interface {}", "time": "time.Time"}


def default(stand_in: Any, given: Any = None, *_unheeded: Any) -> Any:
    """Give `given`, unless it is empty."""
    return given if is_true(given) else stand_in


def coalesce(*values: Any) -> Any:
    """Give the first value that is not empty."""
    return next((value for value in values if is_true(value)), None)


def ternary(if_true: Any, if_false: Any, condition: Any) -> Any:
    """Choose by a truth value."""
    return if_true if condition else if_false


def fail(message: str) -> str:
    """Stop with a message of the author."""
    raise Refused(f"was called: {message}")


def kind_of(value: Any) -> str:
    """Name the kind of a value."""
    return KINDS.get(kind(value), kind(value))


def type_of(value: Any) -> str:
    """Name the type of a value."""
    return TYPES.get(kind(value), kind(value))


FUNCTIONS = (
    Function("default", "any any…", default),
    Function("coalesce", "any…", coalesce),
    Function("ternary", "any any bool", ternary),
    Function("empty", "any", lambda value: not is_true(value)),
    Function("all", "any…", lambda *values: all(map(is_true, values))),
    Function("any", "any…", lambda *values: any(map(is_true, values))),
    Function("fail", "text", fail),
    Function("kindOf", "any", kind_of),
    Function("kindIs", "text any", lambda name, value: kind_of(value) == name),
    Function("typeOf", "any", type_of),
    Function("typeIs", "text any", lambda name, value: type_of(value) == name),
)
