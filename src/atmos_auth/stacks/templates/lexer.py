"""Cut a template into tokens: text outside of actions, and the words inside them."""

import re
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import NamedTuple

from atmos_auth.stacks.templates.fault import Fault

BLANKS = " \t\r\n"


class Token(NamedTuple):
    """A piece of a template; `kind` is text, left, right, space, end, or what stands inside an action."""

    kind: str
    text: str
    at: int


class _Action(NamedTuple):
    """How an action with certain delimiters is read."""

    token: re.Pattern[str]
    comment: re.Pattern[str]


@lru_cache(maxsize=8)
def _action(right: str) -> _Action:
    closing = re.escape(right)
    token = re.compile(
        rf"""
        (?P<trim>[ \t\r\n]+-{closing})
      | (?P<right>{closing})
      | (?P<space>[ \t\r\n]+)
      | (?P<number>[+-]?\.?\d\w*(?:(?<=[eEpP])[+-]\w+)?(?:\.\w*(?:(?<=[eEpP])[+-]\w+)?)?)
      | (?P<field>\.[^\W\d]\w*)
      | (?P<variable>\$\w*)
      | (?P<word>[^\W\d]\w*)
      | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
      | (?P<raw>`[^`]*`)
      | (?P<char>'(?:[^'\\\n]|\\[^\n])+')
      | (?P<declare>:=)
      | (?P<sign>[|=,().])
        """,
        re.VERBOSE,
    )
    return _Action(token, re.compile(rf"/\*(?:(?!\*/).)*\*/(?:(?P<trim>[ \t\r\n]+-)?{closing})", re.DOTALL))


def tokens(text: str, left: str, right: str) -> Iterator[Token]:
    """Yield the tokens of a template, an `end` last. Raises Fault."""
    at, trim = 0, False
    while True:
        start = text.find(left, at)
        outside = text[at:] if start < 0 else text[at:start]
        if trim:
            outside = outside.lstrip(BLANKS)
        inside = start + len(left)
        trims_before = (
            start >= 0 and text[inside : inside + 1] == "-" and text[inside + 1 : inside + 2] in tuple(BLANKS)
        )
        if trims_before:
            outside = outside.rstrip(BLANKS)
            inside += 2
        if outside:
            yield Token("text", outside, at)
        if start < 0:
            yield Token("end", "", len(text))
            return
        if text.startswith("/*", inside):
            found = _action(right).comment.match(text, inside)
            if found is None:
                raise Fault(
                    "this comment is not closed right before the end of the action", start, hints=_comment(left, right)
                )
            at, trim = found.end(), bool(found["trim"])
            continue
        yield Token("left", left, start)
        closing = yield from _inside(text, inside, right, start)
        yield Token("right", right, closing.start())
        at, trim = closing.end(), closing.lastgroup == "trim"


def _comment(left: str, right: str) -> list[str]:
    return [f"Write {left}/* words */{right}, with nothing between the stars and the braces."]


def _inside(text: str, at: int, right: str, start: int) -> Generator[Token, None, re.Match[str]]:
    """Yield what stands in an action, and return the match of its end."""
    token = _action(right).token
    depth = 0
    while True:
        found = token.match(text, at)
        if found is None:
            raise _unreadable(text, at, right, start)
        kind = str(found.lastgroup)
        if kind in ("right", "trim"):
            if depth:
                raise Fault("a parenthesis of this action is not closed", start, hints=["Add the `)`."])
            return found
        piece = found[0]
        if kind == "sign":
            depth += (piece == "(") - (piece == ")")
            if depth < 0:
                raise Fault("this `)` closes nothing", at, hints=["Remove it, or add the `(` it belongs to."])
        yield Token(piece if kind == "sign" else kind, piece, at)
        at = found.end()


def _unreadable(text: str, at: int, right: str, start: int) -> Fault:
    if at >= len(text):
        return Fault("this action is not closed", start, hints=[f"Add the `{right}`."])
    character = text[at]
    if character in "\"'`":
        names = {'"': "quoted text", "'": "character constant", "`": "raw text"}
        also = " on the same line" if character != "`" else ""
        return Fault(f"this {names[character]} is not closed", at, hints=[f"Add the closing {character}{also}."])
    if text.startswith("/*", at):
        return Fault(
            "a comment must stand alone in its action",
            at,
            hints=[f"Write it as an action of its own, closed by {right}."],
        )
    return Fault(
        f"the character {character!r} has no meaning here",
        at,
        hints=['A name with a dash is `index .MAP "NAME"`.']
        if character == "-" and text[at - 1].isalnum()
        else [f"Write the action as words and pipes; it ends with `{right}`."],
    )
