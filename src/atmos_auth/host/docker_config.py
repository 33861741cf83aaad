"""Docker's configuration file: one registry's entry is changed, and everything else stays as it was.

Its shape: https://github.com/docker/cli/blob/master/cli/config/configfile/file.go
"""

import json
import re
from typing import Any, NoReturn

from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.place import Place

FILE = "config.json"
# What Docker itself writes.
DOCKERS_INDENT = "\t"


class DockerConfig:
    """The content of a `config.json`; `path` is only for messages.

    Raises `StoreError`, with its place, for what is not JSON or has another shape; nothing secret is in a message.
    """

    def __init__(self, text: str | None, path: str) -> None:
        self._path = path
        self._text = text or ""
        self._members = self._parsed(self._text) if self._text.strip() else {}
        self._auths = self._mapping("auths")
        self._helpers = self._mapping("credHelpers")

    def auth(self, registry: str) -> str | None:
        """Return the registry's entry: user and password in base64."""
        entry = self._auths.get(registry)
        auth = entry.get("auth") if isinstance(entry, dict) else None
        return auth if isinstance(auth, str) else None

    def own_helper(self, registry: str) -> str | None:
        """Return the helper that Docker asks for this registry alone (`credHelpers`)."""
        helper = self._helpers.get(registry)
        return helper if isinstance(helper, str) and helper else None

    @property
    def store(self) -> str | None:
        """The helper that Docker asks for every other registry (`credsStore`)."""
        helper = self._members.get("credsStore")
        return helper if isinstance(helper, str) and helper else None

    def has_entry(self, registry: str) -> bool:
        """Tell whether the registry has an entry, even an empty one."""
        return registry in self._auths

    def put(self, registry: str, auth: str | None) -> None:
        """Set the registry's entry; without `auth`, to the empty one that Docker leaves beside a helper."""
        entry = self._auths.get(registry)
        kept = {k: v for k, v in entry.items() if k not in ("auth", "identitytoken")} if isinstance(entry, dict) else {}
        self._auths[registry] = kept | ({"auth": auth} if auth else {})
        self._members["auths"] = self._auths

    def drop(self, registry: str) -> None:
        """Remove the registry's entry."""
        self._auths.pop(registry, None)
        if "auths" in self._members:
            self._members["auths"] = self._auths

    def text(self) -> str:
        """Write it down, indented as it was."""
        found = re.search(r"^([ \t]+)\S", self._text, re.MULTILINE)
        one_line = bool(self._text.strip()) and "\n" not in self._text.strip()
        indent = None if one_line else found[1] if found else DOCKERS_INDENT
        ends = "\n" if self._text.endswith("\n") else ""
        written = json.dumps(self._members, indent=indent, ensure_ascii=False)
        try:
            written.encode()
        except UnicodeEncodeError:
            # Half of a surrogate pair can only be written as an escape.
            written = json.dumps(self._members, indent=indent)
        return written + ends

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            members = json.loads(text, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            self._refuse(f"it is not JSON: {error.msg}", Place(self._path, error.lineno, error.colno))
        except (RecursionError, ValueError):
            self._refuse("it is not JSON", Place(self._path, 1, 1))
        if not isinstance(members, dict):
            self._refuse("it is not a JSON object", Place(self._path, 1, 1))
        return members

    def _mapping(self, name: str) -> dict[str, Any]:
        value = self._members.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            line, column = _position(self._text, f'"{name}"')
            self._refuse(f'"{name}" is not an object', Place(self._path, line, column))
        return dict(value)

    def _refuse(self, why: str, place: Place) -> NoReturn:
        raise StoreError(
            f"Docker's configuration cannot be used: {why}",
            place=place,
            hints=["mend the file, or move it away; nothing was written"],
        )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _position(text: str, needle: str) -> tuple[int, int]:
    before = text[: max(text.find(needle), 0)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
