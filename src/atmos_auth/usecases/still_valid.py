"""What a logout cannot undo: credentials that AWS goes on accepting, and what the calling environment still holds."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from atmos_auth.delivery.aws_files import Delivered
from atmos_auth.domain import env_names as names

_KEYS = (names.AWS_ACCESS_KEY_ID, names.AWS_SECRET_ACCESS_KEY, names.AWS_SESSION_TOKEN)
_POINTERS = (names.AWS_SHARED_CREDENTIALS_FILE, names.AWS_CONFIG_FILE)


class StillValid(NamedTuple):
    """An identity whose removed credentials live on wherever they were copied to, and until when (epoch seconds)."""

    identity: str
    expires_at: float | None


class LeftInEnvironment(NamedTuple):
    """Variables that are still set, and in words what is the matter with them."""

    variables: tuple[str, ...]
    why: str


def still_valid(handed_out: Iterable[Delivered], now: float) -> list[StillValid]:
    """Return each identity once, with the last end of its credentials, sorted; those that are over are left out."""
    ends: dict[str, float] = {}
    for delivered in handed_out:
        end = delivered.expires_at if delivered.expires_at is not None else float("inf")
        if end > now:
            ends[delivered.profile] = max(end, ends.get(delivered.profile, end))
    return [StillValid(name, None if end == float("inf") else end) for name, end in sorted(ends.items())]


def left_in_environment(environ: Mapping[str, str], handed_out: Sequence[Delivered]) -> list[LeftInEnvironment]:
    """Return what programs that are started from this environment would still act with, or look for in vain."""
    left = []
    keys = tuple(name for name in _KEYS if environ.get(name))
    if keys:
        key_id = environ.get(names.AWS_ACCESS_KEY_ID)
        owner = next((delivered.profile for delivered in handed_out if delivered.access_key_id == key_id), None)
        whose = f'the credentials of identity "{owner}"' if owner else "credentials"
        left.append(LeftInEnvironment(keys, f"this environment still holds {whose}"))
    folders = {delivered.folder for delivered in handed_out}
    gone = tuple(name for name in _POINTERS if os.path.dirname(environ.get(name, "")) in folders)
    if gone:
        pointers = tuple(name for name in (*gone, names.AWS_PROFILE) if environ.get(name))
        left.append(LeftInEnvironment(pointers, "this environment still points at files of what was removed"))
    return left
