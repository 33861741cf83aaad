"""What every AssumeRole operation has in common: the role's limit and the shape of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_emulator.clock import iso8601
from aws_emulator.errors import AwsError

if TYPE_CHECKING:
    from aws_emulator.keys import Key
    from aws_emulator.query_protocol import Result

HOUR = 3600


def credentials(key: Key) -> Result:
    """Give the `Credentials` element of an answer."""
    return {
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "SessionToken": key.session_token or "",
        "Expiration": iso8601(key.expires_at or 0),
    }


def role_result(key: Key) -> dict[str, Result | str | int]:
    """Give the elements that every AssumeRole operation answers with."""
    principal = key.principal
    return {
        "Credentials": credentials(key),
        "AssumedRoleUser": {"AssumedRoleId": principal.user_id, "Arn": principal.arn},
        "PackedPolicySize": 0,
    }


def check_role_duration(seconds: int, longest: int) -> None:
    """Refuse a session longer than the role grants."""
    if seconds > longest:
        message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise AwsError("ValidationError", message)
