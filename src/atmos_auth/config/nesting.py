"""How deep programs of ours run inside each other: a command may lead back to what started it."""

from collections.abc import Mapping

from atmos_auth.domain.env_names import ATMOS_SHLVL
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place

_DEEPEST = 10


def deeper(environ: Mapping[str, str], *, what: str, place: Place | None = None) -> dict[str, str]:
    """Return the variable that tells a child how deep it is; `what` is to blame when that is too deep.

    Raises ConfigError.
    """
    written = environ.get(ATMOS_SHLVL, "")
    level = int(written[:9]) + 1 if written.isascii() and written.isdigit() else 1
    if level > _DEEPEST:
        raise ConfigError(
            f"{ATMOS_SHLVL} exceeds maximum allowed depth: current={level}, max={_DEEPEST}",
            place=place,
            hints=[f"{what[0].upper()}{what[1:]} seems to start itself again."],
        )
    return {ATMOS_SHLVL: str(level)}
