"""Where a list is shown: how wide it is, in which colours, and at what time."""

import os
from typing import NamedTuple, TextIO

from atmos_auth.cli.output import Paint

# What says that it is narrower than this does not know.
_NARROWEST = 20


class Screen(NamedTuple):
    """`now` is seconds since the epoch; `columns` the width, None where lines may be of any length.

    `unicode` tells whether every character can be shown.
    """

    now: float
    paint: Paint
    columns: int | None = None
    unicode: bool = True

    @property
    def ellipsis(self) -> str:
        """What stands for text that was cut off, one column wide."""
        return "…" if self.unicode else "~"


def columns_of(stream: TextIO) -> int | None:
    """Tell how wide the terminal behind a stream is; None if there is none, or it does not say."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):
        return None
    return columns if columns >= _NARROWEST else None
