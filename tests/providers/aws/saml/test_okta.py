"""What Okta's interface may answer beyond what it should: every answer ends in a sentence, and no secret travels."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.config.check import convert
from atmos_auth.domain.errors import AccessDenied, AtmosAuthError, AuthenticationFailed
from atmos_auth.domain.ports import WebAnswer
from atmos_auth.providers.aws.saml import SamlSettings
from atmos_auth.providers.aws.saml.drivers.okta import Okta
from atmos_auth.providers.aws.saml.person import Person
from atmos_auth.testing import FakeClock, FakePrompter, FakeWeb, tools

ORGANIZATION = "https://company.okta.com"
URL = f"{ORGANIZATION}/app/amazon_aws/abc123/sso/saml"
SETTINGS = {"kind": "aws/saml", "region": "us-east-1", "url": URL, "username": "jo", "password": "canary-password"}


def answer(content: Any, status: int = 200) -> WebAnswer:
    text = content if isinstance(content, str) else json.dumps(content)
    return WebAnswer(f"{ORGANIZATION}/api/v1/authn", status, text)


def factor(kind: str, **more: Any) -> dict[str, Any]:
    links = {"verify": {"href": f"{ORGANIZATION}/api/v1/authn/factors/f1/verify"}}
    return {"id": "f1", "factorType": kind, "provider": "OKTA", "profile": {}, "_links": links} | more


def required(*factors: Any) -> WebAnswer:
    return answer({"status": "MFA_REQUIRED", "stateToken": "canary-state", "_embedded": {"factors": list(factors)}})


def sign_in(web: FakeWeb, *answers: Any) -> str:
    made = tools(web=web, prompter=FakePrompter(answers))
    person = Person("okta", convert(SETTINGS, SamlSettings), made)
    with web.session(seconds=30) as session:
        return Okta(session, FakeClock()).sign_in(URL, person)


def refusal(web: FakeWeb, *answers: Any) -> AtmosAuthError:
    with pytest.raises(AtmosAuthError) as caught:
        sign_in(web, *answers)
    assert "canary" not in f"{caught.value.message} {caught.value.details} {caught.value.hints}"
    assert caught.value.hints
    return caught.value


@pytest.mark.parametrize("kind", ["webauthn", "u2f", "question", "web"])
def test_a_factor_that_only_a_browser_serves(kind):
    error = refusal(FakeWeb(required(factor(kind))))
    assert kind in error.message
    assert any("driver: Browser" in hint for hint in error.hints)


@pytest.mark.parametrize(
    "links",
    [
        {},
        None,
        {"verify": {}},
        {"verify": {"href": 7}},
        {"verify": {"href": "https://company.okta.com.evil.example/verify"}},
        {"verify": {"href": "https://evil.example/api/v1/authn/factors/f1/verify"}},
    ],
)
def test_a_state_token_goes_nowhere_else(links):
    web = FakeWeb(required(factor("token:software:totp", _links=links)))
    assert isinstance(refusal(web), AuthenticationFailed)
    assert len(web.requests) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("LOCKED_OUT", "locked"),
        ("PASSWORD_EXPIRED", "expired"),
        ("MFA_ENROLL", "second factor first"),
        ("RECOVERY", "does not know: RECOVERY"),
        (None, "does not know"),
        ("SUCCESS", "does not know: SUCCESS"),
    ],
)
def test_a_state_that_ends_the_sign_in(status, words):
    assert words in refusal(FakeWeb(answer({"status": status}))).message


@pytest.mark.parametrize("status", [200, 403, 404])
@pytest.mark.parametrize("text", ["", "<html><title>Log\x1b[31min</title></html>", "[]", "1", "[" * 50_000])
def test_what_is_no_answer_of_the_interface(text, status):
    error = refusal(FakeWeb(answer(text, status)))
    assert "met a page" in error.message
    assert "\x1b" not in f"{error.details}"


def test_a_policy_that_refuses():
    content = {"errorCode": "E0000006", "errorSummary": "You do not have permission\x1b[2J"}
    error = refusal(FakeWeb(answer(content, 403)))
    assert isinstance(error, AccessDenied)
    assert "You do not have permission[2J (E0000006)" in error.message


def test_factors_without_end_come_to_one():
    again = required(factor("token:software:totp"))
    web = FakeWeb(*[again] * 20)
    assert "does not know: MFA_REQUIRED" in refusal(web, *["123456"] * 20).message
    assert len(web.requests) < 10


def test_factors_that_read_the_same_are_told_apart():
    phones = [factor("sms", id=f"f{n}", profile={"phoneNumber": "+1 XXX-1337"}) for n in (1, 2)]
    for number, phone in enumerate(phones):
        phone["_links"] = {"verify": {"href": f"{ORGANIZATION}/api/v1/authn/factors/f{number}/verify"}}
    web = FakeWeb(required(*phones), answer({"status": "MFA_CHALLENGE"}), answer({"status": "LOCKED_OUT"}))
    refusal(web, "SMS (+1 XXX-1337) #2", "123456")
    assert web.requests[1].url.endswith("/factors/f1/verify")


def test_a_token_that_no_address_can_hold():
    web = FakeWeb(answer('{"status": "SUCCESS", "sessionToken": "\\ud800"}'), answer("<title>x</title>"))
    assert "met a page" in refusal(web).message


def test_an_application_that_wants_more():
    web = FakeWeb(answer({"status": "SUCCESS", "sessionToken": "canary-token"}), answer("<title>Verify again</title>"))
    error = refusal(web)
    assert 'the page "Verify again"' in error.details[0]


def test_an_application_of_somebody_else():
    page = '<form action="https://evil.example/saml"><input type=hidden name=SAMLResponse value=canary></form>'
    web = FakeWeb(answer({"status": "SUCCESS", "sessionToken": "canary-token"}), answer(page))
    assert "signs in to https://evil.example/saml, not to AWS" in refusal(web).message


def test_a_session_token_is_traded_where_it_came_from():
    page = '<form action="https://signin.aws.amazon.com/saml"><input type=hidden name=SAMLResponse value=it></form>'
    web = FakeWeb(answer({"status": "SUCCESS", "sessionToken": "one time"}), answer(page))
    assert sign_in(web) == "it"
    assert web.requests[1].url.startswith(f"{ORGANIZATION}/login/sessionCookieRedirect?")
    assert "token=one+time" in web.requests[1].url


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=10), below, max_size=3),
    max_leaves=20,
)
keys = st.sampled_from(["status", "stateToken", "sessionToken", "_embedded", "factors", "errorCode", "_links"])


@settings(deadline=None, max_examples=200)
@given(content=st.dictionaries(keys, json_values), status=st.sampled_from([200, 400, 401, 403, 429, 500]))
def test_no_answer_makes_it_fall_over(content, status):
    with pytest.raises(AtmosAuthError):
        sign_in(FakeWeb(answer(content, status)))


@settings(deadline=None, max_examples=200)
@given(factors=st.lists(st.dictionaries(st.sampled_from(["id", "factorType", "profile", "_links"]), json_values)))
def test_no_factor_makes_it_fall_over(factors):
    with pytest.raises(AtmosAuthError):
        sign_in(FakeWeb(required(*factors)))
