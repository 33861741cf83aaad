import json

import pytest

from atmos_auth.aws_api.console_federation import ConsoleFederation, SignInToken
from atmos_auth.domain.errors import AccessDenied, ServiceError
from atmos_auth.domain.ports import WebAnswer
from atmos_auth.testing import FakeWeb, aws_credentials

ENDPOINT = "https://signin.aws.amazon.com/federation"
TOKEN = WebAnswer(ENDPOINT, 200, '{"SigninToken": "canary-token"}')
REFUSAL = WebAnswer(ENDPOINT, 400, "<html>Invalid credentials parameter</html>")


def federation(*answers):
    web = FakeWeb(*answers)
    return ConsoleFederation(web, endpoint=ENDPOINT), web


def test_credentials_become_a_token():
    asked, web = federation(TOKEN)
    assert asked.sign_in_token(aws_credentials(), seconds=7200) == SignInToken("canary-token", 7200)
    (request,) = web.requests
    assert (request.method, request.url) == ("POST", ENDPOINT), "the keys are in no address"
    form = dict(request.form)
    assert (form["Action"], form["SessionDuration"]) == ("getSigninToken", "7200")
    assert json.loads(form["Session"]) == {
        "sessionId": "ASIASAMPLESAMPLESAMP",
        "sessionKey": "sample/secret/access/key",
        "sessionToken": "sample/session/token==",
    }
    assert web.sessions == [(30.0, False)], "keys follow no redirect"


def test_without_a_duration_none_is_sent():
    asked, web = federation(TOKEN)
    assert asked.sign_in_token(aws_credentials(), seconds=None).seconds is None
    assert "SessionDuration" not in dict(web.requests[0].form)


def test_what_is_refused_with_a_duration_is_tried_without():
    asked, web = federation(REFUSAL, TOKEN)
    assert asked.sign_in_token(aws_credentials(), seconds=7200) == SignInToken("canary-token", None)
    assert ["SessionDuration" in dict(request.form) for request in web.requests] == [True, False]


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("seconds", [None, 900])
def test_credentials_that_may_not_sign_in(status, seconds):
    asked, web = federation(*[REFUSAL._replace(status=status)] * 2)
    with pytest.raises(AccessDenied, match="AWS does not let these credentials sign in") as caught:
        asked.sign_in_token(aws_credentials(), seconds=seconds)
    assert caught.value.details == (f"{ENDPOINT} answers with HTTP {status}",)
    assert len(web.requests) == (1 if seconds is None else 2)


@pytest.mark.parametrize(
    ("status", "text", "retryable"),
    [
        (200, "", False),
        (200, "<html>", False),
        (200, "[]", False),
        (200, '"x"', False),
        (200, "{}", False),
        (200, '{"SigninToken": ""}', False),
        (200, '{"SigninToken": 1}', False),
        (200, "[" * 100_000, False),
        (302, "", False),
        (404, '{"SigninToken": "x"}', False),
        (429, "", True),
        (500, "", True),
        (503, "", True),
    ],
)
def test_an_answer_that_is_no_token(status, text, retryable):
    asked, _ = federation(WebAnswer(ENDPOINT, status, text))
    with pytest.raises(ServiceError, match="gives no sign-in token") as caught:
        asked.sign_in_token(aws_credentials(), seconds=None)
    assert (caught.value.endpoint, caught.value.retryable) == (ENDPOINT, retryable)


def test_a_failure_of_the_network_passes_through():
    failure = ServiceError("x", operation="web:HTTP", endpoint=ENDPOINT, code="ReadTimeout", retryable=True)
    asked, web = federation(failure)
    with pytest.raises(ServiceError):
        asked.sign_in_token(aws_credentials(), seconds=900)
    assert len(web.requests) == 1


def test_the_address_is_quoted():
    asked, _ = federation()
    url = asked.sign_in_url(SignInToken("a+b/c=", None), issuer="https://x/?a&b", destination="https://y/?r=1#Z")
    assert url == (
        f"{ENDPOINT}?Action=login&Issuer=https%3A%2F%2Fx%2F%3Fa%26b"
        "&Destination=https%3A%2F%2Fy%2F%3Fr%3D1%23Z&SigninToken=a%2Bb%2Fc%3D"
    )


def test_a_token_does_not_show_itself():
    assert "canary" not in repr(SignInToken("canary-token", 900))
