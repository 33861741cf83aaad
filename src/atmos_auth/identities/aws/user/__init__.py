"""Kind `aws/user`: an IAM user, by keys from the configuration or a keyring, or by signing in through the browser."""

from atmos_auth.identities.aws.user.kind import AwsUser
from atmos_auth.identities.aws.user.settings import AwsUserSettings

__all__ = ["AwsUser", "AwsUserSettings"]
