"""Run a regular expression over text: all ways at once, so that no pattern takes longer than the text is long."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.regular.syntax import Check, Jump, Match, Program, Save, Split, Step, Take, program
from atmos_auth.stacks.templates.values import gathered

# The places of the groups: beginning and end of the whole, of the first group, and so on; -1 for none.
Groups: TypeAlias = tuple[int, ...]
# The end of the program of an empty pattern.
EMPTY = (Save(1), Match())
MOST_WORK = 50_000_000
REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))", re.ASCII)


@lru_cache(maxsize=64)
def compiled(pattern: str) -> "Machine":
    """Give the machine of a pattern. Raises Refused."""
    return Machine(program(pattern))


class Machine:
    """A pattern, ready to be looked for."""

    def __init__(self, made: Program) -> None:
        self._steps = made.steps
        self._names = made.names
        self._slots = 2 * made.groups

    def find(self, text: str, at: int = 0) -> Groups | None:
        """Find the first match from `at` on; of those that begin there, the one that the pattern prefers."""
        if len(text) * len(self._steps) > MOST_WORK:
            raise Refused("has too much to do: the pattern and the text are both large")
        threads: list[tuple[int, Groups]] = []
        best: Groups | None = None
        nowhere = (-1,) * self._slots
        for position in range(at, len(text) + 1):
            if best is None:
                self._follow(threads, 0, nowhere, text, position)
            elif not threads:
                break
            threads, found = self._over(threads, text, position)
            best = found or best
        return best

    def _over(
        self, threads: list[tuple[int, Groups]], text: str, position: int
    ) -> tuple[list[tuple[int, Groups]], Groups | None]:
        """Take one character in all threads; a match ends those that are less preferred."""
        following: list[tuple[int, Groups]] = []
        seen: set[int] = set()
        for at, groups in threads:
            step = self._steps[at]
            if isinstance(step, Match):
                return following, groups
            if isinstance(step, Take) and position < len(text) and step.test(text[position]):
                self._follow(following, at + 1, groups, text, position + 1, seen)
        return following, None

    def _follow(
        self,
        threads: list[tuple[int, Groups]],
        start: int,
        groups: Groups,
        text: str,
        position: int,
        seen: set[int] | None = None,
    ) -> None:
        """Add what can be reached without a character, the preferred first."""
        if seen is None:
            seen = {at for at, _ in threads}
        waiting = [(start, groups)]
        while waiting:
            at, groups = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            step: Step = self._steps[at]
            if isinstance(step, (Take, Match)):
                threads.append((at, groups))
            elif isinstance(step, Split):
                waiting += ((at + step.second, groups), (at + step.first, groups))
            elif isinstance(step, Jump):
                waiting.append((at + step.to, groups))
            elif isinstance(step, Save):
                waiting.append((at + 1, (*groups[: step.slot], position, *groups[step.slot + 1 :])))
            elif _holds(step, text, position):
                waiting.append((at + 1, groups))

    def find_all(self, text: str) -> Iterator[Groups]:
        """Find match after match; an empty one does not follow another at once."""
        position, before = 0, -1
        while position <= len(text):
            found = self.find(text, position)
            if found is None:
                return
            start, end = found[:2]
            if end > start or start != before:
                yield found
                before = end
            position = end if end > position else position + 1 if end == start else end
            if end == start:
                position = max(position, end + 1)

    def replace(self, text: str, by: str, *, literal: bool) -> str:
        """Replace every match; `$1` and `${name}` in `by` are the groups, unless it is literal."""
        return gathered(self._replaced(text, by, literal=literal))

    def _replaced(self, text: str, by: str, *, literal: bool) -> Iterator[str]:
        end = 0
        for found in self.find_all(text):
            yield text[end : found[0]]
            yield by if literal else self._filled(by, text, found)
            end = found[1]
        yield text[end:]

    def _filled(self, by: str, text: str, groups: Groups) -> str:
        def group(reference: re.Match[str]) -> str:
            if reference[1]:
                return "$"
            name = reference[2] or reference[3]
            number = int(name[:6]) if name.isdigit() else self._names.get(name, -1)
            if not 0 <= number < self._slots // 2 or groups[2 * number] < 0:
                return ""
            return text[groups[2 * number] : groups[2 * number + 1]]

        return REFERENCE.sub(group, by)

    def split(self, text: str, most: int) -> list[str]:
        """Cut text at the matches into `most` parts, or all if that is negative."""
        if most == 0:
            return []
        if not text and self._steps[1:] != EMPTY:
            return [""]
        parts: list[str] = []
        start = end = 0
        for found in self.find_all(text):
            if most > 0 and len(parts) == most - 1:
                break
            end = found[0]
            if found[1]:
                parts.append(text[start:end])
            start = found[1]
        return [*parts, text[start:]] if end != len(text) else parts


def _holds(check: Check, text: str, position: int) -> bool:
    before, after = text[position - 1 : position] if position else "", text[position : position + 1]
    if check.what in ("b", "B"):
        return (_is_word(before) is not _is_word(after)) is (check.what == "b")
    if check.what in ("A", "^"):
        return position == 0 or (check.what == "^" and before == "\n")
    return position == len(text) or (check.what == "$" and after == "\n")


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")
