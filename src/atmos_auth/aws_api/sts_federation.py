"""The unsigned operations of AWS STS: what an identity provider says of somebody is traded for a role.

Wire facts: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
and https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from typing import Any

from atmos_auth.aws_api.partitions import sts_endpoint
from atmos_auth.aws_api.sts import credentials_in, sts_errors
from atmos_auth.domain.credentials import AwsCredentials, SamlRole
from atmos_auth.domain.errors import ServiceError
from atmos_auth.domain.ports import AwsConnections

# What STS says, under a code that is otherwise final, when it could not fetch the issuer's keys just now.
_KEYS_OUT_OF_REACH = "couldn't retrieve verification key"


class StsFederation:
    """STS of one region, called without a credential of AWS.

    Both methods raise `ServiceError`, `AccessDenied`, or `CredentialRejected` when what they brought has expired. A
    request is sent once only if what it brings may be spent by it: `attempts` 1.
    """

    def __init__(
        self, connections: AwsConnections, *, region: str, endpoint_url: str | None, attempts: int | None = None
    ) -> None:
        self.endpoint = endpoint_url or sts_endpoint(region)
        self._client = connections.client("sts", region=region, endpoint_url=self.endpoint, attempts=attempts)

    def assume_role_with_saml(self, role: SamlRole, *, response: str, duration_seconds: int | None) -> AwsCredentials:
        """Become a role that the SAML response (in base64) offers."""
        parameters: dict[str, Any] = {
            "RoleArn": role.role_arn,
            "PrincipalArn": role.provider_arn,
            "SAMLAssertion": response,
        }
        if duration_seconds:
            parameters["DurationSeconds"] = duration_seconds
        with sts_errors("AssumeRoleWithSAML", self.endpoint):
            answer = self._client.assume_role_with_saml(**parameters)
        return credentials_in(answer, answer["AssumedRoleUser"]["Arn"])

    def assume_role_with_web_identity(
        self, role_arn: str, *, token: str, session_name: str, duration_seconds: int | None
    ) -> AwsCredentials:
        """Become a role that trusts the token's issuer."""
        parameters: dict[str, Any] = {
            "RoleArn": role_arn,
            "RoleSessionName": session_name,
            "WebIdentityToken": token,
        }
        if duration_seconds:
            parameters["DurationSeconds"] = duration_seconds
        try:
            with sts_errors("AssumeRoleWithWebIdentity", self.endpoint):
                answer = self._client.assume_role_with_web_identity(**parameters)
        except ServiceError as error:
            error.retryable = error.retryable or _KEYS_OUT_OF_REACH in error.message.lower()
            raise
        return credentials_in(answer, answer["AssumedRoleUser"]["Arn"])
