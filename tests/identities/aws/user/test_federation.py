"""From keys to a federated user, for the web console."""

import pytest

from atmos_auth.domain import errors
from atmos_auth.testing import NOW

PAIR = {"access_key_id": "AKIASAMPLE", "secret_access_key": "sample/secret"}
DEVICE = "arn:aws:iam::111111111111:mfa/me"
FEDERATE = "sts:GetFederationToken"
HOUR = 3600


@pytest.fixture
def answer(scripted):
    arn = "arn:aws:sts::111111111111:federated-user/me"
    return scripted.session() | {"FederatedUser": {"FederatedUserId": "111111111111:me", "Arn": arn}}


def test_configured_keys_become_a_federated_user(world, answer):
    world.aws.answer(FEDERATE, answer)
    user = world.user(credentials=PAIR | {"region": "eu-west-1"}).federate(2 * HOUR)
    assert (user.principal, user.account_id) == ("arn:aws:sts::111111111111:federated-user/me", "111111111111")
    assert (user.region, user.issued_at, user.expires_at) == ("eu-west-1", NOW, NOW + HOUR)
    everything = [{"arn": "arn:aws:iam::aws:policy/AdministratorAccess"}]
    assert world.parameters(FEDERATE) == [{"Name": "me", "DurationSeconds": 7200, "PolicyArns": everything}]
    assert world.aws.calls[0].credentials[:3] == ("AKIASAMPLE", "sample/secret", None)
    assert {"sample/secret", "session-secret-1", "session-token-1"} <= set(world.log.hidden)
    assert world.prompter.warnings == []


def test_keys_of_the_keyring(world, answer):
    world.keys.put("me", PAIR)
    world.aws.answer(FEDERATE, answer)
    assert world.user().federate(HOUR).region is None
    assert world.aws.calls[0].region == "us-east-1"


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc")]
)
def test_the_policy_is_one_of_the_partition(world, answer, region, partition):
    world.aws.answer(FEDERATE, answer)
    world.user(credentials=PAIR, region=region).federate(HOUR)
    (parameters,) = world.parameters(FEDERATE)
    assert parameters["PolicyArns"] == [{"arn": f"arn:{partition}:iam::aws:policy/AdministratorAccess"}]


@pytest.mark.parametrize(
    ("name", "federated"),
    [
        ("break glass/prod", "break-glass-prod"),
        ("x" * 40, "x" * 32),
        ("x", "atmos-session"),
        ("\u00e4rger", "-rger"),
        ("a" * 31 + " b", "a" * 31),
    ],
)
def test_the_name_is_one_that_sts_takes(world, answer, name, federated):
    world.aws.answer(FEDERATE, answer)
    world.user(name=name, credentials=PAIR).federate(HOUR)
    assert world.parameters(FEDERATE)[0]["Name"] == federated


@pytest.mark.parametrize("where", ["configuration", "keyring"])
def test_a_device_is_not_asked_and_that_is_said(world, answer, where):
    if where == "keyring":
        world.keys.put("me", PAIR | {"mfa_arn": DEVICE})
    world.aws.answer(FEDERATE, answer)
    settings = {"credentials": PAIR | {"mfa_arn": DEVICE}} if where == "configuration" else {}
    world.user(**settings).federate(HOUR)
    (warning,) = world.prompter.warnings
    assert "takes no MFA code" in warning


def test_without_keys_it_is_said_what_helps(world):
    with pytest.raises(errors.AuthenticationFailed, match='"me" has no keys') as caught:
        world.user().federate(HOUR)
    assert len(caught.value.hints) == 3
    assert world.aws.calls == []


def test_half_a_pair_is_not_passed_over(world):
    world.keys.put("me", PAIR)
    with pytest.raises(errors.InvalidSetting, match="no secret_access_key"):
        world.user(credentials={"access_key_id": "AKIASAMPLE"}).federate(HOUR)
    assert world.aws.calls == []


def test_a_user_who_may_not(world):
    world.aws.fail(FEDERATE, "AccessDenied", message="not authorized", status=403)
    with pytest.raises(errors.AccessDenied, match="may not call sts:GetFederationToken") as caught:
        world.user(credentials=PAIR).federate(HOUR)
    assert "not authorized" in caught.value.details[0]
    assert caught.value.hints


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "SignatureDoesNotMatch"])
def test_keys_that_aws_does_not_know(world, code):
    world.aws.fail(FEDERATE, code, status=403)
    with pytest.raises(errors.KeysRejected) as caught:
        world.user(credentials=PAIR).federate(HOUR)
    assert caught.value.in_configuration
    world.keys.put("me", PAIR)
    world.aws.fail(FEDERATE, code, status=403)
    with pytest.raises(errors.KeysRejected) as caught:
        world.user().federate(HOUR)
    assert caught.value.hints == ("atmos auth user configure --identity me",)
    assert world.keys.get("me") is not None, "only a person who can bring new ones has old ones thrown away"


def test_another_failure_stays_what_it_is(world):
    world.aws.fail(FEDERATE, "ServiceUnavailable", status=503)
    with pytest.raises(errors.ServiceError) as caught:
        world.user(credentials=PAIR).federate(HOUR)
    assert caught.value.retryable
