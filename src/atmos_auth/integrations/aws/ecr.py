"""Kind `aws/ecr`: Docker is logged in to the container registry of an account.

Rules: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
"""

import os
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from atmos_auth.aws_api.ecr import private_login
from atmos_auth.aws_api.partitions import registry_host
from atmos_auth.config.settings import AccountId, IntegrationSettings, IntegrationSpec, Region
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.env_names import DOCKER_CONFIG
from atmos_auth.domain.integration import IntegrationTools, Provided
from atmos_auth.host.docker_login import DockerLogin


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


class Ecr:
    """Gets a registry's password, and gives it to Docker."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials,)
    settings_type: ClassVar[type] = EcrSettings

    def __init__(self, name: str, settings: EcrSettings, tools: IntegrationTools) -> None:
        self._spec = settings.spec
        self._tools = tools

    @property
    def what(self) -> str:
        """Name the login."""
        return f"Docker login of {self._registry}"

    def provide(self, credentials: AwsCredentials, identity: str, *, chosen: bool = False) -> Provided:
        """Log Docker in, over the network; raises `IntegrationFailed`, `AccessDenied`, `StoreError` and their like."""
        region = self._spec.registry.region
        login = private_login(self._tools.aws, credentials, region=region, endpoint_url=self._spec.endpoint_url or None)
        docker = self._docker(self._tools.docker_folder)
        mark = docker.log_in(login.user, login.password)
        return Provided(f"ECR login: {self._registry}", docker.path, mark, login.expires_at)

    def environment(self) -> dict[str, str]:
        """Return the variable that says where Docker's configuration is."""
        return {DOCKER_CONFIG: self._tools.docker_folder}

    def holds(self, mark: str, file: str) -> bool:
        """Tell whether Docker, with that configuration file, still has that login."""
        return self._docker(os.path.dirname(file)).is_logged_in(mark)

    def remove(self, mark: str, file: str) -> bool:
        """Log Docker out, unless it has another login by now."""
        return self._docker(os.path.dirname(file)).log_out(mark)

    @property
    def _registry(self) -> str:
        return registry_host(self._spec.registry.account_id, self._spec.registry.region)

    def _docker(self, folder: str) -> DockerLogin:
        tools = self._tools
        return DockerLogin(
            self._registry,
            folder,
            environ=tools.environ,
            locks=tools.locks,
            clock=tools.clock,
            keeps_nothing=tools.keeps_nothing,
        )
