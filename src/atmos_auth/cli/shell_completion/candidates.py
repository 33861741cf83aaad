"""What the word at the cursor could become."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from atmos_auth.cli.flags import Flag
from atmos_auth.cli.shell_completion.following import (
    COMPONENTS,
    IDENTITIES,
    PROFILES,
    PROVIDERS,
    STACKS,
    TAGS,
    Following,
    Values,
    following,
)
from atmos_auth.cli.shell_completion.typed import Typed, read

LEVELS = ("Trace", "Debug", "Info", "Warn", "Error", "Off")
SWITCHES = ("true", "false")
# Flags that mean the same wherever they stand; a verb's own `COMPLETIONS` come first.
EVERYWHERE: Mapping[str, Values] = {
    "--identity": IDENTITIES,
    "--provider": PROVIDERS,
    "--tags": TAGS,
    "--profile": PROFILES,
    "--stack": STACKS,
    "--components": COMPONENTS,
    "--logs-level": LEVELS,
    "--interactive": SWITCHES,
}
# Flags whose value may hold several, separated by commas.
LISTS = frozenset({"--tags", "--profile", "--providers", "--identities", "--components"})


class Candidate(NamedTuple):
    """One word that could stand at the cursor, and what it is."""

    word: str
    about: str = ""


def candidates(
    words: Sequence[str],
    names: Callable[[str], Iterable[str]],
    more: Callable[[Following, Sequence[str]], Following] = lambda ours, _: ours,
) -> list[Candidate]:
    """Return what the last of `words` could become, the program's name being the first; empty: nothing of ours.

    `names` gives the names of a source, such as IDENTITIES; `more` adds to what may follow what the project does.
    Nothing is asked or sent.
    """
    before, current = words[:-1], words[-1] if len(words) > 1 else ""
    typed = read(before)
    if typed.beyond:
        return []
    known = more(following(typed), before)
    typed = known.typed
    if current.startswith("-"):
        name, equals, begun = current.partition("=")
        flag = typed.flag(name)
        if not equals:
            return _flags(typed, current) + [Candidate(flag) for flag in known.their_flags if flag.startswith(current)]
        found = _values(known, flag, begun, names) if flag is not None else []
        return [candidate._replace(word=f"{name}={candidate.word}") for candidate in found]
    if typed.awaiting is not None:
        found = _values(known, typed.awaiting, current, names)
        if found or not typed.awaiting.may_stand_alone:
            return found
    found = [Candidate(word, about) for word, about in known.words if word.lower().startswith(current.lower())]
    return found + _matching(known.names, current, names)


def _flags(typed: Typed, begun: str) -> list[Candidate]:
    return [
        Candidate(flag.name, flag.about)
        for flag in typed.flags
        if flag.name.startswith(begun.lower()) and (flag.repeatable or not typed.given & set(flag.names))
    ]


def _values(known: Following, flag: Flag, begun: str, names: Callable[[str], Iterable[str]]) -> list[Candidate]:
    values = known.values.get(flag.name, flag.values or EVERYWHERE.get(flag.name, ()))
    return _matching(values, begun, names, flag.name)


def _matching(known: Values, begun: str, names: Callable[[str], Iterable[str]], flag: str = "") -> list[Candidate]:
    values = names(known) if isinstance(known, str) else known
    before, comma, last = begun.rpartition(",") if flag in LISTS else ("", "", begun)
    given = before.split(",")
    # Names are matched whatever their case, and so offered.
    close = [value for value in values if value.lower().startswith(last.lower()) and value not in given]
    return [Candidate(f"{before}{comma}{value}") for value in close]
