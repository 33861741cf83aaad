"""A line that is redrawn while something is waited for: a spinner, what for, and the time left."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from atmos_auth.domain.ports import Clock
from atmos_auth.host.ascii_text import SPINNER_FRAMES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_REDRAWS_PER_SECOND = 5


def time_left(seconds: float) -> str:
    """Say a length of time as people do: `45s`, `9m 41s`, `1h 05m`."""
    whole = max(0, math.ceil(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes_of_hour = divmod(minutes, 60)
    if hours:
        return f"{hours}h {minutes_of_hour:02}m"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"


@contextmanager
def countdown(
    console: "Console", clock: Clock, message: str, until: float, typeset: Callable[[str], str]
) -> Iterator[None]:
    """Draw `message` and the time left until `until` (epoch seconds) for the block, then wipe them away.

    `typeset` turns text into what the screen can show. Redraws in a thread of its own, which ends with the
    block; the cursor is hidden meanwhile.
    """
    from rich.live import Live

    def draw() -> "Text":
        frame = SPINNER_FRAMES[int(console.get_time() * _REDRAWS_PER_SECOND) % len(SPINNER_FRAMES)]
        tail = typeset(f"{time_left(until - clock.now())} left · Ctrl-C to cancel")
        return _fitted(console, typeset(frame), typeset(message), tail)

    live = Live(
        console=console,
        get_renderable=draw,
        refresh_per_second=_REDRAWS_PER_SECOND,
        transient=True,
        # The caller's own streams are left alone: what goes to stdout is data.
        redirect_stdout=False,
        redirect_stderr=False,
    )
    try:
        # Not drawn at once: Ctrl-C strikes this thread, and would cut a drawing in two; a short wait stays unseen.
        live.start(refresh=False)
        yield
    finally:
        live.stop()


def _fitted(console: "Console", frame: str, message: str, tail: str) -> "Text":
    """Put spinner, message and tail on one line if they fit, else the tail on a line below."""
    from rich.text import Text

    # The last column stays free: some terminals wrap as soon as it is filled.
    width = max(1, console.width - 3)
    one_line = Text.assemble(message, "  ", (tail, "dim"))
    lines = [one_line] if one_line.cell_len <= width else [*_wrapped(console, message, "", width)]
    if lines[0] is not one_line:
        lines += _wrapped(console, tail, "dim", width)
    drawn = Text(f"{frame} ", style="cyan").append_text(lines[0])
    for line in lines[1:]:
        drawn.append("\n  ").append_text(line)
    return drawn


def _wrapped(console: "Console", text: str, style: str, width: int) -> "list[Text]":
    from rich.text import Text

    return list(Text(text, style=style).wrap(console, width))
