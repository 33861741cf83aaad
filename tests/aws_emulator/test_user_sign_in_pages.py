"""The pages on which a person signs in as an IAM user, on this machine or for a program on another one."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, urlsplit

import pytest

USER = "arn:aws:iam::111111111111:user/breakglass"
OPERATOR = "arn:aws:iam::111111111111:user/operator"
CROSS_DEVICE = "arn:aws:signin:::devtools/cross-device"


@pytest.fixture
def another_machine(user_sign_in):
    """Sign in for a program on another machine."""
    user_sign_in.client_id = CROSS_DEVICE
    user_sign_in.redirect_uri = f"{user_sign_in.aws.url}/v1/sessions/confirmation"
    return user_sign_in


def show(user_sign_in, **changes):
    return user_sign_in.browse("GET", "/v1/authorize", user_sign_in.query(**changes))


def follow(user_sign_in, where, query):
    parts = urlsplit(where)
    assert f"{parts.scheme}://{parts.netloc}" == user_sign_in.aws.url
    return user_sign_in.browse("GET", parts.path, query)


def pasted(response):
    """Give what the confirmation page lets the person copy, as a program reads it."""
    (text,) = re.findall(r'aria-label="Authorization code">([^<]+)<', response.text)
    return {name: value for name, (value,) in parse_qs(base64.b64decode(text).decode()).items()}


def test_the_page_shows_who_may_sign_in(user_sign_in):
    response = show(user_sign_in)
    assert response.status == 200
    for text in ("on this machine", "breakglass", "account 111111111111", "operator", "contractor"):
        assert text in response.text
    assert re.findall(r'value="([^"]+)" checked', response.text) == [USER]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:54321" in policy
    assert "script" not in policy + response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_the_user_who_is_offered_first(user_sign_in):
    user_sign_in.aws.state.sign_in_user = OPERATOR
    assert f'value="{OPERATOR}" checked' in show(user_sign_in).text
    user_sign_in.aws.state.sign_in_user = ""
    assert f'value="{USER}" checked' in show(user_sign_in).text


def test_looking_at_the_page_decides_nothing(user_sign_in):
    assert show(user_sign_in).headers["Location"] is None


def test_a_link_does_not_bring_the_answer_along(user_sign_in):
    text = show(user_sign_in, decision="allow", user=OPERATOR).text
    assert text.count('name="decision"') == 2  # the two buttons
    assert f'type="hidden" name="user" value="{OPERATOR}"' not in text


def test_allow_and_deny(user_sign_in):
    where, answer = user_sign_in.decide(user=OPERATOR)
    assert (where, answer["state"]) == ("http://127.0.0.1:54321/oauth/callback", "a state")
    assert user_sign_in.trade(answer["code"])
    where, answer = user_sign_in.decide(decision="deny")
    assert where == "http://127.0.0.1:54321/oauth/callback"
    assert (answer["error"], answer["state"], "code" in answer) == ("access_denied", "a state", False)
    assert answer["error_description"]
    journal = user_sign_in.aws.journal
    assert journal.count("pages:DecideSignIn", decision="allow") == 1
    assert journal.count("pages:DecideSignIn", decision="deny") == 1
    assert journal.entries()[0].caller == OPERATOR


@pytest.mark.parametrize("changes", [{"decision": "maybe"}, {"decision": ""}, {"user": "nobody"}, {"user": ""}])
def test_a_form_without_a_decision_decides_nothing(user_sign_in, changes):
    response = user_sign_in.browse("POST", "/v1/authorize", user_sign_in.query(**{"decision": "allow"} | changes))
    assert (response.status, response.headers["Location"]) == (400, None)


def test_auto_approve_redirects_at_once(user_sign_in):
    user_sign_in.aws.auto_approve = True
    response = show(user_sign_in)
    assert response.status == 302
    (code,) = parse_qs(urlsplit(response.headers["Location"]).query)["code"]
    assert user_sign_in.trade(code)


def test_without_users_nobody_signs_in(user_sign_in):
    user_sign_in.aws.state.users.clear()
    query = parse_qs(urlsplit(show(user_sign_in).headers["Location"]).query)
    assert query["error"] == ["access_denied"]


def test_a_policy_that_denies_signing_in(user_sign_in):
    user_sign_in.aws.state.users[USER].denies.append("signin:AuthorizeOAuth2Access")
    _, answer = user_sign_in.decide()
    assert answer["error"] == "access_denied"
    assert answer["error_description"].endswith("is not authorized to perform: signin:AuthorizeOAuth2Access")
    assert user_sign_in.decide(user=OPERATOR)[1]["code"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "x" * 43 + "="}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid profile"}, "invalid_scope"),
    ],
)
def test_the_program_learns_what_is_wrong(user_sign_in, changes, error):
    for method, more in (("GET", {}), ("POST", {"decision": "allow"})):
        response = user_sign_in.browse(method, "/v1/authorize", user_sign_in.query(**changes) | more)
        query = parse_qs(urlsplit(response.headers["Location"]).query)
        assert (query["error"], query["state"]) == ([error], ["a state"])
        assert query["error_description"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "arn:aws:signin:::devtools/other"},
        {"client_id": ""},
        {"client_id": CROSS_DEVICE},  # its redirect URI is another
        {"redirect_uri": ""},
        {"redirect_uri": "http://127.0.0.1:54321/"},
        {"redirect_uri": "http://127.0.0.1:54321/oauth/callback/"},
        {"redirect_uri": "http://127.0.0.1:54321/oauth/callback?a=b"},
        {"redirect_uri": "http://127.0.0.1:54321/oauth/callback#a"},
        {"redirect_uri": "https://127.0.0.1:54321/oauth/callback"},
        {"redirect_uri": "http://localhost:54321/oauth/callback"},
        {"redirect_uri": "http://127.0.0.1@example.com/oauth/callback"},
        {"redirect_uri": "http://example.com/oauth/callback"},
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_the_clients(user_sign_in, changes):
    for method, more in (("GET", {}), ("POST", {"decision": "allow"})):
        response = user_sign_in.browse(method, "/v1/authorize", user_sign_in.query(**changes) | more)
        assert (response.status, response.headers["Location"]) == (400, None)
        assert "Not signed in" in response.text


def test_another_machine(another_machine):
    assert "on another machine" in show(another_machine).text
    response = follow(another_machine, *another_machine.decide())
    assert response.status == 200
    answer = pasted(response)
    assert answer["state"] == "a state"
    assert another_machine.trade(answer["code"])


def test_another_machine_with_auto_approve(another_machine):
    another_machine.aws.auto_approve = True
    where, _, query = show(another_machine).headers["Location"].partition("?")
    query = {name: value for name, (value,) in parse_qs(query).items()}
    assert pasted(follow(another_machine, where, query))["code"] == query["code"]


def test_another_machine_may_know_the_emulator_by_another_name(another_machine):
    port = urlsplit(another_machine.aws.url).port
    another_machine.redirect_uri = f"http://localhost:{port}/v1/sessions/confirmation"
    assert another_machine.code()
    for host in ("example.com", f"127.0.0.1:{port + 1}"):
        redirect_uri = f"http://{host}/v1/sessions/confirmation"
        assert show(another_machine, redirect_uri=redirect_uri).status == 400


def test_another_machine_denied(another_machine):
    response = follow(another_machine, *another_machine.decide(decision="deny"))
    assert (response.status, "Not signed in" in response.text) == (200, True)


def test_another_machine_has_no_listener(another_machine):
    redirect_uri = "http://127.0.0.1:54321/oauth/callback"
    assert show(another_machine, redirect_uri=redirect_uri).status == 400


@pytest.mark.parametrize("state", ["unknown", "used", "expired"])
def test_the_confirmation_shows_only_codes_that_can_be_used(another_machine, state):
    where, query = another_machine.decide()
    if state == "unknown":
        query["code"] = "<b>unknown</b>"
    elif state == "used":
        another_machine.trade(query["code"])
    else:
        another_machine.aws.clock.advance(300)
    response = follow(another_machine, where, query)
    assert (response.status, "<b>" in response.text) == (404, False)


def test_what_a_page_repeats_is_escaped(another_machine):
    query = {"error": "x", "error_description": "<script>"}
    response = follow(another_machine, another_machine.redirect_uri, query)
    assert "<script>" not in response.text
    response = show(another_machine, state='"><script>')
    assert "<script>" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/token", 405), ("POST", "/v1/sessions/confirmation", 405), ("GET", "/v1/authorize/", 404)],
)
def test_other_methods_and_paths(user_sign_in, method, path, status):
    assert user_sign_in.browse(method, path, {}).status == status
