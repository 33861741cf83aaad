"""Tells whether somebody could still answer on a stream: a terminal, a file, or a program that has words left."""

import os
import stat


def has_nothing_to_read(descriptor: int) -> bool:
    """Tell whether whoever reads there is at the end at once; reads nothing, and says no where that cannot be known."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return True
    if stat.S_ISREG(status.st_mode):
        return os.lseek(descriptor, 0, os.SEEK_CUR) >= status.st_size
    if stat.S_ISCHR(status.st_mode):
        return status.st_rdev == os.stat(os.devnull).st_rdev
    return os.name == "posix" and _has_hung_up(descriptor)


def _has_hung_up(descriptor: int) -> bool:
    """Tell whether a pipe has nobody at its other end, and nothing left in it."""
    import select

    asked = select.poll()
    asked.register(descriptor, select.POLLIN)
    return any(event & select.POLLHUP and not event & select.POLLIN for _, event in asked.poll(0))
