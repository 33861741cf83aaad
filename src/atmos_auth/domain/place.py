"""Where a value was written, so that every message about it can say so."""

from typing import NamedTuple


class Place(NamedTuple):
    """A position in a configuration file; line and column count from 1, as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Give `file:line:column`, the form that terminals and editors turn into a link."""
        return f"{self.file}:{self.line}:{self.column}"
