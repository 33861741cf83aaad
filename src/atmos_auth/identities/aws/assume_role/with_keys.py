"""Kind `aws/assume-role`: become an IAM role with the previous link's keys."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from atmos_auth.aws_api.mfa import with_mfa
from atmos_auth.aws_api.partitions import FALLBACK_REGION
from atmos_auth.aws_api.sts import MfaCode, Sts
from atmos_auth.config.durations import seconds
from atmos_auth.config.settings import ChainedIdentitySettings, Duration, MfaArn, Region, Text
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AccessDenied, WrongMfaCode
from atmos_auth.domain.ports import Tools

# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: [\w+=,.@-]*, 2 to 64 characters
SESSION_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-")
SESSION_NAME_LENGTH = 64

RoleArn = Annotated[
    str,
    Meta(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/\S+$",
        title="assume_role",
        description="the ARN of an IAM role",
        examples=["arn:aws:iam::123456789012:role/Deploy"],
    ),
]


class Principal(Struct, frozen=True, forbid_unknown_fields=True):
    """The role, and what its trust policy may ask for."""

    assume_role: RoleArn
    session_name: Text = ""
    external_id: Text = ""
    duration: Duration = 0
    region: Region = ""
    mfa_arn: MfaArn = ""
    mfa_command: Text = ""


class AssumeRoleSettings(ChainedIdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which role."""

    principal: Principal


class AssumeRole:
    """Calls `sts:AssumeRole` with the previous credential."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials,)
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = AssumeRoleSettings

    def __init__(self, name: str, settings: AssumeRoleSettings, tools: Tools) -> None:
        self._name = name
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: AwsCredentials) -> AwsCredentials:
        """Assume the role; raises `AccessDenied`, `CredentialRejected`, `ServiceError`."""
        principal = self._settings.principal
        now = self._tools.clock.now()
        region = principal.region or self._settings.region or previous.region
        endpoint_url = self._settings.spec.endpoint_url or previous.endpoint_url
        sts = Sts(self._tools.aws, previous, region=region or FALLBACK_REGION, endpoint_url=endpoint_url)
        try:
            credentials = self._assumed(sts, now)
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
        return credentials._replace(issued_at=now, region=region, session=previous.session, endpoint_url=endpoint_url)

    def _assumed(self, sts: Sts, now: float) -> AwsCredentials:
        principal = self._settings.principal

        def assume(mfa: MfaCode | None) -> AwsCredentials:
            return sts.assume_role(
                role_arn=principal.assume_role,
                session_name=session_name(principal.session_name or f"atmos-{self._name}-{int(now)}"),
                external_id=principal.external_id or None,
                duration_seconds=seconds(principal.duration) if principal.duration else None,
                mfa=mfa,
            )

        if not principal.mfa_arn:
            return assume(None)
        return with_mfa(self._tools, principal.mfa_arn, principal.mfa_command or None, assume)


def session_name(wanted: str) -> str:
    """Fit a name into what STS accepts: other characters become `-`, 64 of them are kept."""
    name = "".join(c if c in SESSION_NAME_CHARACTERS else "-" for c in wanted)[:SESSION_NAME_LENGTH].rstrip("-")
    return name if len(name) >= 2 else "atmos-session"
