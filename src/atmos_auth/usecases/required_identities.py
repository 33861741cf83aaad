"""The identities that a configuration requires beside the one that is used, so that their profiles exist as well.

Provider aliases of Terraform name profiles: `profile = "dns"`. Every required identity is authenticated after the
primary one and stands in the same pair of AWS files under its own name, whichever provider it comes from.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.errors import AtmosAuthError, InvalidSetting


class Companion(NamedTuple):
    """A required identity that was authenticated, and the credentials that its profile holds."""

    chain: Chain
    credentials: AwsCredentials


def companions(
    primary: Chain,
    names: Sequence[str],
    *,
    chain_of: Callable[[str], Chain],
    obtain: Callable[[Chain], Credential],
    deliver: Callable[[Chain, AwsCredentials], None],
    warn: Callable[[str], None],
) -> list[Companion]:
    """Authenticate the identities `names` one after the other, the primary one left out, and deliver each.

    Whatever fails is a warning, and the others follow; only Ctrl-C ends it. `obtain` may prompt and use the network.
    """
    there: list[Companion] = []
    for name in names:
        try:
            chain = chain_of(name)
            if chain.tip.name == primary.tip.name:
                continue
            credentials = obtain(chain)
            if not isinstance(credentials, AwsCredentials):
                raise InvalidSetting(f"{chain.tip} gives no credentials that a profile could hold")
            deliver(chain, credentials)
            there.append(Companion(chain, credentials))
        except AtmosAuthError as failure:
            hints = "".join(f"\n  {hint}" for hint in failure.hints)
            warn(f'required identity "{name}" is not there: {failure}{hints}')
    return there
