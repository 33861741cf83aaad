"""The journal: which operation was called, by whom, and how it ended."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OK = "ok"


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered call; `outcome` is `ok`, `dropped` or AWS's error code, `at` an ISO 8601 time."""

    service: str
    operation: str
    caller: str
    outcome: str
    at: str
    notes: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, str]:
        """Give the entry as one flat JSON object."""
        return {
            "at": self.at,
            "service": self.service,
            "operation": self.operation,
            "caller": self.caller,
            "outcome": self.outcome,
            **self.notes,
        }


class Journal:
    """An append-only list of entries, also written as JSON lines when a file is given.

    Raises `OSError` if the file cannot be made.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        if path is not None:
            path.open("a").close()
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def record(self, entry: Entry) -> None:
        """Append one entry; the file is written before the caller gets its answer."""
        with self._lock:
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(entry.as_dict()) + "\n")

    def entries(self) -> list[Entry]:
        """Give the entries so far, oldest first."""
        with self._lock:
            return list(self._entries)

    def count(self, operation: str, outcome: str | None = None, **notes: str) -> int:
        """Count the calls of `service:Operation`, if asked only those with this outcome and these notes."""
        return sum(
            1
            for entry in self.entries()
            if f"{entry.service}:{entry.operation}" == operation
            and outcome in (None, entry.outcome)
            and notes.items() <= entry.notes.items()
        )

    def clear(self) -> None:
        """Forget the entries in memory; a journal file keeps its lines."""
        with self._lock:
            self._entries.clear()
