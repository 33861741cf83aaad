"""Adding lines to a file that others write as well, such as a job's environment file."""

import os

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.files import PRIVATE_FILE


def append_lines(path: str, text: str, *, errors: str = "strict") -> None:
    """Write `text` behind what a file holds, mode 0600 if it is new; `errors` is for what is no text.

    Raises `StoreError`.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors=errors) as file:
            # What others wrote last may lack its line end, and would run into our first line.
            file.write(text if _ends_in_a_line(path) else f"\n{text}")
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror}",
            hints=["check that its folder exists and may be written"],
        ) from error


def _ends_in_a_line(path: str) -> bool:
    """Tell whether a file is empty or its last line is whole; one that cannot be read is taken to be so."""
    try:
        with open(path, "rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"
    except OSError:
        return True
