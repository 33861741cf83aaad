"""Which realms have left anything on this machine, whatever the current configuration knows of them."""

import os
from collections.abc import Iterator

from atmos_auth.host.paths import Paths


def realms_on_disk(paths: Paths) -> list[str]:
    """Return the realms that have folders of ours, sorted; the empty one stands for none. Nothing is opened."""
    found = {realm for base in (paths.config, paths.cache) for realm in _folders(base)}
    return sorted(realm for realm in ("", *found) if any(map(os.path.isdir, _places(paths.in_realm(realm)))))


def _places(paths: Paths) -> tuple[str, ...]:
    return paths.aws_folders, paths.sso_sessions, paths.locks, paths.browser_profiles


def _folders(base: str) -> Iterator[str]:
    try:
        with os.scandir(base) as entries:
            yield from (entry.name for entry in entries if entry.is_dir())
    except OSError:
        return
