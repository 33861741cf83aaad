"""What an integration that logs Docker in to a registry has in common with every other, whose registry it may be."""

import os

from atmos_auth.domain.env_names import DOCKER_CONFIG
from atmos_auth.domain.integration import IntegrationTools, Provided
from atmos_auth.host.docker_login import DockerLogin


class DockerRegistry:
    """All of an `Integration` with the registry `host` but `provide`, which gets the password."""

    def __init__(self, host: str, tools: IntegrationTools) -> None:
        self._host = host
        self._tools = tools

    @property
    def what(self) -> str:
        """Name the login."""
        return f"Docker login of {self._host}"

    def environment(self) -> dict[str, str]:
        """Return the variable that says where Docker's configuration is."""
        return {DOCKER_CONFIG: self._tools.docker_folder}

    def holds(self, mark: str, file: str) -> bool:
        """Tell whether Docker, with that configuration file, still has that login; raises `StoreError`."""
        return self._docker(os.path.dirname(file)).is_logged_in(mark)

    def remove(self, mark: str, file: str) -> bool:
        """Log Docker out, unless it has another login by now; raises `StoreError`."""
        return self._docker(os.path.dirname(file)).log_out(mark)

    def _log_in(self, what: str, user: str, password: str, expires_at: float) -> Provided:
        """Give Docker the password, and return that `what` was done; raises `IntegrationFailed` and `StoreError`."""
        docker = self._docker(self._tools.docker_folder)
        mark = docker.log_in(user, password)
        return Provided(f"{what}: {self._host}", docker.path, mark, expires_at)

    def _docker(self, folder: str) -> DockerLogin:
        tools = self._tools
        return DockerLogin(
            self._host,
            folder,
            environ=tools.environ,
            locks=tools.locks,
            clock=tools.clock,
            keeps_nothing=tools.keeps_nothing,
        )
