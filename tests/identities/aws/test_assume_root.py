import pytest

from atmos_auth.aws_api.sts import Sts
from atmos_auth.config.check import check, convert
from atmos_auth.domain import errors
from atmos_auth.identities.aws.assume_root import TASKS, AssumeRoot, AssumeRootSettings
from atmos_auth.testing import FakeConnections, aws_credentials, tools

MANAGEMENT, MEMBER = "777777777777", "333333333333"
TASK = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"


def written(**principal):
    return {"kind": "aws/assume-root", "principal": {"target_principal": MEMBER, "task_policy_arn": TASK} | principal}


def kind(made, **principal):
    return AssumeRoot("root", convert(written(**principal), AssumeRootSettings), made)


def test_a_root_session_of_a_member_account(aws, tools_of, keys_of, clock):
    base = keys_of(MANAGEMENT)
    root = kind(tools_of()).authenticate(base)
    assert (root.principal, root.account_id) == (f"arn:aws:iam::{MEMBER}:root", MEMBER)
    assert (root.session, root.issued_at, root.region) == (base.session, clock.now(), "us-east-1")
    assert root.expires_at - aws.clock.now() == pytest.approx(900, abs=30)
    assert Sts(tools_of().aws, root, region="us-east-1", endpoint_url=aws.url).caller_identity().arn == root.principal


@pytest.mark.parametrize(("duration", "seconds"), [("5m", 300), (900, 900), ("12h", 900), ("1d", 900)])
def test_a_longer_session_than_aws_allows_is_cut(duration, seconds):
    aws = FakeConnections()
    aws.fail("sts:AssumeRoot", "Stop")
    with pytest.raises(errors.ServiceError):
        kind(tools(aws=aws), duration=duration).authenticate(aws_credentials())
    assert aws.calls[0].parameters == {
        "TargetPrincipal": MEMBER,
        "TaskPolicyArn": {"arn": TASK},
        "DurationSeconds": seconds,
    }


@pytest.mark.parametrize(
    ("account", "target"), [("111111111111", MEMBER), (MANAGEMENT, MANAGEMENT), (MANAGEMENT, "999999999999")]
)
def test_who_may_not_is_denied_in_words(tools_of, keys_of, account, target):
    with pytest.raises(errors.AccessDenied, match=f"not allowed to assume root in account {target}") as caught:
        kind(tools_of(), target_principal=target).authenticate(keys_of(account))
    assert any("management" in hint for hint in caught.value.hints)
    assert caught.value.details


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_every_task_of_every_partition_fits(task, partition):
    settings = written(task_policy_arn=f"arn:{partition}:iam::aws:policy/root-task/{task}")
    assert check(settings, AssumeRootSettings, subject="x").errors == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"task_policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        {"task_policy_arn": TASK + "x"},
        {"task_policy_arn": TASK + "\n"},
        {"target_principal": "333"},
        {"target_principal": 333333333333},
    ],
)
def test_anything_else_is_refused_before_aws_is_asked(wrong):
    (error,) = check(written(**wrong), AssumeRootSettings, subject="x").errors
    assert isinstance(error, errors.InvalidPrincipal)
    assert error.exit_code == 2
