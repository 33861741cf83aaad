"""What an integration is: a step after an identity has been authenticated that makes another program work as it."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.ports import AwsConnections, Clock


class Provided(NamedTuple):
    """What an integration has done: `what` in words, `file` the one that tells of it, and `mark`.

    `mark` is a digest by which it recognises its own work later; `expires_at` is when that is worth nothing any more,
    in seconds since the epoch, None if it does not end. `notes` is what a person should know about it.
    """

    what: str
    file: str
    mark: str
    expires_at: float | None = None
    notes: tuple[str, ...] = ()


class IntegrationTools(NamedTuple):
    """What an integration may use; handed to it at construction.

    `docker_folder` is where Docker has its configuration, `kubeconfig` the file for clusters unless a setting names
    another, `directory` what relative paths are relative to. `own_command` gives the words that run `atmos WORDS` for
    this project from anywhere, if the variables `own_variables` are set. `locks` is a folder for lock files.
    `keeps_nothing` tells that no secret may outlive the run.
    """

    clock: Clock
    environ: Mapping[str, str]
    aws: AwsConnections
    home: str
    directory: str
    docker_folder: str
    kubeconfig: str
    locks: str
    own_command: Callable[..., Sequence[str]]
    own_variables: Mapping[str, str]
    keeps_nothing: bool = False


class Integration(Protocol):
    """An integration, built as `Kind(name, settings, tools)`; building it does nothing.

    Class attributes: `needs`, the types of credential that it works with, and `settings_type`, as kinds of identities
    have them. Every method raises `AtmosAuthError`; none asks a person.
    """

    @property
    def what(self) -> str:
        """Name its work, for "removed ..."."""

    def provide(self, credentials: AwsCredentials, identity: str, *, chosen: bool = False) -> Provided:
        """Do its work for the identity, over the network; `chosen` if a person asked for exactly this one."""

    def environment(self) -> dict[str, str]:
        """Return variables for programs that are to find its work."""

    def holds(self, mark: str, file: str) -> bool:
        """Tell whether its work is still in the file, as it was left."""

    def remove(self, mark: str, file: str) -> bool:
        """Remove its work from the file if it is still as it was left; tell whether it was."""
