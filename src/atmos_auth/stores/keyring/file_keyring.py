"""The keyring in a folder of encrypted files, one for each entry: AES-256-GCM under an Argon2id key.

One more file, the head, holds the salt and the cost of the key's derivation, and a sealed word that only the right
password opens: so no entry is ever stored under a password that differs from that of the others.
"""

import os
from _thread import allocate_lock
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from hashlib import sha256
from typing import Self

from atmos_auth.domain.errors import StoreError, WrongPassword
from atmos_auth.domain.ports import Clock
from atmos_auth.host.files import read_private, remove_file, write_private
from atmos_auth.host.locks import locked
from atmos_auth.stores.keyring import entries
from atmos_auth.stores.keyring.entries import Owner
from atmos_auth.stores.keyring.password import PasswordSource
from atmos_auth.stores.keyring.password_key import DEFAULT_COST, Cost, derive, new_parameters
from atmos_auth.stores.keyring.sealed_files import Sealed, damaged, from_bytes, pack, seal, to_bytes, unseal

_HEAD = "keyring"
_ENTRY = ".entry"
_LOCK = ".lock"
# What the writing of a file leaves behind when the process is killed.
_TEMPORARY = ".tmp"
_WORD = b"atmos keyring"
_PATIENCE_SECONDS = 10.0


class FileKeyring:
    """The entries of one realm in `folder`; those of other realms lie beside them, under the same password.

    The password is asked for when a secret is read or written, not to list or remove entries.
    """

    def __init__(
        self,
        folder: str,
        *,
        label: str = "",
        realm: str = "",
        password: PasswordSource,
        clock: Clock,
        cost: Cost = DEFAULT_COST,
    ) -> None:
        self.label = label or f"file keyring ({folder})"
        self._folder = folder
        self._head_path = os.path.join(folder, _HEAD)
        self._realm = realm
        self._password = password
        self._clock = clock
        self._cost = cost
        # Held while a person is asked and the key derived, so that of several threads one does it.
        self._opening = allocate_lock()
        self._opened: tuple[Sealed, bytes] | None = None

    def get(self, name: str) -> Mapping[str, str] | None:
        """Return the secret; None when there is none."""
        owner, path = self._locate(name)
        content = read_private(path)
        if content is None:
            return None
        sealed = from_bytes(content, path)
        if not _owner(sealed, path).is_same(owner):
            raise damaged(path, f"it is that of {_owner(sealed, path)} and lies where that of {owner} should")
        head = self._head()
        if head is None:
            raise damaged(self._head_path, "it is missing, and no password opens the entries without it")
        text = unseal(self._key(head), sealed.body, _authenticated(head, sealed.header_bytes))
        if text is None:
            raise damaged(path, "it was changed, or comes from another keyring")
        return entries.from_text(text.decode(errors="replace"), owner, path)

    def put(self, name: str, secret: Mapping[str, str]) -> None:
        """Replace the entry."""
        owner, path = self._locate(name)
        text = entries.to_text(owner, secret).encode()
        # A person may take their time over a password: nobody shall wait for a lock meanwhile.
        if (head := self._head()) is not None:
            self._key(head)
        else:
            self._password.password(for_new=True)
        with self._locked():
            self._sweep()
            head = self._head() or self._create_head()
            header = pack({"realm": owner.realm, "identity": owner.name})
            body = seal(self._key(head), text, _authenticated(head, header))
            write_private(path, to_bytes(header, body))

    def remove(self, name: str) -> bool:
        """Forget the entry; tell whether there was one."""
        _, path = self._locate(name)
        if not os.path.lexists(path):
            return False
        with self._locked():
            return remove_file(path)

    def names(self) -> list[str]:
        """Return the identities of this realm that have an entry."""
        return sorted(owner.name for owner in self._owners() if owner.realm == self._realm)

    def realms(self) -> list[str]:
        """Return every realm that has an entry."""
        return sorted({owner.realm for owner in self._owners()})

    def in_realm(self, realm: str) -> Self:
        """Return the same keyring's entries of another realm."""
        other = copy(self)
        other._realm = realm  # noqa: SLF001 - a copy of ourselves
        return other

    def _owners(self) -> list[Owner]:
        found = [(path, read_private(path)) for path in self._files(_ENTRY)]
        return [_owner(from_bytes(content, path), path) for path, content in found if content is not None]

    def _locate(self, name: str) -> tuple[Owner, str]:
        owner = Owner(self._realm, name)
        entries.entry_key(owner)  # refuses what no keyring could hold
        # Any name makes a file name, on any system, and no two make the same.
        digest = sha256(f"{owner.realm}\0{entries.folded(name)}".encode()).hexdigest()[:40]
        return owner, os.path.join(self._folder, digest + _ENTRY)

    def _head(self) -> Sealed | None:
        content = read_private(self._head_path)
        return None if content is None else from_bytes(content, self._head_path)

    def _create_head(self) -> Sealed:
        if self._files(_ENTRY):
            raise damaged(self._head_path, "it is missing, and the entries that are there need it")
        header = pack(new_parameters(self._cost, os.urandom(16)))
        key = self._derived(Sealed(header, b""), self._password.password(for_new=True).secret)
        head = Sealed(header, seal(key, _WORD, header))
        write_private(self._head_path, to_bytes(*head))
        with self._opening:
            self._opened = head, key
        return head

    def _key(self, head: Sealed) -> bytes:
        with self._opening:
            if self._opened is None or self._opened[0] != head:
                self._opened = head, self._opened_with_password(head)
            return self._opened[1]

    def _opened_with_password(self, head: Sealed) -> bytes:
        password = self._password.password(for_new=False)
        key = self._derived(head, password.secret)
        if unseal(key, head.body, head.header_bytes) != _WORD:
            raise WrongPassword(
                f"wrong keyring password: {password.source} does not open the {self.label}",
                hints=[
                    "use the password that the keyring was made with",
                    f"if it is lost, delete {self._folder} and store the keys anew: atmos auth user configure",
                ],
            )
        return key

    def _derived(self, head: Sealed, password: bytes) -> bytes:
        key = derive(password, head.header)
        if key is None:
            raise damaged(self._head_path, "it does not say how the key is derived")
        return key

    def _files(self, suffix: str) -> list[str]:
        try:
            found = [name for name in os.listdir(self._folder) if name.endswith(suffix)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(
                f"cannot read the folder {self._folder}: {error.strerror or error}",
                hints=["check its owner and permissions, and that it is a folder"],
            ) from error
        return [os.path.join(self._folder, name) for name in sorted(found)]

    def _sweep(self) -> None:
        # Whoever wrote these is dead, for we hold the lock.
        for path in self._files(_TEMPORARY):
            remove_file(path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        deadline = self._clock.now() + _PATIENCE_SECONDS
        with locked(os.path.join(self._folder, _LOCK), clock=self._clock, deadline=deadline):
            yield


def _owner(sealed: Sealed, path: str) -> Owner:
    realm, name = sealed.header.get("realm"), sealed.header.get("identity")
    if not isinstance(realm, str) or not isinstance(name, str):
        raise damaged(path, "it does not say whose it is")
    return Owner(realm, name)


def _authenticated(head: Sealed, header_bytes: bytes) -> bytes:
    # An entry opens only beside the head, and under the header, that it was written with.
    return head.header_bytes + b"\n" + header_bytes
