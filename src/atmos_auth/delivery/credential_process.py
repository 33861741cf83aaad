"""Credentials as AWS SDKs read them from a program that their profile names.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

import json

from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.timestamps import to_text


def as_json(credentials: AwsCredentials) -> str:
    """Return one JSON object; what has no end is without `Expiration`, and is then never asked for again."""
    members: dict[str, str | int | None] = {
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": to_text(credentials.expires_at) if credentials.expires_at is not None else None,
        "AccountId": credentials.account_id,
    }
    return json.dumps({name: value for name, value in members.items() if value is not None}) + "\n"
