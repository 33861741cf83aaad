"""The list as two tables: whole where there is room, cut to the screen where there is not."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from atmos_auth.cli.listing.columns import cut, hanging, padded, width
from atmos_auth.cli.listing.screen import Screen
from atmos_auth.cli.listing.standing import LOOKS, reason, time_words
from atmos_auth.cli.output import BOLD, RED
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Entry, Listing

_BETWEEN = "  "
_EMPTY = "-"
# As many names stand before a reason that several share.
_NAMED = 5


class _Column(NamedTuple):
    """A column: its header, what stands in it, and the width that it is not cut below; 0 for one that is never cut."""

    header: str
    of: Callable[[Entry, Screen], str]
    least: int = 0


def render(listing: Listing, screen: Screen) -> str:
    """Return a table of providers and one of identities, each where there are any, and what is wrong with whom."""
    blocks = []
    for title, role, layouts in (("PROVIDERS", PROVIDER, [_PROVIDERS]), ("IDENTITIES", IDENTITY, _IDENTITIES)):
        entries = [entry for entry in listing.entries if entry.role == role]
        if entries:
            blocks.append(_table(title, layouts, entries, screen))
    problems = list(_problems(listing.entries, screen))
    return "\n".join([*blocks, "".join(problems)] if problems else blocks)


def _problems(entries: Sequence[Entry], screen: Screen) -> Iterator[str]:
    """Yield a line per reason, led by the names of those it concerns."""
    names: dict[str, list[str]] = {}
    for entry in entries:
        if entry.problem and not entry.blocked_by:
            names.setdefault(plain_text(reason(entry)), []).append(plain_text(entry.name))
    for why, whose in names.items():
        more = f" and {len(whose) - _NAMED} more" if len(whose) > _NAMED else ""
        text = hanging(f"✗ {', '.join(whose[:_NAMED])}{more}: {why}", screen.columns)
        yield f"{screen.paint(text[0], RED)}{text[1:]}\n"


def _table(title: str, layouts: Sequence[Sequence[_Column]], entries: list[Entry], screen: Screen) -> str:
    """Return a table in the first of the layouts that fits, or in the last one as far as it fits."""
    columns, cells, natural = _first_that_fits(layouts, entries, screen)
    kept, widths = list(range(len(columns))), list(natural)
    if screen.columns is not None and _total(natural) > screen.columns:
        kept, widths = _squeezed(columns, cells, natural, screen.columns)
    lines = [screen.paint(title, BOLD)]
    if not widths:
        return "\n".join([*lines, *_records(columns, kept, entries, cells, screen)]) + "\n"
    header = [padded(cut(columns[i].header, size, screen.ellipsis), size) for i, size in zip(kept, widths, strict=True)]
    lines.append(screen.paint(_BETWEEN.join(header).rstrip(), BOLD))
    for entry, row in zip(entries, cells, strict=True):
        shown = [
            padded(cut(row[i] or (_EMPTY if i else ""), size, screen.ellipsis), size)
            for i, size in zip(kept, widths, strict=True)
        ]
        line = _BETWEEN.join(shown).rstrip()
        color = LOOKS[entry.state(screen.now)].color
        # The symbol comes first in its line, and is one column wide.
        lines.append(screen.paint(line[0], color) + line[1:] if color and row[0] else line)
    return "\n".join(lines) + "\n"


def _first_that_fits(
    layouts: Sequence[Sequence[_Column]], entries: list[Entry], screen: Screen
) -> tuple[Sequence[_Column], list[list[str]], list[int]]:
    """Return the columns with their cells and widths; those of the last layout where none fits."""
    for columns in layouts:
        cells = [[plain_text(column.of(entry, screen)) for column in columns] for entry in entries]
        natural = _natural(columns, cells)
        if screen.columns is None or _total(natural) <= screen.columns:
            break
    return columns, cells, natural


def _natural(columns: Sequence[_Column], cells: list[list[str]]) -> list[int]:
    return [
        max([width(column.header), *(width(row[i] or (_EMPTY if i else "")) for row in cells)])
        for i, column in enumerate(columns)
    ]


def _squeezed(
    columns: Sequence[_Column], cells: list[list[str]], natural: list[int], room: int
) -> tuple[list[int], list[int]]:
    """Return which columns are shown, and how wide each is: nothing where they cannot stand side by side."""
    # What nobody uses goes first.
    kept = [i for i, column in enumerate(columns) if not column.header or any(row[i] for row in cells)]
    widths = [natural[i] for i in kept]
    least = [min(size, columns[i].least or size) for i, size in zip(kept, widths, strict=True)]
    if _total(least) > room:
        return kept, []
    while _total(widths) > room:
        widest = max(range(len(kept)), key=lambda n: widths[n] if widths[n] > least[n] else -1)
        widths[widest] -= 1
    return kept, widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_BETWEEN) * (len(widths) - 1)


def _records(
    columns: Sequence[_Column], kept: list[int], entries: list[Entry], cells: list[list[str]], screen: Screen
) -> list[str]:
    """Return one block of lines per entry, for screens too narrow for columns."""
    lines = []
    for entry, row in zip(entries, cells, strict=True):
        look = LOOKS[entry.state(screen.now)]
        symbol = f"{screen.paint(look.symbol, look.color)} " if look.symbol else ""
        room = None if screen.columns is None else screen.columns - 2
        first, *others = hanging(row[1] or _EMPTY, room).split("\n")
        lines += [symbol + screen.paint(first, BOLD), *(screen.paint(line, BOLD) for line in others)]
        facts = [hanging(f"{columns[i].header}: {row[i]}", room) for i in kept[2:] if row[i]]
        lines += [f"  {line}" for fact in facts for line in fact.split("\n")]
    return lines


def _symbol(entry: Entry, screen: Screen) -> str:
    return LOOKS[entry.state(screen.now)].symbol


def _name(entry: Entry, screen: Screen) -> str:
    return entry.name


def _kind(entry: Entry, screen: Screen) -> str:
    return entry.kind


def _setting(*names: str) -> Callable[[Entry, Screen], str]:
    return lambda entry, _: next((str(entry.settings[name]) for name in names if entry.settings.get(name)), "")


def _via(*roles: str) -> Callable[[Entry, Screen], str]:
    def via(entry: Entry, screen: Screen) -> str:
        if entry.parent is None:
            # What starts from keys or a sign-in of its own has its own place among the delivered files.
            return "aws-user" if PROVIDER in roles and entry.kind == "aws/user" else ""
        return entry.parent[1] if entry.parent[0] in roles else ""

    return via


def _default(entry: Entry, screen: Screen) -> str:
    return "✓" if entry.is_default else ""


def _expires(entry: Entry, screen: Screen) -> str:
    return time_words(entry, screen.now)


_BEFORE = (_Column("", _symbol), _Column("NAME", _name, 12), _Column("KIND", _kind, 8))
_PROVIDERS = (
    *_BEFORE,
    _Column("REGION", _setting("region"), 9),
    _Column("START URL / URL", _setting("start_url", "url"), 12),
    _Column("DEFAULT", _default),
)
_AFTER = (_Column("DEFAULT", _default), _Column("ALIAS", _setting("alias"), 6), _Column("EXPIRES", _expires))
_IDENTITIES = (
    (*_BEFORE, _Column("VIA PROVIDER", _via(PROVIDER)), _Column("VIA IDENTITY", _via(IDENTITY)), *_AFTER),
    (*_BEFORE, _Column("VIA", _via(PROVIDER, IDENTITY), 6), *_AFTER),
)
