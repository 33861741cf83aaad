"""What the word at the cursor could become."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from atmos_auth.cli.parsing import Flag
from atmos_auth.cli.shell_completion.typed import Typed, read

# What verbs name instead of listing values: known only once the configuration is read.
IDENTITIES, PROVIDERS, INTEGRATIONS = "<identities>", "<providers>", "<integrations>"
TAGS, PROFILES = "<tags>", "<profiles>"
WORKFLOWS, WORKFLOW_FILES, WORKFLOW_STEPS = "<workflows>", "<workflow files>", "<workflow steps>"
IDENTITY_TAGS, PROVIDER_TAGS = "<identity tags>", "<provider tags>"
LEVELS = ("Trace", "Debug", "Info", "Warn", "Error", "Off")
SWITCHES = ("true", "false")
# Flags that mean the same wherever they stand; a verb's own `COMPLETIONS` come first.
EVERYWHERE: Mapping[str, str | Sequence[str]] = {
    "--identity": IDENTITIES,
    "--provider": PROVIDERS,
    "--tags": TAGS,
    "--profile": PROFILES,
    "--logs-level": LEVELS,
    "--interactive": SWITCHES,
}
# Flags whose value may hold several, separated by commas.
LISTS = frozenset({"--tags", "--profile", "--providers", "--identities"})


class Candidate(NamedTuple):
    """One word that could stand at the cursor, and what it is."""

    word: str
    about: str = ""


def candidates(words: Sequence[str], names: Callable[[str], Iterable[str]]) -> list[Candidate]:
    """Return what the last of `words` could become, the program's name being the first; empty: nothing of ours.

    `names` gives the names of a source, such as IDENTITIES. Nothing is asked or sent.
    """
    typed, current = read(words[:-1]), words[-1] if len(words) > 1 else ""
    if typed.beyond:
        return []
    if current.startswith("-"):
        name, equals, begun = current.partition("=")
        flag = typed.flag(name)
        if not equals:
            return _flags(typed, current)
        found = _values(typed, flag, begun, names) if flag is not None else []
        return [candidate._replace(word=f"{name}={candidate.word}") for candidate in found]
    if typed.awaiting is not None:
        found = _values(typed, typed.awaiting, current, names)
        if found or not typed.awaiting.may_stand_alone:
            return found
    return _words(typed, current, names)


def _flags(typed: Typed, begun: str) -> list[Candidate]:
    return [
        Candidate(flag.name, flag.about)
        for flag in typed.flags
        if flag.name.startswith(begun) and (flag.repeatable or not typed.given & set(flag.names))
    ]


def _words(typed: Typed, begun: str, names: Callable[[str], Iterable[str]]) -> list[Candidate]:
    if typed.command is None:
        # After a word that is no command, nothing can be right.
        next_words = [] if typed.positionals else typed.subcommands()
        return [Candidate(word, about) for word, about in next_words if word.startswith(begun)]
    module = import_module(typed.command.module)
    if typed.positionals >= getattr(module, "POSITIONALS", 0):
        return []
    return _matching(getattr(module, "POSITIONAL_COMPLETIONS", IDENTITIES), begun, names)


def _values(typed: Typed, flag: Flag, begun: str, names: Callable[[str], Iterable[str]]) -> list[Candidate]:
    own = getattr(import_module(typed.command.module), "COMPLETIONS", {}) if typed.command else {}
    known = own.get(flag.name, flag.values or EVERYWHERE.get(flag.name, ()))
    return _matching(known, begun, names, flag.name)


def _matching(
    known: str | Iterable[str], begun: str, names: Callable[[str], Iterable[str]], flag: str = ""
) -> list[Candidate]:
    values = names(known) if isinstance(known, str) else known
    before, comma, last = begun.rpartition(",") if flag in LISTS else ("", "", begun)
    # Names are matched whatever their case, and so offered.
    return [Candidate(f"{before}{comma}{value}") for value in values if value.lower().startswith(last.lower())]
