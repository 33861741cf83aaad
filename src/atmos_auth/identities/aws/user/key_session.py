"""From long-lived keys to a session: GetSessionToken, with an MFA code if need be; GetFederationToken for the console.

Limits: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

from atmos_auth.aws_api.mfa import with_mfa
from atmos_auth.aws_api.partitions import FALLBACK_REGION, partition_of
from atmos_auth.aws_api.sts import MfaCode, Sts
from atmos_auth.config.durations import seconds
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import (
    AccessDenied,
    AtmosAuthError,
    AuthenticationFailed,
    CredentialRejected,
    KeysRejected,
    ServiceError,
    WrongMfaCode,
)
from atmos_auth.domain.ports import Tools
from atmos_auth.identities.aws.assume_role.session_name import session_name
from atmos_auth.identities.aws.user.keys import DEFAULT_DURATION, UserKeys, configure_command
from atmos_auth.identities.aws.user.settings import AwsUserSettings

SHORTEST_SECONDS = 15 * 60
LONGEST_SECONDS = 12 * 3600
LONGEST_WITH_MFA_SECONDS = 36 * 3600
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
LONGEST_FEDERATED_NAME = 32
# How it says that a signature was good, but not at this time.
_WRONG_TIME = ("signature expired", "signature not yet current")


class KeySession:
    """Sessions of one IAM user."""

    def __init__(self, name: str, settings: AwsUserSettings, tools: Tools) -> None:
        self._name = name
        self._settings = settings
        self._tools = tools

    def begin(self, keys: UserKeys) -> AwsCredentials:
        """Obtain a session; asks for a code if the user has a device, once more if it was wrong.

        Raises `KeysRejected`, `AccessDenied`, `ServiceError`, and what asking for a code raises.
        """
        serial = self._settings.credentials.mfa_arn or keys.mfa_arn
        region = self._settings.credentials.region or self._settings.region
        endpoint_url = self._settings.spec.endpoint_url or None
        static = AwsCredentials(keys.access_key_id, keys.secret_access_key)
        self._tools.log.hide(static.secrets)
        sts = Sts(self._tools.aws, static, region=region or FALLBACK_REGION, endpoint_url=endpoint_url)
        duration = self._duration(keys, with_mfa=bool(serial))
        session = self._session(sts, keys, serial, duration)
        now = self._tools.clock.now()
        return self._with_principal(
            session._replace(issued_at=now, region=region or None, endpoint_url=endpoint_url), region or FALLBACK_REGION
        )

    def federate(self, keys: UserKeys, *, duration_seconds: int) -> AwsCredentials:
        """Obtain credentials that may sign in to the web console, as a federated user who may do what the user may.

        Asks nobody: AWS takes no MFA code for it. Raises `KeysRejected`, `AccessDenied`, `ServiceError`.
        """
        configured = self._settings.credentials.region or self._settings.region
        region = configured or FALLBACK_REGION
        endpoint_url = self._settings.spec.endpoint_url or None
        static = AwsCredentials(keys.access_key_id, keys.secret_access_key)
        self._tools.log.hide(static.secrets)
        sts = Sts(self._tools.aws, static, region=region, endpoint_url=endpoint_url)
        everything = f"arn:{partition_of(region).id}:iam::aws:policy/AdministratorAccess"
        try:
            user = sts.federation_token(
                name=session_name(self._name, longest=LONGEST_FEDERATED_NAME),
                duration_seconds=duration_seconds,
                # The session may do what this and the user's own policies both allow; without it, nothing at all.
                policy_arns=[everything],
            )
        except CredentialRejected as rejection:
            raise rejected(self._name, keys, rejection) from rejection
        except AccessDenied as denied:
            raise AccessDenied(
                f'the user of "{self._name}" may not call sts:GetFederationToken',
                details=[denied.message, *denied.details],
                hints=["allow sts:GetFederationToken in the IAM policies of the user, or open the console as a role"],
            ) from denied
        except ServiceError as error:
            if error.code == "SignatureDoesNotMatch":
                raise rejected(self._name, keys, error) from error
            raise
        self._tools.log.hide(user.secrets)
        if self._settings.credentials.mfa_arn or keys.mfa_arn:
            self._tools.prompter.warn("This sign-in takes no MFA code: what a policy allows with MFA only is refused.")
        return user._replace(issued_at=self._tools.clock.now(), region=configured or None, endpoint_url=endpoint_url)

    def _session(self, sts: Sts, keys: UserKeys, serial: str, duration: int) -> AwsCredentials:
        def request(mfa: MfaCode | None) -> AwsCredentials:
            return self._call(sts, keys, mfa, duration)

        try:
            if not serial:
                return request(None)
            return with_mfa(self._tools, serial, self._settings.credentials.mfa_command or None, request)
        except WrongMfaCode:
            raise
        except AccessDenied as denied:
            raise self._explained(denied) from denied

    def _call(self, sts: Sts, keys: UserKeys, mfa: MfaCode | None, duration: int) -> AwsCredentials:
        try:
            return sts.session_token(duration_seconds=duration, mfa=mfa)
        except CredentialRejected as rejection:
            if rejection.code.startswith("ExpiredToken"):
                raise AuthenticationFailed(
                    "AWS session token has expired",
                    details=[rejection.message],
                    hints=[f"atmos auth login --identity {self._name}"],
                ) from rejection
            raise rejected(self._name, keys, rejection) from rejection
        except ServiceError as error:
            if any(words in error.message.lower() for words in _WRONG_TIME):
                raise AuthenticationFailed(
                    "AWS's clock and this machine's disagree",
                    details=[error.message],
                    hints=["check this machine's clock: `date -u`"],
                ) from error
            if error.code == "SignatureDoesNotMatch":
                raise rejected(self._name, keys, error) from error
            raise

    def _duration(self, keys: UserKeys, *, with_mfa: bool) -> int:
        """The configuration's duration, else the keyring's, else 12 hours, within what AWS allows."""
        try:
            wanted = seconds(self._settings.session.duration or keys.session_duration or DEFAULT_DURATION)
        except ValueError:  # the configuration's was checked when it was read
            self._tools.prompter.warn(
                f'session duration of "{self._name}" in the keyring is none: using {DEFAULT_DURATION}'
            )
            wanted = seconds(DEFAULT_DURATION)
        longest = LONGEST_WITH_MFA_SECONDS if with_mfa else LONGEST_SECONDS
        allowed = min(max(wanted, SHORTEST_SECONDS), longest)
        if allowed != wanted:
            why = "with an MFA device" if with_mfa else "without an MFA device"
            self._tools.prompter.warn(
                f'session duration of "{self._name}" is {wanted} s; AWS allows {SHORTEST_SECONDS} s to {longest} s '
                f"{why}: using {allowed} s"
            )
        return allowed

    def _with_principal(self, session: AwsCredentials, region: str) -> AwsCredentials:
        """Ask who the session acts as; it is good without the answer."""
        try:
            sts = Sts(self._tools.aws, session, region=region, endpoint_url=session.endpoint_url)
            caller = sts.caller_identity()
        except AtmosAuthError as unanswered:
            self._tools.log.debug(f"{self._name}: {unanswered.message}")
            return session
        return session._replace(principal=caller.arn, account_id=caller.account_id)

    def _explained(self, denied: AccessDenied) -> AccessDenied:
        return AccessDenied(
            f'the user of "{self._name}" may not call sts:GetSessionToken',
            details=[denied.message, *denied.details],
            hints=["check the IAM policies of the user for sts:GetSessionToken"],
        )


def rejected(name: str, keys: UserKeys, cause: AtmosAuthError) -> KeysRejected:
    """Say that AWS does not know these keys, and where to mend them."""
    where = " in the configuration" if keys.in_configuration else " in the keyring" if keys.in_keyring else ""
    error = KeysRejected(
        f'the AWS keys of "{name}"{where} are invalid or have been revoked',
        details=[cause.message, *cause.details],
        hints=[] if keys.in_configuration else [configure_command(name)],
    )
    error.in_configuration = keys.in_configuration
    return error
