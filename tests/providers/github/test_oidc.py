"""A GitHub job's token: asked for anew each time, for the right audience, and explained when there is none."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from atmos_auth.aws_api.base64url import base64url
from atmos_auth.config.check import check, convert
from atmos_auth.domain.errors import AuthenticationFailed, ServiceError
from atmos_auth.domain.ports import WebAnswer
from atmos_auth.host.web import RequestsWeb
from atmos_auth.providers.github.oidc import GithubOidc, GithubOidcSettings
from atmos_auth.testing import NOW, FakePrompter, FakeWeb, RecordingLog, tools
from aws_emulator import Emulator

JOB = {
    "GITHUB_ACTIONS": "true",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://pipelines.example.com/token?api-version=2.0",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "canary-request-token",
}
CLAIMS = {
    "iss": "https://token.actions.githubusercontent.com",
    "sub": "repo:example-org/site:ref:refs/heads/main",
    "aud": "sts.amazonaws.com",
    "iat": 1_000,
    "exp": 1_300,
}


def jwt(claims) -> str:
    return ".".join(base64url(part) for part in (b'{"alg":"RS256"}', json.dumps(claims).encode(), b"signature"))


def answer(value, status=200) -> WebAnswer:
    return WebAnswer(
        "https://pipelines.example.com/token", status, value if isinstance(value, str) else json.dumps(value)
    )


def provider(web, *, environ=JOB, log=None, **settings):
    written = {"kind": "github/oidc", "region": "eu-west-1"} | settings
    made = tools(web=web, environ=environ, log=log or RecordingLog(), prompter=FakePrompter(forbidden=True))
    return GithubOidc("github", convert(written, GithubOidcSettings), made)


def test_the_token_says_who_it_is_for_and_until_when():
    token = provider(FakeWeb(answer({"count": 1, "value": jwt(CLAIMS)}))).authenticate(None)
    assert (token.issuer, token.subject, token.audience) == (CLAIMS["iss"], CLAIMS["sub"], CLAIMS["aud"])
    # The life that GitHub gave it, by this machine's clock.
    assert (token.issued_at, token.expires_at, token.region) == (NOW, NOW + 300, "eu-west-1")


def test_it_is_asked_for_as_github_wants_it():
    web = FakeWeb(answer({"value": jwt(CLAIMS)}), answer({"value": jwt(CLAIMS)}))
    provider(web).authenticate(None)
    provider(web, spec={"audience": "sts.eu-west-1.amazonaws.com"}).authenticate(None)
    default, chosen = (parse_qs(urlsplit(request.url).query) for request in web.requests)
    assert default == {"api-version": ["2.0"], "audience": ["sts.amazonaws.com"]}
    assert chosen["audience"] == ["sts.eu-west-1.amazonaws.com"]
    assert web.requests[0].headers["Authorization"] == "bearer canary-request-token"
    # Where it would lead, the request token must not follow.
    assert web.sessions == [(10, False)] * 2


def test_every_call_brings_a_new_token():
    web = FakeWeb(*(answer({"value": jwt(CLAIMS | {"jti": n})}) for n in range(2)))
    kind = provider(web)
    assert kind.authenticate(None).token != kind.authenticate(None).token


def test_an_audience_of_its_own_in_the_address_is_replaced():
    web = FakeWeb(answer({"value": jwt(CLAIMS)}))
    url = "https://pipelines.example.com/token?audience=other&x="
    provider(web, environ=JOB | {"ACTIONS_ID_TOKEN_REQUEST_URL": url}).authenticate(None)
    assert parse_qs(urlsplit(web.requests[0].url).query, keep_blank_values=True) == {
        "x": [""],
        "audience": ["sts.amazonaws.com"],
    }


@pytest.mark.parametrize("missing", ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_job_without_the_permission_is_told_so(missing, value):
    environ = {name: text for name, text in JOB.items() if name != missing} | ({missing: value} if value == "" else {})
    with pytest.raises(AuthenticationFailed, match="may not ask for an identity token") as caught:
        provider(FakeWeb(), environ=environ).authenticate(None)
    assert any("id-token: write" in hint for hint in caught.value.hints)
    assert any("forks" in hint for hint in caught.value.hints)


def test_outside_of_a_job_another_provider_is_suggested():
    with pytest.raises(AuthenticationFailed, match="only available in GitHub Actions") as caught:
        provider(FakeWeb(), environ={}).authenticate(None)
    assert any("another provider" in hint for hint in caught.value.hints)


@pytest.mark.parametrize(("status", "retryable"), [(500, True), (503, True), (429, True), (401, False), (404, False)])
def test_a_refusal_is_repeated_only_if_that_may_help(status, retryable):
    with pytest.raises(ServiceError, match=f"HTTP {status}") as caught:
        provider(FakeWeb(answer({"message": "canary"}, status))).authenticate(None)
    assert caught.value.retryable is retryable
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"value": ""}',
        '{"value": 1}',
        '{"value": "a.b"}',
        '{"value": "ä.b.c"}',
        "[" * 100_000,
    ],
)
def test_an_answer_without_a_token_is_an_error_not_a_crash(text):
    with pytest.raises(ServiceError, match="without an identity token") as caught:
        provider(FakeWeb(answer(text))).authenticate(None)
    assert caught.value.retryable is False


@pytest.mark.parametrize("token", ["a.b.c", ".e30.", f"x.{base64url(b'[]')}.y", f"x.{base64url(b'[' * 99999)}.y"])
def test_a_token_whose_claims_cannot_be_read_is_awss_to_judge(token):
    made = provider(FakeWeb(answer({"value": token}))).authenticate(None)
    assert (made.token, made.subject, made.expires_at) == (token, "", NOW + 300)


@pytest.mark.parametrize("times", [{"iat": 1.5, "exp": 10**400}, {"iat": -1, "exp": 5}, {"iat": "a", "exp": None}, {}])
def test_times_that_are_none_do_no_harm(times):
    claims = {name: value for name, value in CLAIMS.items() if name not in ("iat", "exp")} | times
    assert provider(FakeWeb(answer({"value": jwt(claims)}))).authenticate(None).expires_at == NOW + 300


@pytest.mark.parametrize(
    "url",
    ["http://[bad", "https://user:canary-password@pipelines.example.com/token", "pipelines.example.com", "file:///x"],
)
def test_what_is_no_plain_address_is_refused(url):
    with pytest.raises(AuthenticationFailed, match="is no plain address") as caught:
        provider(FakeWeb(), environ=JOB | {"ACTIONS_ID_TOKEN_REQUEST_URL": url}).authenticate(None)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(("status", "words"), [(401, "id-token: write"), (302, "the runner sets it"), (503, "outages")])
def test_each_refusal_has_its_own_remedy(status, words):
    with pytest.raises(ServiceError) as caught:
        provider(FakeWeb(answer("", status))).authenticate(None)
    assert words in " ".join(caught.value.hints)


def test_neither_secret_is_shown():
    log = RecordingLog()
    token = provider(FakeWeb(answer({"value": jwt(CLAIMS)})), log=log).authenticate(None)
    assert {"canary-request-token", token.token} <= set(log.hidden)
    assert token.token not in repr(token)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "region is required"),
        ({"region": ""}, "region is required"),
        ({"region": "nowhere"}, "not an AWS region"),
        ({"region": "us-east-1", "spec": {"audience": ""}}, "audience is required"),
    ],
)
def test_region_and_audience_are_checked_before_anything_is_asked(settings, words):
    misfits = check({"kind": "github/oidc"} | settings, GithubOidcSettings, subject="it")
    assert [words in error.message for error in misfits.errors] == [True]


def test_the_seeds_own_example_fits():
    settings = {"kind": "github/oidc", "region": "us-east-1", "spec": {"audience": "sts.us-east-1.amazonaws.com"}}
    assert check(settings, GithubOidcSettings, subject="it").errors == []


@pytest.fixture
def aws():
    with Emulator() as emulator:
        yield emulator


def test_it_speaks_as_a_real_runner_answers(aws):
    web = RequestsWeb(environ={}, user_agent="test")
    token = provider(web, environ=aws.github_environment()).authenticate(None)
    assert token.subject == "repo:example-org/site:ref:refs/heads/main"
    wrong = aws.github_environment() | {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"}
    with pytest.raises(ServiceError, match="HTTP 401"):
        provider(web, environ=wrong).authenticate(None)


def test_only_https_is_spoken_but_with_this_machine():
    web = RequestsWeb(environ={}, user_agent="test")
    environ = JOB | {"ACTIONS_ID_TOKEN_REQUEST_URL": "http://pipelines.example.com/token"}
    with pytest.raises(ServiceError, match="is not an https address"):
        provider(web, environ=environ).authenticate(None)
