"""What exists in the emulated organization: people, accounts, roles, users, identity providers, lifetimes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_emulator.container_services import Cluster, Registries
from aws_emulator.github_job import GitHubJob

if TYPE_CHECKING:
    from aws_emulator.saml_directory import SamlPerson, SamlProvider

DAY = 24 * 3600

ASSUME_ROLE = "sts:AssumeRole"
ASSUME_ROOT = "sts:AssumeRoot"
GET_SESSION_TOKEN = "sts:GetSessionToken"  # noqa: S105 - the name of an action
GET_FEDERATION_TOKEN = "sts:GetFederationToken"  # noqa: S105 - the name of an action
AUTHORIZE_SIGN_IN = "signin:AuthorizeOAuth2Access"
CREATE_SIGN_IN_TOKEN = "signin:CreateOAuth2Token"  # noqa: S105 - the name of an action

_ROLE_ARN = re.compile(
    r"(?a)arn:aws:iam::(?P<account>[0-9]{12}):role/(?P<path>(?:[\w+=,.@-]+/)*)(?P<name>[\w+=,.@-]{1,64})"
)
_USER_ARN = re.compile(
    r"(?a)arn:aws:iam::(?P<account>[0-9]{12}):(?:root|user/(?P<path>(?:[\w+=,.@-]+/)*)(?P<name>[\w+=,.@-]{1,64}))"
)


@dataclass(slots=True)
class Account:
    """An AWS account; only principals of a management account may take root sessions of the others."""

    name: str
    email: str
    management: bool = False


@dataclass(slots=True)
class PermissionSet:
    """A permission set; `session_seconds` is how long its role credentials live, `allows` its STS actions."""

    session_seconds: int = 3600
    allows: list[str] = field(default_factory=lambda: [ASSUME_ROLE])


@dataclass(slots=True)
class Person:
    """Someone in the portal's directory, with the permission sets assigned per account id."""

    assignments: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class TrustedPrincipal:
    """A trust statement for `sts:AssumeRole`: an account root, role, user or session ARN.

    `mfa` asks for callers who proved an MFA device, in this call or for the session they call with.
    """

    principal: str
    external_id: str | None = None
    mfa: bool = False


@dataclass(slots=True)
class TrustedProvider:
    """A trust statement for federation: the provider's ARN and conditions on claims, `*` and `?` allowed.

    A claim of an OIDC token may be written as `sub` or, as in IAM, `issuer.example.com:sub`; those of SAML are
    `SAML:aud` (the recipient), `SAML:iss`, `SAML:sub`, `SAML:sub_type` and `SAML:namequalifier`.
    """

    provider: str
    conditions: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Role:
    """An IAM role: whom it trusts and the longest session it grants, in seconds."""

    trusts: list[TrustedPrincipal | TrustedProvider] = field(default_factory=list)
    max_session_duration: int = 3600
    allows: list[str] = field(default_factory=lambda: [ASSUME_ROLE])


@dataclass(slots=True)
class MfaDevice:
    """A virtual MFA device: its serial number, which is an ARN, and its secret in base32."""

    serial: str
    secret: str = field(repr=False)


@dataclass(slots=True)
class User:
    """An IAM user with one long-lived key pair and perhaps an MFA device; a root user is one by its ARN.

    `denies` are the actions an explicit statement of the user's policy denies; `key_active` is False
    once the key has been revoked.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    allows: list[str] = field(default_factory=lambda: [ASSUME_ROLE])
    denies: list[str] = field(default_factory=list)
    mfa: MfaDevice | None = None
    key_active: bool = True


@dataclass(slots=True)
class OidcProvider:
    """An IAM OIDC provider of one account.

    `jwks` are the public keys that the issuer publishes, as JWKs; None means the emulator's own issuer key.
    """

    account: str
    issuer: str
    audiences: list[str] = field(default_factory=list)
    jwks: list[dict[str, str]] | None = None

    @property
    def arn(self) -> str:
        """The provider's ARN: its issuer without the scheme, under the account."""
        return f"arn:aws:iam::{self.account}:oidc-provider/{self.issuer.removeprefix('https://')}"


@dataclass(slots=True)
class State:
    """The whole emulated organization; times are in seconds, maps are keyed by id, name or ARN.

    The object is live: a test may change it between two calls. `person` is who sits at the browser,
    `auto_approve` makes that person say yes without being asked, `start_urls` are further addresses the
    portal goes by, `portal_rate` is in requests per second (None: no limit). `sign_in_user` is the ARN
    of the IAM user the sign-in page offers first; "" means the first of `users`. Temporary keys end after
    `longest_key_seconds` at the latest, if it is set, whatever they were asked to live: so that a test need
    not wait for the shortest life that AWS gives.
    """

    region: str = "us-east-1"
    start_urls: list[str] = field(default_factory=list)
    person: str = ""
    auto_approve: bool = False
    access_token_seconds: int = 3600
    session_seconds: int = 8 * 3600
    device_code_seconds: int = 600
    interval: int = 1
    registration_seconds: int = 90 * DAY
    sign_in_user: str = ""
    sign_in_seconds: int = 15 * 60
    sign_in_session_seconds: int = DAY // 2
    longest_key_seconds: int | None = None
    page_size: int = 3
    portal_rate: float | None = 20
    portal_burst: int = 40
    accounts: dict[str, Account] = field(default_factory=dict)
    permission_sets: dict[str, PermissionSet] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    github: GitHubJob = field(default_factory=GitHubJob)
    oidc_providers: list[OidcProvider] = field(default_factory=list)
    saml_providers: dict[str, SamlProvider] = field(default_factory=dict)
    saml_people: dict[str, SamlPerson] = field(default_factory=dict)
    ecr: Registries = field(default_factory=Registries)
    eks: dict[str, Cluster] = field(default_factory=dict)

    def assigned(self, person: str) -> dict[str, list[str]]:
        """Give the permission sets of a person per account id; nobody unknown has any."""
        known = self.people.get(person)
        return known.assignments if known else {}

    def first_user(self) -> str:
        """Give the ARN of the user the sign-in page offers first, "" where there is no user."""
        return self.sign_in_user or next(iter(self.users), "")

    def management_accounts(self) -> set[str]:
        """Give the ids of the management accounts."""
        return {account_id for account_id, account in self.accounts.items() if account.management}


def sso_role_name(account_id: str, permission_set: str) -> str:
    """Name the role that Identity Center keeps in an account for a permission set; stable across runs."""
    suffix = hashlib.sha256(f"{account_id}/{permission_set}".encode()).hexdigest()[:16]
    return f"AWSReservedSSO_{permission_set}_{suffix}"


def sso_role_arn(account_id: str, permission_set: str, region: str) -> str:
    """Give that role's ARN; outside us-east-1 its path also holds the portal's region."""
    place = "" if region == "us-east-1" else f"{region}/"
    name = sso_role_name(account_id, permission_set)
    return f"arn:aws:iam::{account_id}:role/aws-reserved/sso.amazonaws.com/{place}{name}"


def split_role_arn(arn: str) -> tuple[str, str] | None:
    """Give account id and role name (without its path) of a role ARN, None if it is not one."""
    found = _ROLE_ARN.fullmatch(arn)
    return (found["account"], found["name"]) if found else None


def split_user_arn(arn: str) -> tuple[str, str] | None:
    """Give account id and user name (of a root user: `root`) of a user ARN, None if it is not one."""
    found = _USER_ARN.fullmatch(arn)
    return (found["account"], found["name"] or "root") if found else None
