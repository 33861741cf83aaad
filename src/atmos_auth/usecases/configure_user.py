"""Storing the long-lived keys of an identity in the keyring: by asking a person, or from a machine's hands."""

from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.domain.errors import ConfigError, InvalidSetting
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.engine import registry
from atmos_auth.engine.catalog import Catalog


def configurable(catalog: Catalog) -> list[str]:
    """Name the identities whose kind keeps keys in the keyring, sorted; raises `ConfigError` when there is none."""
    names = [name for name in catalog.identities() if _keeps_keys(catalog, name)]
    if not names:
        raise ConfigError(
            "invalid auth config: no identities configured for provider type 'aws/user'",
            hints=["define one: `identities: { NAME: { kind: aws/user } }`"],
        )
    return names


def check_configurable(catalog: Catalog, name: str) -> None:
    """Raise `InvalidSetting` when this identity has no keys to configure."""
    written, settings = catalog.identity(name)
    if not _keeps_keys(catalog, written):
        raise InvalidSetting(
            f'identity "{written}" is of kind {settings.get("kind")}: it has no keys to configure',
            place=catalog.place("identities", written, "kind"),
            hints=["only identities of kind aws/user have"],
        )


def configure_user(
    name: str, kind: Any, answers: Mapping[str, str], *, keys: SecretStore, forget: Callable[[str], None]
) -> Mapping[str, str]:
    """Store the keys that `answers` hold, and return the entry without its secret.

    `forget` drops what was derived from the user's former keys. Raises `UsageError` for answers that do not fit, and
    `StoreError` when the keyring refuses.
    """
    entry = kind.key_entry(answers)
    keys.put(name, entry)
    # The new keys may be another user's: nothing of the former one may speak for this identity any more.
    kind.sign_out_of_browser()
    forget(kind.sign_in)
    return {field: value for field, value in entry.items() if field != "secret_access_key"}


def _keeps_keys(catalog: Catalog, name: str) -> bool:
    _, settings = catalog.identity(name)
    kind = settings.get("kind")
    if not isinstance(kind, str):
        return False
    try:
        return hasattr(registry.load(registry.find(kind, "identity")), "key_entry")
    except ConfigError:
        return False
