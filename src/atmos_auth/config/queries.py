"""Pick one value out of an included document with a dotted path such as `.accounts[0].id`."""

from collections.abc import Callable
from typing import Any

from atmos_auth.config.tree import Map, Seq, Tagged, lookup
from atmos_auth.domain.errors import ConfigError


def pick(document: Any, query: str, asking: Tagged, opened: Callable[[Any], Any]) -> Any:
    """Follow `query` into `document`; `asking` is the function to blame.

    `opened` works out a function on the way. Raises ConfigError when the query leads nowhere.
    """
    value = document
    for step in _steps(query, asking):
        value = opened(value)
        if isinstance(step, str) and isinstance(value, Map):
            found = lookup(value, step)
            if found is not None:
                value = found[1]
                continue
        elif isinstance(step, int) and isinstance(value, Seq) and -len(value) <= step < len(value):
            value = value[step]
            continue
        raise ConfigError(
            f"the query {query} finds nothing: there is no {step!r}",
            place=asking.place,
            hints=[_offer(value)],
        )
    return value


def _offer(value: Any) -> str:
    if isinstance(value, Map):
        return f"There are the keys {', '.join(value)}." if value else "The mapping there is empty."
    if isinstance(value, Seq):
        return f"There is a list of {len(value)}; count from 0."
    return "There is a single value, which holds nothing to pick."


def _steps(query: str, asking: Tagged) -> list[str | int]:
    steps: list[str | int] = []
    rest = query
    while rest and rest != ".":
        if rest[0] == "[":
            inside, closed, rest = rest[1:].partition("]")
            if not closed or not _is_index(inside):
                raise _unclear(query, asking)
            steps.append(int(inside) if inside.lstrip("-").isdigit() else inside[1:-1])
            continue
        rest = rest.removeprefix(".")
        end = next((at for at, character in enumerate(rest) if character in ".["), len(rest))
        name, rest = rest[:end], rest[end:]
        if name:
            steps.append(name)
        elif not rest.startswith("["):
            raise _unclear(query, asking)
    return steps


def _is_index(text: str) -> bool:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return quoted or text.removeprefix("-").isdecimal()


def _unclear(query: str, asking: Tagged) -> ConfigError:
    return ConfigError(
        f"the query {query} is not understood",
        place=asking.place,
        hints=["Write a path of keys and positions, for example `.accounts[0].id`."],
    )
