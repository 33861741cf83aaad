"""Fingerprints of chains: equal exactly when every setting that decides who one becomes is equal."""

import os
from _blake2 import blake2b  # hashlib would load all of OpenSSL for it
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from atmos_auth.domain.chain import Link
from atmos_auth.host.files import create_private, read_private, remove_file

KEY_BYTES = 32
DIGEST_BYTES = 20

# These say how an identity is shown, reached or delivered, never who it is.
NOT_IDENTIFYING = frozenset(
    {
        "alias",
        "auto_provision_identities",
        "callback_port",
        "console",
        "default",
        "env",
        "login_flow",
        "required",
        "tags",
        "via",
    }
)


def user_key(path: str) -> bytes:
    """Return this user's random key, made on first use (0600); a damaged one is replaced; raises `StoreError`.

    The hash is keyed because secret settings enter it: without the key, a fingerprint in a file tells nothing.
    """
    while True:
        key = read_private(path)
        if key is not None and len(key) == KEY_BYTES:
            return key
        if key is not None:
            remove_file(path)
        create_private(path, os.urandom(KEY_BYTES))


def fingerprints(links: Iterable[Link], *, realm: str, key: bytes, surroundings: Mapping[str, str]) -> tuple[str, ...]:
    """Return one fingerprint per link, over everything up to and including it.

    `surroundings` are the environment variables that an ambient root depends on; empty for any other root.
    """
    text = _canonical([realm, sorted(surroundings.items())])
    found: list[str] = []
    for link in links:
        settings = {name: value for name, value in link.settings.items() if name not in NOT_IDENTIFYING}
        # A root identity's own name tells which stored keys it uses; any other name is only a label.
        name = link.name.lower() if not found and link.role == "identity" else ""
        text += _canonical([link.role, link.kind, name, settings])
        found.append(blake2b(text.encode(), key=key, digest_size=DIGEST_BYTES).hexdigest())
    return tuple(found)


def _canonical(value: Any) -> str:
    """One text per value, whatever order the keys were written in."""
    if isinstance(value, Mapping):
        inner = ",".join(f"{k!r}:{_canonical(v)}" for k, v in sorted(value.items(), key=lambda item: str(item[0])))
        return "{" + inner + "}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    return repr(value)
