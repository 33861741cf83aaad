"""Trust policies: whether this principal may become that role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from aws_emulator.saml_names import RECIPIENT_CLAIM, is_sign_in
from aws_emulator.state import ASSUME_ROLE, TrustedPrincipal, TrustedProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_emulator.keys import Principal
    from aws_emulator.state import Role


def may_assume(
    principal: Principal, role: Role, role_account: str, external_id: str | None, *, mfa_present: bool
) -> bool:
    """Say whether the role's trust policy, and where it matters the caller's own policy, allow AssumeRole."""
    if ASSUME_ROLE in principal.denies:
        return False
    own_policy = ASSUME_ROLE in principal.allows
    for trust in role.trusts:
        if not isinstance(trust, TrustedPrincipal):
            continue
        # A role that asks for an external id refuses callers without it; one that does not, ignores it.
        if trust.external_id is not None and trust.external_id != external_id:
            continue
        if trust.mfa and not mfa_present:
            continue
        if trust.principal == f"arn:aws:iam::{principal.account}:root":
            # Trusting an account leaves the decision to that account's own policies.
            if own_policy:
                return True
        # Naming the principal itself is enough inside one account; across accounts both sides must agree.
        elif trust.principal in (principal.arn, principal.role_arn) and (
            own_policy or principal.account == role_account
        ):
            return True
    return False


def may_federate(provider_arn: str, claims: Mapping[str, str], role: Role) -> bool:
    """Say whether the role trusts this provider for these claims; patterns may hold `*` and `?`."""
    return any(
        isinstance(trust, TrustedProvider)
        and trust.provider == provider_arn
        and _is_for_aws(trust, claims)
        and all(_matches(claims, _claim(key, provider_arn), pattern) for key, pattern in trust.conditions.items())
        for trust in role.trusts
    )


def _is_for_aws(trust: TrustedProvider, claims: Mapping[str, str]) -> bool:
    # IAM's console writes a condition on SAML:aud into every such policy; one left out here means that one.
    if ":saml-provider/" not in trust.provider or RECIPIENT_CLAIM in trust.conditions:
        return True
    return is_sign_in(claims.get(RECIPIENT_CLAIM, ""))


def _claim(key: str, provider_arn: str) -> str:
    # IAM's condition keys have the issuer before the claim.
    return key.removeprefix(f"{provider_arn.partition(':oidc-provider/')[2]}:")


def _matches(claims: Mapping[str, str], claim: str, pattern: str) -> bool:
    return claim in claims and fnmatchcase(claims[claim], pattern.replace("[", "[[]"))
