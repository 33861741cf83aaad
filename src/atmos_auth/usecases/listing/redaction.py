"""Settings with every secret masked: by the name of the key it stands under, or as the password of an address."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

REDACTED = "***REDACTED***"
_SECRET_WORDS = ("secret", "token", "password", "passphrase", "private", "access_key", "api_key", "apikey")
# `https://name:password@host`: RFC 3986 section 3.2.1.
_USER_INFO = re.compile(r"(?<=://)([^/?#\s@:]*):[^/?#\s]*@")


def redacted(value: Any, key: str = "") -> Any:
    """Copy a tree of settings as plain values, with everything masked whose key says that it is a secret.

    What stands below such a key is masked as a whole, whatever its form.
    """
    if key and _is_secret(key) and value not in (None, "", False, 0):
        return REDACTED
    if isinstance(value, Mapping):
        named = _named(value)
        return {
            str(name): redacted(inner, named if named and name == "value" else str(name))
            for name, inner in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [redacted(item, key) for item in value]
    return _USER_INFO.sub(rf"\1:{REDACTED}@", value) if isinstance(value, str) else value


def _named(value: Mapping[Any, Any]) -> str:
    """Return the name that an entry of an `env` list has beside its value."""
    return str(value.get("key") or value.get("name") or "") if "value" in value else ""


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    # `accessKey`, `access-key` and `ACCESS_KEY` are one word.
    folded = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower().replace("-", "_").replace(" ", "_")
    return any(word in folded for word in _SECRET_WORDS)
