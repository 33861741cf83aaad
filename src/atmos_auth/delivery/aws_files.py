"""The AWS session files: what every SDK reads, and at the same time our cache of credentials.

Each identity is one profile. The marker line above its section carries what the AWS format has no key for: when
the keys end, the fingerprint of the chain they came from, and the sign-in session they depend on. A reader that
finds another fingerprint finds nothing.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from atmos_auth.delivery import ini_sections
from atmos_auth.domain.chain import Chain, Link
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.ports import Clock
from atmos_auth.domain.timestamps import from_text, to_text
from atmos_auth.host.files import read_private, remove_file, write_private
from atmos_auth.host.paths import Paths, file_name

LOCK_SECONDS = 10
# What the SDKs need when nobody configured a region; never exported as a variable.
FALLBACK_REGION = "us-east-1"


class ProfileLocation(NamedTuple):
    """Where one identity's profile is: its name and the two files, absolute."""

    profile: str
    credentials_file: str
    config_file: str


class AwsFiles:
    """The profiles below this user's configuration folder, or below a provider's own `spec.files.base_path`.

    `config_directory` is what relative base paths are relative to; `custom_folders` are the folders that
    providers of the current configuration name, so that they are searched as well.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        clock: Clock,
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
        return ProfileLocation(chain.tip.name, os.path.join(folder, "credentials"), os.path.join(folder, "config"))

    def folder(self, root: Link) -> str:
        """Folder of the files of every chain that starts at `root`."""
        name = root.name if root.role == "provider" else root.kind.replace("/", "-")
        spec = root.settings.get("spec")
        files = spec.get("files") if isinstance(spec, Mapping) else None
        base = files.get("base_path") if isinstance(files, Mapping) else None
        if isinstance(base, str) and base.strip():
            return os.path.join(self._paths.expand(base, relative_to=self._config_directory), file_name(name))
        return self._paths.aws_folder(name)

    def read(self, chain: Chain) -> AwsCredentials | None:
        """Return what was delivered for exactly this chain, expired or not; None on any difference."""
        location = self.locate(chain)
        text = _text(location.credentials_file)
        found = ini_sections.find(text, location.profile) if text else None
        if found is None or found[0] is None:
            return None
        facts = _facts(found[0])
        if facts.get("chain") != chain.fingerprint:
            return None
        return _credentials(found[1], facts)

    def write(self, chain: Chain, credentials: AwsCredentials) -> None:
        """Deliver the credentials under the tip's name; raises `StoreError` or `LockTimeout` (10 s)."""
        location = self.locate(chain)
        with self._locked(location.credentials_file):
            # The pointer first, the keys last: who reads the keys finds their region.
            config = _text(location.config_file)
            write_private(location.config_file, _with_config(config, location.profile, credentials).encode())
            text = ini_sections.replace(
                _text(location.credentials_file),
                location.profile,
                _keys(credentials),
                _marker(chain, credentials),
            )
            write_private(location.credentials_file, text.encode())

    def remove(self, chain: Chain) -> bool:
        """Remove the profile of the chain's tip; tell whether there was one."""
        location = self.locate(chain)
        return self._remove_profiles(os.path.dirname(location.credentials_file), {location.profile})

    def remove_derived(self, session: str) -> None:
        """Remove every profile whose credentials came from this sign-in session."""
        for folder in self.folders():
            text = _text(os.path.join(folder, "credentials"))
            derived = {
                header
                for header, marker in ini_sections.headers(text)
                if marker is not None and _facts(marker).get("session") == session
            }
            if derived:
                self._remove_profiles(folder, derived)

    def folders(self) -> list[str]:
        """Every folder that may hold our profiles, in a stable order."""
        try:
            own = [os.path.join(self._paths.aws_folders, name) for name in sorted(os.listdir(self._paths.aws_folders))]
        except OSError:
            own = []
        return [*own, *(folder for folder in self._custom_folders() if folder not in own)]

    def _remove_profiles(self, folder: str, profiles: set[str]) -> bool:
        if not os.path.isdir(folder):
            return False
        removed = False
        credentials_file = os.path.join(folder, "credentials")
        with self._locked(credentials_file):
            for path, header_of in (
                (credentials_file, str),
                (os.path.join(folder, "config"), _config_header),
            ):
                text = _text(path)
                rest = text
                for profile in profiles:
                    rest = ini_sections.remove(rest, header_of(profile))
                    rest = ini_sections.remove(rest, _services_header(profile))
                removed = removed or rest != text
                if rest != text and rest.strip():
                    write_private(path, rest.encode())
                elif rest != text:
                    remove_file(path)
        return removed

    def _locked(self, credentials_file: str):  # type: ignore[no-untyped-def]  # locks load only when something is written
        from atmos_auth.host.locks import locked

        return locked(f"{credentials_file}.lock", clock=self._clock, deadline=self._clock.now() + LOCK_SECONDS)


def _text(path: str) -> str:
    content = read_private(path)
    return content.decode("utf-8", errors="replace") if content else ""


def _facts(marker: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in marker.split() if "=" in word)


def _marker(chain: Chain, credentials: AwsCredentials) -> str:
    facts = {
        "expiration": to_text(credentials.expires_at) if credentials.expires_at is not None else None,
        "issued": to_text(credentials.issued_at) if credentials.issued_at is not None else None,
        "chain": chain.fingerprint,
        "session": credentials.session,
        "region": credentials.region,
        "principal": credentials.principal,
        "endpoint": credentials.endpoint_url,
    }
    return " ".join(f"{name}={value}" for name, value in facts.items() if value)


def _keys(credentials: AwsCredentials) -> dict[str, str]:
    keys = {
        "aws_access_key_id": credentials.access_key_id,
        "aws_secret_access_key": credentials.secret_access_key,
        "aws_session_token": credentials.session_token,
        "aws_account_id": credentials.account_id,
    }
    return {name: value for name, value in keys.items() if value}


def _credentials(keys: Mapping[str, str], facts: Mapping[str, str]) -> AwsCredentials | None:
    try:
        return AwsCredentials(
            access_key_id=keys["aws_access_key_id"],
            secret_access_key=keys["aws_secret_access_key"],
            session_token=keys.get("aws_session_token"),
            expires_at=from_text(facts["expiration"]) if "expiration" in facts else None,
            issued_at=from_text(facts["issued"]) if "issued" in facts else None,
            region=facts.get("region"),
            account_id=keys.get("aws_account_id"),
            principal=facts.get("principal"),
            session=facts.get("session"),
            endpoint_url=facts.get("endpoint"),
        )
    except (KeyError, ValueError):
        return None  # edited by hand or cut short: as good as absent


def _with_config(text: str, profile: str, credentials: AwsCredentials) -> str:
    keys = {"region": credentials.region or FALLBACK_REGION}
    services = _services_header(profile)
    if credentials.endpoint_url:
        keys["services"] = services.removeprefix("services ")
        text = ini_sections.replace(text, services, {"sts": f"\n  endpoint_url = {credentials.endpoint_url}"})
    else:
        text = ini_sections.remove(text, services)
    return ini_sections.replace(text, _config_header(profile), keys)


def _config_header(profile: str) -> str:
    if profile == "default":
        return profile
    # AWS's own readers split the header like a shell does.
    return f'profile "{profile}"' if " " in profile else f"profile {profile}"


def _services_header(profile: str) -> str:
    return "services atmos-" + "".join(c if c.isalnum() or c in "-_." else "-" for c in profile)
