"""How far a longer piece of work is: a bar that is redrawn on a screen, and a plain line now and then elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from atmos_auth.domain.ports import Clock, Progress
from atmos_auth.host.ascii_text import SPINNER_FRAMES
from atmos_auth.host.countdown import time_left
from atmos_auth.host.plain_text import plain_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_REDRAWS_PER_SECOND = 5
# Between two plain lines: enough to see that it lives, and too few to fill a log.
LINE_SECONDS = 20.0
_WIDEST_BAR, _NARROWEST_BAR = 24, 6
_HOW_TO_STOP = "Ctrl-C stops"
_BETWEEN = "  "


def now_and_then(look: Callable[[], Progress], clock: Clock, write: Callable[[str], None]) -> Callable[[], None]:
    """Write a line at once, and return what writes one whenever it is called long enough after the last."""
    write(plain_line(look()))
    written_at = clock.now()

    def tick() -> None:
        nonlocal written_at
        now = clock.now()
        if not 0 <= now - written_at < LINE_SECONDS:
            write(plain_line(look()))
            written_at = now

    return tick


def plain_line(progress: Progress) -> str:
    """Say how far the work is."""
    what = plain_text(progress.what)
    words = [word for word in _words(progress) if word]
    return f"{what}: {', '.join(words)}" if words else f"{what}…"


@contextmanager
def progress_line(
    console: "Console", look: Callable[[], Progress], typeset: Callable[[str], str], *, blocks: bool
) -> Iterator[None]:
    """Draw the work's bar for the block, then wipe it away; `blocks` tells that the screen has block characters.

    Redraws in a thread of its own, which ends with the block; the cursor is hidden meanwhile.
    """
    from rich.live import Live

    def draw() -> "Text":
        frame = SPINNER_FRAMES[int(console.get_time() * _REDRAWS_PER_SECOND) % len(SPINNER_FRAMES)]
        return drawn(look(), typeset(frame), console.width - 1, typeset, blocks=blocks)

    live = Live(
        console=console,
        get_renderable=draw,
        refresh_per_second=_REDRAWS_PER_SECOND,
        transient=True,
        # What goes to stdout is data.
        redirect_stdout=False,
        redirect_stderr=False,
    )
    try:
        # Not drawn at once: Ctrl-C strikes this thread, and would cut a drawing in two.
        live.start(refresh=False)
        yield
    finally:
        live.stop()


def drawn(progress: Progress, frame: str, width: int, typeset: Callable[[str], str], *, blocks: bool) -> "Text":
    """Return as much of the line as fits into `width`: what matters least goes first."""
    from rich.text import Text

    what = typeset(plain_text(progress.what))
    counted, found, left, remark = (typeset(word) for word in _words(progress))
    both = ", ".join(word for word in (counted, found) if word)
    # How to stop it is known to most; how far it is, nobody knows.
    bar_needs = len(_BETWEEN) + _NARROWEST_BAR if progress.total else 0
    fits_with_bar = Text(_joined(frame, (what, both, left, remark, _HOW_TO_STOP))).cell_len + bar_needs <= width
    tries = (
        *([(what, both, left, remark, _HOW_TO_STOP)] if fits_with_bar else []),
        (what, both, left, remark),
        ("", both, left, remark),
        ("", counted, left, remark),
        ("", counted or what),
    )
    fitting = (words for words in tries if Text(_joined(frame, words)).cell_len <= width)
    before, *after = next(fitting, tries[-1])
    room = width - Text(_joined(frame, (before, *after))).cell_len - len(_BETWEEN)
    bar = _bar(progress, min(room, _WIDEST_BAR), blocks=blocks)
    line = Text(f"{frame} ", style="cyan").append(_joined(before, (bar, *after)), style="")
    line.truncate(max(1, width))
    return line


def _joined(first: str, others: Iterable[str]) -> str:
    return _BETWEEN.join(word for word in (first, *others) if word)


def _words(progress: Progress) -> tuple[str, str, str, str]:
    """What was counted, what was found, the time left, and the remark; each may be empty."""
    if progress.total is None:
        counted = f"{progress.done:,} {progress.unit}" if progress.done else ""
    else:
        counted = f"{progress.done:,} of {progress.total:,} {progress.unit}"
    left = f"{time_left(progress.seconds_left)} left" if progress.seconds_left is not None else ""
    return counted, plain_text(progress.found), left, plain_text(progress.remark)


def _bar(progress: Progress, width: int, *, blocks: bool) -> str:
    if not progress.total or width < _NARROWEST_BAR:
        return ""
    full = min(width, width * progress.done // progress.total)
    done, rest = ("█", "░") if blocks else ("#", ".")
    return done * full + rest * (width - full)
