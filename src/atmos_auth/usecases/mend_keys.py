"""Where to mend keys that are refused or missing: the variable they come from, or the line they stand in."""

from collections.abc import Iterator
from contextlib import contextmanager

from atmos_auth.config.tags import ENV
from atmos_auth.config.tree import Tagged
from atmos_auth.domain.chain import Chain
from atmos_auth.domain.errors import KeysRejected, NeedsPerson, StoreError
from atmos_auth.engine.catalog import Catalog

_PATH = ("credentials", "access_key_id")


@contextmanager
def pointing_at_keys(catalog: Catalog, chain: Chain) -> Iterator[None]:
    """Say, if the keys are configured, where that is and what to change there.

    It is added to a `KeysRejected` from the block, and, if a variable is missing that the keys should come from, to
    what looking for other keys has ended with.
    """
    try:
        yield
    except KeysRejected as rejection:
        if rejection.in_configuration:
            written = catalog.unresolved("identities", chain.root.name, *_PATH)
            rejection.place = catalog.place("identities", chain.root.name, *_PATH)
            rejection.hints = (*rejection.hints, _remedy(written))
        raise
    except (NeedsPerson, StoreError) as otherwise:
        variable = _variable(catalog.unresolved("identities", chain.root.name, *_PATH))
        if variable and not catalog.setting("identities", chain.root.name, *_PATH):
            otherwise.details = (*otherwise.details, f"credentials.access_key_id is empty: {variable} is not set")
            otherwise.place = otherwise.place or catalog.place("identities", chain.root.name, *_PATH)
        raise


def _remedy(written: object) -> str:
    variable = _variable(written)
    if variable:
        return f"give the variable {variable}, and that of the secret, the new keys"
    return "replace access_key_id and secret_access_key there, or delete both to keep keys in the keyring"


def _variable(written: object) -> str | None:
    """Name the variable that a value is taken from."""
    if not isinstance(written, Tagged) or written.tag != ENV:
        return None
    return next(iter(str(written.argument).split()), None)
