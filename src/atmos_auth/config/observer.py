"""Looks at files and environment variables, and writes down what it saw."""

import os
import stat
from collections.abc import Mapping

from atmos_auth.config.record import Record, Stamp


class Observer:
    """The only eyes of this package: whatever it looks at is noted in `record`.

    `environ` is the real environment; `promoted` holds variables that the configuration itself sets and that
    the real environment does not have.
    """

    def __init__(self, environ: Mapping[str, str], record: Record) -> None:
        self.environ = environ
        self.promoted: dict[str, str] = {}
        self.record = record

    def variable(self, name: str) -> str | None:
        """Give a variable of the real environment, else one that the configuration sets, else None."""
        value = self.environ.get(name)
        self.record.variables[name] = value
        return self.promoted.get(name) if value is None else value

    def exists(self, path: str) -> bool:
        """Tell whether anything stands at `path`; its content is not part of the answer."""
        return self._status(path) is not None

    def is_directory(self, path: str) -> bool:
        """Tell whether a directory stands at `path`; its content is not part of the answer."""
        status = self._status(path)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def is_anybodys(self, directory: str) -> bool:
        """Tell whether every user of this machine may put files there."""
        status = self._status(directory)
        return os.name == "posix" and status is not None and bool(status.st_mode & stat.S_IWOTH)

    def is_own(self, path: str) -> bool:
        """Tell whether this user owns the file."""
        status = self._status(path)
        return os.name != "posix" or (status is not None and status.st_uid == os.geteuid())

    def read(self, path: str) -> bytes:
        """Read a whole file. Raises OSError; a file that is not there is noted as absent."""
        try:
            with open(path, "rb") as file:
                status = os.fstat(file.fileno())
                content = file.read()
        except (FileNotFoundError, NotADirectoryError):
            self.record.absent.add(path)
            raise
        self.record.files[path] = _stamp(status)
        if not stat.S_ISREG(status.st_mode):
            self.record.reasons.append(f"{path} is a pipe or a device")
        return content

    def entries(self, directory: str) -> list[tuple[str, bool]]:
        """List a directory as (name, is a directory) in order of name; empty when it does not exist.

        Raises OSError when it exists and cannot be listed.
        """
        try:
            # Stamp first: an entry that appears while we list then makes the record stale, not wrong.
            self.record.directories[directory] = _stamp(os.stat(directory))
            with os.scandir(directory) as entries:
                return sorted((entry.name, _is_directory(entry)) for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            self.record.directories.pop(directory, None)
            self.record.absent.add(directory)
            return []

    def _status(self, path: str) -> os.stat_result | None:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            self.record.absent.add(path)
            return None
        self.record.present.add(path)
        return status


def _is_directory(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
