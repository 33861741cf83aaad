"""How the entry of an identity is named and written, alike in every keyring."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.domain.errors import EntryUnreadable, StoreError

# The second coordinate of every entry, where a keyring wants one; the first is the entry's key.
ACCOUNT = "atmos-auth"
PREFIX = "atmos_"
# An entry that is never written: keyrings are asked for it to see whether they answer.
PROBE = "atmos-keyring-availability-probe"
FIELDS = ("access_key_id", "secret_access_key", "mfa_arn", "session_duration")
# AWS begins the ids of temporary keys so.
_TEMPORARY = "ASIA"


class Shape(NamedTuple):
    """What a kind of entry holds: its fields, of which the first two must be there, and what to call them."""

    type: str
    fields: tuple[str, ...]
    words: str

    @property
    def required(self) -> tuple[str, ...]:
        """The fields without which the entry is of no use."""
        return self.fields[:2]


KEYS = Shape("aws", FIELDS, "access key")
PASSWORD = Shape("saml", ("username", "password"), "sign-in")
_SHAPES = {shape.type: shape for shape in (KEYS, PASSWORD)}


class Owner(NamedTuple):
    """Whose entry it is; `name` as it was written."""

    realm: str
    name: str

    def is_same(self, other: "Owner") -> bool:
        """Tell whether both mean one identity."""
        return (self.realm, folded(self.name)) == (other.realm, folded(other.name))

    def __str__(self) -> str:
        """Give the words of a message."""
        return f'identity "{self.name}" of realm "{self.realm}"' if self.realm else f'identity "{self.name}"'


def folded(name: str) -> str:
    """Return what names that differ in case alone have in common."""
    return name.lower()


def entry_key(owner: Owner) -> str:
    """Return the key of the entry; raises `StoreError` for a name that no keyring could hold.

    Two owners may share one key (realm `a` with `b_c`, realm `a_b` with `c`): only the record tells them apart.
    """
    name = folded(owner.name)
    if not name or any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in name):
        raise StoreError(
            f"{owner.name!r} cannot name an entry of a keyring",
            hints=["give the identity a name without control characters"],
        )
    return f"{PREFIX}{owner.realm}_{name}" if owner.realm else f"{PREFIX}{name}"


def to_text(owner: Owner, secret: Mapping[str, str]) -> str:
    """Return the record of a long-lived key or a password; raises `StoreError` for what is neither, as a session."""
    data = {field: value for field, value in secret.items() if value}
    shape = PASSWORD if set(secret) == set(PASSWORD.fields) else KEYS
    foreign = [field for field in data if field not in shape.fields]
    if foreign or data.get("access_key_id", "").upper().startswith(_TEMPORARY):
        what = f'"{foreign[0]}" is none of theirs' if foreign else "these are temporary ones"
        raise StoreError(
            f"a keyring keeps long-lived keys only, and {what} ({owner})",
            hints=[f"use the IAM user's own access key; its fields are {', '.join(FIELDS)}"],
        )
    for field in shape.required:
        if field not in data:
            raise StoreError(f"the keys of {owner} lack {field}", hints=[f"give both halves of the {shape.words}"])
    return json.dumps({"type": shape.type, "realm": owner.realm, "identity": owner.name, "data": data})


def from_text(text: str, owner: Owner, where: str) -> dict[str, str]:
    """Return the secret of `owner` from its record; `where` is the entry in words; raises `EntryUnreadable`."""
    check_owner(text, owner, where)
    record = _record(text)
    if record is None or owner_of(text) is None:
        raise unreadable(where, "its content is not what we write", owner)
    data = record.get("data")
    shape = _SHAPES.get(str(record.get("type")))
    if shape is None or not isinstance(data, dict):
        raise unreadable(where, "it does not hold AWS keys", owner)
    if data.get("session_token"):
        raise unreadable(where, "it holds a session instead of long-lived keys", owner)
    secret = {field: data[field] for field in shape.fields if field in data}
    if not all(secret.get(field) for field in shape.required) or not all(isinstance(v, str) for v in secret.values()):
        raise unreadable(where, f"half of the {shape.words} is missing", owner)
    return secret


def check_owner(text: str, owner: Owner, where: str) -> None:
    """Raise `EntryUnreadable` if the record says that it is somebody else's."""
    other = owner_of(text)
    if other is not None and not other.is_same(owner):
        raise EntryUnreadable(
            f"{where} belongs to {other}, not to {owner}: both have the same key in a keyring",
            hints=["rename one of the two identities or realms"],
        )


def owner_of(text: str) -> Owner | None:
    """Return whose record this is; None when it does not say."""
    record = _record(text) or {}
    realm, name = record.get("realm"), record.get("identity")
    return Owner(realm, name) if isinstance(realm, str) and isinstance(name, str) else None


def unreadable(where: str, why: str, owner: Owner) -> EntryUnreadable:
    """Return the error for an entry that is there and cannot be used."""
    return EntryUnreadable(
        f"{where} cannot be used: {why}",
        hints=[f"store the keys anew: atmos auth user configure --identity {owner.name}"],
    )


def _record(text: str) -> dict[str, Any] | None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
