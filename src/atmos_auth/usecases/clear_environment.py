"""What must go from a shell's environment: all that `auth env` ever sets, or what another identity left there."""

import os
from collections.abc import Iterable, Mapping

from atmos_auth.delivery import environment
from atmos_auth.delivery.aws_files import ProfileLocation
from atmos_auth.delivery.environment import Environment
from atmos_auth.domain import env_names as names
from atmos_auth.domain.chain import Chain
from atmos_auth.usecases.ensure import nearest_endpoint, nearest_region
from atmos_auth.usecases.own_variables import own_variables


def cleared(chain: Chain | None, integrated: Mapping[str, str], present: Mapping[str, str]) -> Environment:
    """Return what clears every variable that `auth env` sets in any mode for the chain's tip, or that would win.

    `integrated` are the variables of its integrations: of a list of paths in `present`, those of others stay. Without
    a chain, what is the same for every identity is cleared. Raises `InvalidSetting`.
    """
    own = own_variables(chain.tip) if chain is not None else {}
    kept = {name: _without(present.get(name, ""), integrated[name]) for name in names.PATH_LISTS if name in integrated}
    variables = {name: rest for name, rest in kept.items() if rest}
    return Environment(variables, tuple({*environment.EVER_SET, *own, *integrated} - variables.keys()))


def left_by(
    former: Chain, locations: Iterable[ProfileLocation], integrated: Mapping[str, str], present: Mapping[str, str]
) -> tuple[str, ...]:
    """Name the variables in `present` that `auth env` or `auth serve` set for `former`, with profiles at `locations`.

    A variable that holds another value is the person's own by now, and stays. Raises `InvalidSetting`.
    """
    endpoint = nearest_endpoint(former)
    set_then = [
        *({names.AWS_ENDPOINT_URL_STS: endpoint} if endpoint else {}).items(),
        *own_variables(former.tip).items(),
        *integrated.items(),
    ]
    for location in locations:
        set_then += environment.with_files(former.tip.name, location, nearest_region(former), {}).variables.items()
    left = [name for name, value in set_then if present.get(name) == value]
    if environment.is_endpoint_of_ours(present.get(names.AWS_CONTAINER_CREDENTIALS_FULL_URI, "")):
        # Address and token are new with every run: no value to compare.
        ours = (names.AWS_CONTAINER_CREDENTIALS_FULL_URI, names.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)
        left += [name for name in ours if name in present]
    if names.AWS_CREDENTIAL_EXPIRATION in present:
        # Nobody but us prints an identity, keys and their end together, and keys are renewed: no value to compare.
        left += [name for name in (*environment.SECRETS, names.AWS_CREDENTIAL_EXPIRATION) if name in present]
    return tuple(left)


def _without(paths: str, ours: str) -> str:
    """Return a list of paths without those of another one."""
    gone = set(ours.split(os.pathsep))
    return os.pathsep.join(path for path in paths.split(os.pathsep) if path and path not in gone)
