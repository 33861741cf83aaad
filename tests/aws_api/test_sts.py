from datetime import UTC, datetime

import pytest

from atmos_auth.aws_api.sts import Sts
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AccessDenied, CredentialRejected, ServiceError
from atmos_auth.testing import NOW, FakeConnections, aws_credentials

ROLE = "arn:aws:iam::111111111111:role/LongRole"


@pytest.fixture
def user(aws) -> AwsCredentials:
    user = next(iter(aws.state.users.values()))
    return AwsCredentials(user.access_key_id, user.secret_access_key)


def failing(code: str, status: int = 400) -> Sts:
    aws = FakeConnections()
    aws.fail("sts:GetCallerIdentity", code, status=status, message="so it is")
    return Sts(aws, aws_credentials(), region="us-east-1", endpoint_url=None)


def test_a_role_is_assumed_and_aws_knows_us_as_it(aws, connections, user):
    sts = Sts(connections, user, region="us-east-1", endpoint_url=aws.url)
    role = sts.assume_role(role_arn=ROLE, session_name="me", external_id=None, duration_seconds=7200)
    assert role.principal == "arn:aws:sts::111111111111:assumed-role/LongRole/me"
    assert role.account_id == "111111111111"
    assert role.expires_at - aws.clock.now() == pytest.approx(7200, abs=30)
    caller = Sts(connections, role, region="us-east-1", endpoint_url=aws.url).caller_identity()
    assert (caller.arn, caller.account_id) == (role.principal, role.account_id)


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"])
def test_dead_keys_are_rejected(code):
    with pytest.raises(CredentialRejected, match="so it is"):
        failing(code).caller_identity()


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_refusal_is_a_refusal(code):
    with pytest.raises(AccessDenied, match="so it is"):
        failing(code, 403).caller_identity()


@pytest.mark.parametrize("code", ["ValidationError", "RegionDisabledException", "Throttling"])
def test_anything_else_is_the_services_failure(code):
    with pytest.raises(ServiceError) as caught:
        failing(code).caller_identity()
    assert caught.value.code == code


def test_unknown_keys_are_rejected_by_the_service_itself(aws, connections):
    sts = Sts(connections, AwsCredentials("AKIANOBODY", "x"), region="us-east-1", endpoint_url=aws.url)
    with pytest.raises(CredentialRejected):
        sts.caller_identity()


@pytest.mark.parametrize(
    ("external_id", "duration", "sent"),
    [(None, None, {}), ("", 0, {}), ("42", 900, {"ExternalId": "42", "DurationSeconds": 900})],
)
def test_only_what_was_said_is_sent(external_id, duration, sent):
    aws = FakeConnections()
    answer = {
        "Credentials": {
            "AccessKeyId": "A",
            "SecretAccessKey": "S",
            "SessionToken": "T",
            "Expiration": datetime.fromtimestamp(NOW, UTC),
        },
        "AssumedRoleUser": {"Arn": "arn:aws-cn:sts::123456789012:assumed-role/R/me"},
    }
    aws.answer("sts:AssumeRole", answer)
    sts = Sts(aws, aws_credentials(), region="cn-north-1", endpoint_url=None)
    role = sts.assume_role(role_arn=ROLE, session_name="me", external_id=external_id, duration_seconds=duration)
    assert aws.calls[0].parameters == {"RoleArn": ROLE, "RoleSessionName": "me", **sent}
    assert aws.calls[0].endpoint_url == "https://sts.cn-north-1.amazonaws.com.cn"
    assert role[:4] == ("A", "S", "T", NOW)


def test_a_root_session_is_of_the_partition_of_its_task():
    aws = FakeConnections()
    keys = {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T", "Expiration": datetime.now(UTC)}
    aws.answer("sts:AssumeRoot", {"Credentials": keys})
    root = Sts(aws, aws_credentials(), region="us-gov-west-1", endpoint_url=None).assume_root(
        target_principal="123456789012",
        task_policy_arn="arn:aws-us-gov:iam::aws:policy/root-task/S3UnlockBucketPolicy",
        duration_seconds=900,
    )
    assert (root.principal, root.account_id) == ("arn:aws-us-gov:iam::123456789012:root", "123456789012")
