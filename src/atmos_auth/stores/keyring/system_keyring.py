"""The keyring of the operating system, every call in a process of its own that ends at a deadline."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from atmos_auth.domain.errors import StoreError, StoreLocked, StoreTimedOut
from atmos_auth.stores.keyring import refusal
from atmos_auth.stores.keyring.text_keyring import TextKeyring
from atmos_auth.stores.keyring.worker_call import Waiting, call

_BACKEND = {"darwin": "macOS Keychain", "win32": "Windows Credential Manager"}.get(sys.platform, "Secret Service")
LABEL = f"system keyring ({_BACKEND})"
# Credential Manager takes 2560 bytes of UTF-16; one measure for every system.
LONGEST = 1280
# A keyring that works answers in a fraction of a second; a person before a window takes longer.
PATIENCE_SECONDS = 4.0
ASKING_SECONDS = 60.0

_FILE_INSTEAD = (
    "or keep keys in an encrypted file: auth.keyring.type: file, or ATMOS_KEYRING_TYPE=file, "
    "with ATMOS_KEYRING_PASSWORD where nobody can be asked for the password"
)
_START = {
    "darwin": "open Keychain Access and see that the login keychain is there",
    "win32": "see that the service Credential Manager (VaultSvc) runs",
}.get(sys.platform, "run a Secret Service in your D-Bus session: gnome-keyring, KWallet or KeePassXC")
_RESTART = {
    "darwin": "look for a window that asks for permission; if there is none, log out and in again",
    "win32": "restart the service Credential Manager (VaultSvc)",
}.get(sys.platform, "restart the program behind it: gnome-keyring-daemon, kwalletd or KeePassXC")
_UNLOCK = {
    "darwin": "unlock the login keychain: security unlock-keychain",
    "win32": "sign in to Windows with your password",
}.get(sys.platform, "unlock it in its own window, or with: gnome-keyring-daemon --unlock")


class SystemKeyring(TextKeyring):
    """The entries of one realm in the system's keyring.

    `environ` says where the session bus and the desktop are; `may_ask` whether a person may be asked to unlock the
    keyring, in a window of the system's own; `say` shows them a line while we wait for that. `lock` is the path of a
    lock file.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        realm: str = "",
        may_ask: bool,
        say: Callable[[str], None],
        lock: str,
        patience_seconds: float = PATIENCE_SECONDS,
        asking_seconds: float = ASKING_SECONDS,
    ) -> None:
        # A person is waited for only where the system can put a window before them.
        can_wait = may_ask and has_desktop(environ, sys.platform)
        super().__init__(
            LABEL,
            WorkerTexts(
                environ,
                may_ask=may_ask,
                say=say,
                lock=lock,
                patience_seconds=patience_seconds,
                asking_seconds=asking_seconds if can_wait else patience_seconds,
            ),
            realm=realm,
            longest=LONGEST,
        )


class WorkerTexts:
    """Texts by key, each operation in a worker process."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        may_ask: bool,
        say: Callable[[str], None],
        lock: str,
        patience_seconds: float,
        asking_seconds: float,
    ) -> None:
        # The worker needs the variables of the desktop, and none of our secrets.
        self._environ = {name: v for name, v in environ.items() if not name.startswith(("ATMOS_", "AWS_"))}
        self._may_ask = may_ask
        self._say = say
        self._lock = lock
        self._patience_seconds = patience_seconds
        self._asking_seconds = asking_seconds

    def read(self, key: str) -> str | None:
        """Return the text; None when there is none."""
        text: str | None = self._call("read", key)
        return text

    def write(self, key: str, text: str, title: str) -> None:
        """Replace the text."""
        self._call("write", key, text, title)

    def remove(self, key: str) -> None:
        """Forget the text, if it is there."""
        self._call("remove", key)

    def all(self) -> list[str]:
        """Return every text of ours."""
        texts: list[str] = self._call("all")
        return texts

    def _call(self, operation: str, *arguments: str) -> Any:
        waiting = Waiting(self._patience_seconds, self._asking_seconds, self._say_that_we_wait)
        request = {
            "operation": operation,
            "arguments": arguments,
            "may_ask": self._may_ask,
            "seconds": max(self._patience_seconds, self._asking_seconds),
            "lock": self._lock,
            "longest": LONGEST,
        }
        try:
            answer = call(request, self._environ, waiting)
        except OSError as error:
            raise _failed(f"its worker cannot be started ({error.strerror or error})") from error
        if answer is None:
            raise _timed_out(waiting)
        if "refusal" in answer:
            raise _refused(*answer["refusal"])
        if "result" not in answer:
            raise _failed("its worker ended without an answer")
        return answer["result"]

    def _say_that_we_wait(self) -> None:
        if self._asking_seconds > self._patience_seconds:
            self._say(
                f"The {LABEL} asks for its password or for permission in a window of its own: "
                f"waiting up to {self._asking_seconds:.0f} s (Ctrl-C cancels)"
            )


def has_desktop(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether the system could put a window before the person who runs us."""
    if platform == "darwin":
        return not environ.get("SSH_CONNECTION")
    # Credential Manager asks nothing.
    return platform != "win32" and bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _timed_out(waiting: Waiting) -> StoreError:
    if waiting.was_asking:
        return StoreLocked(
            f"the {LABEL} is locked, and nobody unlocked it within {waiting.asking_seconds:g} s",
            hints=[_UNLOCK, _FILE_INSTEAD],
        )
    return StoreTimedOut(f"the {LABEL} did not answer within {waiting.seconds:g} s", hints=[_RESTART, _FILE_INSTEAD])


def _refused(word: str, reason: str) -> StoreError:
    if word == refusal.ABSENT:
        return StoreError(f"the {LABEL} is not to be had here: {reason}", hints=[_START, _FILE_INSTEAD])
    if word == refusal.LOCKED:
        return StoreLocked(
            f"the {LABEL} is locked, and nobody may be asked to unlock it here", hints=[_UNLOCK, _FILE_INSTEAD]
        )
    if word == refusal.DISMISSED:
        return StoreLocked(
            f"the {LABEL} stayed locked: its password was wrong, or the window that asks for it was dismissed "
            "or could not be shown",
            hints=[_UNLOCK, _FILE_INSTEAD],
        )
    if word == refusal.SILENT:
        return StoreTimedOut(f"the {LABEL} did not answer: {reason}", hints=[_RESTART, _FILE_INSTEAD])
    return _failed(reason)


def _failed(reason: str) -> StoreError:
    return StoreError(f"the {LABEL} failed: {reason}", hints=[_RESTART, _FILE_INSTEAD])
