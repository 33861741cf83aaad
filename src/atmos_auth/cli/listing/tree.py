"""The list as a tree, with guides that stay whole on a narrow screen."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from atmos_auth.cli.listing.columns import folded, pieces, width
from atmos_auth.cli.listing.facts import Fact, facts
from atmos_auth.cli.listing.forest import AGAIN, LEFT_OUT, Node, forest, walk
from atmos_auth.cli.listing.screen import Screen
from atmos_auth.cli.listing.standing import LOOKS, reason, time_words
from atmos_auth.cli.output import BOLD, DIM, GREEN, RED
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Entry, Listing

_Word = tuple[str, tuple[str, ...]]
# With less room than this, a line is left to the terminal to break.
_LEAST_ROOM = 8
_FAINT, _STRONG, _BAD, _GOOD = (DIM,), (BOLD,), (RED,), (GREEN,)


class _Branch(NamedTuple):
    """A line to draw, as words and their colours, and what hangs below it."""

    label: list[_Word]
    below: "list[_Branch]"


def render(listing: Listing, screen: Screen) -> str:
    """Draw who hangs from whom, with settings and the time that is left; nothing where nothing is listed."""
    if not listing.entries:
        return ""
    lines = [screen.paint("Authentication Configuration", BOLD)]
    # Chains may be of any length: no function here calls itself.
    ahead = _hung(_branches(forest(listing), screen), "")
    while ahead:
        indent, is_last, branch = ahead.pop()
        lines += _drawn(branch, indent, screen, is_last=is_last)
        ahead += _hung(branch.below, indent + ("    " if is_last else "│   "))
    return "\n".join(lines) + "\n"


def _hung(branches: list[_Branch], indent: str) -> list[tuple[str, bool, _Branch]]:
    return [(indent, number == 0, branch) for number, branch in enumerate(reversed(branches))]


def _drawn(branch: _Branch, indent: str, screen: Screen, *, is_last: bool) -> Iterator[str]:
    """Yield the line of a branch, and where it is too long the lines it goes on with."""
    first = indent + ("└── " if is_last else "├── ")
    after = indent + ("    " if is_last else "│   ") + ("│ " if branch.below else "  ")
    label = branch.label
    lines = [list(range(len(label)))]
    whole = len(first) + width(" ".join(text for text, _ in label))
    if screen.columns is not None and screen.columns < whole and screen.columns - len(after) >= _LEAST_ROOM:
        room = screen.columns - len(after)
        label = [(piece, codes) for text, codes in label for piece in pieces(text, room)]
        lines = folded([text for text, _ in label], room)
    for number, line in enumerate(lines):
        runs = groupby((label[index] for index in line), key=lambda word: word[1])
        yield (after if number else first) + " ".join(
            screen.paint(" ".join(text for text, _ in run), *codes) for codes, run in runs
        )


def _branches(roots: list[Node], screen: Screen) -> list[_Branch]:
    top: list[_Branch] = []
    hooks = {id(node): top for node in roots}
    for step in walk(roots):
        branch = _branch(step.node, screen, is_root=step.parent is None)
        hooks[id(step.node)].append(branch)
        hooks |= {id(child): branch.below for child in step.node.below}
    return top


def _branch(node: Node, screen: Screen, *, is_root: bool) -> _Branch:
    name = (plain_text(node.name) or "-", _STRONG)
    if node.standing == AGAIN:
        return _Branch([name, ("(cycle)", _BAD)], [])
    if node.entry is None:
        return _Branch([name, ("(not configured)", _BAD)], [])
    if node.standing == LEFT_OUT:
        return _Branch([name, ("(filtered)", _FAINT)], [])
    entry = node.entry
    below = [_of_fact(fact) for fact in facts(entry)]
    why = reason(entry)
    if why:
        below.insert(0, _Branch(_words(f"✗ {plain_text(why)}", _BAD), []))
    return _Branch([name, *_headline(entry, screen)], below)


def _headline(entry: Entry, screen: Screen) -> Iterator[_Word]:
    yield f"({plain_text(entry.kind)})", ()
    if entry.is_default:
        yield "[DEFAULT]", _GOOD
    if entry.settings.get("required") is True:
        yield "[REQUIRED]", ()
    if entry.settings.get("alias"):
        yield from _words(f"[ALIAS: {plain_text(str(entry.settings['alias']))}]", ())
    look = LOOKS[entry.state(screen.now)]
    if look.symbol:
        yield f"{look.symbol} {time_words(entry, screen.now)}", (look.color,)


def _of_fact(fact: Fact) -> _Branch:
    label = f"{fact.title}: {fact.value}" if not fact.below else fact.title
    return _Branch(_words(label, _FAINT), [_of_fact(inner) for inner in fact.below])


def _words(text: str, codes: tuple[str, ...]) -> list[_Word]:
    return [(word, codes) for word in text.split(" ")]
