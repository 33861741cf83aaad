"""Sessions of the AWS SDK for Python that are one identity, deaf to the profiles and keys around them."""

import os
from typing import TYPE_CHECKING

from botocore.credentials import CredentialProvider, CredentialResolver
from botocore.session import Session

from atmos_auth.delivery.aws_files import ProfileLocation
from atmos_auth.domain.errors import ConfigError

if TYPE_CHECKING:
    import boto3.session


def botocore_session(location: ProfileLocation, region: str | None, provider: CredentialProvider) -> Session:
    """Return a session with the settings of a delivered profile whose credentials are what `provider` loads.

    Region and endpoints are the profile's, as in a program that `atmos auth exec` runs; the session reads nothing of
    ~/.aws. Uses no network.
    """
    session = Session(
        session_vars={
            "profile": (None, None, location.profile, None),
            "config_file": (None, None, location.config_file, None),
            # The keys there are a moment's; the provider's renew themselves.
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    if region is not None:
        session.set_config_variable("region", region)
    session.register_component("credential_provider", CredentialResolver([provider]))
    return session


def boto3_session(session: Session) -> "boto3.session.Session":
    """Wrap a botocore session; raises `ConfigError` where boto3 is not installed."""
    try:
        import boto3.session
    except ImportError as error:
        raise ConfigError(
            "boto3 is not installed",
            hints=["python -m pip install boto3", "or use botocore_session(), which needs nothing more"],
        ) from error
    return boto3.session.Session(botocore_session=session)
