import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.aws_api.sts import Sts
from atmos_auth.config.check import convert
from atmos_auth.domain import errors
from atmos_auth.identities.aws.assume_role import AssumeRole, AssumeRoleSettings
from atmos_auth.identities.aws.assume_role.session_name import session_name
from atmos_auth.testing import NOW, FakeConnections, aws_credentials, tools

DEPLOY = "arn:aws:iam::333333333333:role/DeployRole"
RELEASE = "arn:aws:iam::222222222222:role/ReleaseRole"
PARTNER = "arn:aws:iam::333333333333:role/PartnerRole"
LONG = "arn:aws:iam::111111111111:role/LongRole"
DEVELOPMENT = "111111111111"


def kind(made, arn, *, name="role", **settings):
    principal = {"assume_role": arn} | settings.pop("principal", {})
    written = {"kind": "aws/assume-role", "principal": principal} | settings
    return AssumeRole(name, convert(written, AssumeRoleSettings), made)


def test_a_role_is_assumed_and_aws_knows_us_as_it(aws, tools_of, keys_of, clock):
    base = keys_of(DEVELOPMENT)
    role = kind(tools_of(), DEPLOY, principal={"session_name": "me"}).authenticate(base)
    assert role.principal == "arn:aws:sts::333333333333:assumed-role/DeployRole/me"
    assert (role.account_id, role.session, role.issued_at) == ("333333333333", base.session, clock.now())
    assert (role.region, role.endpoint_url) == ("us-east-1", aws.url)
    made = tools_of()
    assert Sts(made.aws, role, region="us-east-1", endpoint_url=aws.url).caller_identity().arn == role.principal


def test_roles_can_be_chained(tools_of, keys_of):
    deploy = kind(tools_of(), DEPLOY).authenticate(keys_of(DEVELOPMENT))
    assert kind(tools_of(), RELEASE).authenticate(deploy).account_id == "222222222222"


def test_a_role_that_asks_for_an_external_id_gets_it(tools_of, keys_of):
    base = keys_of(DEVELOPMENT)
    assert kind(tools_of(), PARTNER, principal={"external_id": "example-external-id"}).authenticate(base)
    for wrong in ({}, {"external_id": "wrong"}):
        with pytest.raises(errors.AccessDenied, match=f"not allowed to assume {PARTNER}") as caught:
            kind(tools_of(), PARTNER, principal=wrong).authenticate(base)
        assert any("external_id" in hint for hint in caught.value.hints)
        assert "AccessDenied" in caught.value.details[0]


def test_a_role_that_does_not_exist_is_denied_in_words(tools_of, keys_of):
    with pytest.raises(errors.AccessDenied) as caught:
        kind(tools_of(), "arn:aws:iam::333333333333:role/Nobody").authenticate(keys_of(DEVELOPMENT))
    assert any("trust policy" in hint for hint in caught.value.hints)


@pytest.mark.parametrize(("written", "seconds"), [("15m", 900), (1200, 1200), ("1h", 3600), ("3600", 3600)])
def test_a_duration_is_as_long_as_it_says(aws, tools_of, keys_of, written, seconds):
    role = kind(tools_of(), LONG, principal={"duration": written}).authenticate(keys_of(DEVELOPMENT))
    assert role.expires_at - aws.clock.now() == pytest.approx(seconds, abs=30)


def test_a_duration_that_aws_does_not_grant_is_awss_refusal(tools_of, keys_of):
    with pytest.raises(errors.ServiceError, match="DurationSeconds"):
        kind(tools_of(), LONG, principal={"duration": "12h"}).authenticate(keys_of(DEVELOPMENT))


def test_dead_keys_are_rejected_for_the_engine_to_fetch_anew(aws, tools_of, keys_of):
    base = keys_of(DEVELOPMENT)
    aws.clock.advance(3601)
    with pytest.raises(errors.CredentialRejected):
        kind(tools_of(), DEPLOY).authenticate(base)


@pytest.mark.usefixtures("hostile")
def test_the_persons_own_aws_settings_are_not_heeded(tools_of, keys_of):
    role = kind(tools_of(), DEPLOY).authenticate(keys_of(DEVELOPMENT))
    assert role.account_id == "333333333333"


@pytest.mark.parametrize(
    ("settings", "before", "region", "endpoint"),
    [
        ({}, "eu-west-1", "eu-west-1", "https://sts.eu-west-1.amazonaws.com"),
        ({"region": "cn-north-1"}, "eu-west-1", "cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"),
        ({"principal": {"region": "us-gov-west-1"}, "region": "eu-west-3"}, None, "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"),
        ({}, None, None, "https://sts.us-east-1.amazonaws.com"),
        ({"spec": {"endpoint_url": "http://127.0.0.1:1"}}, "eu-west-1", "eu-west-1", "http://127.0.0.1:1"),
    ],
)  # fmt: skip
def test_where_sts_is_called_and_what_region_is_passed_on(settings, before, region, endpoint):
    aws = FakeConnections()
    aws.fail("sts:AssumeRole", "Stop")
    with pytest.raises(errors.ServiceError):
        kind(tools(aws=aws), DEPLOY, **settings).authenticate(aws_credentials(region=before))
    assert aws.calls[0].endpoint_url == endpoint
    assert aws.calls[0].region == (region or "us-east-1")
    assert aws.calls[0].credentials == aws_credentials(region=before)


@pytest.mark.parametrize(
    ("name", "written", "sent"),
    [
        ("prod", "", f"atmos-prod-{int(NOW)}"),
        ("team/prod x", "", f"atmos-team-prod-x-{int(NOW)}"),
        ("prod", "me@example.com", "me@example.com"),
        ("prod", "ü", "atmos-session"),
    ],
)
def test_the_sessions_name(name, written, sent):
    aws = FakeConnections()
    aws.fail("sts:AssumeRole", "Stop")
    principal = {"session_name": written} if written else {}
    with pytest.raises(errors.ServiceError):
        kind(tools(aws=aws), DEPLOY, name=name, principal=principal).authenticate(aws_credentials())
    assert aws.calls[0].parameters["RoleSessionName"] == sent


@given(st.text(max_size=100))
def test_any_name_is_fitted_into_what_sts_accepts(wanted):
    assert re.fullmatch(r"(?a)[\w+=,.@-]{2,64}", session_name(wanted))


@given(st.from_regex(r"(?a)[\w+=,.@]{2,64}", fullmatch=True))
def test_a_name_that_fits_is_left_alone(wanted):
    assert session_name(wanted) == wanted
