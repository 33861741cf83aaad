"""Removing a whole folder of ours, lock files included, without pulling a lock away from a process that holds it."""

import os
from collections.abc import Iterator

from atmos_auth.domain.errors import AtmosAuthError, LockTimeout, StoreError
from atmos_auth.domain.ports import Clock
from atmos_auth.host.files import remove_file
from atmos_auth.host.locks import locked

_LOCK = ".lock"


def files_below(folder: str) -> list[str]:
    """Return every file and link below `folder`, sorted; links are not followed."""
    return sorted(_walk(folder))


def sweep(folder: str, *, clock: Clock, base: str = "") -> bool:
    """Remove `folder` and all below it, and what is empty then between it and `base`; tell whether there was any file.

    Links are removed, not followed. A lock that is held stays. Goes on after a failure, and then raises the first
    `StoreError` or `LockTimeout`.
    """
    failures: list[AtmosAuthError] = []
    removed = False
    for path in files_below(folder):
        try:
            removed = (_remove_lock if path.endswith(_LOCK) else _remove)(path, clock) or removed
        except StoreError as failure:
            failures.append(failure)
    for above, _, _ in os.walk(folder, topdown=False):
        _remove_if_empty(above)
    above = os.path.dirname(folder)
    while base and above.startswith(base + os.sep):
        _remove_if_empty(above)
        above = os.path.dirname(above)
    if failures:
        raise failures[0]
    return removed


def _walk(folder: str) -> Iterator[str]:
    for above, folders, files in os.walk(folder):
        yield from (os.path.join(above, name) for name in files)
        yield from (path for name in folders if os.path.islink(path := os.path.join(above, name)))


def _remove(path: str, clock: Clock) -> bool:
    return remove_file(path)


def _remove_lock(path: str, clock: Clock) -> bool:
    try:
        with locked(path, clock=clock, deadline=clock.now()):
            # Whoever opened it before meets a file without a name, and opens the next one.
            return remove_file(path)
    except LockTimeout as held:
        raise LockTimeout(
            f"another process holds {path}", hints=["wait for it to finish, or end it, and run the command again"]
        ) from held


def _remove_if_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        return  # something is left in it, or it is a link that somebody made
