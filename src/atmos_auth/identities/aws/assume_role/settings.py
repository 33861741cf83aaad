"""What a role's section may say."""

from typing import Annotated

from msgspec import Meta, Struct

from atmos_auth.config.settings import ChainedIdentitySettings, Duration, MfaArn, Region, Text

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
