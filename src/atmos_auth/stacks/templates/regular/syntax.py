"""Read a regular expression in the syntax of Go, and make a program of it for the machine."""

import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn, TypeAlias

from atmos_auth.stacks.templates.fault import Refused
from atmos_auth.stacks.templates.regular import classes
from atmos_auth.stacks.templates.regular.classes import Test

LARGEST_REPEAT = 1000
LONGEST_PROGRAM = 10_000
DEEPEST = 50
ESCAPED = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
COUNTED = re.compile(r"\{(\d+)(,(\d*))?\}")
NAMED = re.compile(r"\(\?P?<([A-Za-z_]\w*)>", re.ASCII)
FLAGGED = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
NUMBERED = re.compile(r"\\(?:x([\da-fA-F]{2})|x\{([\da-fA-F]{1,6})\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))")


class Take(NamedTuple):
    """Go on if the character passes."""

    test: Test


class Split(NamedTuple):
    """Go on in two places, `first` before `second`, both relative to here."""

    first: int
    second: int


class Save(NamedTuple):
    """Note the position, as the beginning or end of a group."""

    slot: int


class Check(NamedTuple):
    """Go on if the position is such: `^`, `$`, `A`, `z`, `b`, `B`."""

    what: str


class Jump(NamedTuple):
    """Go on elsewhere, relative to here."""

    to: int


class Match(NamedTuple):
    """It fits."""


Step: TypeAlias = Take | Split | Save | Check | Jump | Match


class Program(NamedTuple):
    """What a machine runs; `names` are the groups by their names."""

    steps: tuple[Step, ...]
    groups: int
    names: dict[str, int]


def program(pattern: str) -> Program:
    """Make the program of a pattern. Raises Refused."""
    reader = _Reader(pattern)
    steps = reader.alternatives()
    if reader.at < len(pattern):
        _fail("closes a parenthesis that is not open")
    return Program((Save(0), *steps, Save(1), Match()), reader.groups, reader.names)


def _fail(what: str) -> NoReturn:
    raise Refused(f"was given a pattern that {what}", hints=["Patterns are written as for Go (RE2)."])


class _Reader:
    """One reading of a pattern; `_flags` are those in force."""

    def __init__(self, pattern: str) -> None:
        self.at = 0
        self.groups = 1
        self.names: dict[str, int] = {}
        self._pattern = pattern
        self._flags: frozenset[str] = frozenset()
        self._depth = 0

    def alternatives(self) -> list[Step]:
        """Read up to the end, or to the `)` that closes the group."""
        outside = self._flags
        choices = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            choices.append(self._sequence())
        self._flags = outside
        steps = choices.pop()
        while choices:
            first = choices.pop()
            steps = self._bounded([Split(1, len(first) + 2), *first, Jump(len(steps) + 1), *steps])
        return steps

    def _sequence(self) -> list[Step]:
        steps: list[Step] = []
        while self._peek() not in ("", "|", ")"):
            if self._pattern.startswith("\\Q", self.at):
                *before, last = self._literal() or [Jump(1)]
                steps = self._bounded([*steps, *before, *self._repeated([last])])
            else:
                steps = self._bounded([*steps, *self._repeated(self._atom())])
        return steps

    def _peek(self) -> str:
        return self._pattern[self.at : self.at + 1]

    def _bounded(self, steps: list[Step]) -> list[Step]:
        if len(steps) > LONGEST_PROGRAM:
            _fail("is too large, or repeats too much")
        return steps

    def _literal(self) -> list[Step]:
        inside, _, _ = self._pattern[self.at + 2 :].partition("\\E")
        self.at = min(self.at + len(inside) + 4, len(self._pattern))
        return self._bounded([self._take(classes.exactly(character)) for character in inside])

    def _take(self, test: Test) -> Take:
        return Take(classes.in_any_case(test) if "i" in self._flags else test)

    # --- repetition

    def _repeated(self, steps: list[Step]) -> list[Step]:
        counts = self._counts()
        if counts is None:
            return steps
        least, most = counts
        lazy = (self._peek() == "?") is not ("U" in self._flags)
        self.at += self._peek() == "?"
        if self._counts() is not None:
            _fail("repeats a repetition")
        if max(least, most or 0) > LARGEST_REPEAT or (most is not None and most < least):
            _fail("repeats in a way that is not possible")
        self._bounded(steps * max(least, most or 1, 1))
        return self._expanded(steps, least, most, lazy=lazy)

    def _counts(self) -> tuple[int, int | None] | None:
        """Read `*`, `+`, `?` or `{2,3}`."""
        sign = self._peek()
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign)
        if simple:
            self.at += 1
            return simple
        counted = COUNTED.match(self._pattern, self.at)
        if counted is None:
            return None
        self.at = counted.end()
        least = int(counted[1][:5])
        return least, least if counted[2] is None else int(counted[3][:5]) if counted[3] else None

    def _expanded(self, steps: list[Step], least: int, most: int | None, *, lazy: bool) -> list[Step]:
        def split(inside: int, after: int) -> Split:
            return Split(after, inside) if lazy else Split(inside, after)

        size = len(steps)
        if most is None:
            if least:
                return [*steps * least, split(-size, 1)]
            # Entering twice lets an inside that matched nothing leave, as in Go.
            return [split(1, size + 2), *steps, split(-size, 1)]
        optional: list[Step] = []
        for _ in range(most - least):
            optional = [split(1, size + len(optional) + 1), *steps, *optional]
        return [*steps * least, *optional]

    # --- atoms

    def _atom(self) -> list[Step]:
        character = self._peek()
        special: dict[str, Callable[[], list[Step]]] = {
            "(": self._group,
            "[": lambda: [self._take_set()],
            "\\": self._escape,
        }
        if character in special:
            return special[character]()
        if character in "*+?" or COUNTED.match(self._pattern, self.at):
            _fail("repeats nothing")
        self.at += 1
        if character == ".":
            any_at_all = "s" in self._flags
            return [Take(lambda c: any_at_all or c != "\n")]
        if character in "^$":
            return [Check(character if "m" in self._flags else {"^": "A", "$": "z"}[character])]
        return [self._take(classes.exactly(character))]

    def _group(self) -> list[Step]:
        self._depth += 1
        if self._depth > DEEPEST:
            _fail("is nested too deeply")
        outside = self._flags
        flagged = FLAGGED.match(self._pattern, self.at)
        named = NAMED.match(self._pattern, self.at)
        number = 0
        if flagged:
            self.at = flagged.end()
            self._flags = (self._flags | set(flagged[1])) - set(flagged[2] or "")
            if flagged[3] == ")":
                self._depth -= 1
                return []
        elif self._pattern.startswith("(?", self.at) and not named:
            _fail("uses something after `(?` that Go does not have, such as looking ahead")
        else:
            number = self._numbered(named)
        steps = self.alternatives()
        if self._peek() != ")":
            _fail("leaves a parenthesis open")
        self.at += 1
        self._flags = outside
        self._depth -= 1
        return [Save(2 * number), *steps, Save(2 * number + 1)] if number else steps

    def _numbered(self, named: re.Match[str] | None) -> int:
        number = self.groups
        self.groups += 1
        self.at = named.end() if named else self.at + 1
        if named:
            if named[1] in self.names:
                _fail("names two groups alike")
            self.names[named[1]] = number
        return number

    def _escape(self) -> list[Step]:
        letter = self._pattern[self.at + 1 : self.at + 2]
        if letter in ("A", "z", "b", "B") and letter:
            self.at += 2
            return [Check(letter)]
        test = self._set_escape()
        return [self._take(test or classes.exactly(self._one_character()))]

    def _set_escape(self) -> Test | None:
        r"""Read `\d`, `\pL` and their like, if that is what comes."""
        letter = self._pattern[self.at + 1 : self.at + 2]
        if letter and letter in "dDsSwW":
            self.at += 2
            return classes.perl(letter)
        if letter and letter in "pP":
            braced = re.compile(r"\\[pP](?:\{(\^?\w+)\}|(\w))").match(self._pattern, self.at)
            if braced is None:
                _fail("names no class of characters after a \\p")
            self.at = braced.end()
            return classes.category(braced[1] or braced[2], negated=letter == "P")
        return None

    def _one_character(self) -> str:
        """Read a character, escaped or not."""
        character = self._peek()
        if character != "\\":
            self.at += 1
            return character
        letter = self._pattern[self.at + 1 : self.at + 2]
        numbered = NUMBERED.match(self._pattern, self.at)
        if numbered:
            self.at = numbered.end()
            code = int(numbered[3], 8) if numbered[3] else int(numbered[1] or numbered[2], 16)
            return chr(code) if code < 0x110000 else _fail("names a character that does not exist")
        self.at += 2
        if letter in ESCAPED:
            return ESCAPED[letter]
        if not letter or letter.isalnum() or not letter.isascii():
            _fail("has a backslash before something that it does not go with")
        return letter

    def _take_set(self) -> Take:
        self.at += 1
        negated = self._peek() == "^"
        self.at += negated
        tests: list[Test] = []
        first = True
        while first or self._peek() != "]":
            if not self._peek():
                _fail("leaves a bracket open")
            tests.append(self._member())
            first = False
        self.at += 1
        test: Test = lambda c: any(one(c) for one in tests)  # noqa: E731 - a test like the others
        test = classes.in_any_case(test) if "i" in self._flags else test
        return Take((lambda c: not test(c)) if negated else test)

    def _member(self) -> Test:
        if self._pattern.startswith("[:", self.at) and ":]" in self._pattern[self.at :]:
            end = self._pattern.index(":]", self.at)
            name = self._pattern[self.at + 2 : end]
            self.at = end + 2
            return classes.posix(name)
        if self._peek() == "\\":
            test = self._set_escape()
            if test:
                return test
        first = self._one_character()
        if self._peek() == "-" and self._pattern[self.at + 1 : self.at + 2] not in ("]", ""):
            self.at += 1
            last = self._one_character()
            if last < first:
                _fail("has a range from a later to an earlier character")
            return classes.span(first, last)
        return classes.exactly(first)
