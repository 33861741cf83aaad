"""Kind `aws/ecr`: Docker is logged in to the container registry of an account.

Rules: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from atmos_auth.aws_api.ecr import private_login
from atmos_auth.aws_api.partitions import registry_host
from atmos_auth.config.settings import AccountId, IntegrationSettings, IntegrationSpec, Region
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.integration import IntegrationTools, Provided
from atmos_auth.host.docker_registry import DockerRegistry


class Registry(Struct, frozen=True, forbid_unknown_fields=True):
    """A registry, by its account and region."""

    account_id: AccountId
    region: Region


class Spec(IntegrationSpec, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which registry."""

    registry: Annotated[Registry, Meta(examples=['{ account_id: "123456789012", region: us-east-1 }'])]


class EcrSettings(IntegrationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account's container registry."""

    spec: Annotated[Spec, Meta(examples=['{ registry: { account_id: "123456789012", region: us-east-1 } }'])]


class Ecr(DockerRegistry):
    """Gets a registry's password, and gives it to Docker."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials,)
    settings_type: ClassVar[type] = EcrSettings

    def __init__(self, name: str, settings: EcrSettings, tools: IntegrationTools) -> None:
        self._spec = settings.spec
        super().__init__(registry_host(self._spec.registry.account_id, self._spec.registry.region), tools)

    def provide(self, credentials: AwsCredentials, identity: str, *, chosen: bool = False) -> Provided:
        """Log Docker in, over the network; raises `IntegrationFailed`, `AccessDenied`, `StoreError` and their like."""
        region = self._spec.registry.region
        login = private_login(self._tools.aws, credentials, region=region, endpoint_url=self._spec.endpoint_url or None)
        return self._log_in("ECR login", login.user, login.password, login.expires_at)
