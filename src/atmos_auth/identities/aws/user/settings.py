"""What an IAM user's section of the configuration may say."""

from typing import Annotated

from msgspec import Meta, Struct, field

from atmos_auth.config.settings import IdentitySettings, MfaArn, Region, Session, Text, Via

# An empty value means "not configured": that is what an unset `!env` gives.
KeyText = Annotated[str, Meta(description="a key, or nothing")]


class Credentials(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the user's keys come from, and what goes with them."""

    access_key_id: KeyText = ""
    secret_access_key: Annotated[KeyText, Meta(extra_json_schema={"writeOnly": True})] = ""
    mfa_arn: MfaArn = ""
    mfa_command: Text = ""
    region: Region = ""
    webflow_enabled: bool = True


class AwsUserSettings(IdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An IAM user."""

    credentials: Credentials = field(default_factory=Credentials)
    session: Session = field(default_factory=Session)
    via: Via = field(default_factory=Via)
