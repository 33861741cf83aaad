"""Portal sessions on disk, one JSON file each, in the shape the AWS SDKs give their own SSO token cache."""

import json
import os
from collections.abc import Callable
from typing import Any

from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.timestamps import from_text, to_text
from atmos_auth.host.files import read_private, remove_file, remove_set_aside, set_aside, write_private

# Token fields that hold a time, and the name each has in the file.
_TIMES = {"expires_at": "expiresAt", "issued_at": "issuedAt", "client_expires_at": "registrationExpiresAt"}
_TEXTS = {
    "access_token": "accessToken",
    "start_url": "startUrl",
    "region": "region",
    "refresh_token": "refreshToken",
    "client_id": "clientId",
    "client_secret": "clientSecret",
    "endpoint_url": "endpointUrl",
}


class TokenFiles:
    """The folder of session files; a file that cannot be understood is set aside, named to `warn`, and missed."""

    def __init__(self, folder: str, *, warn: Callable[[str], None]) -> None:
        self._folder = folder
        self._warn = warn

    def path(self, session: str) -> str:
        """File of the session with this key (sha1 of `start_url|region`, in hex)."""
        return os.path.join(self._folder, f"{session}.json")

    def read(self, session: str) -> SsoToken | None:
        """Return the stored token, expired or not; None when there is none."""
        path = self.path(session)
        content = read_private(path)
        if content is None:
            return None
        try:
            return _token(session, json.loads(content))
        except (ValueError, KeyError, TypeError):
            self._warn(f"the session file could not be understood; it is kept as {set_aside(path)}")
            return None

    def write(self, token: SsoToken) -> None:
        """Replace what is stored for the token's session; raises `StoreError`."""
        body: dict[str, str] = {}
        for field, name in _TEXTS.items():
            if (text := getattr(token, field)) is not None:
                body[name] = text
        for field, name in _TIMES.items():
            if (moment := getattr(token, field)) is not None:
                body[name] = to_text(moment)
        write_private(self.path(token.session), json.dumps(body, indent=2).encode())

    def remove(self, session: str) -> bool:
        """Forget the session; tell whether there was one; raises `StoreError`."""
        remove_set_aside(self.path(session))
        return remove_file(self.path(session))


def _token(session: str, body: Any) -> SsoToken:
    if not isinstance(body, dict):
        raise TypeError("not an object")
    fields: dict[str, Any] = {field: body.get(name) for field, name in _TEXTS.items()}
    fields |= {field: from_text(body[name]) if body.get(name) else None for field, name in _TIMES.items()}
    for required in ("access_token", "start_url", "region", "expires_at"):
        if not fields[required]:
            raise KeyError(required)
    if not all(isinstance(fields[field], str | None) for field in _TEXTS):
        raise TypeError("a field is not text")
    return SsoToken(session=session, **fields)
