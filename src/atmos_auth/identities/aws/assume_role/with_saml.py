"""Becoming a role that a SAML assertion offers: `sts:AssumeRoleWithSAML`, which is also what chooses the role."""

from collections.abc import Sequence

from atmos_auth.aws_api.sts_federation import StsFederation
from atmos_auth.config.durations import seconds
from atmos_auth.domain.credentials import AwsCredentials, SamlAssertion, SamlRole
from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed, ServiceError
from atmos_auth.domain.ports import Tools
from atmos_auth.identities.aws.assume_role.settings import Principal

# More of them would not be read.
_MOST_LISTED = 20
_AGAIN = "try again in a minute; https://health.aws.amazon.com tells of outages"
_METADATA = "upload the identity provider's metadata anew to its SAML provider in IAM"
# What STS's own words mean for whoever keeps the identity provider.
_REMEDIES = {
    "signature": _METADATA,
    "issuer": _METADATA,
    "provider doesn't exist": "create it in IAM, or mend its ARN in the identity provider's role mapping",
    "greater than or equal to": "make `principal.duration` at least 15m",
    "durationseconds": "shorten `principal.duration`, or the provider's `session.duration`",
    "audience": "give the application the audience urn:amazon:webservices",
}


def assume_with_saml(
    tools: Tools, principal: Principal, assertion: SamlAssertion, *, region: str, endpoint_url: str | None
) -> AwsCredentials:
    """Trade the assertion for the role; raises `AuthenticationFailed` or a class below it, or `ServiceError`.

    The session is named, and its holder tagged, as the identity provider says; nothing here can change that.
    """
    role = _offered(principal.assume_role, assertion.roles)
    for name in ("external_id", "mfa_arn"):
        if getattr(principal, name):
            tools.prompter.warn(f"principal.{name} has no effect after SAML: AWS takes none with an assertion")
    wanted = seconds(principal.duration) if principal.duration else assertion.duration_seconds
    sts = StsFederation(tools.aws, region=region, endpoint_url=endpoint_url)
    try:
        return sts.assume_role_with_saml(
            role, response=assertion.response, duration_seconds=wanted or assertion.session_seconds
        )
    except AccessDenied as denied:
        raise AccessDenied(
            f"not allowed to assume {role.role_arn} through SAML",
            details=[denied.message, *denied.details],
            hints=[
                f"check that the role exists and its trust policy allows sts:AssumeRoleWithSAML to {role.provider_arn}",
                "check the policy's conditions, such as SAML:aud",
            ],
        ) from denied
    except ServiceError as refusal:
        words = refusal.message.lower()
        remedies = [remedy for sign, remedy in _REMEDIES.items() if sign in words]
        # The first that fits says more than those after it.
        refusal.hints = (*remedies[:1], *refusal.hints) if remedies or refusal.hints else (_AGAIN,)
        raise


def _offered(arn: str, roles: Sequence[SamlRole]) -> SamlRole:
    """Return the role of this ARN; raises `AuthenticationFailed` that lists what there is instead."""
    matches = [role for role in roles if role.role_arn == arn]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise AuthenticationFailed(
            f"the identity provider offers {arn} through several SAML providers",
            details=[role.provider_arn for role in matches],
            hints=["name one of them with the provider's `idp_arn`"],
        )
    from difflib import get_close_matches

    offered = sorted({role.role_arn for role in roles})
    close = get_close_matches(arn, offered, n=1, cutoff=0.8)
    more = [f"... and {len(offered) - _MOST_LISTED} more"] if len(offered) > _MOST_LISTED else []
    raise AuthenticationFailed(
        f"the identity provider does not offer you the role {arn}",
        details=["it offers:", *(f"  {role}" for role in offered[:_MOST_LISTED]), *more],
        hints=[
            *([f"did you mean {close[0]}?"] if close else []),
            "put one of these into `principal.assume_role`, or ask for the role to be assigned to you",
        ],
    )
