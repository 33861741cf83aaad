"""The AWS session files: what every SDK reads, and at the same time our cache of credentials.

Each identity is one profile. The marker line above its section says when the keys end, which chain they came from
(its fingerprint), and on which sign-in session they depend. A reader that finds another fingerprint finds nothing.
Credentials that another chain has displaced from their profile wait beside it, until their end or their return.

A profile may also stand as a guest in the files of another provider, so that one pair of files serves a program that
needs both. A guest names its home, goes with the profile at home, and with the last profile that is no guest.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from atmos_auth.delivery import ini_sections
from atmos_auth.delivery.profile_text import (
    config_header,
    credentials_of,
    facts,
    services_header,
    with_config,
    with_credentials,
)
from atmos_auth.domain.chain import PROVIDER, Chain, Link
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.timestamps import from_text
from atmos_auth.host.files import read_private, remove_file, write_private
from atmos_auth.host.paths import Paths, file_name

if TYPE_CHECKING:
    from atmos_auth.domain.ports import Clock

LOCK_SECONDS = 10
CREDENTIALS, CONFIG, DISPLACED, REFRESHING = "credentials", "config", "displaced", "refreshing"
# Bytes of others that are not UTF-8 are written back as they were.
_FOREIGN = "surrogateescape"


class ProfileLocation(NamedTuple):
    """Where one identity's profile is: its name and the two files, absolute."""

    profile: str
    credentials_file: str
    config_file: str


class Delivered(NamedTuple):
    """One set of temporary credentials on disk: in which folder, under which name, until when (epoch seconds).

    `session` is the sign-in session it came from; `home` is set where it is a guest.
    """

    folder: str
    profile: str
    access_key_id: str
    expires_at: float | None = None
    session: str | None = None
    home: str | None = None


class Guest(NamedTuple):
    """What `write_refreshing` puts beside a profile: another profile whose credentials `process` prints."""

    profile: str
    credentials: AwsCredentials
    process: str


class AwsFiles:
    """The profiles below this user's configuration folder, or below a provider's own `spec.files.base_path`.

    `config_directory` is what relative base paths are relative to; `custom_folders` names the folders that
    providers of the current configuration use instead, so that they are searched as well.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        clock: "Clock",
        config_directory: str,
        custom_folders: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._paths = paths
        self._clock = clock
        self._config_directory = config_directory
        self._custom_folders = custom_folders

    def locate(self, chain: Chain) -> ProfileLocation:
        """Tell where the profile of the chain's tip is, whether or not it exists."""
        folder = self.folder(chain.root)
        return ProfileLocation(chain.tip.name, os.path.join(folder, CREDENTIALS), os.path.join(folder, CONFIG))

    def is_read_from(self, chain: Chain, credentials_file: str, config_file: str) -> bool:
        """Tell whether these are the files that a program is given to find the tip's profile in."""
        if _is_same_file(credentials_file, self.locate(chain).credentials_file):
            return True
        return any(_is_same_file(config_file, location.config_file) for location in self.refreshing(chain))

    def folder(self, root: Link) -> str:
        """Folder of the files of every chain that starts at `root`."""
        name = root.name if root.role == PROVIDER else root.kind.replace("/", "-")
        spec = root.settings.get("spec")
        files = spec.get("files") if isinstance(spec, Mapping) else None
        base = files.get("base_path") if isinstance(files, Mapping) else None
        if isinstance(base, str) and base.strip():
            base = self._paths.expand(base, relative_to=self._config_directory)
            return os.path.join(base, self._paths.realm, file_name(name))
        return self._paths.aws_folder(name)

    def read(self, chain: Chain) -> AwsCredentials | None:
        """Return what was delivered for exactly this chain, expired or not; None on any difference."""
        location = self.locate(chain)
        found = credentials_of(_text(location.credentials_file), location.profile)
        return found[0] if found is not None and found[1].get("chain") == chain.fingerprint else None

    def stamp(self, chain: Chain) -> tuple[int, int, int] | None:
        """Return what changes whenever the file that `read` reads does; None where there is none."""
        try:
            status = os.stat(self.locate(chain).credentials_file)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def restore(self, chain: Chain) -> AwsCredentials | None:
        """Deliver again what another chain displaced, if it is still there; raises `StoreError` or `LockTimeout`."""
        found = credentials_of(_text(self._displaced(chain)), chain.fingerprint)
        if found is None:
            return None
        self.write(chain, found[0])
        return found[0]

    def write(self, chain: Chain, credentials: AwsCredentials) -> None:
        """Deliver the credentials under the tip's name; raises `StoreError` or `LockTimeout` (10 s)."""
        location = self.locate(chain)
        with self._locked(os.path.dirname(location.credentials_file)):
            text = _text(location.credentials_file)
            self._set_aside(os.path.dirname(location.credentials_file), chain, text)
            # The pointer first, the keys last: who reads the keys finds their region.
            config = with_config(_text(location.config_file), location.profile, credentials)
            write_private(location.config_file, _bytes(config))
            text = with_credentials(text, location.profile, credentials, fingerprint=chain.fingerprint)
            write_private(location.credentials_file, _bytes(text))

    def write_beside(self, host: Chain, chain: Chain, credentials: AwsCredentials) -> None:
        """Deliver the credentials into the files of `host` as well; raises `StoreError` or `LockTimeout` (10 s).

        Does nothing where both chains share their files, or where the very same credentials are there already.
        """
        location, home = self.locate(host), self.folder(chain.root)
        folder, name = os.path.dirname(location.credentials_file), chain.tip.name
        present = credentials_of(_text(location.credentials_file), name)
        if folder == home or (present is not None and _is_same(present, chain, credentials)):
            return
        with self._locked(folder):
            text = _text(location.credentials_file)
            self._set_aside(folder, chain, text)
            config = with_config(_text(location.config_file), name, credentials)
            write_private(location.config_file, _bytes(config))
            text = with_credentials(text, name, credentials, fingerprint=chain.fingerprint, home=os.path.basename(home))
            write_private(location.credentials_file, _bytes(text))

    def write_refreshing(
        self, chain: Chain, credentials: AwsCredentials, process: str, guests: Sequence[Guest] = ()
    ) -> ProfileLocation:
        """Write a profile whose credentials programs get, and get anew, by running `process`; tell where it is.

        It stands in a file of its own, for keys in a file beside it would win; `guests` are profiles that stand in it
        too. Raises `StoreError`.
        """
        location = self.refreshing(chain)[bool(guests)]
        text = with_config("", chain.tip.name, credentials, process=process)
        for guest in guests:
            text = with_config(text, guest.profile, guest.credentials, process=guest.process)
        write_private(location.config_file, _bytes(text))
        return location

    def refreshing(self, chain: Chain) -> tuple[ProfileLocation, ProfileLocation]:
        """Tell where `write_refreshing` writes, without guests and with, whether or not it has."""
        # A program may run with the one file while another is started with the other.
        folder = os.path.join(self.folder(chain.root), REFRESHING)
        names = (f"{chain.fingerprint}.config", f"{chain.fingerprint}.with-required.config")
        alone, hosting = (ProfileLocation(chain.tip.name, os.devnull, os.path.join(folder, name)) for name in names)
        return alone, hosting

    def holds(self, chain: Chain) -> bool:
        """Tell whether there is anything under the name of the chain's tip, whichever chain it came from."""
        return any(self._sections(folder, goes) for folder, goes in self._places(chain))

    def remove(self, chain: Chain) -> bool:
        """Remove the profile of the chain's tip, wherever it is a guest too; tell whether there was one."""
        for location in self.refreshing(chain):
            remove_file(location.config_file)
        removed = [self._remove(folder, goes) for folder, goes in self._places(chain)]
        return any(removed)

    def delivered(self) -> list[Delivered]:
        """List what we delivered and did not remove yet, over or not, displaced credentials and guests included."""
        found = []
        for folder in self.folders():
            for file in (CREDENTIALS, DISPLACED):
                text = _text(os.path.join(folder, file))
                for header, marker in ini_sections.headers(text):
                    held = credentials_of(text, header) if marker is not None else None
                    if held is not None:
                        keys, stated = held
                        profile, home = stated.get("profile", header), stated.get("home")
                        found.append(
                            Delivered(folder, profile, keys.access_key_id, keys.expires_at, keys.session, home)
                        )
        return found

    def remove_profile(self, folder: str, profile: str) -> bool:
        """Remove every profile of this name from the folder; tell whether there was one."""
        return self._remove(folder, lambda name, stated: name == profile and "chain" in stated)

    def remove_derived(self, session: str) -> None:
        """Remove every profile whose credentials came from this sign-in session."""
        for folder in self.folders():
            self._remove(folder, lambda _, stated: stated.get("session") == session)

    def folders(self) -> list[str]:
        """Every folder that may hold our profiles, in a stable order."""
        try:
            own = [os.path.join(self._paths.aws_folders, name) for name in sorted(os.listdir(self._paths.aws_folders))]
        except OSError:
            own = []
        own = [folder for folder in own if os.path.isdir(folder)]
        return [*own, *(folder for folder in self._custom_folders() if folder not in own)]

    def _places(self, chain: Chain) -> list[tuple[str, Callable[[str, Mapping[str, str]], bool]]]:
        """Where the chain's profile may stand: at home whatever it came from, elsewhere as a guest from there."""
        home, name = self.folder(chain.root), chain.tip.name

        def is_guest(profile: str, stated: Mapping[str, str]) -> bool:
            return profile == name and stated.get("home") == os.path.basename(home)

        elsewhere = [(folder, is_guest) for folder in self.folders() if folder != home]
        return [(home, lambda profile, _: profile == name), *elsewhere]

    def _set_aside(self, folder: str, chain: Chain, text: str) -> None:
        """Keep what the profile holds if it is another chain's and still good; drop what is no longer."""
        path = os.path.join(folder, DISPLACED)
        displaced = before = _text(path)
        held = credentials_of(text, chain.tip.name)
        if held is not None and held[1].get("chain") not in (None, chain.fingerprint) and "home" not in held[1]:
            fingerprint = held[1]["chain"]
            displaced = with_credentials(
                displaced, fingerprint, held[0], fingerprint=fingerprint, profile=chain.tip.name
            )
        for header, marker in ini_sections.headers(displaced):
            if header == chain.fingerprint or self._is_over(facts(marker or "")):
                displaced = ini_sections.remove(displaced, header)
        _save(path, before, displaced)

    def _is_over(self, stated: Mapping[str, str]) -> bool:
        try:
            return "expiration" not in stated or from_text(stated["expiration"]) <= self._clock.now()
        except ValueError:
            return True

    def _displaced(self, chain: Chain) -> str:
        return os.path.join(self.folder(chain.root), DISPLACED)

    def _sections(self, folder: str, goes: Callable[[str, Mapping[str, str]], bool]) -> list[tuple[str, str]]:
        """Find the sections, as (file, header), of every profile that `goes`, given its name and its marker's facts."""
        sections = [
            (file, header, facts(marker or ""))
            for file in (CREDENTIALS, DISPLACED)
            for header, marker in ini_sections.headers(_text(os.path.join(folder, file)))
        ]
        return [(file, header) for file, header, stated in sections if goes(stated.get("profile", header), stated)]

    def _remove(self, folder: str, goes: Callable[[str, Mapping[str, str]], bool]) -> bool:
        going = self._sections(folder, goes)
        if not going:
            return False
        with self._locked(folder):
            for file, header in going:
                _drop(os.path.join(folder, file), header)
                if file == CREDENTIALS:
                    _drop(os.path.join(folder, CONFIG), config_header(header), services_header(header))
            self._dismiss_guests(folder)
        return True

    def _dismiss_guests(self, folder: str) -> None:
        """Remove the guests where nobody else of ours is left."""
        path = os.path.join(folder, CREDENTIALS)
        ours = [(header, facts(marker)) for header, marker in ini_sections.headers(_text(path)) if marker is not None]
        if any("chain" in stated and "home" not in stated for _, stated in ours):
            return
        guests = [header for header, stated in ours if "home" in stated]
        for header in guests:
            _drop(path, header)
            _drop(os.path.join(folder, CONFIG), config_header(header), services_header(header))

    def _locked(self, folder: str) -> AbstractContextManager[None]:
        # Locks are loaded only when something is written.
        from atmos_auth.host.locks import locked

        deadline = self._clock.now() + LOCK_SECONDS
        return locked(os.path.join(folder, f"{CREDENTIALS}.lock"), clock=self._clock, deadline=deadline)


def _is_same_file(one: str, other: str) -> bool:
    return os.path.realpath(os.path.expanduser(one)) == os.path.realpath(other)


def _is_same(present: tuple[AwsCredentials, Mapping[str, str]], chain: Chain, credentials: AwsCredentials) -> bool:
    """Tell whether these very credentials of this chain stand there."""
    keys, stated = present
    return stated.get("chain") == chain.fingerprint and (keys.access_key_id, *keys.secrets) == (
        credentials.access_key_id,
        *credentials.secrets,
    )


def _text(path: str) -> str:
    content = read_private(path)
    return content.decode("utf-8", errors=_FOREIGN) if content else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors=_FOREIGN)


def _drop(path: str, *headers: str) -> None:
    before = after = _text(path)
    for header in headers:
        after = ini_sections.remove(after, header)
    _save(path, before, after)


def _save(path: str, before: str, after: str) -> None:
    """Write what changed; an empty file is no file."""
    if after == before:
        return
    if after.strip():
        write_private(path, _bytes(after))
    else:
        remove_file(path)
