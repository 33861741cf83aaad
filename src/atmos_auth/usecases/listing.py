"""What is configured, and how it hangs together, for people and programs; secrets never included."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import ConfigError
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog

REDACTED = "***REDACTED***"
_SECRET_WORDS = ("secret", "token", "password", "passphrase", "private", "access_key", "api_key", "apikey")


class Entry(NamedTuple):
    """One provider or identity: its settings without secrets, what it hangs from, and until when it is good.

    `parent` is (role, name) of `via`; `expires_at` is epoch seconds of delivered credentials, None when there are none.
    """

    role: str
    name: str
    settings: Mapping[str, Any]
    parent: tuple[str, str] | None
    expires_at: float | None

    @property
    def kind(self) -> str:
        """The kind as written, or `?`."""
        return str(self.settings.get("kind") or "?")


def listing(
    catalog: Catalog, *, chain_of: Callable[[str], Chain], stored: Callable[[Chain], AwsCredentials | None]
) -> list[Entry]:
    """Return providers, then identities, each sorted by name; no network, no prompts; broken chains lack a status."""
    entries = []
    for name in catalog.providers():
        written, settings = catalog.provider(name)
        entries.append(Entry(PROVIDER, written, redacted(settings), None, None))
    for name in catalog.identities():
        written, settings = catalog.identity(name)
        entries.append(
            Entry("identity", written, redacted(settings), _parent(settings), _expiry(written, chain_of, stored))
        )
    return entries


def redacted(value: Any, key: str = "") -> Any:
    """Copy a tree of settings, with every value masked whose key says that it is a secret."""
    if isinstance(value, Mapping):
        # The entries of an `env` list have their variable's name beside them.
        named = str(value["key"]) if value.keys() == {"key", "value"} else ""
        return {
            name: redacted(inner, named if named and name == "value" else str(name)) for name, inner in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [redacted(item, key) for item in value]
    return REDACTED if value and any(word in key.lower() for word in _SECRET_WORDS) else value


def _parent(settings: Mapping[str, Any]) -> tuple[str, str] | None:
    via = settings.get("via")
    if not isinstance(via, Mapping) or _stands_alone(settings.get("kind")):
        return None
    return next(((role, str(via[role])) for role in ("provider", "identity") if via.get(role)), None)


def _stands_alone(kind: Any) -> bool:
    """Tell whether the kind starts a chain, whatever its `via` says."""
    try:
        return isinstance(kind, str) and registry.find(kind, IDENTITY).stands_alone
    except ConfigError:
        return False


def _expiry(
    name: str, chain_of: Callable[[str], Chain], stored: Callable[[Chain], AwsCredentials | None]
) -> float | None:
    try:
        credentials = stored(chain_of(name))
    except ConfigError:
        return None
    return credentials.expires_at if credentials is not None else None
