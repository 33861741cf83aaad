"""Where to mend keys that AWS refused: the variable they come from, or the line they stand in."""

from collections.abc import Iterator
from contextlib import contextmanager

from atmos_auth.config.tree import Tagged
from atmos_auth.domain.chain import Chain
from atmos_auth.domain.errors import KeysRejected
from atmos_auth.engine.catalog import Catalog

_PATH = ("credentials", "access_key_id")


@contextmanager
def pointing_at_keys(catalog: Catalog, chain: Chain) -> Iterator[None]:
    """Give a `KeysRejected` from the block its place and what to change there, if the keys are configured."""
    try:
        yield
    except KeysRejected as rejection:
        if rejection.in_configuration:
            written = catalog.unresolved("identities", chain.root.name, *_PATH)
            rejection.place = catalog.place("identities", chain.root.name, *_PATH)
            rejection.hints = (*rejection.hints, _remedy(written))
        raise


def _remedy(written: object) -> str:
    if isinstance(written, Tagged) and written.tag == "!env":
        return f"give the variable {str(written.argument).split()[0]}, and that of the secret, the new keys"
    return "replace access_key_id and secret_access_key there, or delete both to keep keys in the keyring"
