"""STS as botocore sees it: who may become whom, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from aws_emulator.state import Role, TrustedPrincipal, sso_role_arn

DEPLOY = "arn:aws:iam::333333333333:role/DeployRole"
RELEASE = "arn:aws:iam::222222222222:role/ReleaseRole"
PARTNER = "arn:aws:iam::333333333333:role/PartnerRole"
LONG = "arn:aws:iam::111111111111:role/LongRole"
TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"


def seconds_left(answer):
    return (answer["Credentials"]["Expiration"] - datetime.now(UTC)).total_seconds()


def test_caller_identity_of_a_permission_set(api):
    identity = api.sts(api.role_keys()).get_caller_identity()
    role = sso_role_arn("111111111111", "AdminAccess", "us-east-1").rpartition("/")[2]
    assert identity["Arn"] == f"arn:aws:sts::111111111111:assumed-role/{role}/demo.user"
    assert identity["Account"] == "111111111111"
    assert identity["UserId"].startswith("AROA")
    assert identity["UserId"].endswith(":demo.user")


def test_the_state_can_have_all_temporary_keys_end_early(api):
    caller = api.sts(api.role_keys())
    api.aws.state.longest_key_seconds = 60
    answer = caller.assume_role(RoleArn=DEPLOY, RoleSessionName="one", DurationSeconds=900)
    assert 50 < seconds_left(answer) <= 60
    api.aws.clock.advance(60)
    with pytest.raises(ClientError, match="ExpiredToken"):
        api.sts(answer["Credentials"]).get_caller_identity()
    with pytest.raises(ClientError, match="ValidationError"):
        caller.assume_role(RoleArn=DEPLOY, RoleSessionName="one", DurationSeconds=60)


def test_caller_identity_of_a_user(api):
    identity = api.sts(api.user_keys()).get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::111111111111:user/breakglass"
    assert identity["UserId"].startswith("AIDA")


def test_a_chain_of_two_roles(api):
    first = api.sts(api.role_keys()).assume_role(RoleArn=DEPLOY, RoleSessionName="one")
    assert first["AssumedRoleUser"]["Arn"] == "arn:aws:sts::333333333333:assumed-role/DeployRole/one"
    second = api.sts(first["Credentials"]).assume_role(RoleArn=RELEASE, RoleSessionName="two")
    identity = api.sts(second["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::222222222222:assumed-role/ReleaseRole/two"
    assert identity["UserId"] == second["AssumedRoleUser"]["AssumedRoleId"]


@pytest.mark.parametrize(
    ("account", "permission_set", "role"),
    [
        ("222222222222", "AdminAccess", DEPLOY),  # trusted in another account only
        ("111111111111", "ReadOnlyAccess", DEPLOY),
        ("111111111111", "AdminAccess", RELEASE),  # only DeployRole is trusted
        ("111111111111", "AdminAccess", "arn:aws:iam::333333333333:role/NoSuchRole"),
        ("111111111111", "AdminAccess", "arn:aws:iam::333333333333:role/GitHubRole"),
    ],
)
def test_untrusted_callers_and_unknown_roles(api, refused, account, permission_set, role):
    sts = api.sts(api.role_keys(account, permission_set))
    with refused("AccessDenied", 403) as error:
        sts.assume_role(RoleArn=role, RoleSessionName="session")
    caller = sts.get_caller_identity()["Arn"]
    assert error["Message"] == (f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}")


@pytest.mark.parametrize("external_id", [None, "another-external-id"])
def test_external_id(api, refused, external_id):
    sts = api.sts(api.role_keys())
    members = {} if external_id is None else {"ExternalId": external_id}
    with refused("AccessDenied", 403):
        sts.assume_role(RoleArn=PARTNER, RoleSessionName="session", **members)
    assert sts.assume_role(RoleArn=PARTNER, RoleSessionName="session", ExternalId="example-external-id")


def test_a_role_without_external_id_ignores_one(api):
    assert api.sts(api.role_keys()).assume_role(RoleArn=DEPLOY, RoleSessionName="session", ExternalId="whatever")


def test_trusting_an_account_leaves_it_to_the_callers_policy(api, refused):
    api.aws.state.roles[DEPLOY] = Role([TrustedPrincipal("arn:aws:iam::111111111111:root")])
    with refused("AccessDenied", 403):
        api.sts(api.role_keys("111111111111", "ReadOnlyAccess")).assume_role(RoleArn=DEPLOY, RoleSessionName="session")
    assert api.sts(api.role_keys()).assume_role(RoleArn=DEPLOY, RoleSessionName="session")
    with refused("AccessDenied", 403):
        api.sts(api.role_keys("222222222222")).assume_role(RoleArn=DEPLOY, RoleSessionName="session")


def test_naming_a_principal_suffices_only_inside_its_account(api, refused):
    trust = TrustedPrincipal(sso_role_arn("111111111111", "ReadOnlyAccess", "us-east-1"))
    near, far = "arn:aws:iam::111111111111:role/Near", "arn:aws:iam::222222222222:role/Far"
    api.aws.state.roles |= {near: Role([trust]), far: Role([trust])}
    sts = api.sts(api.role_keys("111111111111", "ReadOnlyAccess"))
    assert sts.assume_role(RoleArn=near, RoleSessionName="session")
    with refused("AccessDenied", 403):
        sts.assume_role(RoleArn=far, RoleSessionName="session")


def test_trusting_one_session(api, refused):
    arn = "arn:aws:sts::333333333333:assumed-role/DeployRole/night"
    api.aws.state.roles[RELEASE] = Role([TrustedPrincipal(arn)])
    admin = api.sts(api.role_keys())
    for name, trusted in [("night", True), ("day", False)]:
        keys = admin.assume_role(RoleArn=DEPLOY, RoleSessionName=name)["Credentials"]
        if trusted:
            assert api.sts(keys).assume_role(RoleArn=RELEASE, RoleSessionName="session")
        else:
            with refused("AccessDenied", 403):
                api.sts(keys).assume_role(RoleArn=RELEASE, RoleSessionName="session")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"RoleSessionName": "with space"}, "ValidationError"),
        ({"RoleSessionName": "ümlaut"}, "ValidationError"),
        ({"RoleSessionName": "a/b"}, "ValidationError"),
        ({"RoleSessionName": "x" * 65}, "ValidationError"),
        ({"RoleArn": "arn:aws:iam::333333333333:user/SomeUser"}, "ValidationError"),
        ({"RoleArn": "arn:aws:iam::33:role/DeployRole-and-more"}, "ValidationError"),
        ({"DurationSeconds": 899}, "ValidationError"),
        ({"DurationSeconds": 43201}, "ValidationError"),
        ({"ExternalId": "with space"}, "ValidationError"),
        ({"SourceIdentity": "with space"}, "ValidationError"),
        ({"Policy": "not JSON"}, "MalformedPolicyDocument"),
        ({"Policy": "[]"}, "MalformedPolicyDocument"),
        ({"RoleSessionName": "control\x07"}, "ValidationError"),
    ],
)
def test_parameters_outside_their_constraints(api, refused, members, code):
    sts = api.sts(api.role_keys())
    with refused(code):
        sts.assume_role(**{"RoleArn": DEPLOY, "RoleSessionName": "session"} | members)


@pytest.mark.parametrize("name", ["ab", "x" * 64, "a_b+c=d,e.f@g-h"])
def test_session_names(api, name):
    answer = api.sts(api.role_keys()).assume_role(RoleArn=DEPLOY, RoleSessionName=name)
    assert answer["AssumedRoleUser"]["Arn"].endswith(f"/{name}")


def test_source_identity_is_repeated(api):
    answer = api.sts(api.role_keys()).assume_role(
        RoleArn=DEPLOY, RoleSessionName="session", SourceIdentity="demo", Policy="{}"
    )
    assert answer["SourceIdentity"] == "demo"


def test_durations_of_a_user(api, refused):
    sts = api.sts(api.user_keys())
    longest = sts.assume_role(RoleArn=LONG, RoleSessionName="session", DurationSeconds=43200)
    assert 43100 < seconds_left(longest) <= 43200
    usual = sts.assume_role(RoleArn=LONG, RoleSessionName="session")
    assert 3500 < seconds_left(usual) <= 3600


def test_a_role_has_its_longest_session(api, refused):
    api.aws.state.roles[LONG].max_session_duration = 7200
    with refused("ValidationError") as error:
        api.sts(api.user_keys()).assume_role(RoleArn=LONG, RoleSessionName="session", DurationSeconds=7201)
    assert error["Message"] == ("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def test_chained_roles_get_one_hour(api, refused):
    sts = api.sts(api.role_keys())
    with refused("ValidationError") as error:
        sts.assume_role(RoleArn=LONG, RoleSessionName="session", DurationSeconds=3601)
    assert error["Message"] == (
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )
    assert sts.assume_role(RoleArn=LONG, RoleSessionName="session", DurationSeconds=3600)


def test_session_token_of_a_user(api):
    answer = api.sts(api.user_keys()).get_session_token()
    assert 43100 < seconds_left(answer) <= 43200
    sts = api.sts(answer["Credentials"])
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::111111111111:user/breakglass"
    # A user's temporary keys are not a role session, so the chaining limit does not apply.
    assert sts.assume_role(RoleArn=LONG, RoleSessionName="session", DurationSeconds=43200)


@pytest.mark.parametrize("kind", ["role", "user session"])
def test_session_token_is_not_for_sessions(api, refused, kind):
    keys = api.role_keys() if kind == "role" else api.sts(api.user_keys()).get_session_token()["Credentials"]
    with refused("AccessDenied", 403) as error:
        api.sts(keys).get_session_token()
    assert error["Message"] == "Cannot call GetSessionToken with session credentials"


@pytest.mark.parametrize("seconds", [899, 129601])
def test_session_token_durations(api, refused, seconds):
    with refused("ValidationError"):
        api.sts(api.user_keys()).get_session_token(DurationSeconds=seconds)


@pytest.mark.parametrize("seconds", [900, 129600])
def test_session_token_limits(api, seconds):
    answer = api.sts(api.user_keys()).get_session_token(DurationSeconds=seconds)
    assert seconds - 100 < seconds_left(answer) <= seconds


def assume_root(sts, **members):
    return sts.assume_root(**{"TargetPrincipal": "333333333333", "TaskPolicyArn": {"arn": TASK}} | members)


def test_root_session(api, refused):
    answer = assume_root(api.sts(api.role_keys("777777777777")))
    assert 800 < seconds_left(answer) <= 900
    root = api.sts(answer["Credentials"])
    identity = root.get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::333333333333:root"
    assert identity["UserId"] == "333333333333"
    with refused("AccessDenied", 403) as error:
        root.assume_role(RoleArn=DEPLOY, RoleSessionName="session")
    assert error["Message"] == "Roles may not be assumed by root accounts."


@pytest.mark.parametrize(
    "name",
    [
        "IAMCreateRootUserPassword",
        "IAMDeleteRootUserCredentials",
        "S3UnlockBucketPolicy",
        "SQSUnlockQueuePolicy",
    ],
)
def test_root_tasks(api, name):
    arn = f"arn:aws:iam::aws:policy/root-task/{name}"
    assert assume_root(api.sts(api.role_keys("777777777777")), TaskPolicyArn={"arn": arn})


@pytest.mark.parametrize(
    "members",
    [
        {"TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}},
        {"TargetPrincipal": "arn:aws:iam::333333333333:root"},
        {"DurationSeconds": 901},
    ],
)
def test_root_parameters(api, refused, members):
    sts = api.sts(api.role_keys("777777777777"))
    with refused("ValidationError"):
        assume_root(sts, **members)


@pytest.mark.parametrize(
    ("account", "permission_set", "target"),
    [
        ("111111111111", "AdminAccess", "333333333333"),  # not the management account
        ("777777777777", "ReadOnlyAccess", "333333333333"),  # no policy allows it
        ("777777777777", "AdminAccess", "999999999999"),  # not a member
        ("777777777777", "AdminAccess", "777777777777"),  # not a member either
    ],
)
def test_root_refuses(api, refused, account, permission_set, target):
    sts = api.sts(api.role_keys(account, permission_set))
    with refused("AccessDenied", 403) as error:
        assume_root(sts, TargetPrincipal=target)
    assert f"sts:AssumeRoot on resource: arn:aws:iam::{target}:root" in error["Message"]


def test_sessions_expire_by_the_emulators_clock(api, refused):
    keys = api.role_keys()
    short = api.sts(keys).assume_role(RoleArn=DEPLOY, RoleSessionName="session", DurationSeconds=900)
    api.aws.clock.advance(900)
    with refused("ExpiredToken", 403):
        api.sts(short["Credentials"]).get_caller_identity()
    assert api.sts(keys).get_caller_identity()
    api.aws.clock.advance(2700)
    with refused("ExpiredToken", 403):
        api.sts(keys).assume_role(RoleArn=DEPLOY, RoleSessionName="session")


@pytest.mark.parametrize("operation", ["get_access_key_info", "decode_authorization_message"])
def test_operations_that_are_not_there(api, refused, operation):
    members = {
        "get_access_key_info": {"AccessKeyId": "AKIAEMULATORBREAKGLS"},
        "decode_authorization_message": {"EncodedMessage": "x"},
    }[operation]
    with refused("InvalidAction"):
        getattr(api.sts(api.user_keys()), operation)(**members)


def test_errors_carry_a_request_id(api):
    with pytest.raises(ClientError) as caught:
        api.sts(api.user_keys()).assume_role(RoleArn=DEPLOY, RoleSessionName="session")
    assert caught.value.response["ResponseMetadata"]["RequestId"]
    assert caught.value.response["Error"]["Type"] == "Sender"
