"""SAML responses at STS: good ones give a role, and every hostile one is refused with AWS's own code."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aws_emulator import saml_names
from aws_emulator.idp_key import new_signing_key, own_signing_key
from aws_emulator.saml_directory import SamlProvider
from aws_emulator.saml_responses import sign, to_bytes
from aws_emulator.state import Role, TrustedProvider
from saml_cases import ADMIN, PROVIDER, READ_ONLY, Case, another_key, cases

STATUS = {"AccessDenied": 403, "IDPRejectedClaim": 403}
GOOD = Case("good", None, None)


@pytest.fixture
def assume(api):
    sts = api.client("sts")

    def call(assertion=None, **members):
        if assertion is None:
            assertion = api.aws.saml_response("ann@example.com")
        members = {"RoleArn": ADMIN, "PrincipalArn": PROVIDER, "SAMLAssertion": assertion} | members
        return sts.assume_role_with_saml(**members)

    return call


@pytest.fixture
def built(aws):
    """Build and sign a good response but for some members."""

    def build(key=None, issuer=None, **changes):
        response = replace(GOOD.response(issuer or f"{aws.url}/idp", aws.clock.now()), **changes)
        return base64.b64encode(to_bytes(sign(response.build(), key or own_signing_key()))).decode()

    return build


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_case(case, aws, assume, refused):
    response = case.build(f"{aws.url}/idp", aws.clock.now())
    if case.sts is None:
        assert assume(response)["Credentials"]["SessionToken"]
        return
    with refused(case.sts, STATUS.get(case.sts, 400)) as error:
        assume(response)
    assert response not in error["Message"] or not response


def test_the_answer(api, assume):
    answer = assume()
    assert answer["Subject"] == "ann@example.com"
    assert answer["SubjectType"] == "persistent"
    assert answer["Issuer"] == f"{api.aws.url}/idp"
    assert answer["Audience"] == "https://signin.aws.amazon.com/saml"
    assert len(base64.b64decode(answer["NameQualifier"])) == 20
    identity = api.sts(answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::111111111111:assumed-role/SamlAdmin/ann@example.com"
    entry = api.aws.journal.entries()[0]
    assert (entry.operation, entry.caller, entry.notes) == ("AssumeRoleWithSAML", "ann@example.com", {"role": ADMIN})


def test_a_chain(api, assume):
    keys = assume()["Credentials"]
    deploy = "arn:aws:iam::333333333333:role/SamlDeployRole"
    assert api.sts(keys).assume_role(RoleArn=deploy, RoleSessionName="chain")["Credentials"]


def test_a_comment_cuts_no_value_short(aws, assume):
    case = next(case for case in cases() if case.name == "a comment in the name")
    assert assume(case.build(f"{aws.url}/idp", aws.clock.now()))["Subject"] == "ann@example.com.evil.example.com"


def test_messages(aws, assume, refused, built):
    words = {
        built(key=another_key()): "Response signature invalid",
        built(issuer="https://evil.example.com"): "Issuer not present in specified provider",
        built(session_name=None): "RoleSessionName is required in AuthnResponse",
        built(session_name="a b"): "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
        built(audience=None): "Invalid SAML assertion: missing audience",
        built(audience="x"): "Response does not contain the required audience.",
    }
    for response, message in words.items():
        with refused("InvalidIdentityToken") as error:
            assume(response)
        assert error["Message"] == message


def test_a_response_is_good_for_five_minutes(api, assume, refused):
    response = api.aws.saml_response("ann@example.com")
    api.aws.clock.advance(299)
    assert assume(response)
    api.aws.clock.advance(2)
    with refused("ExpiredTokenException") as error:
        assume(response)
    assert error["Message"] == "Token must be redeemed within 5 minutes of issuance"


def test_the_providers_session_ends_the_roles(aws, assume, built):
    def seconds(**changes):
        expiration = assume(built(**changes), DurationSeconds=7200)["Credentials"]["Expiration"]
        return (expiration - datetime.fromtimestamp(aws.clock.now(), UTC)).total_seconds()

    assert seconds() == pytest.approx(7200, abs=5)
    assert seconds(session_ends=aws.clock.now() + 1800) == pytest.approx(1800, abs=5)
    assert seconds(session_ends=aws.clock.now() + 9000) == pytest.approx(7200, abs=5)


def test_a_role_limits_the_session(assume, refused):
    with refused("ValidationError"):
        assume(RoleArn=READ_ONLY, DurationSeconds=3601)
    assert assume(RoleArn=READ_ONLY, DurationSeconds=3600)


def test_an_external_provider(api, assume, refused, built):
    key, entity_id = new_signing_key("simplesaml"), "http://idp.example.com/metadata"
    api.aws.state.saml_providers[PROVIDER] = SamlProvider(entity_id, [another_key().certificate, key.certificate])
    assert assume(built(key, entity_id))
    assert assume(built(another_key(), entity_id))
    with refused("InvalidIdentityToken"):
        assume(built(own_signing_key(), entity_id))
    with refused("InvalidIdentityToken"):
        assume()


def test_a_provider_that_is_not_there(api, assume, refused):
    api.aws.state.saml_providers.clear()
    with refused("InvalidIdentityToken") as error:
        assume()
    assert error["Message"] == "Specified provider doesn't exist"


def test_a_provider_the_role_does_not_trust(api, assume, refused, built):
    other = "arn:aws:iam::111111111111:saml-provider/Other"
    api.aws.state.saml_providers[other] = SamlProvider()
    with refused("AccessDenied", 403):
        assume(built(roles=[f"{ADMIN},{other}"]), PrincipalArn=other)


def test_the_recipient_is_a_claim_for_trust_policies(api, assume, refused):
    here = "http://127.0.0.1:8400/saml"
    response = api.aws.saml_response("ann@example.com", here)
    assert assume(response)["Audience"] == here
    # Without a condition, a policy means AWS's sign-in.
    with refused("AccessDenied", 403):
        assume(response, RoleArn=READ_ONLY)
    api.aws.state.roles[ADMIN] = Role([TrustedProvider(PROVIDER, {"SAML:aud": saml_names.SIGN_IN})])
    with refused("AccessDenied", 403):
        assume(response)
    assert assume()


@pytest.mark.parametrize(
    ("conditions", "trusted"),
    [
        ({"SAML:sub": "ann@*", "SAML:sub_type": "persistent"}, True),
        ({"SAML:sub": "ben@*"}, False),
        ({"SAML:iss": "http://127.0.0.1:*/idp"}, True),
        ({"SAML:iss": "https://*"}, False),
        ({"SAML:unknown": "*"}, False),
    ],
)
def test_other_claims(api, assume, refused, conditions, trusted):
    api.aws.state.roles[ADMIN] = Role([TrustedProvider(PROVIDER, conditions)])
    if trusted:
        assert assume()
    else:
        with refused("AccessDenied", 403):
            assume()


def test_certificates_do_not_expire_for_iam(aws, assume):
    aws.clock.advance(9 * 365 * 24 * 3600)
    assert assume()


def test_a_response_for_nobody(aws):
    with pytest.raises(LookupError, match=r"there is no person who@example\.com"):
        aws.saml_response("who@example.com")


@pytest.mark.parametrize("members", [{"DurationSeconds": 43201}, {"RoleArn": "arn:aws:iam::3:role/SomethingLong"}])
def test_parameters(assume, refused, members):
    with refused("ValidationError"):
        assume(**members)
