"""The end of another process, waited for: by the kernel's word where it gives one, else by looking now and then."""

import os
import select
from collections.abc import Callable

from atmos_auth.domain.errors import UsageError
from atmos_auth.domain.ports import Clock
from atmos_auth.host.running import is_running

LOOK_SECONDS = 0.5
# Linux has it since 5.3; it stays true to its process when the number is given to another one.
OPEN_PIDFD: Callable[[int], int] | None = getattr(os, "pidfd_open", None)


class ProcessEnd:
    """The end of one process: our own parent if `process` is None.

    Raises `UsageError` when it does not run, or no longer. The first process of a container has no parent, 0: then the
    end never comes.
    """

    def __init__(
        self,
        process: int | None,
        *,
        clock: Clock,
        open_pidfd: Callable[[int], int] | None = OPEN_PIDFD,
        parent: Callable[[], int] = os.getppid,
    ) -> None:
        self._parent = parent if process is None else None
        self.process = parent() if process is None else process
        self._clock = clock
        if process is None and _is_fosterling(self.process):
            raise UsageError(
                "the process that started this one has ended already", hints=["in a shell: --parent-pid $$"]
            )
        self._descriptor = _descriptor(self.process, open_pidfd) if self.process else None
        # Whoever ended before we held on to it would be waited for in vain.
        if self._descriptor is None and self.has_come():
            raise _no_such(self.process)

    def has_come(self) -> bool:
        """Tell whether the process has ended."""
        if self._descriptor is not None:
            return bool(select.select([self._descriptor], [], [], 0)[0])
        return self._parent() != self.process if self._parent is not None else not is_running(self.process)

    def wait(self) -> None:
        """Return when the process has ended; Ctrl-C and SIGTERM end the wait as well, with their exceptions."""
        if self._descriptor is not None:
            select.select([self._descriptor], [], [])
            return
        while not self.has_come():
            self._clock.sleep(LOOK_SECONDS)


def _is_fosterling(parent: int) -> bool:
    """Tell whether the system has given us another parent by now: one of another session, where we began none.

    In a container the first process may have begun our session and adopt us too: then nothing tells it from our own.
    """
    if os.name != "posix" or parent == 0:
        return False
    try:
        return os.getsid(parent) != os.getsid(0) != os.getpid()
    except OSError:
        return False


def _descriptor(process: int, open_pidfd: Callable[[int], int] | None) -> int | None:
    if open_pidfd is None:
        return None
    try:
        return open_pidfd(process)
    except (ProcessLookupError, OverflowError, ValueError) as error:
        raise _no_such(process) from error
    except OSError as error:
        import errno

        # It is said of numbers that cannot be a process's, too.
        if error.errno == errno.EINVAL:
            raise _no_such(process) from error
        return None  # the kernel is too old, or a sandbox forbids it


def _no_such(process: int) -> UsageError:
    return UsageError(
        f"there is no process {process} to end with", hints=["leave --parent-pid out, or in a shell: --parent-pid $$"]
    )
