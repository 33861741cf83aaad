"""Docker's credential helpers: programs that keep passwords of registries in a system's own store.

Their protocol: https://github.com/docker/docker-credential-helpers#development. Secrets go through stdin and stdout.
"""

import json
from collections.abc import Mapping

from atmos_auth.domain.errors import StoreError

# A store may have to be unlocked by a person.
SECONDS = 60
NOT_FOUND = "credentials not found"


class CredentialHelper:
    """The program `docker-credential-NAME`, run with the environment `environ`; every method raises `StoreError`."""

    def __init__(self, name: str, environ: Mapping[str, str]) -> None:
        self.program = f"docker-credential-{name}"
        self._environ = environ

    def store(self, registry: str, user: str, password: str) -> None:
        """Keep the password for the registry."""
        said = json.dumps({"ServerURL": registry, "Username": user, "Secret": password})
        self._run("store", said)

    def get(self, registry: str) -> tuple[str, str] | None:
        """Return user and password for the registry, None when it keeps none."""
        answer = self._run("get", registry, may_miss=True)
        if answer is None:
            return None
        try:
            members = json.loads(answer)
            return str(members["Username"]), str(members["Secret"])
        except (KeyError, TypeError, ValueError):
            raise StoreError(f"{self.program} get did not answer as a credential helper does") from None

    def erase(self, registry: str) -> None:
        """Forget the registry."""
        self._run("erase", registry, may_miss=True)

    def _run(self, action: str, said: str, *, may_miss: bool = False) -> str | None:
        import subprocess

        try:
            done = subprocess.run(
                [self.program, action],
                input=said.encode(),
                capture_output=True,
                env=dict(self._environ),
                timeout=SECONDS,
                check=False,
            )
        except OSError as error:
            raise StoreError(
                f"cannot run {self.program}, which Docker's configuration names: {error.strerror or error}",
                hints=["install it, or remove `credsStore` from Docker's config.json"],
            ) from error
        except subprocess.TimeoutExpired:
            raise StoreError(f"{self.program} {action} was not done after {SECONDS} seconds") from None
        answer = done.stdout.decode(errors="replace")
        if done.returncode == 0:
            return answer
        if may_miss and NOT_FOUND in answer.lower():
            return None
        # By its protocol it says on stdout what is wrong; of `get`, a password could stand there.
        why = f": {' '.join(answer.split())[:200]}" if action != "get" and answer.strip() else ""
        raise StoreError(
            f"{self.program} {action} failed with status {done.returncode}{why}",
            hints=[f"see whether `{self.program} list` works"],
        )
