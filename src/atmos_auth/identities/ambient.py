"""Kind `ambient`: no authentication of ours; programs keep the environment they have."""

from typing import ClassVar

from atmos_auth.config.settings import IdentitySettings
from atmos_auth.domain.credentials import Ambient
from atmos_auth.domain.ports import Tools


class AmbientSettings(IdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing beyond what every identity may say."""


class AmbientIdentity:
    """Passes the environment through."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = Ambient
    settings_type: ClassVar[type] = AmbientSettings

    def __init__(self, name: str, settings: AmbientSettings, tools: Tools) -> None:
        self._settings = settings

    def authenticate(self, previous: None) -> Ambient:
        """Return at once."""
        return Ambient(region=self._settings.region or None)
