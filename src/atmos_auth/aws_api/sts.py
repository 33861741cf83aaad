"""AWS STS: roles, root sessions, and who one is.

Wire facts: https://docs.aws.amazon.com/STS/latest/APIReference/
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from atmos_auth.aws_api.failures import service_errors
from atmos_auth.aws_api.partitions import sts_endpoint
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AccessDenied, CredentialRejected, ServiceError
from atmos_auth.domain.ports import AwsConnections

# What STS says when the credential that was brought, not the request, is at fault.
_REJECTED = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"})
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


_WORD = re.compile(r"[!-~]+")
_ARN = re.compile(r"arn:[a-z-]+:(iam|sts)::[0-9]{12}:[!-~]+")


class CallerIdentity(NamedTuple):
    """Who AWS takes us for."""

    arn: str
    account_id: str
    user_id: str


class MfaCode(NamedTuple):
    """A device and what it showed."""

    serial: str
    code: str

    def __repr__(self) -> str:
        """Name the device only."""
        return f"MfaCode(serial={self.serial!r})"


class Sts:
    """STS of one region, called with one credential.

    Every method uses the network and raises `ServiceError`, `AccessDenied`, or `CredentialRejected` when the signing
    credential itself is no longer accepted.
    """

    def __init__(
        self,
        connections: AwsConnections,
        credentials: AwsCredentials,
        *,
        region: str,
        endpoint_url: str | None,
    ) -> None:
        self.endpoint = endpoint_url or sts_endpoint(region)
        self._client = connections.client("sts", region=region, endpoint_url=self.endpoint, credentials=credentials)

    def caller_identity(self) -> CallerIdentity:
        """Ask AWS who the credential acts as."""
        answer = self._call("GetCallerIdentity", self._client.get_caller_identity, {})
        _require_plain(answer["Arn"], answer["Account"])
        return CallerIdentity(answer["Arn"], answer["Account"], answer["UserId"])

    def session_token(self, *, duration_seconds: int, mfa: MfaCode | None) -> AwsCredentials:
        """Exchange a user's long-lived keys for temporary ones of the same user."""
        parameters = {"DurationSeconds": duration_seconds, **_mfa(mfa)}
        answer = self._call("GetSessionToken", self._client.get_session_token, parameters)
        return credentials_in(answer, None)

    def assume_role(
        self,
        *,
        role_arn: str,
        session_name: str,
        external_id: str | None,
        duration_seconds: int | None,
        mfa: MfaCode | None = None,
    ) -> AwsCredentials:
        """Become a role; the answer carries keys, their end and the session's ARN."""
        parameters: dict[str, Any] = {"RoleArn": role_arn, "RoleSessionName": session_name, **_mfa(mfa)}
        if external_id:
            parameters["ExternalId"] = external_id
        if duration_seconds:
            parameters["DurationSeconds"] = duration_seconds
        answer = self._call("AssumeRole", self._client.assume_role, parameters)
        return credentials_in(answer, answer["AssumedRoleUser"]["Arn"])

    def federation_token(self, *, name: str, duration_seconds: int, policy_arns: Sequence[str]) -> AwsCredentials:
        """Exchange a user's long-lived keys for temporary ones of a federated user.

        What these may do is what both the user's own policies and `policy_arns` allow.
        """
        parameters = {
            "Name": name,
            "DurationSeconds": duration_seconds,
            "PolicyArns": [{"arn": arn} for arn in policy_arns],
        }
        answer = self._call("GetFederationToken", self._client.get_federation_token, parameters)
        return credentials_in(answer, answer["FederatedUser"]["Arn"])

    def assume_root(self, *, target_principal: str, task_policy_arn: str, duration_seconds: int) -> AwsCredentials:
        """Become the root user of a member account, limited to one task policy, for at most 900 seconds."""
        answer = self._call(
            "AssumeRoot",
            self._client.assume_root,
            {
                "TargetPrincipal": target_principal,
                "TaskPolicyArn": {"arn": task_policy_arn},
                "DurationSeconds": duration_seconds,
            },
        )
        partition = task_policy_arn.split(":")[1]
        return credentials_in(answer, f"arn:{partition}:iam::{target_principal}:root")

    def _call(self, operation: str, method: Any, parameters: dict[str, Any]) -> Any:
        with sts_errors(operation, self.endpoint):
            return method(**parameters)


@contextmanager
def sts_errors(operation: str, endpoint: str) -> Iterator[None]:
    """Turn what an operation of STS raises in the block into `CredentialRejected`, `AccessDenied` or `ServiceError`."""
    try:
        with service_errors(f"sts:{operation}", endpoint):
            yield
    except ServiceError as error:
        if error.code in _REJECTED:
            raise CredentialRejected(error.message, code=error.code, details=error.details) from error
        if error.code in _DENIED:
            raise AccessDenied(error.message, details=error.details) from error
        raise


def _mfa(mfa: MfaCode | None) -> dict[str, str]:
    return {"SerialNumber": mfa.serial, "TokenCode": mfa.code} if mfa else {}


def credentials_in(answer: Any, principal: str | None) -> AwsCredentials:
    """Return the keys of an answer of STS, as keys of `principal` (an ARN)."""
    keys = answer["Credentials"]
    _require_plain(principal, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    return AwsCredentials(
        access_key_id=keys["AccessKeyId"],
        secret_access_key=keys["SecretAccessKey"],
        session_token=keys["SessionToken"],
        expires_at=keys["Expiration"].timestamp(),
        principal=principal,
        account_id=principal.split(":")[4] if principal else None,
    )


def _require_plain(principal: str | None, *keys: str) -> None:
    """Raise `ServiceError` for what AWS would never answer: it would go into files and onto screens."""
    if all(_WORD.fullmatch(key) for key in keys) and (principal is None or _ARN.fullmatch(principal)):
        return
    raise ServiceError(
        "STS answered with something that is neither keys nor an ARN",
        operation="sts",
        endpoint="",
        code="MalformedAnswer",
        retryable=False,
        hints=["check `spec.endpoint_url`: does AWS answer there?"],
    )
