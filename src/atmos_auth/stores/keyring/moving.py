"""Moving every entry from one keyring to another, so that at no instant it is in neither."""

from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.secret_store import SecretStore


def move(source: SecretStore, target: SecretStore) -> list[str]:
    """Copy the entries of the realm, read them back, then delete them from `source`; return their names.

    Raises `StoreError`, and whatever the keyrings raise, before anything is deleted; what was copied by then stays in
    both, so the move can be repeated. A different key that `target` already holds for one of the names is such a case.
    """
    if source.label == target.label:
        raise _one_and_the_same(source, target)
    entries = {name: source.get(name) for name in source.names()}
    present = {name: target.get(name) for name in entries}
    clashing = [name for name in entries if present[name] is not None and present[name] != entries[name]]
    if clashing:
        raise StoreError(
            f"the {target.label} already holds other keys for {', '.join(clashing)}; nothing was moved",
            hints=["delete the keys you do not want: atmos auth logout NAME --keychain"],
        )
    for name, secret in entries.items():
        if secret is not None:
            target.put(name, secret)
    for name, secret in entries.items():
        if target.get(name) != secret:
            raise StoreError(
                f"the {target.label} does not give back the keys of {name}; nothing was deleted",
                hints=["run the command again"],
            )
    for name, secret in entries.items():
        source.remove(name)
        # Two paths to one folder look like two keyrings until now.
        if secret is not None and target.get(name) is None:
            target.put(name, secret)
            raise _one_and_the_same(source, target)
    return list(entries)


def _one_and_the_same(source: SecretStore, target: SecretStore) -> StoreError:
    return StoreError(
        f"the {source.label} and the {target.label} are one and the same; nothing was moved",
        hints=["name another keyring to move to"],
    )
