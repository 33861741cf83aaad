r"""Sets of characters within regular expressions: `[a-z]`, `\d`, `[:alpha:]`, `\p{Lu}`."""

import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from atmos_auth.stacks.templates.fault import Refused

Test: TypeAlias = Callable[[str], bool]
DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PERL = {"d": DIGITS, "s": "\t\n\f\r ", "w": f"{DIGITS}{LETTERS}_"}
POSIX = {
    "alnum": DIGITS + LETTERS,
    "alpha": LETTERS,
    "ascii": "".join(map(chr, range(128))),
    "blank": "\t ",
    "cntrl": "".join(map(chr, range(32))) + "\x7f",
    "digit": DIGITS,
    "graph": "".join(map(chr, range(33, 127))),
    "lower": LETTERS[:26],
    "print": "".join(map(chr, range(32, 127))),
    "punct": "".join(chr(code) for code in range(33, 127) if chr(code) not in DIGITS + LETTERS),
    "space": "\t\n\v\f\r ",
    "upper": LETTERS[26:],
    "word": f"{DIGITS}{LETTERS}_",
    "xdigit": f"{DIGITS}abcdefABCDEF",
}
# The general categories of Unicode, by their letters.
CATEGORIES = {"L": "lmotu", "M": "cen", "N": "dlo", "P": "cdefios", "S": "ckmo", "Z": "lps", "C": "cfos"}


def perl(letter: str) -> Test:
    r"""Give the test of `\d`, `\s`, `\w` or, by a capital, of what they leave out."""
    members = frozenset(PERL[letter.lower()])
    return (lambda c: c not in members) if letter.isupper() else (lambda c: c in members)


def posix(name: str) -> Test:
    """Give the test of `[:name:]` or `[:^name:]`. Raises Refused."""
    known = POSIX.get(name.removeprefix("^"))
    if known is None:
        raise Refused("was given a pattern with an unknown class between [: and :]")
    members = frozenset(known)
    return (lambda c: c not in members) if name.startswith("^") else (lambda c: c in members)


def category(name: str, *, negated: bool) -> Test:
    r"""Give the test of `\p{name}`. Raises Refused."""
    if name.startswith("^"):
        name, negated = name[1:], not negated
    if name == "Any":
        return lambda _: not negated
    if (name[1:] and name[1:] not in CATEGORIES.get(name[0], "")) or name[0] not in CATEGORIES:
        raise Refused(
            "was given a pattern with a class of characters that is not known",
            hints=["Known are general categories such as \\p{L} and \\p{Lu}."],
        )
    return lambda c: unicodedata.category(c).startswith(name) is not negated


def span(first: str, last: str) -> Test:
    """Give the test of a range."""
    return lambda c: first <= c <= last


def exactly(character: str) -> Test:
    """Give the test of one character."""
    return lambda c: c == character


def in_any_case(test: Test) -> Test:
    """Widen a test to capitals and small letters."""
    return lambda c: test(c) or test(c.lower()) or test(c.upper())
