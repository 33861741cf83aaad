"""Locks between processes and threads, held by the kernel, so that they end with the process that holds them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import filelock

from atmos_auth.domain.errors import LockTimeout, StoreError
from atmos_auth.domain.ports import Clock
from atmos_auth.host.files import PRIVATE_FILE, make_private_folder

FIRST_PAUSE = 0.01
LONGEST_PAUSE = 0.2


@contextmanager
def locked(
    path: str,
    *,
    clock: Clock,
    deadline: float,
    on_wait: Callable[[], None] | None = None,
    holder: Callable[[], str] = lambda: "another process",
) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; raises `LockTimeout` at `deadline` (epoch seconds).

    `on_wait` is called once, when the lock turns out to be held by somebody else. Waiting can be interrupted
    by Ctrl-C. The file itself stays: removing it would let two holders in.
    """
    make_private_folder(os.path.dirname(path))
    lock = filelock.FileLock(path, mode=PRIVATE_FILE, thread_local=False)
    pause = FIRST_PAUSE
    while not _acquired(lock, path):
        if on_wait is not None and pause == FIRST_PAUSE:
            on_wait()
        if clock.now() >= deadline:
            raise LockTimeout(
                f"{holder()} still holds {path}",
                hints=["wait for it to finish, or end it, and run the command again"],
            )
        clock.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: filelock.BaseFileLock, path: str) -> bool:
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return False
    except OSError as error:
        raise StoreError(
            f"cannot lock {path}: {error.strerror or error}",
            hints=["check the owner and permissions of its folder"],
        ) from error
    return True
