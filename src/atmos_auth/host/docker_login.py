"""Logging Docker in to a registry: in its configuration file, or in the credential helper that it asks."""

import os
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from atmos_auth.domain.errors import IntegrationFailed
from atmos_auth.domain.ports import Clock
from atmos_auth.host.credential_helper import CredentialHelper
from atmos_auth.host.docker_config import FILE, DockerConfig
from atmos_auth.host.shared_files import locked_shared, read_shared, write_shared


class DockerLogin:
    """One registry in the configuration in `folder`; every method raises `StoreError`.

    `environ` is what a credential helper runs with, `locks` a folder for lock files; `keeps_nothing` forbids helpers,
    which would keep the password beyond this run.
    """

    def __init__(
        self,
        registry: str,
        folder: str,
        *,
        environ: Mapping[str, str],
        locks: str,
        clock: Clock,
        keeps_nothing: bool = False,
    ) -> None:
        self.path = os.path.join(folder, FILE)
        self._registry = registry
        self._environ = environ
        self._locks = locks
        self._clock = clock
        self._keeps_nothing = keeps_nothing

    def log_in(self, user: str, password: str) -> str:
        """Let Docker find user and password, and return the mark to recognise them by.

        Raises `IntegrationFailed` where Docker would not look at them.
        """
        with locked_shared(self.path, locks=self._locks, clock=self._clock):
            config = self._read()
            own = config.own_helper(self._registry)
            if own is not None:
                raise IntegrationFailed(
                    f"Docker asks docker-credential-{own} for {self._registry}, and would not see a login of ours",
                    details=[f'"credHelpers" in {self.path}'],
                    hints=[
                        f'remove "{self._registry}" from "credHelpers" there',
                        "or let that helper do it: set `auto_provision: false`, or remove the integration",
                    ],
                )
            if config.store is not None and self._keeps_nothing:
                raise IntegrationFailed(
                    f"Docker keeps passwords with docker-credential-{config.store}, but this run leaves nothing behind",
                    details=[f'"credsStore" in {self.path}'],
                    hints=["use another keyring than `memory`", 'or remove "credsStore" there'],
                )
            auth = b64encode(f"{user}:{password}".encode()).decode()
            if config.store is not None:
                CredentialHelper(config.store, self._environ).store(self._registry, user, password)
                # As `docker login` does: the empty entry says that the helper has one.
                self._write(config, None)
            else:
                self._write(config, auth)
            return _mark(auth)

    def is_logged_in(self, mark: str) -> bool:
        """Tell whether Docker finds exactly what was marked."""
        config = self._read()
        return config.own_helper(self._registry) is None and self._found(config) == mark

    def log_out(self, mark: str) -> bool:
        """Remove what was marked, and nothing that came after it; tell whether it was there."""
        with locked_shared(self.path, locks=self._locks, clock=self._clock):
            config = self._read()
            if self._found(config) != mark:
                return False
            if config.store is not None:
                CredentialHelper(config.store, self._environ).erase(self._registry)
            config.drop(self._registry)
            write_shared(self.path, config.text())
            return True

    def _read(self) -> DockerConfig:
        return DockerConfig(read_shared(self.path), self.path)

    def _write(self, config: DockerConfig, auth: str | None) -> None:
        if auth is None and config.has_entry(self._registry) and config.auth(self._registry) is None:
            return
        config.put(self._registry, auth)
        write_shared(self.path, config.text())

    def _found(self, config: DockerConfig) -> str | None:
        if config.store is None:
            auth = config.auth(self._registry)
            return _mark(auth) if auth is not None else None
        kept = CredentialHelper(config.store, self._environ).get(self._registry)
        return _mark(b64encode(":".join(kept).encode()).decode()) if kept is not None else None


def _mark(auth: str) -> str:
    # The password is long and random: its hash gives nothing away.
    return sha256(auth.encode()).hexdigest()
