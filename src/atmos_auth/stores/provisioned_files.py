"""What was found at portals, one file per provider, and how far an unfinished look came, in a file beside it."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from atmos_auth.config.provisioned import from_file, layer, to_file
from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.host.files import read_private, remove_file, remove_set_aside, set_aside, write_private
from atmos_auth.host.paths import Paths

# An unfinished look that began longer ago is begun anew.
UNFINISHED_SECONDS = 3600


class Unfinished(NamedTuple):
    """A look that did not come to its end: the roles that were found, by the account's id; begun at `since`."""

    portal: Portal
    since: float
    roles: Mapping[str, tuple[str, ...]]


class ProvisionedFiles:
    """The files of one realm; one that cannot be understood is set aside, named to `warn`, and missed."""

    def __init__(self, paths: Paths, *, warn: Callable[[str], None]) -> None:
        self._paths = paths
        self._warn = warn

    def path(self, provider: str) -> str:
        """File of this provider."""
        return self._paths.provisioned(provider)

    def read(self, provider: str, portal: tuple[str, str]) -> Provisioned | None:
        """Return what was found; None when nothing was, or at another portal."""
        read = self._read(provider, portal)
        return read[0] if read is not None else None

    def layers(self, portals: Mapping[str, tuple[str, str]], written: Any) -> dict[str, Map | None]:
        """Return, for each provider, what was found as a layer below a configuration whose identities are `written`.

        None as in `read`. Names that were found at several portals have the provider behind them in each.
        """
        read = {provider: self._read(provider, portal) for provider, portal in portals.items()}
        shared = _shared(found[0] for found in read.values() if found is not None)
        return {
            provider: layer(found[0], provider, written, found[1], self.path(provider), shared) if found else None
            for provider, found in read.items()
        }

    def shared_names(self, portals: Mapping[str, tuple[str, str]]) -> frozenset[str]:
        """Return the names, in lower case, that were found at several of these providers' portals."""
        read = [self.read(provider, portal) for provider, portal in portals.items()]
        return _shared(found for found in read if found is not None)

    def _read(self, provider: str, portal: tuple[str, str]) -> tuple[Provisioned, str] | None:
        path = self.path(provider)
        try:
            content = read_private(path)
            if content is None:
                return None
            text = content.decode("utf-8")
            found = from_file(text, path)
        except StoreError as unreadable:
            self._warn(unreadable.message)
            return None
        except ValueError:
            self._warn(
                f'the list of what provider "{provider}" has could not be understood; it is kept as {set_aside(path)}'
            )
            return None
        return (found, text) if found.portal == portal else None

    def write(self, found: Provisioned) -> None:
        """Replace what was found before; raises `StoreError`."""
        write_private(self.path(found.provider), to_file(found).encode("utf-8"))

    def unfinished(self, provider: str, portal: Portal, now: float) -> Unfinished | None:
        """Return how far an unfinished look at this portal came, if it is worth going on."""
        content = read_private(self._beside(provider))
        try:
            body = json.loads(content or b"null")
            found = _unfinished(body) if body is not None else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            found = None  # nothing is lost but time
        if found is None or found.portal != portal or not 0 <= now - found.since < UNFINISHED_SECONDS:
            return None
        return found

    def keep(self, provider: str, unfinished: Unfinished) -> None:
        """Note how far a look came; raises `StoreError`."""
        body = {
            "start_url": unfinished.portal.start_url,
            "region": unfinished.portal.region,
            "since": unfinished.since,
            "roles": {account: list(roles) for account, roles in unfinished.roles.items()},
        }
        write_private(self._beside(provider), json.dumps(body).encode())

    def finish(self, provider: str) -> bool:
        """Forget how far an unfinished look came."""
        return remove_file(self._beside(provider))

    def exists(self, provider: str) -> bool:
        """Tell whether there is anything to remove, be it set aside."""
        folder, name = os.path.split(self.path(provider))
        try:
            return any(there.startswith(os.path.splitext(name)[0]) for there in os.listdir(folder))
        except OSError:
            return False

    def remove(self, provider: str) -> bool:
        """Forget all of it; tell whether there was anything; raises `StoreError`."""
        path, was_there = self.path(provider), self.exists(provider)
        remove_set_aside(path)
        remove_file(path)
        self.finish(provider)
        with suppress(OSError):  # something else may be in it
            os.rmdir(os.path.dirname(path))
        return was_there

    def providers(self) -> list[str]:
        """Name, as their folders are, the providers for which there is something here; sorted."""
        try:
            names = sorted(os.listdir(self._paths.provider_caches))
        except OSError:
            return []
        return [name for name in names if self.exists(name)]

    def _beside(self, provider: str) -> str:
        return os.path.splitext(self.path(provider))[0] + ".unfinished"


def _shared(lists: Iterable[Provisioned]) -> frozenset[str]:
    """Return names that mean different things in different lists; two providers may well be of one portal."""
    several = list(lists)
    if len(several) < 2:
        return frozenset()
    meanings: dict[str, tuple[Portal, str, str]] = {}
    return frozenset(
        name.lower()
        for found in several
        for name, assignment in found.identities.items()
        if (meaning := (found.portal, assignment.account_id, assignment.role))
        != meanings.setdefault(name.lower(), meaning)
    )


def _unfinished(body: Any) -> Unfinished:
    roles = {str(account): tuple(map(str, names)) for account, names in body["roles"].items()}
    return Unfinished(Portal(body["start_url"], body["region"]), float(body["since"]), roles)
