"""Roles whose trust policy asks for an MFA device, on top of an IAM user, at the emulator."""

import time

import pytest

from atmos_auth.aws_api.sts import Sts
from atmos_auth.config.check import convert
from atmos_auth.domain import errors
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.identities.aws.assume_role import AssumeRole, AssumeRoleSettings
from atmos_auth.testing import FakeClock
from atmos_auth.testing.mfa import FakeMfaCodes

GUARDED = "arn:aws:iam::111111111111:role/GuardedRole"
LONG = "arn:aws:iam::111111111111:role/LongRole"
DEVICE = "arn:aws:iam::111111111111:mfa/breakglass"
USER = "arn:aws:iam::111111111111:user/breakglass"
KEYS = AwsCredentials("AKIAEMULATORBREAKGLS", "example/only/for/the/emulator/0123456789")


@pytest.fixture
def keys(aws):
    return KEYS._replace(endpoint_url=aws.url, session="a-user")


@pytest.fixture
def session_of(aws, tools_of):
    """Return a session of the user, with or without a code."""

    def make(code=None):
        from atmos_auth.aws_api.sts import MfaCode

        sts = Sts(tools_of().aws, KEYS, region="us-east-1", endpoint_url=aws.url)
        session = sts.session_token(duration_seconds=900, mfa=MfaCode(DEVICE, code) if code else None)
        return session._replace(endpoint_url=aws.url)

    return make


def become(made, arn=GUARDED, **principal):
    settings = {"kind": "aws/assume-role", "principal": {"assume_role": arn, "session_name": "me"} | principal}
    return lambda previous: AssumeRole("role", convert(settings, AssumeRoleSettings), made).authenticate(previous)


def test_a_code_of_the_device_opens_the_role(aws, tools_of, keys):
    mfa = FakeMfaCodes(aws.totp(USER))
    role = become(tools_of(mfa=mfa), mfa_arn=DEVICE)(keys)
    assert role.principal == "arn:aws:sts::111111111111:assumed-role/GuardedRole/me"
    assert mfa.asked == [(DEVICE, None)]
    assert role.session == keys.session
    (entry,) = aws.journal.entries()
    assert entry.notes["mfa"] == DEVICE


def test_a_command_for_the_code_is_passed_on(aws, tools_of, keys):
    mfa = FakeMfaCodes(aws.totp(USER))
    become(tools_of(mfa=mfa), mfa_arn=DEVICE, mfa_command="show-code")(keys)
    assert mfa.asked == [(DEVICE, "show-code")]


def test_without_a_code_the_role_stays_shut(tools_of, keys):
    mfa = FakeMfaCodes("000000")
    with pytest.raises(errors.AccessDenied, match=GUARDED):
        become(tools_of(mfa=mfa))(keys)
    assert mfa.asked == []


def test_a_session_that_was_begun_with_a_code_needs_no_second_one(aws, tools_of, session_of):
    role = become(tools_of())(session_of(aws.totp(USER)))
    assert role.principal == "arn:aws:sts::111111111111:assumed-role/GuardedRole/me"


def test_a_session_that_was_begun_without_one_does(aws, tools_of, session_of):
    with pytest.raises(errors.AccessDenied):
        become(tools_of())(session_of())
    assert become(tools_of(mfa=FakeMfaCodes(aws.totp(USER))), mfa_arn=DEVICE)(session_of())


@pytest.mark.parametrize("device", [DEVICE, DEVICE + "-of-another"])
def test_a_wrong_code_or_device_is_refused_with_awss_reason(aws, tools_of, keys, device):
    wrong = "000000" if aws.totp(USER) != "000000" or device != DEVICE else "111111"
    with pytest.raises(errors.AccessDenied) as refused:
        become(tools_of(mfa=FakeMfaCodes(wrong, wrong)), mfa_arn=device)(keys)
    told = f"{refused.value} {refused.value.details}"
    assert "MultiFactorAuthentication failed" in told
    assert wrong not in told.replace(GUARDED, "").replace("111111111111", "")


def test_where_nobody_can_give_a_code_aws_is_not_even_called(aws, tools_of, keys):
    class Nobody:
        def code(self, serial, command=None):
            raise errors.NeedsPerson(serial)

    with pytest.raises(errors.NeedsPerson, match=DEVICE):
        become(tools_of(mfa=Nobody()), mfa_arn=DEVICE)(keys)
    assert aws.journal.entries() == []


def test_a_role_that_does_not_ask_takes_the_code_all_the_same(aws, tools_of, keys):
    clock = FakeClock(time.time())
    role = become(tools_of(clock=clock, mfa=FakeMfaCodes(aws.totp(USER))), LONG, mfa_arn=DEVICE, duration="12h")(keys)
    assert role.expires_at == pytest.approx(clock.now() + 12 * 3600, abs=60)
