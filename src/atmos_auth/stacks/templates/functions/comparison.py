"""Compare values as Go does: only what is of one kind, and no lists or maps."""

from collections.abc import Callable, Hashable
from typing import Any

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.values import check_size, described, is_true, kind

ORDERED = ("int", "float64", "string")


def equal(first: Any, *others: Any) -> bool:
    """Tell whether `first` equals one of the others."""
    if not others:
        raise Refused("has nothing to compare with", hints=["Give it two values."])
    _comparable(first)
    return any(_same(first, other) for other in others)


def _comparable(value: Any) -> None:
    if isinstance(value, (dict, list)):
        raise Refused(f"cannot compare {described(value)}", hints=["Use `deepEqual`, or compare what is inside."])


def _same(first: Any, other: Any) -> bool:
    if first is None or other is None:
        return first is other
    if kind(first) != kind(other):
        raise _mixed(first, other)
    _comparable(other)
    return bool(first == other)


def _mixed(first: Any, other: Any) -> Refused:
    return Refused(
        f"cannot compare {described(first)} with {described(other)}",
        hints=["Convert one of them: `int`, `float64` or `toString`."],
    )


def not_equal(first: Any, other: Any) -> bool:
    """Tell whether two values differ."""
    return not equal(first, other)


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(first: Any, other: Any) -> bool:
        if kind(first) != kind(other):
            raise _mixed(first, other)
        if kind(first) not in ORDERED:
            raise Refused(
                f"cannot tell which is smaller: {described(first)}", hints=["Numbers and text have an order."]
            )
        return compare(first, other)

    return ordered


def frozen(value: Any) -> Hashable:
    """Give something that equals that of another value exactly when both are of one kind and hold the same."""
    check_size(value)
    return _frozen(value)


def _frozen(value: Any) -> Hashable:
    if isinstance(value, dict):
        return "map", frozenset((key, _frozen(item)) for key, item in value.items())
    if isinstance(value, list):
        return "slice", tuple(map(_frozen, value))
    if kind(value) == "unknown":
        raise Refused("cannot compare something that templates cannot use")
    return kind(value), value


def deep_equal(first: Any, other: Any) -> bool:
    """Tell whether two values are of one kind and hold the same, whatever they are."""
    return frozen(first) == frozen(other)


def _decided(*_operands: Any) -> bool:
    """Stand in the table for `and` and `or`, which the evaluation carries out itself."""
    raise Refused("cannot be called like this")


LESS = _ordering(lambda first, other: bool(first < other))
FUNCTIONS = (
    Function("eq", "any any…", equal),
    Function("ne", "any any", not_equal),
    Function("lt", "any any", LESS),
    Function("le", "any any", _ordering(lambda a, b: bool(a <= b))),
    Function("gt", "any any", _ordering(lambda a, b: bool(a > b))),
    Function("ge", "any any", _ordering(lambda a, b: bool(a >= b))),
    Function("and", "any any…", _decided),
    Function("or", "any any…", _decided),
    Function("not", "any", lambda value: not is_true(value)),
    Function("deepEqual", "any any", deep_equal),
)
