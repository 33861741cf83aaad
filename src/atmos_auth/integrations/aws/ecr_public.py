"""Kind `aws/ecr-public`: Docker is logged in to the public container registry of AWS.

Rules: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from atmos_auth.aws_api.ecr import PUBLIC_REGISTRY, public_login
from atmos_auth.config.settings import IntegrationSettings, IntegrationSpec
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.integration import IntegrationTools, Provided
from atmos_auth.host.docker_registry import DockerRegistry


class PublicRegistry(Struct, frozen=True, forbid_unknown_fields=True):
    """The public registry, by a region that it is in."""

    region: Annotated[
        str,
        Meta(
            pattern="^(us-east-1|us-west-2)$",
            description="a region of the public registry (us-east-1, us-west-2)",
            examples=["us-east-1"],
        ),
    ] = "us-east-1"


class PublicSpec(IntegrationSpec, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the login to the public registry."""

    registry: PublicRegistry = field(default_factory=PublicRegistry)


class EcrPublicSettings(IntegrationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The public container registry."""

    spec: PublicSpec = field(default_factory=PublicSpec)


class EcrPublic(DockerRegistry):
    """Gets the public registry's password, and gives it to Docker."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials,)
    settings_type: ClassVar[type] = EcrPublicSettings

    def __init__(self, name: str, settings: EcrPublicSettings, tools: IntegrationTools) -> None:
        self._spec = settings.spec
        super().__init__(PUBLIC_REGISTRY, tools)

    def provide(self, credentials: AwsCredentials, identity: str, *, chosen: bool = False) -> Provided:
        """Log Docker in, over the network; raises `IntegrationFailed`, `AccessDenied`, `StoreError` and their like."""
        login = public_login(self._tools.aws, credentials, endpoint_url=self._spec.endpoint_url or None)
        return self._log_in("ECR login", login.user, login.password, login.expires_at)
