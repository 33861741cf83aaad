"""A command line that is still being typed: which command it means so far, and what its last word could be."""

from collections.abc import Sequence
from typing import NamedTuple

from atmos_auth.cli.commands import COMMANDS, GROUPS, SHORT, Command
from atmos_auth.cli.flags import Flag
from atmos_auth.cli.parsing import flags_of

PROGRAM, SHORTHAND = "atmos", "atmos-auth"


class Typed(NamedTuple):
    """What was typed before the word at the cursor.

    `path` are the words of the command or group so far, `command` the command if they are one, `positionals` the other
    words that came after it, `given` the flags, `awaiting` the flag whose value the next word is, `beyond` whether
    `--` came: what follows is somebody else's. `own_flags` are those of a command of the project.
    """

    path: tuple[str, ...] = ()
    command: Command | None = None
    positionals: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    awaiting: Flag | None = None
    beyond: bool = False
    own_flags: Sequence[Flag] | None = None

    @property
    def flags(self) -> Sequence[Flag]:
        """Every flag that could come next."""
        return flags_of(self.path) if self.own_flags is None else self.own_flags

    def flag(self, name: str) -> Flag | None:
        """Return the flag of this name, in its long or short form."""
        return next((flag for flag in self.flags if name in flag.names), None)

    def subcommands(self) -> list[tuple[str, str]]:
        """Return the words that could come next, each with its summary."""
        depth = len(self.path)
        found: dict[str, str] = {}
        for words, summary in [*GROUPS.items(), *((c.words, c.summary) for c in COMMANDS)]:
            if words[:depth] == self.path and len(words) == depth + 1:
                found.setdefault(words[depth], summary)
        return list(found.items())

    def then(self, word: str) -> "Typed":
        """Return what is typed once `word` was."""
        if self.beyond:
            return self
        if word == "--":
            return self._replace(beyond=True, awaiting=None)
        if word.startswith("-"):
            return self._with_flag(word)
        if self.awaiting is not None:
            return self._replace(awaiting=None)
        path = (*self.path, word if self.path else SHORT.get(word, word))
        begins = any(c.words[: len(path)] == path for c in COMMANDS)
        if self.own_flags is None and not self.positionals and (path in GROUPS or begins):
            return self._replace(path=path, command=next((c for c in COMMANDS if c.words == path), None))
        return self._replace(positionals=(*self.positionals, word))

    def _with_flag(self, word: str) -> "Typed":
        name, equals, _ = word.partition("=")
        flag = self.flag(name)
        given = self.given | set(flag.names if flag else (name,))
        return self._replace(given=given, awaiting=flag if flag and flag.takes_value and not equals else None)


def read(words: Sequence[str], typed: Typed | None = None) -> Typed:
    """Read the words before the cursor, the program's name first; `typed` is what came before them."""
    if typed is None:
        typed = Typed(path=("auth",)) if words and words[0].rpartition("/")[2] == SHORTHAND else Typed()
    for word in words[1:]:
        typed = typed.then(word)
    return typed
