"""A keyring on top of anything that keeps texts by key: the memory of this process, or the system's own store."""

from collections.abc import Mapping
from copy import copy
from typing import Protocol, Self

from atmos_auth.domain.errors import StoreError
from atmos_auth.stores.keyring import entries
from atmos_auth.stores.keyring.entries import Owner


class Texts(Protocol):
    """Texts by key; everything raises `StoreError`."""

    def read(self, key: str) -> str | None:
        """Return the text; None when there is none."""

    def write(self, key: str, text: str, title: str) -> None:
        """Replace the text; `title` is what a person sees of it in the system's own tools."""

    def remove(self, key: str) -> None:
        """Forget the text, if it is there."""

    def all(self) -> list[str]:
        """Return every text of ours, whichever realm it is of."""


class TextKeyring:
    """The entries of one realm, each a text in `texts`; none may be longer than `longest` characters."""

    def __init__(self, label: str, texts: Texts, *, realm: str = "", longest: int | None = None) -> None:
        self.label = label
        self._texts = texts
        self._realm = realm
        self._longest = longest

    def get(self, name: str) -> Mapping[str, str] | None:
        """Return the secret; None when there is none."""
        owner, key, text = self._find(name)
        return None if text is None else entries.from_text(text, owner, self._where(key))

    def put(self, name: str, secret: Mapping[str, str]) -> None:
        """Replace the entry."""
        owner = Owner(self._realm, name)
        text = entries.to_text(owner, secret)
        if self._longest is not None and len(text) > self._longest:
            raise StoreError(
                f"the entry of {owner} is too long for the {self.label}: {len(text)} characters of {self._longest}",
                hints=["check that the right values were given; an access key with its MFA device takes about 300"],
            )
        _, key, present = self._find(name)
        # Some systems ask the person again for every program after each change, so what is there already stays.
        if present != text:
            self._texts.write(key, text, f"Atmos Auth: access key of {owner}")

    def remove(self, name: str) -> bool:
        """Forget the entry; tell whether there was one."""
        _, key, text = self._find(name)
        if text is not None:
            self._texts.remove(key)
        return text is not None

    def names(self) -> list[str]:
        """Return the identities of this realm that have an entry."""
        owners = [entries.owner_of(text) for text in self._texts.all()]
        return sorted(owner.name for owner in owners if owner is not None and owner.realm == self._realm)

    def realms(self) -> list[str]:
        """Return every realm that has an entry."""
        owners = [entries.owner_of(text) for text in self._texts.all()]
        return sorted({owner.realm for owner in owners if owner is not None})

    def in_realm(self, realm: str) -> Self:
        """Return the same keyring's entries of another realm."""
        other = copy(self)
        other._realm = realm  # noqa: SLF001 - a copy of ourselves
        return other

    def check(self) -> None:
        """Raise `StoreError` if the keyring does not answer; nothing is read and nothing written."""
        self._texts.read(entries.PROBE)

    def _find(self, name: str) -> tuple[Owner, str, str | None]:
        owner = Owner(self._realm, name)
        key = entries.entry_key(owner)
        text = self._texts.read(key)
        if text is not None:
            entries.check_owner(text, owner, self._where(key))
        return owner, key, text

    def _where(self, key: str) -> str:
        return f'the entry "{key}" of the {self.label}'
