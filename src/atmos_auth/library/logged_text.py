"""Words for a person, where no person is: lines become records of the logger `atmos_auth`."""

import io
import logging
from typing import TextIO, cast

LOGGER = "atmos_auth"
_WARNING_SIGN = "⚠"


def words_for_a_person(stderr: TextIO | None) -> TextIO:
    """Return `stderr` if it is a terminal, else a stream whose lines are logged."""
    if stderr is not None and not stderr.closed and stderr.isatty():
        return stderr
    return cast("TextIO", LoggedText(logging.getLogger(LOGGER)))


class LoggedText(io.TextIOBase):
    """A text stream of which each line is a record: WARNING if it is marked as a warning, else INFO."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._rest = ""

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Log every line that is complete by now."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            words = line.strip()
            if words:
                level = logging.WARNING if words.startswith(_WARNING_SIGN) else logging.INFO
                self._logger.log(level, "%s", words.removeprefix(_WARNING_SIGN).lstrip())
        return len(text)
