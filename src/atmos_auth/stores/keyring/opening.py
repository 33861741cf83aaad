"""The one place that opens a keyring: which type, where, and with which password."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import ConfigError, InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.domain.ports import Clock
from atmos_auth.domain.secret_store import SecretStore
from atmos_auth.host.paths import Paths

if TYPE_CHECKING:
    from atmos_auth.stores.keyring.file_keyring import FileKeyring

TYPES = ("system", "file", "memory")
_SETTINGS = ("path", "password_env")


def open_keyring(
    configured: str | None,
    spec: Mapping[str, Any],
    *,
    environ: Mapping[str, str],
    paths: Paths,
    relative_to: str,
    clock: Clock,
    ask: Callable[[str], str] | None,
    say: Callable[[str], None],
    place: Place | None = None,
) -> SecretStore:
    """Return the keyring that ATMOS_KEYRING_TYPE names, else `configured`, else the system's; touch nothing yet.

    `spec` is `auth.keyring.spec`; a relative path in it starts at `relative_to`. `ask` shows a question and returns
    what was typed unseen; None when nobody can, or may, be asked. `say` shows a line to the person. `place` is where
    the keyring is configured, for messages. Raises `ConfigError` for a type that does not exist.
    """
    chosen = _type(environ, configured, place)
    _check(spec, place)
    if chosen == "memory":
        from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring

        return MemoryKeyring(realm=paths.realm)
    if chosen == "file":
        return _file_keyring(spec, environ, paths, relative_to, clock, ask)
    from atmos_auth.stores.keyring.system_keyring import SystemKeyring

    return SystemKeyring(
        environ,
        realm=paths.realm,
        may_ask=ask is not None,
        say=say,
        # The list of its keys is one for all realms.
        lock=os.path.join(paths.in_realm("").locks, "system-keyring.lock"),
    )


def _type(environ: Mapping[str, str], configured: str | None, place: Place | None) -> str:
    from_environ = environ.get(env_names.ATMOS_KEYRING_TYPE)
    chosen = from_environ or configured or "system"
    if chosen not in TYPES:
        source = env_names.ATMOS_KEYRING_TYPE if from_environ else "auth.keyring.type"
        raise ConfigError(
            f'"{chosen}" is not a type of keyring (from {source})',
            place=None if from_environ else place,
            hints=[f"use one of: {', '.join(TYPES)}"],
        )
    return chosen


def _check(spec: Mapping[str, Any], place: Place | None) -> None:
    for setting, value in spec.items():
        if setting not in _SETTINGS:
            raise InvalidSetting(
                f'auth.keyring.spec does not know "{setting}"', place=place, hints=[f"it knows {', '.join(_SETTINGS)}"]
            )
        if value is not None and not isinstance(value, str):
            raise InvalidSetting(f"auth.keyring.spec.{setting} must be text", place=place, hints=["put it in quotes"])


def _file_keyring(
    spec: Mapping[str, Any],
    environ: Mapping[str, str],
    paths: Paths,
    relative_to: str,
    clock: Clock,
    ask: Callable[[str], str] | None,
) -> "FileKeyring":
    from atmos_auth.stores.keyring.file_keyring import FileKeyring
    from atmos_auth.stores.keyring.password import PasswordSource

    written = environ.get(env_names.ATMOS_KEYRING_FILE_PATH) or spec.get("path")
    folder = paths.expand(written, relative_to=relative_to) if written else os.path.join(paths.data, "keyring")
    shown = f"~{folder[len(paths.home) :]}" if folder.startswith(paths.home + os.sep) else folder
    label = f"file keyring ({shown})"
    password = PasswordSource(
        environ,
        label,
        variable=environ.get(env_names.ATMOS_KEYRING_PASSWORD_ENV)
        or spec.get("password_env")
        or env_names.ATMOS_KEYRING_PASSWORD,
        ask=ask,
    )
    return FileKeyring(folder, label=label, realm=paths.realm, password=password, clock=clock)
