"""Locks between processes and threads, held by the kernel, so that they end with the process that holds them."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from atmos_auth.domain.errors import LockTimeout, StoreError
from atmos_auth.domain.ports import Clock
from atmos_auth.host.files import PRIVATE_FILE, make_private_folder

try:
    import fcntl
except ImportError:
    HAS_FLOCK = False
else:
    HAS_FLOCK = True

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
    pause = FIRST_PAUSE
    while (let_go := _acquired(path)) is None:
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
        let_go()


def _acquired(path: str) -> Callable[[], None] | None:
    """Return what lets go of the lock; None while somebody else holds it."""
    try:
        return _by_the_kernel(path) if HAS_FLOCK else _by_library(path)
    except OSError as error:
        raise StoreError(
            f"cannot lock {path}: {error.strerror or error}",
            hints=["check the owner and permissions of its folder"],
        ) from error


def _by_the_kernel(path: str) -> Callable[[], None] | None:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return None
            if error.errno == errno.ENOSYS:
                return _by_library(path)
            raise
        except BaseException:
            os.close(descriptor)
            raise
        if os.fstat(descriptor).st_nlink:
            return lambda: os.close(descriptor)
        # Who held it removed it meanwhile: the next ones lock another file of this name.
        os.close(descriptor)


def _by_library(path: str) -> Callable[[], None] | None:
    """Do so where the kernel has no `flock`: on Windows, and on some network drives."""
    import filelock  # three times as long to import as Python needs to start

    lock = filelock.FileLock(path, mode=PRIVATE_FILE, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return None
    return lock.release
