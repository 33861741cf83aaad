"""Log lines for someone who looks for a fault: on stderr or in a file, with every known secret masked."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.files import PRIVATE_FILE, make_private_folder
from atmos_auth.host.plain_text import plain_text

if TYPE_CHECKING:
    import logging

LEVELS = {"trace": 5, "debug": 10, "info": 20, "warn": 30, "warning": 30, "error": 40, "off": 100}
MASK = "<MASKED>"
# Shorter strings would mask harmless words.
SHORTEST_SECRET = 8


class Redaction:
    """Replaces every secret it was told of, longest first."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def hide(self, secrets: Sequence[str]) -> None:
        """Mask these values from now on."""
        fresh = [s for s in secrets if len(s) >= SHORTEST_SECRET and s not in self._secrets]
        self._secrets = sorted([*self._secrets, *fresh], key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return `text` with the secrets masked."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


class LogFile:
    """The log of one run: nothing is opened or imported until a line at or above `level` is written.

    `level` is a key of LEVELS; `path` is a file that is appended to (mode 0600), or None for `stderr`.
    """

    def __init__(self, *, level: str, path: str | None, redaction: Redaction, stderr: TextIO | None = None) -> None:
        self._threshold = LEVELS[level]
        self._path = path
        self._stderr = stderr or sys.stderr
        self._redact = redaction
        self._logger: logging.Logger | None = None

    @property
    def is_debug(self) -> bool:
        """Whether a traceback may be shown."""
        return self._threshold <= LEVELS["debug"]

    def debug(self, message: str) -> None:
        """Note a step."""
        self._write(LEVELS["debug"], message)

    def info(self, message: str) -> None:
        """Note what takes a while."""
        self._write(LEVELS["info"], message)

    def warn(self, message: str) -> None:
        """Note something that a person should mend."""
        self._write(LEVELS["warn"], message)

    def hide(self, secrets: Sequence[str]) -> None:
        """Mask these values in everything written from now on."""
        self._redact.hide(secrets)

    def _write(self, level: int, message: str) -> None:
        if level < self._threshold:
            return
        if self._logger is None:
            self._logger = self._open()
        # Parts of it may be a server's words: they must not draw, nor begin a line that we did not write.
        self._logger.log(level, "%s", plain_text(self._redact(message)))

    def _open(self) -> "logging.Logger":
        import logging

        handler: logging.Handler
        if self._path is None:
            handler = logging.StreamHandler(self._stderr)
        else:
            make_private_folder(os.path.dirname(os.path.abspath(self._path)))
            try:
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE))
            except OSError as error:
                raise StoreError(
                    f"cannot write the log {self._path}: {error.strerror or error}",
                    hints=["check `logs.file`, --logs-file and ATMOS_LOGS_FILE"],
                ) from error
            handler = logging.FileHandler(self._path, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s atmos-auth %(message)s"))
        logger = logging.Logger("atmos_auth")  # noqa: LOG001 - the registry is the user's, not ours
        logger.addHandler(handler)
        return logger
