"""Kind `aws/permission-set`: a role that IAM Identity Center gives a person in one account."""

from collections.abc import Iterable
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from atmos_auth.aws_api.sso_portal import Account, SsoPortal
from atmos_auth.config.settings import AccountId, ChainedIdentitySettings, Region, Text
from atmos_auth.domain.credentials import AwsCredentials, SsoToken
from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed, ServiceError
from atmos_auth.domain.ports import Tools


class AccountReference(Struct, frozen=True, forbid_unknown_fields=True):
    """An account by its name in the organisation, or by its id, which saves a look-up and wins."""

    name: Text = ""
    id: AccountId = ""


class Principal(Struct, frozen=True, forbid_unknown_fields=True):
    """The permission set and its account."""

    name: Annotated[str, Meta(min_length=1, title="permission set name", examples=["AdminAccess"])]
    account: Annotated[AccountReference, Meta(title="account specification", examples=["{ name: production }"])]
    region: Region = ""


class PermissionSetSettings(ChainedIdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which permission set, in which account."""

    principal: Principal


class PermissionSet:
    """Exchanges a portal session for the keys of one permission set."""

    needs: ClassVar[tuple[type, ...]] = (SsoToken,)
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = PermissionSetSettings

    def __init__(self, name: str, settings: PermissionSetSettings, tools: Tools) -> None:
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: SsoToken) -> AwsCredentials:
        """Ask the portal for keys; raises `AccessDenied`, `CredentialRejected`, `ServiceError` and their like."""
        principal = self._settings.principal
        portal = SsoPortal(self._tools.aws, previous)
        account_id = principal.account.id or self._account_id(portal.accounts())
        try:
            keys = portal.role_keys(account_id, principal.name)
        except AccessDenied as denied:
            raise AccessDenied(
                f'the permission set "{principal.name}" is not assigned to you in account {account_id}',
                details=[denied.message, *denied.details],
                hints=self._remedies(portal, account_id),
            ) from denied
        return AwsCredentials(
            access_key_id=keys.access_key_id,
            secret_access_key=keys.secret_access_key,
            session_token=keys.session_token,
            expires_at=keys.expires_at,
            issued_at=self._tools.clock.now(),
            region=principal.region or self._settings.region or previous.region,
            account_id=account_id,
            session=previous.session,
            endpoint_url=self._settings.spec.endpoint_url or previous.endpoint_url,
        )

    def _remedies(self, portal: SsoPortal, account_id: str) -> list[str]:
        """Say what the person does have in this account, if the portal tells."""
        ask = "ask for the assignment; one that is new needs `atmos auth login --force`"
        try:
            assigned = sorted(portal.roles(account_id))
        except (AuthenticationFailed, ServiceError):
            return ["check `principal.name`", ask]
        from difflib import get_close_matches

        close = get_close_matches(self._settings.principal.name, assigned, n=1)
        hints = [f'did you mean "{close[0]}"?'] if close else []
        return [*hints, f"you have there: {', '.join(assigned) or 'nothing'}", ask]

    def _account_id(self, accounts: Iterable[Account]) -> str:
        name = self._settings.principal.account.name
        reachable = list(accounts)
        matches = [account.id for account in reachable if account.name == name]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise AuthenticationFailed(
                f'several accounts are named "{name}": {", ".join(sorted(matches))}',
                hints=[f'name one by its id: `account: {{ id: "{min(matches)}" }}`'],
            )
        from difflib import get_close_matches

        close = get_close_matches(name, [account.name for account in reachable], n=3)
        raise AuthenticationFailed(
            f'no account named "{name}" among the {len(reachable)} accounts you can reach',
            hints=[f"did you mean {' or '.join(close)}?"] if close else ["check `principal.account.name`"],
        )
