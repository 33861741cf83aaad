"""Variables as a verb prints them for a shell: in which format, and what stands in their way."""

from collections.abc import Collection
from contextlib import suppress
from typing import TextIO

from atmos_auth.delivery.environment import Environment
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AtmosAuthError, InvalidSetting, UsageError
from atmos_auth.usecases.select_identity import disables
from atmos_auth.wiring import Project

# Paths may hold bytes that are not UTF-8: they are written as they are.
RAW = "surrogateescape"


def chosen(flag: str | None, project: Project, variable: str, known: Collection[str], what: str) -> str:
    """Return what the flag says, or else the variable; "" where neither does. Raises `UsageError` if it is unknown."""
    said = flag or project.environ.get(variable, "")
    if said and said not in known:
        source = "" if flag else f" in {variable}"
        raise UsageError(
            f"invalid {what}{source}: unsupported {what}: {said}", hints=[f"use one of: {', '.join(known)}"]
        )
    return said


def in_the_way(environment: Environment, identity: str, project: Project) -> tuple[str, ...]:
    """Name what is set now and would win over the environment, or belongs to the identity that was there before."""
    present = project.environ
    unset = {name for name in environment.unset if name in present}
    former = present.get(env_names.ATMOS_IDENTITY, "")
    if former and not disables(former) and former.lower() != identity.lower():
        # It may be of another configuration: then nobody knows what it left.
        with suppress(AtmosAuthError):
            unset.update(project.operations.left_by(former, present))
    return tuple(unset - environment.variables.keys())


def print_data(environment: Environment, text: str, stdout: TextIO) -> None:
    """Write data: what the stream cannot encode is an error, for a substitute would be another value."""
    encoding = getattr(stdout, "encoding", None) or "utf-8"
    if not _is_encodable(text, encoding):
        culprits = [name for name, value in environment.variables.items() if not _is_encodable(value, encoding)]
        raise InvalidSetting(
            f"the value of {', '.join(culprits)} cannot be written in the character set of the output, {encoding}",
            hints=["set LC_ALL=C.UTF-8, or PYTHONIOENCODING=utf-8"],
        )
    if hasattr(stdout, "reconfigure"):
        stdout.reconfigure(errors=RAW)
    stdout.write(text)


def _is_encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding, RAW)
    except UnicodeEncodeError:
        return False
    return True
