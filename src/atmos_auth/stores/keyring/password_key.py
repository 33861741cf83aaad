"""From a password to an AES-256 key: Argon2id, with what it takes written down for the next time."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from atmos_auth.domain.errors import StoreError

_KEY_BYTES = 32
_SALT_BYTES = 16


class Cost(NamedTuple):
    """What one derivation takes; by default the second of the two choices that RFC 9106 recommends."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


DEFAULT_COST = Cost()
# What was written down may make us spend no more than this, and no less than keeps a guesser busy.
LEAST_COST, MOST_COST = Cost(19 * 1024, 2, 1), Cost(1024 * 1024, 16, 16)


def new_parameters(cost: Cost, salt: bytes) -> dict[str, Any]:
    """Return what must be written down to derive the same key again."""
    return {"kdf": "argon2id", **cost._asdict(), "salt": b64encode(salt).decode()}


def derive(password: bytes, parameters: Mapping[str, Any]) -> bytes | None:
    """Return the key; None when `parameters` are not what `new_parameters` makes."""
    try:
        cost = Cost(**{field: parameters[field] for field in Cost._fields})
        salt = b64decode(parameters["salt"], validate=True)
        is_ours = parameters["kdf"] == "argon2id" and len(salt) == _SALT_BYTES
    except (KeyError, TypeError, ValueError):
        return None
    if not is_ours or not all(map(_is_within, LEAST_COST, cost, MOST_COST)):
        return None
    return _argon2id(password, salt, cost)


def _is_within(least: int, value: object, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _argon2id(password: bytes, salt: bytes, cost: Cost) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        kdf = Argon2id(
            salt=salt, length=_KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
        )
        return kdf.derive(password)
    except UnsupportedAlgorithm:
        raise StoreError(
            "the cryptography package here has no Argon2id, which the file keyring needs",
            hints=["install cryptography from a wheel: pip install --only-binary cryptography cryptography"],
        ) from None
    except MemoryError:
        raise StoreError(
            f"there are not the {cost.memory_kib // 1024} MiB of memory that opening the file keyring takes",
            hints=["give the process more memory"],
        ) from None
