"""One at a time, across threads and processes: whoever comes first does the work, the others share what came of it."""

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from atmos_auth.domain import errors
from atmos_auth.domain.ports import Clock, Prompter
from atmos_auth.host.files import read_private, remove_file, write_private
from atmos_auth.host.locks import locked

# A sign-in by device code may take ten minutes, and somebody's own sign-in comes after it.
PATIENCE_SECONDS = 15 * 60
# Without a person to tell, a wait must be short.
SILENT_PATIENCE_SECONDS = 30
# Between the start of a run and its first question: who started before a failure came too late to wait for it.
START_UP_SECONDS = 60

T = TypeVar("T")

# What one attempt found out holds for everybody who waited for it; what it lacked (a terminal, say) does not.
_SHARED = (errors.AuthenticationFailed, errors.ServiceError)


class SingleFlight:
    """Turns over keys, kept by kernel locks in `folder`; a holder that dies frees its lock.

    `asked_at` (epoch seconds) is when this run was started: another process's failure that came after it is a failure
    of the same attempt, and is shared instead of tried again, be it a refusal, a cancel or an error. In a program that
    goes on for long, only what failed while it waited, or shortly before, is.
    """

    def __init__(self, folder: str, *, clock: Clock, asked_at: float) -> None:
        self._folder = folder
        self._clock = clock
        self._asked_at = asked_at

    def fly(
        self,
        key: str,
        *,
        purpose: str,
        prompter: Prompter,
        look: Callable[[], T | None],
        acquire: Callable[[], T],
        patience: float | None = None,
    ) -> T:
        """Return what `look` finds once it is our turn, or else what `acquire` brings.

        Raises what `acquire` raises, what a concurrent attempt raised, or `LockTimeout`. `purpose` completes the
        sentence "process N is ...". `patience` is how many seconds to wait at most; left out, it depends on whether a
        person is there.
        """
        if patience is None:
            patience = PATIENCE_SECONDS if prompter.can_show else SILENT_PATIENCE_SECONDS
        called_at = self._clock.now()
        deadline = called_at + patience
        with ExitStack() as waiting:

            def show_wait() -> None:
                message = f"Waiting for {self._holder(key)}"
                waiting.enter_context(prompter.waiting(message, deadline))

            with locked(
                self._path(key, "lock"),
                clock=self._clock,
                deadline=deadline,
                on_wait=show_wait,
                holder=lambda: self._holder(key),
            ):
                waiting.close()
                found = look()
                if found is not None:
                    return found
                self._raise_shared_failure(key, called_at)
                return self._acquire(key, purpose, acquire)

    def _acquire(self, key: str, purpose: str, acquire: Callable[[], T]) -> T:
        write_private(self._path(key, "holder"), json.dumps({"pid": os.getpid(), "purpose": purpose}).encode())
        try:
            brought = acquire()
        except _SHARED as failure:
            self._record(key, failure)
            raise
        except KeyboardInterrupt:
            self._record(key, _cancelled(purpose))
            raise
        finally:
            remove_file(self._path(key, "holder"))
        remove_file(self._path(key, "failure"))
        return brought

    def _record(self, key: str, failure: errors.AtmosAuthError) -> None:
        record = {
            "at": self._clock.now(),
            "pid": os.getpid(),
            "class": type(failure).__name__,
            "message": failure.message,
            "hints": failure.hints,
            "details": failure.details,
        }
        write_private(self._path(key, "failure"), json.dumps(record).encode())

    def _raise_shared_failure(self, key: str, called_at: float) -> None:
        record = self._read(key, "failure")
        at, message = record.get("at"), record.get("message")
        if not isinstance(at, int | float) or not isinstance(message, str):
            return
        # Whoever asks again in the process that failed wants another attempt.
        is_ours = record.get("pid") == os.getpid()
        asked_at = called_at if is_ours else max(self._asked_at, called_at - START_UP_SECONDS)
        if not asked_at <= at <= self._clock.now():
            return
        failure_class = getattr(errors, str(record.get("class")), None)
        if not (isinstance(failure_class, type) and issubclass(failure_class, errors.AuthenticationFailed)):
            failure_class = errors.AuthenticationFailed
        outcome = f"this was the outcome of the attempt in process {record.get('pid')}"
        raise failure_class(message, hints=_lines(record, "hints"), details=[*_lines(record, "details"), outcome])

    def _holder(self, key: str) -> str:
        record = self._read(key, "holder")
        if "pid" not in record:
            return "another process"
        return f"process {record['pid']}, which is {record.get('purpose')}"

    def _read(self, key: str, suffix: str) -> dict[str, Any]:
        try:
            record = json.loads(read_private(self._path(key, suffix)) or b"{}")
        except ValueError:
            return {}
        return record if isinstance(record, dict) else {}

    def _path(self, key: str, suffix: str) -> str:
        return os.path.join(self._folder, f"{key}.{suffix}")


def _lines(record: dict[str, Any], name: str) -> list[str]:
    lines = record.get(name)
    return [str(line) for line in lines] if isinstance(lines, list) else []


def _cancelled(purpose: str) -> errors.Cancelled:
    words = f"cancelled in process {os.getpid()}, which was {purpose}"
    return errors.Cancelled(words, hints=["run the command again"])
