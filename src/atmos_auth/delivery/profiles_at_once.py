"""The profiles of many chains as they are at one moment: every file is read once."""

from collections.abc import Callable

from atmos_auth.delivery import ini_sections
from atmos_auth.delivery.aws_files import ProfileLocation
from atmos_auth.delivery.profile_text import credentials_of
from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.host.files import read_private


class ProfilesAtOnce:
    """Gives what `AwsFiles.read` gives; `locate` tells where a chain's profile is."""

    def __init__(self, locate: Callable[[Chain], ProfileLocation]) -> None:
        self._locate = locate
        self._files: dict[str, dict[str, str]] = {}

    def read(self, chain: Chain) -> AwsCredentials | None:
        """Return what was delivered for exactly this chain, expired or not; raises `StoreError`."""
        location = self._locate(chain)
        section = self._sections(location.credentials_file).get(location.profile)
        found = credentials_of(section, location.profile) if section else None
        return found[0] if found is not None and found[1].get("chain") == chain.fingerprint else None

    def _sections(self, path: str) -> dict[str, str]:
        if path not in self._files:
            # Bytes of others that are not UTF-8 stand in sections of others.
            text = (read_private(path) or b"").decode("utf-8", errors="replace")
            # Cut short, perhaps in the middle of a key: which section it is cannot be told.
            self._files[path] = ini_sections.sections(text) if text.endswith("\n") else {}
        return self._files[path]
