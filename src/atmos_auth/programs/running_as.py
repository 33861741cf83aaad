"""What a program runs with that runs as an identity."""

from typing import NamedTuple

from atmos_auth.domain.credentials import Credential


class RunningAs(NamedTuple):
    """A program's whole environment, the credential it begins with, and whether it gets further ones."""

    environment: dict[str, str]
    credential: Credential
    is_renewed: bool

    def has_outlived_it(self, now: float) -> bool:
        """Tell whether the program's credential is over by now, in seconds since the epoch, and it got no other one."""
        ends = self.credential.expires_at
        return not self.is_renewed and ends is not None and ends <= now
