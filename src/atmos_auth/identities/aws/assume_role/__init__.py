"""Kind `aws/assume-role`: become an IAM role, with keys, with a SAML assertion, or with a web identity token."""

from atmos_auth.identities.aws.assume_role.kind import AssumeRole
from atmos_auth.identities.aws.assume_role.settings import AssumeRoleSettings

__all__ = ["AssumeRole", "AssumeRoleSettings"]
