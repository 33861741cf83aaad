"""botocore clients built from what the chain says, deaf to the user's own AWS variables and files."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.ports import Log
from atmos_auth.host.trust import ca_bundle

CONNECT_SECONDS = 10
READ_SECONDS = 30
ATTEMPTS = 4

# botocore would read these settings from AWS_* variables or ~/.aws: each gets no source but its default here.
_DEAF = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "region": (None, None, None, None),
    "account_id_endpoint_mode": (None, None, "preferred", None),
    "defaults_mode": (None, None, "legacy", None),
    "request_checksum_calculation": (None, None, "when_supported", None),
    "response_checksum_validation": (None, None, "when_supported", None),
    "sts_regional_endpoints": (None, None, "regional", None),
}


class BotocoreConnections:
    """Clients of one run; the session and its loaded service models are shared between them.

    Proxy and CA bundle variables (HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE) are
    honoured, for hosts other than this machine.
    """

    def __init__(self, *, environ: Mapping[str, str], user_agent: str, log: Log) -> None:
        self._environ = environ
        self._user_agent = user_agent
        self._log = log
        self._session: Any = None

    def client(
        self,
        service: str,
        *,
        region: str,
        endpoint_url: str | None,
        credentials: AwsCredentials | None = None,
        attempts: int | None = None,
    ) -> Any:
        """Return a client of `service` (botocore's name); unsigned when no credentials are given.

        `attempts` is how often one request may be sent in all, 4 unless it is said.
        """
        from botocore import UNSIGNED
        from botocore.config import Config

        self._log.debug(f"{service}: calling {endpoint_url}")
        config = Config(
            signature_version=None if credentials else UNSIGNED,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": attempts or ATTEMPTS},
            proxies={} if endpoint_url and _is_this_machine(endpoint_url) else None,
            user_agent_extra=self._user_agent,
            use_fips_endpoint=False,
            use_dualstack_endpoint=False,
        )
        keys = {}
        if credentials is not None:
            keys = {
                "aws_access_key_id": credentials.access_key_id,
                "aws_secret_access_key": credentials.secret_access_key,
                "aws_session_token": credentials.session_token,
            }
        return self._deaf_session().create_client(
            service,
            region_name=region,
            endpoint_url=endpoint_url,
            verify=ca_bundle(self._environ),
            config=config,
            **keys,
        )

    def ambient_credentials(self) -> AwsCredentials | None:
        """Resolve what the AWS SDK itself would use here: variables, shared files, roles; may use the network."""
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session

        session = Session()
        try:
            found = session.get_credentials()
            frozen = found.get_frozen_credentials() if found is not None else None
            region = session.get_config_variable("region")
        except BotoCoreError as error:
            raise AuthenticationFailed(f"the ambient AWS credentials cannot be used: {error}") from error
        if found is None or frozen is None or not frozen.access_key or not frozen.secret_key:
            return None
        # Only refreshable credentials know their end.
        expiry = getattr(found, "_expiry_time", None)
        return AwsCredentials(
            access_key_id=frozen.access_key,
            secret_access_key=frozen.secret_key,
            session_token=frozen.token,
            expires_at=expiry.timestamp() if expiry is not None else None,
            region=region,
        )

    def _deaf_session(self) -> Any:
        if self._session is None:
            from botocore.credentials import CredentialResolver
            from botocore.session import Session

            self._session = Session(session_vars=_DEAF)
            # An unsigned client would otherwise search for credentials, as far as the instance metadata service.
            self._session.register_component("credential_provider", CredentialResolver([]))
        return self._session


def _is_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
