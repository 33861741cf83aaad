"""Kind `aws/ecr-public`: Docker is logged in to the public container registry of AWS.

Rules: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html
"""

import os
from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from atmos_auth.aws_api.ecr import PUBLIC_REGISTRY, public_login
from atmos_auth.config.settings import IntegrationSettings, IntegrationSpec
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.env_names import DOCKER_CONFIG
from atmos_auth.domain.integration import IntegrationTools, Provided
from atmos_auth.host.docker_login import DockerLogin


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


class EcrPublic:
    """Gets the public registry's password, and gives it to Docker."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials,)
    settings_type: ClassVar[type] = EcrPublicSettings

    def __init__(self, name: str, settings: EcrPublicSettings, tools: IntegrationTools) -> None:
        self._spec = settings.spec
        self._tools = tools

    @property
    def what(self) -> str:
        """Name the login."""
        return f"Docker login of {PUBLIC_REGISTRY}"

    def provide(self, credentials: AwsCredentials, identity: str, *, chosen: bool = False) -> Provided:
        """Log Docker in, over the network; raises `IntegrationFailed`, `AccessDenied`, `StoreError` and their like."""
        login = public_login(self._tools.aws, credentials, endpoint_url=self._spec.endpoint_url or None)
        docker = self._docker(self._tools.docker_folder)
        mark = docker.log_in(login.user, login.password)
        return Provided(f"ECR login: {PUBLIC_REGISTRY}", docker.path, mark, login.expires_at)

    def environment(self) -> dict[str, str]:
        """Return the variable that says where Docker's configuration is."""
        return {DOCKER_CONFIG: self._tools.docker_folder}

    def holds(self, mark: str, file: str) -> bool:
        """Tell whether Docker, with that configuration file, still has that login."""
        return self._docker(os.path.dirname(file)).is_logged_in(mark)

    def remove(self, mark: str, file: str) -> bool:
        """Log Docker out, unless it has another login by now."""
        return self._docker(os.path.dirname(file)).log_out(mark)

    def _docker(self, folder: str) -> DockerLogin:
        tools = self._tools
        return DockerLogin(
            PUBLIC_REGISTRY,
            folder,
            environ=tools.environ,
            locks=tools.locks,
            clock=tools.clock,
            keeps_nothing=tools.keeps_nothing,
        )
