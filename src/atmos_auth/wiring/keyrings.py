"""Keyrings as they are configured: which type, and who is asked for a password."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from atmos_auth.config.load import Config
from atmos_auth.domain import env_names
from atmos_auth.domain.fields import Field
from atmos_auth.host.paths import Paths
from atmos_auth.stores.keyring.opening import open_keyring

if TYPE_CHECKING:
    from atmos_auth.domain.ports import Clock, Prompter
    from atmos_auth.domain.secret_store import SecretStore

_SECTION = ("auth", "keyring")


class Keyrings:
    """Opens keyrings of this user; each asks the prompter that it is opened with for its password, if anybody."""

    def __init__(self, config: Config, *, environ: Mapping[str, str], paths: Paths, clock: "Clock") -> None:
        self._config = config
        self._environ = environ
        self._paths = paths
        self._clock = clock

    def open(self, prompter: "Prompter") -> "SecretStore":
        """Open the keyring that is configured; raises `ConfigError`."""
        return self._opened(self._config.resolve((*_SECTION, "type")), self._environ, prompter)

    def open_as(self, keyring_type: str, prompter: "Prompter") -> "SecretStore":
        """Open a keyring of this type, whichever is configured; raises `ConfigError`."""
        environ = {name: value for name, value in self._environ.items() if name != env_names.ATMOS_KEYRING_TYPE}
        return self._opened(keyring_type, environ, prompter)

    def _opened(self, keyring_type: str | None, environ: Mapping[str, str], prompter: "Prompter") -> "SecretStore":
        def ask(question: str) -> str:
            return prompter.form("", [Field("password", question, secret=True)])["password"]

        spec = self._config.resolve((*_SECTION, "spec"))
        return open_keyring(
            keyring_type,
            spec if isinstance(spec, Mapping) else {},
            environ=environ,
            paths=self._paths,
            relative_to=self._config.directory,
            clock=self._clock,
            ask=ask if prompter.can_ask else None,
            say=prompter.say,
            place=self._config.place((*_SECTION, "type")),
        )
