"""Kind `aws/saml`: a person signs in to a company's identity provider, which tells AWS what they may become."""

from atmos_auth.providers.aws.saml.kind import Saml
from atmos_auth.providers.aws.saml.settings import SamlSettings

__all__ = ["Saml", "SamlSettings"]
