"""Roles that a SAML assertion offers: the right one is asked for, once, for as long as somebody said."""

import pytest
from botocore.exceptions import ClientError

from atmos_auth.config.check import convert
from atmos_auth.domain.credentials import SamlRole
from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed, CredentialRejected, ServiceError
from atmos_auth.domain.timestamps import from_text
from atmos_auth.identities.aws.assume_role import AssumeRole, AssumeRoleSettings
from atmos_auth.testing import FakeConnections, saml_assertion, tools

ACCOUNT = "arn:aws:iam::123456789012"
ROLE, PROVIDER = f"{ACCOUNT}:role/Sample", f"{ACCOUNT}:saml-provider/Sample"
OPERATION = "sts:AssumeRoleWithSAML"


class _End:
    """When STS says that keys end, as botocore gives it."""

    @staticmethod
    def timestamp() -> float:
        return from_text("2026-01-02T04:04:05Z")


ANSWER = {
    "Credentials": {
        "AccessKeyId": "ASIASAML",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": _End,
    },
    "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Sample/jo"},
}


def assume(aws: FakeConnections, assertion=None, made=None, **principal):
    settings = {"kind": "aws/assume-role", "principal": {"assume_role": ROLE} | principal}
    made = made or tools(aws=aws)
    return AssumeRole("role", convert(settings, AssumeRoleSettings), made).authenticate(assertion or saml_assertion())


@pytest.fixture
def aws() -> FakeConnections:
    connections = FakeConnections()
    connections.answer(OPERATION, ANSWER)
    return connections


def test_the_role_is_asked_for_unsigned_and_becomes_the_credential(aws):
    keys = assume(aws)
    (call,) = aws.calls
    assert call.credentials is None
    assert call.parameters == {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": saml_assertion().response}
    assert (keys.principal, keys.account_id) == (ANSWER["AssumedRoleUser"]["Arn"], "123456789012")
    assert (keys.region, call.region, call.endpoint_url) == (
        "eu-west-1",
        "eu-west-1",
        "https://sts.eu-west-1.amazonaws.com",
    )


@pytest.mark.parametrize(
    ("principal", "provider", "idp", "asked"),
    [
        ({"duration": "30m"}, 7200, 3600, 1800),
        ({}, 7200, 3600, 7200),
        ({}, None, 3600, 3600),
        ({}, None, None, None),
    ],
)
def test_whoever_is_closer_to_the_role_says_how_long(aws, principal, provider, idp, asked):
    assume(aws, saml_assertion(duration_seconds=provider, session_seconds=idp), **principal)
    assert aws.calls[0].parameters.get("DurationSeconds") == asked


def test_a_region_of_the_role_is_where_it_is_asked(aws):
    keys = assume(aws, region="cn-north-1")
    assert (keys.region, aws.calls[0].endpoint_url) == ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn")


def test_what_has_no_effect_is_said(aws):
    made = tools(aws=aws)
    assume(aws, made=made, external_id="x", mfa_arn="arn:aws:iam::123456789012:mfa/me")
    assert [warning.split()[0] for warning in made.prompter.warnings] == ["principal.external_id", "principal.mfa_arn"]


def test_a_role_that_is_not_offered_is_not_asked_for(aws):
    many = tuple(SamlRole(f"{ACCOUNT}:role/Role{n:02}", PROVIDER) for n in range(30))
    with pytest.raises(AuthenticationFailed, match="does not offer you the role") as caught:
        assume(aws, saml_assertion(roles=many))
    assert f"  {ACCOUNT}:role/Role00" in caught.value.details
    assert caught.value.details[-1] == "... and 10 more"
    assert aws.calls == []


@pytest.mark.parametrize("arn", [ROLE.lower(), f"{ROLE}s", ROLE[:-1], f" {ROLE}"])
def test_only_the_very_same_role_counts(aws, arn):
    with pytest.raises(AuthenticationFailed, match="does not offer"):
        assume(aws, saml_assertion(roles=(SamlRole(arn, PROVIDER),)))


def test_one_role_through_two_providers_is_a_question(aws):
    roles = (SamlRole(ROLE, PROVIDER), SamlRole(ROLE, f"{PROVIDER}2"))
    with pytest.raises(AuthenticationFailed, match="several SAML providers") as caught:
        assume(aws, saml_assertion(roles=roles))
    assert any("idp_arn" in hint for hint in caught.value.hints)


@pytest.mark.parametrize(
    ("code", "message", "kind", "hint"),
    [
        ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", AccessDenied, "SAML:aud"),
        ("InvalidIdentityToken", "Response signature invalid", ServiceError, "metadata anew"),
        ("InvalidIdentityToken", "Issuer not present in specified provider", ServiceError, "metadata anew"),
        ("InvalidIdentityToken", "Specified provider doesn't exist", ServiceError, "create it in IAM"),
        ("ValidationError", "The requested DurationSeconds exceeds", ServiceError, "principal.duration"),
        (
            "ValidationError",
            "Value '300' at 'durationSeconds' failed to satisfy constraint: greater than or equal to 900",
            ServiceError,
            "at least 15m",
        ),
        ("InternalFailure", "", ServiceError, "try again"),
        ("ExpiredTokenException", "Token must be redeemed within 5 minutes", CredentialRejected, ""),
    ],
)
def test_what_aws_refuses_is_explained_and_sent_once(code, message, kind, hint):
    aws = FakeConnections()
    aws.fail(OPERATION, code, message=message)
    with pytest.raises(kind) as caught:
        assume(aws)
    assert hint in " ".join(caught.value.hints)
    assert len(aws.calls) == 1
    assert saml_assertion().response not in f"{caught.value} {caught.value.details}"


def test_a_client_error_keeps_awss_words():
    aws = FakeConnections()
    aws.answer(OPERATION, ClientError({"Error": {"Code": "PackedPolicyTooLarge", "Message": "too large"}}, "X"))
    with pytest.raises(ServiceError, match="PackedPolicyTooLarge: too large"):
        assume(aws)


@pytest.mark.parametrize(
    "arn", ["no arn", "arn:aws:sts::1:assumed-role/x", "arn:aws:sts::123456789012:assumed-role/x\n[evil]", "\x9b31m"]
)
def test_an_answer_that_aws_would_never_give_goes_nowhere(arn):
    aws = FakeConnections()
    aws.answer(OPERATION, ANSWER | {"AssumedRoleUser": {"Arn": arn}})
    with pytest.raises(ServiceError, match="neither keys nor an ARN") as caught:
        assume(aws)
    assert arn not in str(caught.value)
