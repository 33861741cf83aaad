"""Web identity and SAML: what is checked before a role is given."""

from __future__ import annotations

import base64
import hmac
import json
import time

import pytest

from aws_emulator.state import OidcProvider, Role, TrustedProvider

ISSUER = "https://token.actions.githubusercontent.com"
ROLE = "arn:aws:iam::333333333333:role/GitHubRole"
SAML = "arn:aws:iam::333333333333:saml-provider/Example"


def encode(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def jwt(claims, key, alg="HS256"):
    signed = b".".join(encode(json.dumps(part).encode()) for part in ({"alg": alg}, claims))
    return b".".join([signed, encode(hmac.digest(key.encode(), signed, "sha256"))]).decode()


@pytest.fixture
def claims():
    return {
        "iss": ISSUER,
        "aud": "sts.amazonaws.com",
        "sub": "repo:example-org/site:ref:refs/heads/main",
        "exp": time.time() + 300,
    }


@pytest.fixture
def key(aws):
    return aws.state.oidc_providers[0].hs256_key


@pytest.fixture
def assume(api):
    sts = api.client("sts")

    def call(token, **members):
        return sts.assume_role_with_web_identity(
            **{"RoleArn": ROLE, "RoleSessionName": "job", "WebIdentityToken": token} | members
        )

    return call


def test_web_identity(api, assume, claims, key):
    answer = assume(jwt(claims, key))
    assert answer["SubjectFromWebIdentityToken"] == claims["sub"]
    assert answer["Audience"] == "sts.amazonaws.com"
    assert answer["Provider"].endswith(":oidc-provider/token.actions.githubusercontent.com")
    identity = api.sts(answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::333333333333:assumed-role/GitHubRole/job"
    (entry,) = api.aws.journal.entries()[:1]
    assert (entry.operation, entry.caller) == ("AssumeRoleWithWebIdentity", claims["sub"])


def test_one_of_several_audiences(assume, claims, key):
    assert assume(jwt(claims | {"aud": ["other", "sts.amazonaws.com"]}, key))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://example.com"}, "InvalidIdentityToken"),
        ({"iss": None}, "InvalidIdentityToken"),
        ({"aud": "other"}, "InvalidIdentityToken"),
        ({"aud": None}, "InvalidIdentityToken"),
        ({"aud": {"a": 1}}, "InvalidIdentityToken"),
        ({"sub": ""}, "InvalidIdentityToken"),
        ({"exp": None}, "InvalidIdentityToken"),
        ({"exp": "soon"}, "InvalidIdentityToken"),
        ({"exp": True}, "InvalidIdentityToken"),
        ({"exp": 1}, "ExpiredTokenException"),
        ({"nbf": 9_999_999_999}, "InvalidIdentityToken"),
    ],
)
def test_claims(assume, refused, claims, key, changes, code):
    with refused(code):
        assume(jwt(claims | changes, key))


def test_expiry_follows_the_emulators_clock(api, assume, refused, claims, key):
    token = jwt(claims, key)
    api.aws.clock.advance(300)
    with refused("ExpiredTokenException"):
        assume(token)


@pytest.mark.parametrize("token", ["abcd", "aa.bb", "a.b.c.d", "!.!.!", "bnVsbA.bnVsbA.bnVsbA"])
def test_what_is_no_jwt(assume, refused, token):
    with refused("InvalidIdentityToken"):
        assume(token)


def test_signatures(assume, refused, claims, key):
    for token in (jwt(claims, "another key"), jwt(claims, key, alg="none"), jwt(claims, key, alg="RS256")):
        with refused("InvalidIdentityToken"):
            assume(token)


def test_a_provider_without_a_test_key(api, assume, refused, claims, key):
    api.aws.state.oidc_providers[0].hs256_key = None
    with refused("InvalidIdentityToken"):
        assume(jwt(claims, key))


def test_the_provider_belongs_to_one_account(api, assume, refused, claims, key):
    role = "arn:aws:iam::222222222222:role/GitHubRole"
    api.aws.state.roles[role] = api.aws.state.roles[ROLE]
    with refused("InvalidIdentityToken"):
        assume(jwt(claims, key), RoleArn=role)


@pytest.mark.parametrize("subject", ["repo:other-org/site:ref:refs/heads/main", "repo:example-org"])
def test_untrusted_subject(assume, refused, claims, key, subject):
    with refused("AccessDenied", 403) as error:
        assume(jwt(claims | {"sub": subject}, key))
    assert error["Message"] == "Not authorized to perform sts:AssumeRoleWithWebIdentity"


def test_condition_on_a_claim_that_is_not_there(api, assume, refused, claims, key):
    trust = TrustedProvider(api.aws.state.oidc_providers[0].arn, {"repository": "*"})
    api.aws.state.roles[ROLE] = Role([trust])
    with refused("AccessDenied", 403):
        assume(jwt(claims, key))
    assert assume(jwt(claims | {"repository": "example-org/site"}, key))


def test_another_provider_is_not_trusted(api, assume, refused, claims):
    issuer = "https://other.example.com"
    api.aws.state.oidc_providers.append(OidcProvider("333333333333", issuer, ["sts.amazonaws.com"], "k" * 32))
    with refused("AccessDenied", 403):
        assume(jwt(claims | {"iss": issuer}, "k" * 32))


def test_unknown_role(assume, refused, claims, key):
    with refused("AccessDenied", 403):
        assume(jwt(claims, key), RoleArn="arn:aws:iam::333333333333:role/NoSuchRole")


@pytest.mark.parametrize(
    "members",
    [{"DurationSeconds": 899}, {"DurationSeconds": 3601}, {"RoleSessionName": "a b"}],
)
def test_web_identity_parameters(assume, refused, claims, key, members):
    with refused("ValidationError"):
        assume(jwt(claims, key), **members)


def saml(api, **members):
    return api.client("sts").assume_role_with_saml(
        **{"RoleArn": ROLE, "PrincipalArn": SAML, "SAMLAssertion": "PHNhbWw+"} | members
    )


def test_saml_is_refused_without_and_with_a_provider(api, refused):
    with refused("InvalidIdentityToken") as error:
        saml(api)
    assert error["Message"] == "Specified provider doesn't exist"
    api.aws.state.saml_providers.append(SAML)
    with refused("InvalidIdentityToken") as error:
        saml(api)
    assert error["Message"].startswith("Response signature invalid")
    with refused("InvalidIdentityToken") as error:
        saml(api, SAMLAssertion="not base64")
    assert error["Message"] == "Invalid base64 SAMLResponse"


@pytest.mark.parametrize("members", [{"DurationSeconds": 43201}, {"RoleArn": "arn:aws:iam::3:role/SomethingLong"}])
def test_saml_parameters(api, refused, members):
    with refused("ValidationError"):
        saml(api, **members)
