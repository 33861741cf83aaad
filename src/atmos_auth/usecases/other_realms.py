"""Whether another realm holds what this one lacks: looked up on this machine alone, and pointed out once."""

from collections.abc import Callable

from atmos_auth.delivery.aws_files import AwsFiles
from atmos_auth.domain import env_names
from atmos_auth.domain.chain import Chain
from atmos_auth.domain.ports import Clock
from atmos_auth.host.paths import Paths
from atmos_auth.stores.notices import Notices
from atmos_auth.stores.realms import realms_on_disk


class OtherRealms:
    """The realms of this user beside that of `paths`; `warn` writes a line to the person. Uses no network."""

    def __init__(self, paths: Paths, *, clock: Clock, notices: Notices, warn: Callable[[str], None]) -> None:
        self._paths = paths
        self._clock = clock
        self._notices = notices
        self._warn = warn

    def holding(self, chain: Chain) -> list[str]:
        """Return the other realms with credentials under the name of the chain's tip that are not over, sorted."""
        others = [realm for realm in realms_on_disk(self._paths) if realm != self._paths.realm]
        return [realm for realm in others if self._holds(realm, chain.tip.name.lower())]

    def words(self, chain: Chain) -> list[str]:
        """Return what there is to say about the chain, in lines; none when no other realm holds anything."""
        realms = self.holding(chain)
        if not realms:
            return []
        name = env_names.ATMOS_AUTH_REALM
        there, here = " and ".join(map(_words, realms)), _words(self._paths.realm)
        switch = f"{name}={realms[0]}" if realms[0] else f"no `auth.realm`, and no {name}"
        return [
            f'identity "{chain.tip.name}" has credentials {there}, but none {here}',
            f"a realm is chosen by {name}, else by `auth.realm`: to use that one, {switch}",
        ]

    def point_out(self, chain: Chain) -> None:
        """Say it, unless it was said of these realms and this identity before."""
        lines = self.words(chain)
        if lines and self._notices.is_new(f"{self._paths.realm}\n{lines[0]}"):
            first, *more = lines
            self._warn("\n".join((first, *(f"  {line}" for line in more))))

    def _holds(self, realm: str, name: str) -> bool:
        files = AwsFiles(self._paths.in_realm(realm), clock=self._clock, config_directory="")
        now = self._clock.now()
        return any(
            found.profile.lower() == name and (found.expires_at is None or found.expires_at > now)
            for found in files.delivered()
        )


def _words(realm: str) -> str:
    return f'in realm "{realm}"' if realm else "without a realm"
