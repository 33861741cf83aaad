"""The Security Token Service: signed callers learn who they are and become somebody else.

https://docs.aws.amazon.com/STS/latest/APIReference/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_emulator import query_protocol, sigv4
from aws_emulator.errors import AwsError
from aws_emulator.keys import Key, Keys, Origin, Principal, federated_user, role_session
from aws_emulator.role_answers import HOUR, check_role_duration, credentials, role_result
from aws_emulator.state import ASSUME_ROOT, GET_FEDERATION_TOKEN, GET_SESSION_TOKEN, State, split_role_arn
from aws_emulator.sts_parameters import Parameters
from aws_emulator.trust import may_assume

if TYPE_CHECKING:
    from werkzeug import Response

    from aws_emulator.calls import Call
    from aws_emulator.clock import Clock
    from aws_emulator.mfa_devices import MfaDevices

_ROOT_TASKS = frozenset(
    f"arn:aws:iam::aws:policy/root-task/{name}"
    for name in (
        "IAMAuditRootUserCredentials",
        "IAMCreateRootUserPassword",
        "IAMDeleteRootUserCredentials",
        "S3UnlockBucketPolicy",
        "SQSUnlockQueuePolicy",
    )
)


class Sts:
    """The signed operations of STS."""

    def __init__(self, state: State, clock: Clock, keys: Keys, devices: MfaDevices) -> None:
        self._state = state
        self._clock = clock
        self._keys = keys
        self._devices = devices

    def GetCallerIdentity(self, call: Call) -> Response:
        """Tell who the caller is; every valid key may ask."""
        principal = self._caller(call).principal
        identity = {"Arn": principal.arn, "UserId": principal.user_id, "Account": principal.account}
        return query_protocol.answer(call.operation, identity)

    def AssumeRole(self, call: Call) -> Response:
        """Become a role that trusts the caller."""
        key = self._caller(call)
        caller = key.principal
        parameters = Parameters(call.request)
        role_arn = parameters.role_arn()
        session_name = parameters.session_name()
        seconds = parameters.seconds("DurationSeconds", 900, 43200, HOUR)
        source_identity = parameters.source_identity()
        parameters.check_policy()
        call.notes["role"] = role_arn
        if caller.is_root:
            raise AwsError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
        role = self._state.roles.get(role_arn)
        account = (split_role_arn(role_arn) or ("", ""))[0]
        external_id = parameters.external_id()
        mfa_present = self._prove_mfa(key, parameters, call)
        if role is None or not may_assume(caller, role, account, external_id, mfa_present=mfa_present):
            raise _not_authorized(caller, call.operation, role_arn)
        check_role_duration(seconds, role.max_session_duration)
        if caller.role_arn is not None and seconds > HOUR:
            message = (
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
            )
            raise AwsError("ValidationError", message)
        # What a role session does next counts as done without MFA, whoever assumed it.
        origin = Origin.ROLE if key.origin is Origin.OWN else Origin.CHAINED_ROLE
        issued = self._keys.issue(role_session(role_arn, session_name, role.allows), seconds, origin=origin)
        return query_protocol.answer(call.operation, role_result(issued) | source_identity)

    def GetSessionToken(self, call: Call) -> Response:
        """Give a user temporary keys for the same user."""
        caller = self._caller(call)
        parameters = Parameters(call.request)
        seconds = parameters.seconds("DurationSeconds", 900, 36 * HOUR, 12 * HOUR)
        if caller.session_token is not None:
            raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
        mfa_present = self._prove_mfa(caller, parameters, call)
        if GET_SESSION_TOKEN in caller.principal.denies:
            raise _not_authorized(caller.principal, call.operation, "*")
        if caller.principal.is_root:
            seconds = min(seconds, HOUR)
        key = self._keys.issue(caller.principal, seconds, mfa_present=mfa_present, origin=Origin.SESSION)
        return query_protocol.answer(call.operation, {"Credentials": credentials(key)})

    def GetFederationToken(self, call: Call) -> Response:
        """Give a user's long-lived key temporary keys for somebody the user vouches for."""
        caller = self._caller(call)
        parameters = Parameters(call.request)
        name = parameters.federated_name()
        seconds = parameters.seconds("DurationSeconds", 900, 36 * HOUR, 12 * HOUR)
        parameters.check_policy()
        call.notes |= {"name": name, "policies": " ".join(parameters.policy_arns()), "seconds": str(seconds)}
        if caller.session_token is not None:
            raise AwsError("AccessDenied", "Cannot call GetFederationToken with session credentials", 403)
        principal = federated_user(caller.principal.account, name)
        # Unlike GetSessionToken, it must be allowed by name.
        allowed = caller.principal.is_root or GET_FEDERATION_TOKEN in caller.principal.allows
        if not allowed or GET_FEDERATION_TOKEN in caller.principal.denies:
            raise _not_authorized(caller.principal, call.operation, principal.arn)
        if caller.principal.is_root:
            seconds = min(seconds, HOUR)
        key = self._keys.issue(principal, seconds, origin=Origin.FEDERATED_USER)
        return query_protocol.answer(
            call.operation,
            {
                "Credentials": credentials(key),
                "FederatedUser": {"FederatedUserId": principal.user_id, "Arn": principal.arn},
                "PackedPolicySize": 0,
            },
        )

    def AssumeRoot(self, call: Call) -> Response:
        """Take a short session of a member account's root, for one task."""
        caller = self._caller(call).principal
        parameters = Parameters(call.request)
        target = parameters.text("TargetPrincipal")
        task = parameters.text("TaskPolicyArn.arn")
        seconds = parameters.seconds("DurationSeconds", 0, 900, 900)
        if not re.fullmatch(r"[0-9]{12}", target):
            raise AwsError("ValidationError", "TargetPrincipal must be an account id of twelve digits.")
        call.notes["account"] = target
        if task not in _ROOT_TASKS:
            raise AwsError("ValidationError", f"{task} is not a task policy of AssumeRoot.")
        managers = self._state.management_accounts()
        member = target in self._state.accounts and target not in managers
        if not member or caller.account not in managers or ASSUME_ROOT not in caller.allows:
            raise _not_authorized(caller, call.operation, f"arn:aws:iam::{target}:root")
        root = Principal(f"arn:aws:iam::{target}:root", target, target)
        key = self._keys.issue(root, seconds, origin=Origin.ROOT_TASK)
        return query_protocol.answer(call.operation, {"Credentials": credentials(key)})

    def _prove_mfa(self, caller: Key, parameters: Parameters, call: Call) -> bool:
        """Say whether the caller has proven an MFA device, now or when the session began."""
        proof = parameters.mfa()
        if proof is None:
            return caller.mfa_present
        call.notes["mfa"] = proof[0]
        self._devices.check(caller.principal.arn, *proof)
        return True

    def _caller(self, call: Call) -> Key:
        key, _ = sigv4.authenticate(call.request, self._keys, "sts", self._clock.real())
        call.caller = key.principal.arn
        return key


def _not_authorized(caller: Principal, operation: str, resource: str) -> AwsError:
    """Give the refusal of a caller whom no policy allows the operation, or one denies it."""
    message = f"User: {caller.arn} is not authorized to perform: sts:{operation} on resource: {resource}"
    if f"sts:{operation}" in caller.denies:
        message += " with an explicit deny in an identity-based policy"
    return AwsError("AccessDenied", message, 403)
