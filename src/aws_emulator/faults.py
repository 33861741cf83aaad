"""Faults a test or a demo injects: errors, delays and dropped connections."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from aws_emulator.errors import AwsError

# What AWS's front ends answer when only a status is asked for.
_CODE_OF_STATUS = {
    400: "ValidationException",
    403: "AccessDeniedException",
    429: "TooManyRequestsException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}

_MAX_DELAY = 600


@dataclass(slots=True)
class Fault:
    """What happens to the next calls of one operation; `times` None means for ever."""

    operation: str
    status: int | None = None
    code: str | None = None
    delay: float = 0.0
    drop: bool = False
    times: int | None = None

    def __post_init__(self) -> None:
        if self.status is None and self.code is None and not self.delay and not self.drop:
            message = "a fault needs a status, a code, a delay or drop"
            raise ValueError(message)
        if not 0 <= self.delay <= _MAX_DELAY:
            message = f"a delay is a number of seconds from 0 to {_MAX_DELAY}, not {self.delay}"
            raise ValueError(message)
        if self.times is not None and self.times < 1:
            message = f"times is 1 or more, or None for ever; not {self.times}"
            raise ValueError(message)
        if self.status is not None and not 400 <= self.status <= 599:
            message = f"a fault's status is an HTTP error status, not {self.status}"
            raise ValueError(message)

    def error(self) -> AwsError | None:
        """Give the refusal this fault stands for, if it is one."""
        if self.status is None and self.code is None:
            return None
        status = self.status or 400
        code = self.code or _CODE_OF_STATUS.get(status, "InternalFailure")
        return AwsError(code, "This fault was injected into the emulator.", status)


class Faults:
    """The faults in force, consumed call by call."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        operation: str,
        *,
        status: int | None = None,
        code: str | None = None,
        delay: float = 0.0,
        drop: bool = False,
        times: int | None = None,
    ) -> None:
        """Add a fault for `service:Operation` or `service:*`; `delay` is in seconds."""
        service, _, name = operation.partition(":")
        if not service or not name:
            message = f"a fault names service:Operation or service:*, not {operation!r}"
            raise ValueError(message)
        fault = Fault(operation, status, code, delay, drop, times)
        with self._lock:
            self._faults.append(fault)

    def take(self, service: str, operation: str) -> Fault | None:
        """Give the oldest fault that meets this call and count it as used."""
        names = (f"{service}:{operation}", f"{service}:*")
        with self._lock:
            fault = next((fault for fault in self._faults if fault.operation in names), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    self._faults.remove(fault)
            return fault

    def clear(self) -> None:
        """Remove every fault."""
        with self._lock:
            self._faults.clear()
