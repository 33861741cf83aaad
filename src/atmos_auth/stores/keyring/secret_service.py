"""The keyring of a Linux desktop, by the freedesktop Secret Service: gnome-keyring, KWallet, KeePassXC and others.

For the keyring worker only: its calls block as long as the service likes.
"""

import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from atmos_auth.stores.keyring.entries import ACCOUNT, PREFIX
from atmos_auth.stores.keyring.refusal import ABSENT, DISMISSED, FAILED, LOCKED, SILENT, Refusal

if TYPE_CHECKING:
    from secretstorage import Collection, Item

# Attributes are named as the `keyring` package names them, so that its command and `secret-tool` find our entries.
_KEY, _ACCOUNT = "service", "username"
_Lockable = TypeVar("_Lockable", "Collection", "Item")


class SecretService:
    """The default collection of the service on the session bus; raises `Refusal`.

    `unlocking` is called before a person may be asked for the collection's password; None when nobody must be asked.
    """

    def __init__(self, environ: MutableMapping[str, str], unlocking: Callable[[], None] | None) -> None:
        self._unlocking = unlocking
        _find_session_bus(environ)

    def read(self, key: str) -> str | None:
        """Return the text; None when there is none."""
        with self._collection() as collection:
            item = self._item(collection, key) if collection is not None else None
            return item.get_secret().decode(errors="replace") if item is not None else None

    def write(self, key: str, text: str, title: str) -> None:
        """Replace the text, in place if there is one."""
        with self._collection(create=True) as collection:
            if collection is None:
                raise Refusal(FAILED, "there is no default collection")
            item = self._item(collection, key)
            if item is not None:
                item.set_secret(text.encode())
            else:
                attributes = {_KEY: key, _ACCOUNT: ACCOUNT}
                collection.create_item(title, attributes, text.encode(), replace=True)

    def remove(self, key: str) -> None:
        """Forget the text, and every other that stands under the same key."""
        with self._collection() as collection:
            while collection is not None and (item := self._item(collection, key)) is not None:
                item.delete()

    def all(self) -> list[str]:
        """Return every text of ours."""
        with self._collection() as collection:
            if collection is None:
                return []
            items = list(collection.search_items({_ACCOUNT: ACCOUNT}))
            ours = [item for item in items if item.get_attributes().get(_KEY, "").startswith(PREFIX)]
            return [self._unlocked(item).get_secret().decode(errors="replace") for item in ours]

    @contextmanager
    def _collection(self, *, create: bool = False) -> "Iterator[Collection | None]":
        """Give the default collection, unlocked; None when there is none, unless it is to be created."""
        import secretstorage
        from jeepney import DBusErrorResponse  # type: ignore[import-untyped]
        from secretstorage import exceptions

        try:
            connection = secretstorage.dbus_init()
            try:
                if not secretstorage.check_service_availability(connection):
                    raise Refusal(ABSENT, "no program on the session bus offers the Secret Service")
                yield self._unlocked(found) if (found := self._default(connection, create=create)) else None
            finally:
                connection.close()
        except exceptions.PromptDismissedException:
            raise Refusal(DISMISSED) from None
        except exceptions.LockedException:
            raise Refusal(LOCKED) from None
        except exceptions.SecretServiceNotAvailableException as error:
            raise Refusal(ABSENT, str(error)) from None
        except TimeoutError:
            raise Refusal(SILENT, "the session bus stays silent") from None
        except OSError as error:
            raise Refusal(ABSENT, f"the session bus cannot be reached: {error.strerror or error}") from None
        except (exceptions.SecretStorageException, DBusErrorResponse) as error:
            # What D-Bus carries beside the name might repeat what we sent.
            raise Refusal(FAILED, getattr(error, "name", type(error).__name__)) from None

    def _default(self, connection: Any, *, create: bool) -> "Collection | None":
        from secretstorage import Collection, ItemNotFoundException, create_collection

        try:
            return Collection(connection)
        except ItemNotFoundException:
            if not create:
                return None
        self._announce()  # the service asks for the password of the new collection
        return create_collection(connection, "Default", "default")

    def _item(self, collection: "Collection", key: str) -> "Item | None":
        found = next(collection.search_items({_KEY: key, _ACCOUNT: ACCOUNT}), None)
        return None if found is None else self._unlocked(found)

    def _unlocked(self, thing: _Lockable) -> _Lockable:
        if thing.is_locked():
            self._announce()
            # Some services answer "not dismissed" to a wrong password: what counts is the lock.
            if thing.unlock() or thing.is_locked():
                raise Refusal(DISMISSED)
        return thing

    def _announce(self) -> None:
        if self._unlocking is None:
            raise Refusal(LOCKED)
        self._unlocking()


def _find_session_bus(environ: MutableMapping[str, str]) -> None:
    """Fall back, as other D-Bus programs do, to the bus that systemd runs for the person."""
    bus = os.path.join(environ.get("XDG_RUNTIME_DIR", ""), "bus")
    if not environ.get("DBUS_SESSION_BUS_ADDRESS") and os.path.isabs(bus) and os.path.exists(bus):
        environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"
