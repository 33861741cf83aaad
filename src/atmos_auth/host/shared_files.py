"""Files that other programs write too: read as they are, written whole, where a symbolic link leads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.ports import Clock
from atmos_auth.host.files import PRIVATE_FILE, write_private

LOCK_SECONDS = 10


def read_shared(path: str) -> str | None:
    """Return the text, None when there is no such file; raises `StoreError`, also for what is not UTF-8."""
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"cannot read {path}: {error.strerror or error}", hints=["check its owner and permissions"]
        ) from error
    except UnicodeDecodeError as error:
        raise StoreError(f"cannot read {path}: it is not UTF-8 text", hints=["mend it, or move it away"]) from error


def write_shared(path: str, text: str, *, mode: int = PRIVATE_FILE) -> None:
    """Replace the file's content, and set its mode; raises `StoreError`.

    A dotfile that is a link stays one: what it leads to is replaced.
    """
    target = os.path.realpath(path)
    write_private(target, text.encode("utf-8"))
    if mode != PRIVATE_FILE:
        try:
            os.chmod(target, mode)
        except OSError as error:
            raise StoreError(f"cannot set the mode of {target}: {error.strerror or error}") from error


def stamp(path: str) -> str:
    """Return what differs when the file has been written again; the empty text when there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return ""
    return f"{status.st_mtime_ns}-{status.st_size}-{status.st_ino}"


@contextmanager
def locked_shared(path: str, *, locks: str, clock: Clock) -> Iterator[None]:
    """Keep other processes of ours from writing the file while the block runs; raises `LockTimeout` after 10 s.

    The lock stands in our own folder `locks`: kubectl takes a file `PATH.lock` beside it for a lock of its own.
    """
    from atmos_auth.host.locks import locked

    name = sha256(os.path.realpath(path).encode()).hexdigest()[:32]
    with locked(os.path.join(locks, f"file-{name}.lock"), clock=clock, deadline=clock.now() + LOCK_SECONDS):
        yield
