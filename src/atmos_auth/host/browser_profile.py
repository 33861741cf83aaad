"""What a driven browser keeps between two sign-ins: its folder, and the cookies that it would forget at its end."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.ports import Clock
from atmos_auth.host.files import make_private_folder, read_private, remove_file, write_private
from atmos_auth.host.paths import file_name

_LOCK_SECONDS = 60.0
_COOKIES = "session-cookies.json"
# What a page held is written here, the fields of posted forms too: a password, or the response we wait for.
_LEFTOVERS = ("Sessions", "Sessions_Encrypted", "Cache")
# A browser that offers to keep passwords would keep them in a folder that no keyring protects.
_PREFERENCES = {
    "autofill": {"credit_card_enabled": False, "profile_enabled": False},
    "credentials_enable_service": False,
    "profile": {"password_manager_enabled": False},
    "signin": {"allowed": False, "allowed_on_next_startup": False},
}
# Of the AWS console nothing is kept: a session there is not the identity provider's.
_CONSOLES = ("aws.amazon.com", "amazonaws-us-gov.com", "amazonaws.cn", "amazonaws-eusc.eu")


class BrowserProfile:
    """The folder of one profile below `folder`; names that differ only in case share one."""

    def __init__(self, folder: str, name: str, *, clock: Clock) -> None:
        self.path = os.path.join(folder, file_name(name.lower()))
        self._clock = clock

    @contextmanager
    def exclusive(self, *, seconds: float = _LOCK_SECONDS, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the profile to oneself; raises `LockTimeout`, `StoreError`."""
        from atmos_auth.host.locks import locked

        with locked(
            f"{self.path}.lock",
            clock=self._clock,
            deadline=self._clock.now() + seconds,
            on_wait=on_wait,
            holder=lambda: "another process's browser",
        ):
            yield

    @property
    def exists(self) -> bool:
        """Whether anything is kept."""
        return os.path.isdir(self.path)

    def data_folder(self, browser: str, engine: str) -> str:
        """Make the folder that this browser may fill, and return its path; raises `StoreError`."""
        path = os.path.join(self.path, file_name(browser))
        make_private_folder(path)
        preferences = os.path.join(path, "Default", "Preferences")
        if engine == "chromium" and not os.path.exists(preferences):
            write_private(preferences, json.dumps(_PREFERENCES).encode())
        return path

    def clean(self, browser: str) -> None:
        """Remove what the browser noted of pages and forms; raises `StoreError`."""
        for leftover in _LEFTOVERS:
            remove_folder(os.path.join(self.path, file_name(browser), "Default", leftover))

    def cookies(self) -> list[dict[str, Any]]:
        """Return the kept cookies; none when there are none, or their file makes no sense."""
        path = os.path.join(self.path, _COOKIES)
        content = read_private(path)
        if content is None:
            return []
        try:
            kept = json.loads(content)
            if isinstance(kept, list) and all(isinstance(cookie, dict) for cookie in kept):
                return kept
        except (ValueError, RecursionError):
            pass
        remove_file(path)
        return []

    def keep(self, cookies: Sequence[Any]) -> None:
        """Keep those of `cookies` that end with the browser, in place of those kept; raises `StoreError`."""
        kept = [cookie for cookie in cookies if cookie.get("expires", -1) == -1 and not _is_of_a_console(cookie)]
        write_private(os.path.join(self.path, _COOKIES), json.dumps(kept).encode())

    def remove(self) -> bool:
        """Remove everything; tell whether there was anything; raises `StoreError`."""
        return remove_folder(self.path)


def _is_of_a_console(cookie: Any) -> bool:
    domain = str(cookie.get("domain", "")).lower().lstrip(".")
    return any(domain == ours or domain.endswith(f".{ours}") for ours in _CONSOLES)


def remove_folder(path: str) -> bool:
    """Remove a folder and all in it; tell whether there was one; raises `StoreError`."""
    if not os.path.lexists(path):
        return False
    import shutil

    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return True  # somebody was faster
    except OSError as error:
        raise StoreError(
            f"cannot remove {path}: {error.strerror or error}",
            hints=["close the browser that uses it, and check the owner and permissions of the folder"],
        ) from error
    return True
