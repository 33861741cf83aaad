"""Becoming a role with keys: `sts:AssumeRole`, with a code of an MFA device where the role asks for one."""

from atmos_auth.aws_api.mfa import with_mfa
from atmos_auth.aws_api.sts import MfaCode, Sts
from atmos_auth.config.durations import seconds
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AccessDenied, WrongMfaCode
from atmos_auth.domain.ports import Tools
from atmos_auth.identities.aws.assume_role.settings import Principal


def assume_with_keys(
    tools: Tools,
    principal: Principal,
    keys: AwsCredentials,
    *,
    session_name: str,
    region: str,
    endpoint_url: str | None,
) -> AwsCredentials:
    """Assume the role; raises `AccessDenied`, `CredentialRejected`, `ServiceError`; may ask for an MFA code."""
    sts = Sts(tools.aws, keys, region=region, endpoint_url=endpoint_url)

    def assume(mfa: MfaCode | None) -> AwsCredentials:
        return sts.assume_role(
            role_arn=principal.assume_role,
            session_name=session_name,
            external_id=principal.external_id or None,
            duration_seconds=seconds(principal.duration) if principal.duration else None,
            mfa=mfa,
        )

    try:
        if principal.mfa_arn:
            return with_mfa(tools, principal.mfa_arn, principal.mfa_command or None, assume)
        return assume(None)
    except WrongMfaCode:
        raise
    except AccessDenied as denied:
        raise AccessDenied(
            f"not allowed to assume {principal.assume_role}",
            details=[denied.message, *denied.details],
            hints=[
                "check that the role exists and its trust policy names the previous identity",
                "check `principal.external_id`, if the trust policy asks for one",
            ],
        ) from denied
