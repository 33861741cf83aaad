"""Becoming a role with a web identity token: `sts:AssumeRoleWithWebIdentity`, and what its refusals mean for a job."""

from atmos_auth.aws_api.sts_federation import StsFederation
from atmos_auth.config.durations import seconds
from atmos_auth.domain.credentials import AwsCredentials, WebIdentityToken
from atmos_auth.domain.errors import AccessDenied, ServiceError
from atmos_auth.domain.ports import Tools
from atmos_auth.identities.aws.assume_role.settings import Principal


def assume_with_web_identity(
    tools: Tools,
    principal: Principal,
    token: WebIdentityToken,
    *,
    session_name: str,
    region: str,
    endpoint_url: str | None,
) -> AwsCredentials:
    """Trade the token for the role, in one request; raises `AccessDenied`, `CredentialRejected`, `ServiceError`."""
    for name in ("external_id", "mfa_arn"):
        if getattr(principal, name):
            tools.prompter.warn(f"principal.{name} has no effect here: AWS takes none with a web identity token")
    sts = StsFederation(tools.aws, region=region, endpoint_url=endpoint_url, attempts=1)
    try:
        return sts.assume_role_with_web_identity(
            principal.assume_role,
            token=token.token,
            session_name=session_name,
            duration_seconds=seconds(principal.duration) if principal.duration else None,
        )
    except AccessDenied as denied:
        raise AccessDenied(
            f"{principal.assume_role} does not trust this job",
            details=[denied.message, *denied.details, *_claims(token)],
            hints=_trust_remedies(principal.assume_role, token),
        ) from denied
    except ServiceError as refusal:
        refusal.details = (*refusal.details, *_claims(token))
        refusal.hints = (*_remedies(refusal.message.lower(), principal.assume_role, token), *refusal.hints)
        raise


def _claims(token: WebIdentityToken) -> list[str]:
    """Say what the token says: the token itself is a secret, its subject and audience are not."""
    return [
        f"the token's iss: {token.issuer}",
        f"the token's aud: {token.audience}",
        f"the token's sub: {token.subject}",
    ]


def _trust_remedies(role: str, token: WebIdentityToken) -> list[str]:
    host = token.issuer.removeprefix("https://")
    return [
        f'compare the role\'s trust policy: a condition on "{host}:sub" must fit {token.subject}',
        f'and one on "{host}:aud" must fit {token.audience}',
        f"check that {role} exists, and that its principal is the provider {_provider_arn(role, host)}",
    ]


def _remedies(words: str, role: str, token: WebIdentityToken) -> list[str]:
    host = token.issuer.removeprefix("https://")
    if "audience" in words:
        provider = _provider_arn(role, host)
        return [f"add {token.audience} to the audiences of {provider}, or set `spec.audience` to one that it has"]
    if "no openidconnect provider" in words:
        return [f"create {_provider_arn(role, host)} in IAM, with the audience {token.audience}"]
    if "greater than or equal to" in words:
        return ["make `principal.duration` at least 15m"]
    if "verification key" in words or "idpcommunication" in words:
        return ["AWS could not reach the issuer just now: try again, https://www.githubstatus.com tells of outages"]
    if "durationseconds" in words:
        return ["shorten `principal.duration`, or lengthen the role's longest session in IAM"]
    return []


def _provider_arn(role: str, host: str) -> str:
    _, partition, _, _, account, _ = role.split(":", 5)
    return f"arn:{partition}:iam::{account}:oidc-provider/{host}"
