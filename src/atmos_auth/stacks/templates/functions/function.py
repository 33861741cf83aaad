"""A function of the templates: its name, what it takes, and what carries it out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.values import as_fraction, described

# What a parameter accepts, and how an error names it. `fraction` takes whole numbers too, `map` takes nil for an empty
# one; `target` is a map that is changed.
ACCEPTS: dict[str, tuple[tuple[type[Any], ...], str]] = {
    "any": ((object,), "anything"),
    "text": ((str,), "text"),
    "int": ((int,), "a whole number"),
    "fraction": ((int, float), "a number"),
    "bool": ((bool,), "true or false"),
    "map": ((dict,), "a map"),
    "target": ((dict,), "a map"),
    "list": ((list,), "a list"),
    "time": ((datetime,), "a time"),
}


class Function(NamedTuple):
    """One function; `takes` names its parameters in order, the last one with `…` for any number, or `?` if optional.

    `call` gets checked arguments, and raises Refused for those it cannot use.
    """

    name: str
    takes: str
    call: Callable[..., Any]
    says: str = ""

    def __repr__(self) -> str:
        return f"Function({self.name!r})"


def fitted(takes: str, arguments: list[Any]) -> list[Any]:
    """Check arguments against the parameters of a function. Raises Refused."""
    wanted = _PARSED.get(takes)
    if wanted is None:
        wanted = _PARSED[takes] = _parse(takes)
    least, most, kinds = wanted
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise Refused(f"takes {_count(least, most)}, and here {_are(len(arguments))}")
    last = len(kinds) - 1
    for number, value in enumerate(arguments):
        accepted = kinds[min(last, number)]
        if accepted != "any":
            arguments[number] = _fit(accepted, value, number, len(arguments))
    return arguments


def _fit(accepted: str, value: Any, number: int, count: int) -> Any:
    types, words = ACCEPTS[accepted]
    if accepted == "int" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, types) and not (isinstance(value, bool) and accepted in ("int", "fraction")):
        return _number(accepted, value)
    if accepted == "map" and value is None:
        return {}
    which = f"argument {number + 1}" if count > 1 else "its argument"
    hint = "The key may be missing: use `default`." if value is None else ""
    raise Refused(f"needs {words} as {which}, and here is {described(value)}", hints=[hint] if hint else [])


def _number(accepted: str, value: Any) -> Any:
    if accepted == "fraction":
        return as_fraction(value)
    if accepted == "int" and not -(2**63) <= value < 2**63:
        raise Refused("needs a whole number of at most 64 bits")
    return value


_PARSED: dict[str, tuple[int, int | None, tuple[str, ...]]] = {}


def _parse(takes: str) -> tuple[int, int | None, tuple[str, ...]]:
    words = takes.split()
    kinds = tuple(word.rstrip("…?") for word in words)
    least = sum(word[-1] not in "…?" for word in words)
    return least, None if takes.endswith("…") else len(words), kinds


def _count(least: int, most: int | None) -> str:
    if most == least:
        return f"{least} argument{'' if least == 1 else 's'}" if least else "no arguments"
    if most is None:
        return f"at least {least} argument{'' if least == 1 else 's'}"
    return f"{least} to {most} arguments"


def _are(count: int) -> str:
    return "is none" if not count else "is 1" if count == 1 else f"are {count}"
