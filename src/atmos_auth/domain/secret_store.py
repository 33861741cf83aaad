"""What keeps a person's long-lived secrets, as a protocol; session material never goes there."""

from collections.abc import Mapping
from typing import Protocol, Self


class SecretStore(Protocol):
    """Long-lived secrets by the identity's name, upper and lower case being one, within one realm.

    Everything raises `StoreError`, or a class below it, when the store cannot do what it is asked. Opening is lazy:
    nothing is touched, and nobody is asked for a password, before the first call.
    """

    @property
    def label(self) -> str:
        """The words that messages use for this store and the place it keeps things in."""

    def get(self, name: str) -> Mapping[str, str] | None:
        """Return the secret, or None if and only if there is no entry; an entry that cannot be read raises."""

    def put(self, name: str, secret: Mapping[str, str]) -> None:
        """Replace the entry; fields without a value are left out. Refuses what is not a long-lived key."""

    def remove(self, name: str) -> bool:
        """Forget the entry; tell whether there was one."""

    def names(self) -> list[str]:
        """Return the identities of this realm that have an entry, as they were written, in alphabetical order."""

    def realms(self) -> list[str]:
        """Return every realm that has an entry, in alphabetical order; the empty one is none."""

    def in_realm(self, realm: str) -> Self:
        """Return the same store's entries of another realm."""
