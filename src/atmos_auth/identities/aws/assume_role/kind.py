"""The kind itself: whatever the link before it gives, the outcome is one session of one role."""

from typing import ClassVar

from atmos_auth.aws_api.partitions import FALLBACK_REGION
from atmos_auth.domain.credentials import AwsCredentials, SamlAssertion, WebIdentityToken
from atmos_auth.domain.ports import Tools
from atmos_auth.identities.aws.assume_role.session_name import chosen_session_name
from atmos_auth.identities.aws.assume_role.settings import AssumeRoleSettings
from atmos_auth.identities.aws.assume_role.with_keys import assume_with_keys
from atmos_auth.identities.aws.assume_role.with_saml import assume_with_saml
from atmos_auth.identities.aws.assume_role.with_web_identity import assume_with_web_identity


class AssumeRole:
    """Becomes a role with the previous credential, by the operation of STS that takes it."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials, SamlAssertion, WebIdentityToken)
    gives: ClassVar[type] = AwsCredentials
    settings_type: ClassVar[type] = AssumeRoleSettings

    def __init__(self, name: str, settings: AssumeRoleSettings, tools: Tools) -> None:
        self._name = name
        self._settings = settings
        self._tools = tools

    def authenticate(self, previous: AwsCredentials | SamlAssertion | WebIdentityToken) -> AwsCredentials:
        """Assume the role over the network; raises `AccessDenied`, `CredentialRejected`, `ServiceError`."""
        principal = self._settings.principal
        now = self._tools.clock.now()
        region = principal.region or self._settings.region or previous.region
        endpoint_url = self._settings.spec.endpoint_url or previous.endpoint_url
        role = self._assumed(previous, region or FALLBACK_REGION, endpoint_url, now)
        return role._replace(issued_at=now, region=region, session=previous.session, endpoint_url=endpoint_url)

    def _assumed(
        self,
        previous: AwsCredentials | SamlAssertion | WebIdentityToken,
        region: str,
        endpoint_url: str | None,
        now: float,
    ) -> AwsCredentials:
        tools, principal = self._tools, self._settings.principal
        if isinstance(previous, SamlAssertion):
            return assume_with_saml(tools, principal, previous, region=region, endpoint_url=endpoint_url)
        name = chosen_session_name(principal, self._name, now)
        if isinstance(previous, WebIdentityToken):
            return assume_with_web_identity(
                tools, principal, previous, session_name=name, region=region, endpoint_url=endpoint_url
            )
        return assume_with_keys(tools, principal, previous, session_name=name, region=region, endpoint_url=endpoint_url)
