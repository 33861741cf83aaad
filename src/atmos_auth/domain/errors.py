"""Every error a user can meet, as one tree; the class gives the exit code, and no message ever holds a secret.

AtmosAuthError                     message, hint, place, details
|- UsageError                      the words of the command line do not fit
|  |- UnknownCommand               ... because no command has them
|  `- UnclearPath                  ... because a path leads to no component, or to several (exit 2)
|- ConfigError                     the configuration cannot be used
|  |- InvalidSetting               one value is missing or wrong
|  |  `- InvalidPrincipal          ... inside `principal` (exit 2)
|  |- InvalidTemplate              a template cannot be read, or not be carried out
|  |- UnknownKind, BrokenKind, UnknownReference, ChainCycle, LinksDoNotMeet
|  |- InvalidStack, InvalidComponent
|  `- ProfileNotFound              (exit 2)
|- SelectionError                  which identity, provider or profile?
|  |- UnknownIdentity, UnknownProvider, UnknownIntegration
|  |- UnknownWorkflow              ... or which workflow, or step of it
|  |- NoDefaultIdentity, SeveralDefaults, NoIdentities
|  `- AuthenticationDisabled
|- NeedsPerson                     nobody can be asked here, or we were told not to ask (exit 2)
|- CredentialsMissing              nothing valid is at hand, and signing in was not asked for
|- AuthenticationFailed            a link of the chain said no
|  |- AccessDenied                 AWS or a person refused
|  |  `- WrongMfaCode              ... because of the MFA code
|  |- CredentialRejected           the credential we came with is dead; the engine fetches it anew once
|  |- KeysRejected                 long-lived keys are wrong, rotated or revoked
|  |- SignInExpired                nobody answered in time
|  `- Cancelled                    a person broke off
|- IntegrationFailed               a step after the authentication could not be done
|- ServiceError                    an endpoint failed or could not be reached
|- StoreError                      a file or store cannot be read, written or locked
|  |- LockTimeout
|  |- StoreTimedOut                a keyring did not answer in time
|  |- StoreLocked                  a keyring is locked, and nobody unlocked it
|  |- PasswordMissing              a keyring's password is not at hand, or too short
|  |- WrongPassword                a keyring's password is another one
|  `- EntryUnreadable              a keyring holds the entry, damaged or not ours
|- PartialLogout                   some of what should go is still there (exit 0 by contract, shown as a warning)
|- StepFailed                      a step of a workflow failed (exit code of the step)
`- CommandNotFound                 the program to run does not exist (exit 127)
   `- CommandNotExecutable         ... or may not be run (exit 126)
"""

from collections.abc import Sequence

from atmos_auth.domain.place import Place


class AtmosAuthError(Exception):
    """A failure in words for a person: what, where, and the command that mends it.

    `message` is one sentence; `details` are further lines; `hints` are commands or edits; `place` is where the
    value at fault was written. `exit_code` is the process status the failure maps to.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        hints: Sequence[str] = (),
        place: Place | None = None,
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hints = tuple(hints)
        self.place = place
        self.details = tuple(details)

    def __str__(self) -> str:
        """Give the message, led by its place when it has one."""
        return f"{self.place}: {self.message}" if self.place else self.message


class UsageError(AtmosAuthError):
    """The words of the command line do not fit together."""


class UnclearPath(UsageError):
    """A path stands where a component's name may, and leads to none, or to several."""

    exit_code = 2


class UnknownCommand(UsageError):
    """No command has these words, neither one of ours nor one of the project's."""


class ConfigError(AtmosAuthError):
    """The configuration cannot be found, read or used."""


class InvalidSetting(ConfigError):
    """One setting is missing or has a value that its kind does not accept."""


class InvalidPrincipal(InvalidSetting):
    """A setting inside `principal` is missing or wrong."""

    exit_code = 2


class InvalidTemplate(ConfigError):
    """A template in the configuration cannot be read, or not be carried out with its data."""


class UnknownKind(ConfigError):
    """No provider or identity kind has this name."""


class BrokenKind(ConfigError):
    """An installed package offers the kind, but what it offers cannot be used."""


class UnknownReference(ConfigError):
    """A `via` names a provider or identity that is not configured."""


class ChainCycle(ConfigError):
    """Identities refer to each other in a circle."""


class LinksDoNotMeet(ConfigError):
    """A link needs another type of credential than the link before it gives."""

    exit_code = 2


class InvalidStack(ConfigError):
    """No stack manifest leads to a stack of this name."""


class InvalidComponent(ConfigError):
    """A stack has no component of this name, or it cannot be used for this."""


class ProfileNotFound(ConfigError):
    """A configuration profile that was asked for does not exist."""

    exit_code = 2


class SelectionError(AtmosAuthError):
    """It is not clear which identity is meant."""


class UnknownIdentity(SelectionError):
    """The configuration has no identity of this name."""


class UnknownProvider(SelectionError):
    """The configuration has no provider of this name."""


class UnknownIntegration(SelectionError):
    """The configuration has no integration of this name, or none for this identity."""


class UnknownWorkflow(SelectionError):
    """No workflow, or no step of it, has this name, or several have."""


class NoDefaultIdentity(SelectionError):
    """No identity was named and none is marked `default: true`."""


class SeveralDefaults(SelectionError):
    """No identity was named and several are marked `default: true`."""


class NoIdentities(SelectionError):
    """The configuration defines no identity at all."""


class AuthenticationDisabled(SelectionError):
    """`--identity=false` or `ATMOS_IDENTITY=false` meets a command that cannot do without an identity."""


class NeedsPerson(AtmosAuthError):
    """A person has to act, and none can be asked here."""

    exit_code = 2


class CredentialsMissing(AtmosAuthError):
    """No valid credentials are at hand, and this command does not sign in by itself."""


class AuthenticationFailed(AtmosAuthError):
    """A link of the chain could not be completed."""


class AccessDenied(AuthenticationFailed):
    """AWS, or the person in front of the browser, refused."""


class WrongMfaCode(AccessDenied):
    """Two codes were refused one after the other: the device or a clock is at fault, not a policy."""


class CredentialRejected(AuthenticationFailed):
    """The service no longer accepts the credential we came with, whatever its expiry says; `code` is its own word."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hints: Sequence[str] = (),
        place: Place | None = None,
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(message, hints=hints, place=place, details=details)
        self.code = code


class KeysRejected(AuthenticationFailed):
    """Long-lived keys are wrong, rotated or revoked; `in_configuration` when that is where they must be mended."""

    in_configuration = False


class SignInExpired(AuthenticationFailed):
    """The time for signing in ran out before anybody answered."""


class Cancelled(AuthenticationFailed):
    """A person broke the sign-in off."""


class IntegrationFailed(AtmosAuthError):
    """An integration could not make another program work as the identity."""


class ServiceError(AtmosAuthError):
    """A service failed, or could not be reached.

    `operation` is `service:Operation`, `endpoint` a URL without query, `code` the service's own error code or
    the name of the network failure, `reason` the service's second, finer word if it has one, `retryable` whether
    the same call may succeed later.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        endpoint: str,
        code: str,
        retryable: bool,
        reason: str = "",
        hints: Sequence[str] = (),
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(message, hints=hints, details=details)
        self.reason = reason
        self.operation = operation
        self.endpoint = endpoint
        self.code = code
        self.retryable = retryable


class StoreError(AtmosAuthError):
    """A file or store of ours cannot be read, written or locked."""


class LockTimeout(StoreError):
    """Another process held a lock longer than we may wait."""


class StoreTimedOut(StoreError):
    """A keyring did not answer in time."""


class StoreLocked(StoreError):
    """A keyring is locked, and nobody unlocked it."""


class PasswordMissing(StoreError):
    """The password of a keyring is not at hand, or too short to be one."""


class WrongPassword(StoreError):
    """The password does not open the keyring."""


class EntryUnreadable(StoreError):
    """A keyring holds an entry that is damaged, of an unknown version, or somebody else's."""


class PartialLogout(AtmosAuthError):
    """Some of what should have been removed is still there."""

    exit_code = 0


class StepFailed(AtmosAuthError):
    """A step of a workflow failed; `exit_code` is the step's own."""

    def __init__(self, message: str, *, exit_code: int, hints: Sequence[str] = (), details: Sequence[str] = ()) -> None:
        super().__init__(message, hints=hints, details=details)
        self.exit_code = exit_code


class CommandNotFound(AtmosAuthError):
    """The program to run does not exist."""

    exit_code = 127


class CommandNotExecutable(CommandNotFound):
    """The program to run exists, and may not be run."""

    exit_code = 126
