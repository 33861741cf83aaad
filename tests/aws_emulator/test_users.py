"""IAM users: keys that are rotated and revoked, MFA devices, and what a session is worth with and without one."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime

import pytest

from aws_emulator.state import MfaDevice, Role, TrustedPrincipal, User
from aws_emulator.totp import code_of, secret_bytes, step_of

USER = "arn:aws:iam::111111111111:user/breakglass"
OPERATOR = "arn:aws:iam::111111111111:user/operator"
CONTRACTOR = "arn:aws:iam::111111111111:user/contractor"
ROOT = "arn:aws:iam::222222222222:root"
GUARDED = "arn:aws:iam::111111111111:role/GuardedRole"
LONG = "arn:aws:iam::111111111111:role/LongRole"
DEVICE = "arn:aws:iam::111111111111:mfa/breakglass"
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "


def seconds_left(answer):
    return (answer["Credentials"]["Expiration"] - datetime.now(UTC)).total_seconds()


def mfa(aws, neighbour=0):
    """Give the MFA parameters with the code of now, or of a neighbouring time step."""
    step = step_of(aws.clock.now()) + neighbour
    return {"SerialNumber": DEVICE, "TokenCode": code_of(secret_bytes(aws.state.users[USER].mfa.secret), step)}


@pytest.fixture
def aws(aws):
    """Begin at the start of a time step, so that none ends in the middle of a test."""
    aws.clock.advance(30 - aws.clock.now() % 30)
    return aws


@pytest.fixture
def sts(api):
    return api.sts(api.user_keys())


# --- devices ------------------------------------------------------------------------------------------------


def test_a_session_with_mfa(aws, api, sts):
    assert mfa(aws)["TokenCode"] == aws.totp(USER)
    answer = sts.get_session_token(**mfa(aws), DurationSeconds=129600)
    assert 129500 < seconds_left(answer) <= 129600 + 30
    assert api.sts(answer["Credentials"]).get_caller_identity()["Arn"] == USER
    assert aws.journal.count("sts:GetSessionToken", outcome="ok", mfa=DEVICE) == 1


@pytest.mark.parametrize("neighbour", [-1, 1])
def test_clocks_may_be_one_step_apart(aws, sts, neighbour):
    assert sts.get_session_token(**mfa(aws, neighbour))


@pytest.mark.parametrize("neighbour", [-2, 2])
def test_two_steps_are_too_many(aws, sts, refused, neighbour):
    with refused("AccessDenied", 403) as error:
        sts.get_session_token(**mfa(aws, neighbour))
    assert error["Message"] == WRONG_CODE


def test_a_code_works_once(aws, sts, refused):
    used = mfa(aws)
    assert sts.get_session_token(**used)
    for call in (sts.get_session_token, assume(sts, LONG)):
        with refused("AccessDenied", 403) as error:
            call(**used)
        assert error["Message"] == WRONG_CODE
    aws.clock.advance(30)
    with refused("AccessDenied", 403):
        sts.get_session_token(**used)
    assert sts.get_session_token(**mfa(aws))


def test_the_clock_of_the_device_is_the_emulators(aws, sts):
    aws.clock.advance(3600)
    assert sts.get_session_token(SerialNumber=DEVICE, TokenCode=aws.totp(USER))


@pytest.mark.parametrize(
    "serial", ["arn:aws:iam::111111111111:mfa/other", "arn:aws:iam::111111111111:mfa/breakglas", "GAHT12345678"]
)
def test_a_device_of_somebody_else(aws, sts, refused, serial):
    with refused("AccessDenied", 403) as error:
        sts.get_session_token(**mfa(aws) | {"SerialNumber": serial})
    assert "Please verify your MFA serial number is valid and associated with this user." in error["Message"]


def test_a_user_without_a_device(aws, api, refused):
    sts = api.sts(api.user_keys("operator"))
    with refused("AccessDenied", 403) as error:
        sts.get_session_token(**mfa(aws))
    assert error["Message"].startswith("MultiFactorAuthentication failed, unable to validate MFA code.")
    assert sts.get_session_token()
    for arn in (OPERATOR, "arn:aws:iam::111111111111:user/nobody"):
        with pytest.raises(LookupError, match="has an MFA device"):
            aws.totp(arn)


@pytest.mark.parametrize("missing", ["SerialNumber", "TokenCode"])
def test_serial_number_and_code_go_together(aws, sts, refused, missing):
    given = mfa(aws)
    del given[missing]
    for call in (sts.get_session_token, assume(sts, LONG)):
        with refused("AccessDenied", 403) as error:
            call(**given)
        assert error["Message"].endswith("must provide both MFA serial number and one time pass code.")


@pytest.mark.parametrize(
    "members",
    [
        {"TokenCode": "12345"},
        {"TokenCode": "1234567"},
        {"TokenCode": "12345a"},
        {"TokenCode": "\u0661" * 6},
        {"SerialNumber": "arn"},
        {"SerialNumber": "x" * 257},
        {"SerialNumber": "with a space"},
    ],
)
def test_mfa_parameters(aws, sts, refused, members):
    with refused("ValidationError"):
        sts.get_session_token(**mfa(aws) | members)


def test_a_new_device_from_one_call_to_the_next(aws, sts):
    aws.state.users[USER].mfa = MfaDevice(DEVICE, "JBSWY3DPEHPK3PXP")
    assert sts.get_session_token(**mfa(aws))


def test_roles_that_ask_for_mfa(aws, api, sts, refused):
    with refused("AccessDenied", 403) as error:
        assume(sts, GUARDED)()
    assert error["Message"] == f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {GUARDED}"
    assert assume(sts, GUARDED)(**mfa(aws))
    without = api.sts(sts.get_session_token()["Credentials"])
    with refused("AccessDenied", 403):
        assume(without, GUARDED)()
    aws.clock.advance(30)
    session = api.sts(sts.get_session_token(**mfa(aws))["Credentials"])
    assert assume(session, GUARDED)()


def test_mfa_is_not_handed_down_to_role_sessions(aws, api, sts, refused):
    aws.state.roles[LONG].trusts.append(TrustedPrincipal(GUARDED, mfa=True))
    role = api.sts(assume(sts, GUARDED)(**mfa(aws))["Credentials"])
    with refused("AccessDenied", 403):
        assume(role, LONG)()
    aws.clock.advance(30)
    with refused("AccessDenied", 403):
        assume(role, LONG)(**mfa(aws))


def assume(sts, role):
    return lambda **members: sts.assume_role(RoleArn=role, RoleSessionName="session", **members)


# --- what a policy denies, and the root user ----------------------------------------------------------------


def test_a_policy_that_denies_session_tokens(api, refused):
    sts = api.sts(api.user_keys("contractor"))
    assert sts.get_caller_identity()["Arn"] == CONTRACTOR
    with refused("AccessDenied", 403) as error:
        sts.get_session_token()
    assert error["Message"] == (
        f"User: {CONTRACTOR} is not authorized to perform: sts:GetSessionToken on resource: * "
        "with an explicit deny in an identity-based policy"
    )


def test_a_policy_that_denies_roles(aws, sts, refused):
    aws.state.users[USER].denies.append("sts:AssumeRole")
    with refused("AccessDenied", 403) as error:
        assume(sts, LONG)()
    assert error["Message"].endswith("with an explicit deny in an identity-based policy")


@pytest.mark.parametrize(("asked", "given"), [({}, 3600), ({"DurationSeconds": 900}, 900)])
def test_sessions_of_root_last_an_hour_at_most(aws, api, asked, given):
    aws.state.users[ROOT] = User("AKIAEMULATORROOTROOT", "example")
    aws.state.roles[LONG] = Role([TrustedPrincipal(ROOT)])
    root = api.sts({"AccessKeyId": "AKIAEMULATORROOTROOT", "SecretAccessKey": "example"})
    assert root.get_caller_identity()["UserId"] == "222222222222"
    assert given - 100 < seconds_left(root.get_session_token(**asked)) <= given + 30
    assert seconds_left(root.get_session_token(DurationSeconds=129600)) <= 3600 + 30


# --- keys ---------------------------------------------------------------------------------------------------


def test_rotating_a_key(aws, api, sts, refused):
    session = api.sts(sts.get_session_token()["Credentials"])
    key_id, secret = aws.rotate_key(USER)
    assert key_id.startswith("AKIA")
    assert (len(key_id), len(secret)) == (20, 40)
    with refused("InvalidClientTokenId", 403):
        sts.get_caller_identity()
    new = api.sts({"AccessKeyId": key_id, "SecretAccessKey": secret})
    assert new.get_caller_identity()["Arn"] == USER
    assert session.get_caller_identity()["Arn"] == USER  # what was issued before lives on


def test_revoking_a_key(aws, api, sts, refused):
    aws.revoke_key("AKIAEMULATORBREAKGLS")
    with refused("InvalidClientTokenId", 403):
        sts.get_session_token()
    with pytest.raises(LookupError):
        aws.revoke_key("AKIAEMULATORBREAKGLS")
    aws.rotate_key(USER)
    assert api.sts(api.user_keys()).get_caller_identity()["Arn"] == USER


def test_revoking_an_issued_key(aws, api, sts, refused):
    keys = sts.get_session_token()["Credentials"]
    aws.revoke_key(keys["AccessKeyId"])
    with refused("InvalidClientTokenId", 403):
        api.sts(keys).get_caller_identity()
    assert sts.get_caller_identity()


def test_what_is_not_there(aws):
    with pytest.raises(LookupError, match="there is no user"):
        aws.rotate_key("arn:aws:iam::111111111111:user/nobody")
    with pytest.raises(LookupError, match="there is no key"):
        aws.revoke_key("AKIANOBODYNOBODYNOBO")


# --- the same from other processes --------------------------------------------------------------------------


def call(aws, path, body=None, content_type="application/json"):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{aws.url}/_emulator/{path}", data, {"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.status, json.load(error)


def test_keys_from_outside(aws, api, refused):
    status, answer = call(aws, "rotate-key", {"user": USER})
    assert (status, sorted(answer)) == (200, ["access_key_id", "secret_access_key"])
    sts = api.sts({"AccessKeyId": answer["access_key_id"], "SecretAccessKey": answer["secret_access_key"]})
    assert sts.get_caller_identity()["Arn"] == USER
    assert call(aws, "revoke-key", {"access_key_id": answer["access_key_id"]}) == (200, {})
    with refused("InvalidClientTokenId", 403):
        sts.get_caller_identity()


def test_codes_from_outside(aws):
    status, answer = call(aws, f"totp?{urllib.parse.urlencode({'user': USER})}")
    assert (status, answer["code"]) == (200, aws.totp(USER))
    assert 25 <= answer["seconds"] <= 30


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("rotate-key", {}, 400),
        ("rotate-key", {"user": 1}, 400),
        ("rotate-key", {"user": USER, "more": ""}, 400),
        ("rotate-key", {"user": "nobody"}, 404),
        ("revoke-key", {"key": ""}, 400),
        ("revoke-key", {"access_key_id": "AKIANOBODYNOBODYNOBO"}, 404),
        ("totp", None, 404),
        ("totp?user=nobody", None, 404),
    ],
)
def test_requests_from_outside_that_are_refused(aws, path, body, status):
    assert call(aws, path, body)[0] == status


@pytest.mark.parametrize("path", ["rotate-key", "revoke-key"])
def test_forms_of_other_sites_are_refused(aws, path):
    assert call(aws, path, {"user": USER, "access_key_id": "A"}, "text/plain")[0] == 415
