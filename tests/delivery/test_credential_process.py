"""What SDKs read from a credential process."""

import json

from atmos_auth.delivery.credential_process import as_json
from atmos_auth.testing import aws_credentials


def test_everything_an_sdk_knows_is_there():
    assert json.loads(as_json(aws_credentials())) == {
        "Version": 1,
        "AccessKeyId": "ASIASAMPLESAMPLESAMP",
        "SecretAccessKey": "sample/secret/access/key",
        "SessionToken": "sample/session/token==",
        "Expiration": "2026-01-02T04:04:05Z",
        "AccountId": "123456789012",
    }


def test_what_is_not_known_is_not_said():
    bare = aws_credentials(session_token=None, expires_at=None, account_id=None)
    assert set(json.loads(as_json(bare))) == {"Version", "AccessKeyId", "SecretAccessKey"}
