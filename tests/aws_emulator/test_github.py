"""A job of GitHub Actions: its variables, its ID tokens, and the keys that their issuer publishes."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from urllib.parse import quote, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from aws_emulator import Emulator

ISSUER = "https://token.actions.githubusercontent.com"
ROLE = "arn:aws:iam::333333333333:role/GitHubRole"


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims_of(token):
    return json.loads(decode(token.split(".")[1]))


def ask(aws, url, method="GET", **headers):
    """Ask for a URL; give status, headers and JSON body."""
    connection = http.client.HTTPConnection(urlsplit(aws.url).netloc, timeout=10)
    try:
        connection.request(method, url.removeprefix(aws.url), b"{}" if method == "POST" else None, headers)
        response = connection.getresponse()
        return response.status, response.headers, json.loads(response.read())
    finally:
        connection.close()


@pytest.fixture
def id_token(aws):
    """Ask as a job does, with what its variables say."""

    def call(audience=None):
        variables = aws.github_environment()
        url = variables["ACTIONS_ID_TOKEN_REQUEST_URL"]
        if audience is not None:
            url += f"&audience={quote(audience, safe='')}"
        authorization = f"bearer {variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"
        status, _, body = ask(aws, url, Authorization=authorization)
        assert (status, body["count"]) == (200, len(body["value"]))
        return body["value"]

    return call


# --- the token ----------------------------------------------------------------------------------------------


def test_the_variables_of_a_job(aws):
    assert aws.github_environment() == {
        "GITHUB_ACTIONS": "true",
        "CI": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{aws.url}/github/token?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": aws.state.github.request_token,
    }


def test_what_a_token_says(aws, id_token):
    claims = claims_of(id_token("sts.amazonaws.com"))
    workflow = "example-org/site/.github/workflows/deploy.yml@refs/heads/main"
    expected = {
        "iss": ISSUER,
        "sub": "repo:example-org/site:ref:refs/heads/main",
        "aud": "sts.amazonaws.com",
        "ref": "refs/heads/main",
        "ref_type": "branch",
        "repository": "example-org/site",
        "repository_owner": "example-org",
        "run_attempt": "1",
        "actor": "octocat",
        "workflow": "deploy",
        "head_ref": "",
        "base_ref": "",
        "event_name": "push",
        "job_workflow_ref": workflow,
        "runner_environment": "github-hosted",
    }
    assert {name: claims[name] for name in expected} == expected
    assert len(claims["sha"]) == hashlib.sha1().digest_size * 2
    assert claims["run_id"].isdigit()
    assert "environment" not in claims
    assert (claims["exp"] - claims["iat"], claims["iat"] - claims["nbf"]) == (300, 600)
    assert abs(claims["iat"] - aws.clock.now()) < 5


@pytest.mark.parametrize("audience", [None, ""])
def test_without_an_audience_a_token_is_for_the_owner(id_token, audience):
    assert claims_of(id_token(audience))["aud"] == "https://github.com/example-org"


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (
            {"environment": "production"},
            {"sub": "repo:example-org/site:environment:production", "environment": "production"},
        ),
        ({"environment": "a:b"}, {"sub": "repo:example-org/site:environment:a%3Ab", "environment": "a:b"}),
        (
            {"ref": "refs/tags/v1"},
            {"sub": "repo:example-org/site:ref:refs/tags/v1", "ref_type": "tag", "event_name": "push"},
        ),
        (
            {"ref": "refs/pull/7/merge"},
            {"sub": "repo:example-org/site:pull_request", "event_name": "pull_request", "base_ref": "main"},
        ),
        (
            {"repository": "other/app", "actor": "hubot", "workflow": "Ship it"},
            {
                "sub": "repo:other/app:ref:refs/heads/main",
                "repository_owner": "other",
                "actor": "hubot",
                "workflow": "Ship it",
                "workflow_ref": "other/app/.github/workflows/Ship-it.yml@refs/heads/main",
            },
        ),
    ],
)
def test_the_state_says_which_job_it_is(aws, id_token, job, expected):
    for name, value in job.items():
        setattr(aws.state.github, name, value)
    claims = claims_of(id_token())
    assert {name: claims[name] for name in expected} == expected


def test_no_two_tokens_are_the_same(id_token):
    tokens = [id_token() for _ in range(3)]
    assert len({claims_of(token)["jti"] for token in tokens}) == 3


def test_time_is_the_emulators(aws, id_token):
    aws.clock.advance(3600)
    assert abs(claims_of(id_token())["iat"] - aws.clock.now()) < 5


def test_sts_takes_the_token(api, id_token, refused):
    sts = api.client("sts")

    def assume(token):
        return sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="job", WebIdentityToken=token)

    assert assume(id_token("sts.amazonaws.com"))["Audience"] == "sts.amazonaws.com"
    with refused("InvalidIdentityToken") as error:
        assume(id_token())
    assert error["Message"] == "Incorrect token audience"
    api.aws.state.github.repository = "other-org/site"
    with refused("AccessDenied", 403):
        assume(id_token("sts.amazonaws.com"))


# --- who gets none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "bearer",
        "bearer wrong",
        "bearer {token}x",
        "bearer  {token}",
        "basic {token}",
        "{token}",
        "bearer \xe9",
    ],
)
def test_a_wrong_request_token(aws, authorization):
    headers = {}
    if authorization is not None:
        headers["Authorization"] = authorization.format(token=aws.state.github.request_token)
    url = aws.github_environment()["ACTIONS_ID_TOKEN_REQUEST_URL"]
    status, answered, body = ask(aws, url, **headers)
    assert (status, body["typeKey"]) == (401, "UnauthorizedRequestException")
    assert answered["WWW-Authenticate"] == "Bearer"
    assert "value" not in body
    (entry,) = aws.journal.entries()
    assert (entry.caller, entry.outcome) == ("anonymous", "UnauthorizedRequestException")


def test_the_scheme_is_read_in_any_case(aws):
    url = aws.github_environment()["ACTIONS_ID_TOKEN_REQUEST_URL"]
    assert ask(aws, url, Authorization=f"Bearer {aws.state.github.request_token}")[0] == 200


@pytest.mark.parametrize("query", ["", "?api-version=1.0", "?api-version=2.0?audience=sts.amazonaws.com"])
def test_the_version_must_be_there_and_the_query_well_formed(aws, query):
    authorization = f"bearer {aws.state.github.request_token}"
    status, _, body = ask(aws, f"/github/token{query}", Authorization=authorization)
    assert (status, body["typeKey"]) == (400, "VssVersionNotSpecifiedException")


def test_posting_is_refused(aws):
    assert ask(aws, "/github/token?api-version=2.0", "POST")[0] == 405


# --- what the issuer publishes ------------------------------------------------------------------------------


def test_a_token_is_verified_by_what_the_issuer_publishes(aws, id_token):
    token = id_token()
    _, _, configuration = ask(aws, "/.well-known/openid-configuration")
    assert configuration["issuer"] == ISSUER
    assert set(configuration["claims_supported"]) >= {"sub", "aud", "jti", "repository"}
    _, _, document = ask(aws, configuration["jwks_uri"])
    (key,) = document["keys"]
    signed, _, signature = token.rpartition(".")
    header = json.loads(decode(signed.split(".")[0]))
    assert header == {"typ": "JWT", "alg": "RS256", "kid": key["kid"]}
    assert set(key) == {"kty", "alg", "use", "kid", "n", "e"}
    public = rsa.RSAPublicNumbers(int.from_bytes(decode(key["e"])), int.from_bytes(decode(key["n"]))).public_key()
    public.verify(decode(signature), signed.encode(), padding.PKCS1v15(), SHA256())


def test_rotating_the_key(aws):
    def kid():
        return ask(aws, "/.well-known/jwks")[2]["keys"][0]["kid"]

    first = kid()
    second = aws.rotate_issuer_key()
    assert kid() == second != first
    connection = http.client.HTTPConnection(urlsplit(aws.url).netloc, timeout=10)
    connection.request("POST", "/_emulator/rotate-issuer-key", "{}", {"Content-Type": "application/json"})
    third = json.loads(connection.getresponse().read())["kid"]
    connection.close()
    assert kid() == third != second


def test_a_rotation_is_one_emulators_own():
    with Emulator() as first, Emulator() as second:
        before = ask(second, "/.well-known/jwks")[2]
        first.rotate_issuer_key()
        assert ask(second, "/.well-known/jwks")[2] == before


# --- faults and the journal ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 503])
def test_faults(aws, id_token, status):
    aws.faults.add("github:CreateIdToken", status=status, times=1)
    answered, _, body = ask(aws, "/github/token?api-version=2.0")
    assert (answered, set(body)) == (status, {"message", "typeKey"})
    assert id_token()
    assert aws.journal.count("github:CreateIdToken") == 2
    assert aws.journal.count("github:CreateIdToken", outcome="ok") == 1


def test_a_dropped_connection(aws, id_token):
    aws.faults.add("github:CreateIdToken", drop=True, times=1)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(aws, "/github/token?api-version=2.0")
    assert id_token()


def test_the_journal_says_for_whom_and_holds_no_token(aws, id_token):
    token = id_token("sts.amazonaws.com")
    (entry,) = aws.journal.entries()
    assert (entry.service, entry.operation, entry.caller) == ("github", "CreateIdToken", "example-org/site")
    assert entry.notes == {"subject": "repo:example-org/site:ref:refs/heads/main", "audience": "sts.amazonaws.com"}
    assert token not in str(entry)
    assert aws.state.github.request_token not in str(entry)
