"""Kind `aws/ambient`: whatever the AWS SDK itself finds here (variables, shared files, IRSA, an instance's role)."""

from typing import ClassVar

from msgspec import Struct, field

from atmos_auth.config.settings import IdentitySettings, Region
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.ports import Tools


class Principal(Struct, frozen=True, forbid_unknown_fields=True):
    """Where requests go."""

    region: Region = ""


class AwsAmbientSettings(IdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing but a region can be said of it."""

    principal: Principal = field(default_factory=Principal)


class AwsAmbient:
    """Takes up the ambient credentials, as a start for a chain."""

    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = AwsAmbientSettings

    def __init__(self, name: str, settings: AwsAmbientSettings, tools: Tools) -> None:
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: None) -> AwsCredentials:
        """Resolve the SDK's own chain; may use the network; raises `AuthenticationFailed` when it finds nothing."""
        found = self._tools.aws.ambient_credentials()
        if found is None:
            raise AuthenticationFailed(
                "the AWS SDK finds no credentials here",
                hints=["set AWS_PROFILE or AWS_ACCESS_KEY_ID, or run where a role is attached"],
            )
        region = self._settings.principal.region or self._settings.region or found.region
        return found._replace(region=region, endpoint_url=self._settings.spec.endpoint_url or None)
