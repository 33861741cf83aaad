"""Browser sign-ins of IAM users on disk: the refresh token and the key it is bound to, one folder per identity."""

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from atmos_auth.domain.credentials import BrowserSession
from atmos_auth.domain.ports import Clock
from atmos_auth.domain.timestamps import from_text, to_text
from atmos_auth.host.files import read_private, remove_file, remove_set_aside, set_aside, write_private
from atmos_auth.host.paths import file_name

LOCK_SECONDS = 60
_FIELDS = {
    "refresh_token": "refreshToken",
    "dpop_key": "dpopKey",
    "client_id": "clientId",
    "region": "region",
    "principal": "principal",
}


class BrowserSessions:
    """The folder of sign-ins; a file that cannot be understood is set aside, named to `warn`, and missed."""

    def __init__(self, folder: str, *, realm: str, clock: Clock, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._realm = realm
        self._clock = clock
        self._warn = warn

    def path(self, name: str) -> str:
        """File of the identity's sign-in."""
        return os.path.join(self._folder, f"{file_name(name.lower())}-{self._realm}", "refresh.json")

    def exclusive(self, name: str) -> AbstractContextManager[None]:
        """Hold the identity's sign-in to oneself: a refresh token may be redeemed only once; raises `LockTimeout`."""
        from atmos_auth.host.locks import locked

        deadline = self._clock.now() + LOCK_SECONDS
        return locked(f"{self.path(name)}.lock", clock=self._clock, deadline=deadline)

    def read(self, name: str) -> BrowserSession | None:
        """Return the stored sign-in, over or not; None when there is none."""
        path = self.path(name)
        content = read_private(path)
        if content is None:
            return None
        try:
            body = json.loads(content)
            # Names that differ can make the same folder: each gets its own sign-in or none.
            if isinstance(body, dict) and self._owner(name) != {**self._owner(name), **_stated_owner(body)}:
                return None
            return _session(body)
        except (ValueError, KeyError, TypeError, RecursionError):
            self._warn(f"the sign-in file could not be understood; it is kept as {set_aside(path)}")
            return None

    def write(self, name: str, session: BrowserSession) -> None:
        """Replace what is stored for the identity; raises `StoreError`."""
        body = {json_name: getattr(session, field) for field, json_name in _FIELDS.items()}
        body = {json_name: value for json_name, value in body.items() if value is not None}
        body |= {"expiresAt": to_text(session.expires_at), **self._owner(name)}
        write_private(self.path(name), json.dumps(body, indent=2).encode())

    def remove(self, name: str) -> bool:
        """Forget the identity's sign-in, its key included; tell whether there was one; raises `StoreError`."""
        path = self.path(name)
        remove_set_aside(path)
        return remove_file(path)

    def _owner(self, name: str) -> dict[str, str]:
        return {"identity": name.lower(), "realm": self._realm}


def _stated_owner(body: dict[str, Any]) -> dict[str, Any]:
    """Return what the file says of whose it is; other programs' files say nothing."""
    return {field: body[field] for field in ("identity", "realm") if field in body}


def _session(body: Any) -> BrowserSession:
    if not isinstance(body, dict):
        raise TypeError("not an object")
    fields: dict[str, Any] = {field: body.get(json_name) for field, json_name in _FIELDS.items()}
    for required in ("refresh_token", "dpop_key", "client_id", "region"):
        if not fields[required]:
            raise KeyError(required)
    if not all(isinstance(value, str | None) for value in fields.values()):
        raise TypeError("a field is not text")
    return BrowserSession(expires_at=from_text(body["expiresAt"]), **fields)
