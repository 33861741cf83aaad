"""Work out YAML functions, each when it is first needed and never twice."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from atmos_auth.config import tags
from atmos_auth.config.documents import Documents
from atmos_auth.config.merge import appended
from atmos_auth.config.observer import Observer
from atmos_auth.config.paths import absolute
from atmos_auth.config.tree import Later, Map, Seq, Tagged, planted
from atmos_auth.config.words import words
from atmos_auth.domain.errors import ConfigError

_LARGEST_RANDOM = 65_535


class Surroundings(NamedTuple):
    """Where a configuration is read: working directory, home directory, and repository root if any."""

    cwd: str
    home: str
    repository: str | None


class Functions:
    """Evaluates the functions of one configuration; what one gave once, it gives again.

    `head` works out a single function and leaves functions inside its result alone; `whole` works out
    everything in a value.
    """

    def __init__(self, observer: Observer, documents: Documents, surroundings: Surroundings) -> None:
        self.observer = observer
        self.documents = documents
        self.surroundings = surroundings
        # Keyed by identity, with the function beside its result: no other object can then take that identity.
        self._heads: dict[int, tuple[Tagged, Any]] = {}
        self._wholes: dict[int, Any] = {}
        self._running: list[Tagged] = []

    def head(self, value: Any) -> Any:
        """Give what a function stands for, and any other value as it is. Raises ConfigError."""
        while isinstance(value, Tagged):
            known = self._heads.get(id(value))
            if known is None:
                known = self._heads[id(value)] = (value, self._work_out(value))
            value = known[1]
        return value

    def known(self, value: Any) -> Any:
        """Give what a function stands for if it was worked out before; evaluates nothing."""
        seen = self._heads.get(id(value))
        return self.known(seen[1]) if seen else value

    def whole(self, value: Any) -> Any:
        """Give a copy of the value without any function left, places kept. Raises ConfigError."""
        if isinstance(value, Tagged):
            return self._whole_of_function(value)
        if isinstance(value, Map):
            mapping = Map(value.place)
            for key, below in value.items():
                if not (isinstance(below, Tagged) and below.tag == tags.UNSET):
                    mapping.put(key, self.whole(below), value.key_places[key], value.value_places[key])
            return mapping
        if isinstance(value, Seq):
            sequence = Seq(value.place)
            for below, place in zip(value, value.value_places, strict=True):
                sequence.add(self.whole(below), place)
            return sequence
        return value

    def _whole_of_function(self, function: Tagged) -> Any:
        if id(function) in self._wholes:
            return self._wholes[id(function)]
        if function in self._running:
            raise ConfigError(
                f"{function!r} includes itself",
                place=function.place,
                details=[f"included at {step.place}" for step in self._running],
            )
        self._running.append(function)
        try:
            whole = self._wholes[id(function)] = self.whole(self.head(function))
        finally:
            self._running.pop()
        return whole

    def _work_out(self, function: Tagged) -> Any:
        if isinstance(function, Later):
            return planted(function.made(), function.place)
        work = _WORK.get(function.tag)
        if work is None:
            raise ConfigError(
                f"{function.tag} cannot be used here",
                place=function.place,
                hints=["!unset removes a key of a mapping; leave the element of a list out instead."]
                if function.tag == tags.UNSET
                else [f"Use one of {', '.join(tags.SUPPORTED)}."],
            )
        return work(self, function)


def _env(functions: Functions, function: Tagged) -> str:
    name, *default = words(function, at_least=1, at_most=2, form="`!env NAME` or `!env NAME default`")
    value = functions.observer.variable(name)
    if value is None:
        value = default[0] if default else ""
    return value.strip()


def _exec(functions: Functions, function: Tagged) -> Any:
    from atmos_auth.config.shell import output_of

    functions.observer.record.reasons.append(f"!exec at {function.place}")
    environ = {**functions.observer.promoted, **functions.observer.environ}
    return output_of(function, functions.surroundings.cwd, environ)


def _include(functions: Functions, function: Tagged) -> Any:
    from atmos_auth.config.include import included

    return included(function, functions.documents, functions.surroundings.home, functions.head)


def _include_raw(functions: Functions, function: Tagged) -> str:
    from atmos_auth.config.include import included_text

    return included_text(function, functions.documents, functions.surroundings.home)


def _repository(functions: Functions, function: Tagged) -> str:
    default = words(function, at_least=0, at_most=1, form=f"`{function.tag}` or `{function.tag} default`")
    root = functions.surroundings.repository
    if root is not None:
        return root
    if default:
        return default[0]
    raise ConfigError(
        f"{function.tag} needs a Git repository, and {functions.surroundings.cwd} is in none",
        place=function.place,
        hints=[f"Run the command inside the repository, or write a default: `{function.tag} .`."],
    )


def _cwd(functions: Functions, function: Tagged) -> str:
    suffix = words(function, at_least=0, at_most=1, form="`!cwd` or `!cwd sub/directory`")
    cwd, home, _ = functions.surroundings
    return absolute(suffix[0].lstrip("/" + os.sep), cwd, home) if suffix else cwd


def _random(functions: Functions, function: Tagged) -> int:
    form = "`!random`, `!random max` or `!random min max`"
    written = words(function, at_least=0, at_most=2, form=form)
    try:
        bounds = [int(word) for word in written]
    except ValueError:
        raise ConfigError("!random takes whole numbers", place=function.place, hints=[f"Write {form}."]) from None
    low, high = {0: [0, _LARGEST_RANDOM], 1: [0, *bounds], 2: bounds}[len(bounds)]
    if low > high:
        raise ConfigError(f"!random cannot choose between {low} and {high}", place=function.place)
    from random import SystemRandom

    functions.observer.record.reasons.append(f"!random at {function.place}")
    return SystemRandom().randint(low, high)


def _append(_: Functions, function: Tagged) -> Seq:
    return appended(function)


_WORK: dict[str, Callable[[Functions, Tagged], Any]] = {
    tags.ENV: _env,
    tags.EXEC: _exec,
    tags.INCLUDE: _include,
    tags.INCLUDE_RAW: _include_raw,
    tags.REPO_ROOT: _repository,
    tags.GIT_ROOT: _repository,
    tags.CWD: _cwd,
    tags.RANDOM: _random,
    tags.APPEND: _append,
}
