"""What integrations have done, on record: enough to see at a glance that it is still so, and to take it back."""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.domain.freshness import ADVISORY_SECONDS
from atmos_auth.host.files import read_private, remove_file, write_private
from atmos_auth.host.shared_files import stamp

SUFFIX = ".json"


class Record(NamedTuple):
    """One integration's work for one identity; nothing here is secret.

    `settings` are those it was done with, so that it can be taken back after they were edited. `what` names it in
    words, `file` is the one that tells of it, `stamp` what that file looked like, `mark` how the work is recognised.
    `variables` are for programs. Times are seconds since the epoch, `expires_at` is None for what does not end.
    """

    integration: str
    kind: str
    settings: Mapping[str, Any]
    identity: str
    what: str
    file: str
    stamp: str
    mark: str
    variables: Mapping[str, str]
    issued_at: float
    expires_at: float | None

    def is_fresh(self, now: float) -> bool:
        """Tell whether what was got is good for a while yet."""
        if self.expires_at is None:
            return True
        return self.expires_at - now > min(ADVISORY_SECONDS, (self.expires_at - self.issued_at) / 4)

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has written the file since."""
        return bool(self.stamp) and stamp(self.file) == self.stamp


class IntegrationRecords:
    """The records in `folder`, one file (0600) each; a key is a file name. What cannot be understood is not there."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def read(self, key: str) -> Record | None:
        """Return the record of this key; raises `StoreError`."""
        content = read_private(self._path(key))
        try:
            members = json.loads(content or b"null")
            return Record(**members) if isinstance(members, dict) else None
        except (RecursionError, TypeError, ValueError):
            return None

    def write(self, key: str, record: Record) -> None:
        """Write the record down; raises `StoreError`."""
        write_private(self._path(key), json.dumps(record._asdict(), default=str).encode())

    def remove(self, key: str) -> None:
        """Forget the record; raises `StoreError`."""
        remove_file(self._path(key))

    def all(self) -> dict[str, Record]:
        """Return every record by its key."""
        try:
            names = sorted(name for name in os.listdir(self._folder) if name.endswith(SUFFIX))
        except OSError:
            return {}
        found = {name.removesuffix(SUFFIX): self.read(name.removesuffix(SUFFIX)) for name in names}
        return {key: record for key, record in found.items() if record is not None}

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, key + SUFFIX)
