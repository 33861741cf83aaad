"""The keyrings of macOS and Windows, through the `keyring` package with the one backend that is meant.

For the keyring worker only: its calls block as long as the system, or a person it asks, likes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

from atmos_auth.stores.keyring.entries import ACCOUNT
from atmos_auth.stores.keyring.refusal import ABSENT, DISMISSED, FAILED, Refusal

# By `sys.platform`: where the backend's class is. `keyring` would else choose by itself, and ask other packages too.
BACKENDS = {
    "darwin": ("keyring.backends.macOS", "Keyring"),
    "win32": ("keyring.backends.Windows", "WinVaultKeyring"),
}
# These systems list nothing, so the keys of our entries stand in an entry of their own.
KEYS = "atmos-keyring-names"


def backend(platform: str) -> Any:
    """Return the backend of this system; raises `Refusal` where it does not work."""
    module, name = BACKENDS[platform]
    chosen = getattr(import_module(module), name)
    try:
        _ = chosen.priority  # says why, if the backend cannot work here
    except RuntimeError as error:
        raise Refusal(ABSENT, str(error)) from None
    return chosen()


class NativeKeyring:
    """Texts by key in `backend`; raises `Refusal`. `locked` makes processes take turns with the list of keys."""

    def __init__(
        self, backend: Any, *, locked: Callable[[], AbstractContextManager[None]], longest: int | None = None
    ) -> None:
        self._backend = backend
        self._locked = locked
        self._longest = longest

    def read(self, key: str) -> str | None:
        """Return the text; None when there is none."""
        with _refusals():
            text: str | None = self._backend.get_password(key, ACCOUNT)
            return text

    def write(self, key: str, text: str, title: str) -> None:
        """Replace the text."""
        # Listed first: a key without an entry is overlooked, an entry without its key would be forgotten.
        self._list(lambda keys: sorted({*keys, key}))
        with _refusals():
            self._backend.set_password(key, ACCOUNT, text)

    def remove(self, key: str) -> None:
        """Forget the text, if it is there."""
        if self.read(key) is not None:
            with _refusals():
                self._backend.delete_password(key, ACCOUNT)
        self._list(lambda keys: [k for k in keys if k != key])

    def all(self) -> list[str]:
        """Return every text of ours."""
        texts = [self.read(key) for key in self._keys()]
        return [text for text in texts if text is not None]

    def _keys(self) -> list[str]:
        try:
            keys = json.loads(self.read(KEYS) or "[]")
        except ValueError:
            keys = None
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise Refusal(FAILED, f'the list of our entries, "{KEYS}", is damaged; delete it')
        return keys

    def _list(self, changed: Callable[[list[str]], list[str]]) -> None:
        with self._locked():
            before = self._keys()
            after = changed(before)
            text = json.dumps(after)
            if self._longest is not None and len(text) > self._longest:
                raise Refusal(FAILED, f"there is no room to list more than {len(before)} entries")
            if after != before:
                with _refusals():
                    self._backend.set_password(KEYS, ACCOUNT, text)


@contextmanager
def _refusals() -> Iterator[None]:
    from keyring import errors

    try:
        yield
    except errors.KeyringLocked:
        raise Refusal(DISMISSED) from None
    except (errors.InitError, errors.NoKeyringError) as error:
        raise Refusal(ABSENT, type(error).__name__) from None
    except (errors.KeyringError, OSError) as error:
        raise Refusal(FAILED, type(error).__name__) from None
