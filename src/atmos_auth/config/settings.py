"""The settings that every provider and every identity may have; a kind extends one of these by its own.

These structures are the single source of the JSON Schema. An absent text is the empty text. What Meta carries is
what messages are made of: `title` names the setting, `description` completes "is not ...", `examples` become hints.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

Text = Annotated[str, Meta(min_length=1)]
Name = Annotated[str, Meta(min_length=1, description="the name of a provider or identity")]
Region = Annotated[
    str,
    Meta(
        pattern=r"^[a-z]{2,5}(-[a-z]+)+-[0-9]+$",
        title="region",
        description="an AWS region",
        examples=["us-east-1"],
    ),
]
AccountId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{12}$",
        title="account id",
        description="a 12-digit account id",
        examples=["123456789012"],
    ),
]
# A host of labels, without a user before it; a port that there is.
_HOST = r"[^\s/?#@:\[\]\\.]+(\.[^\s/?#@:\[\]\\.]+)*\.?"
_PORT = r":([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
Url = Annotated[
    str,
    Meta(
        pattern=rf"^(https://({_HOST}|\[[0-9a-fA-F:.]+\])|http://(localhost|127\.0\.0\.1|\[::1\]))({_PORT})?([/?]\S*)?$",
        description="an https URL (http is accepted for this machine only)",
        examples=["https://mycompany.awsapps.com/start"],
    ),
]
MfaArn = Annotated[
    str,
    Meta(
        pattern=r"^(arn:aws[a-z-]*:iam::[0-9]{12}:mfa/\S+)?$",
        title="mfa_arn",
        description="the ARN of an MFA device",
        examples=["arn:aws:iam::123456789012:mfa/me"],
    ),
]
DurationText = Annotated[
    str,
    Meta(
        pattern=r"^([1-9][0-9]*|[1-9][0-9]*d|([0-9]+(\.[0-9]+)?(h|m|s|ms))+)$",
        description="a duration (use: 3600, 1h, 12h, 1d, etc.)",
        examples=["1h"],
    ),
]
Duration = Annotated[int, Meta(ge=1)] | DurationText
Tags = list[Text]


class Via(Struct, frozen=True, forbid_unknown_fields=True):
    """What an identity is obtained from: a provider or another identity."""

    provider: Name = ""
    identity: Name = ""


class Session(Struct, frozen=True, forbid_unknown_fields=True):
    """How long credentials live."""

    duration: Duration = 0


class Console(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a web console session lives."""

    session_duration: Duration = 0


class Consoles(Struct, frozen=True, forbid_unknown_fields=True):
    """How web consoles are opened; the second name is what some pages call the first."""

    isolated: bool = False
    isolated_sessions: bool = False


class Files(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the AWS session files go."""

    base_path: Annotated[
        str,
        Meta(pattern=r"^[^\x00\r\n]*[^\s\x00][^\x00\r\n]*$", description="a path", examples=["~/cloud/aws"]),
    ] = ""


class ProviderSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a provider that few need."""

    endpoint_url: Url = ""
    files: Files = field(default_factory=Files)


class IdentitySpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of an identity that few need."""

    endpoint_url: Url = ""


class Variable(Struct, frozen=True, forbid_unknown_fields=True):
    """One variable that programs get in addition."""

    key: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="a variable's name", examples=["TEAM"])]
    value: str


class ProviderSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What any provider may say."""

    kind: Text
    default: bool = False
    tags: Tags = field(default_factory=list)
    session: Session = field(default_factory=Session)
    console: Console = field(default_factory=Console)
    spec: ProviderSpec = field(default_factory=ProviderSpec)


class IdentitySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What any identity may say."""

    kind: Text
    default: bool = False
    required: bool = False
    alias: Text = ""
    tags: Tags = field(default_factory=list)
    env: list[Variable] = field(default_factory=list)
    spec: IdentitySpec = field(default_factory=IdentitySpec)
    region: Region = ""
    provider: Annotated[str, Meta(description="a hint that older tools wrote; it is not used")] = ""


class ChainedIdentitySettings(IdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an identity may say that needs another link before it."""

    via: Via = field(default_factory=Via)


class IntegrationSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What any integration may say."""

    kind: Text
    via: Via = field(default_factory=Via)


class IntegrationSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings that every integration has."""

    auto_provision: bool = True
    endpoint_url: Url = ""


class Logs(Struct, frozen=True, forbid_unknown_fields=True):
    """Where and how much the authentication writes to its log."""

    level: Annotated[
        str,
        Meta(
            pattern="^(Debug|Info|Warn|Error)$",
            title="log level",
            description="a log level (Debug, Info, Warn, Error)",
            examples=["Info"],
        ),
    ] = ""
    file: Text = ""


class Keyring(Struct, frozen=True, forbid_unknown_fields=True):
    """Where long-lived secrets are kept."""

    type: Annotated[
        str,
        Meta(
            pattern="^(system|file|memory)$",
            description="a keyring (system, file, memory)",
            examples=["system"],
        ),
    ] = "system"
    spec: dict[str, Any] = field(default_factory=dict)


Sharing = Annotated[
    str,
    Meta(
        pattern="^(off|read|write)$",
        description="a way to share sign-ins with the AWS CLI (off, read, write)",
        examples=["read"],
    ),
]


class AwsNeighbours(Struct, frozen=True, forbid_unknown_fields=True):
    """What we have in common with other programs for AWS."""

    share_cli_sso_cache: Sharing = "off"


Realm = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$",
        max_length=64,
        title="realm",
        description="a realm (a-z, 0-9, single - or _ between them, at most 64 characters)",
        examples=["acme"],
    ),
]
