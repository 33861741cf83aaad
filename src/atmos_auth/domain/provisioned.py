"""What was found at a portal: the identities that nobody had to write down, and when they were found."""

from collections.abc import Mapping
from typing import NamedTuple

from atmos_auth.domain.names import Assignment

# After as long, a sign-in looks again by itself.
FRESH_SECONDS = 12 * 3600


class Portal(NamedTuple):
    """One portal, wherever it is configured."""

    start_url: str
    region: str


class Provisioned(NamedTuple):
    """The identities of one provider's portal by name, found at `at` (epoch seconds) in `accounts` accounts.

    `missed` counts the accounts whose roles could not be listed.
    """

    provider: str
    portal: Portal
    at: float
    accounts: int
    identities: Mapping[str, Assignment]
    missed: int = 0

    def __str__(self) -> str:
        """Say how much it is."""
        roles, accounts = len(self.identities), self.accounts
        return (
            f"{roles:,} role{'' if roles == 1 else 's'} in {accounts:,} account{'' if accounts == 1 else 's'} "
            f"of {self.provider}"
        )

    def is_fresh(self, now: float) -> bool:
        """Tell whether it need not be looked for again; what a clock dates into the future is not fresh."""
        return -60 <= now - self.at < FRESH_SECONDS
