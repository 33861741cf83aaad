"""The emulator's own identity provider: its page, where responses go, its metadata, and the phone for tests."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from lxml import etree
from page_browser import Browser

from aws_emulator.idp_key import own_signing_key
from aws_emulator.saml_directory import SmsFactor
from saml_cases import ADMIN, PROVIDER

HERE = "http://127.0.0.1:8400/saml"
ANN, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"


@pytest.fixture
def browser(aws):
    return Browser(aws.url)


def address(acs=None, relay_state="a state"):
    return f"/idp/sso?{urlencode({'RelayState': relay_state} | ({'acs': acs} if acs else {}))}"


@pytest.fixture
def sign_in(aws, browser):
    def send(name, password=None, acs=HERE):
        known = aws.state.saml_people.get(name)
        return browser.fill(browser.get(address(acs)), name=name, password=password or known.password)

    return send


def test_a_program_on_this_machine(api, browser, sign_in):
    page = browser.follow(sign_in(ANN))
    assert (page.form().method, page.form().action) == ("POST", HERE)
    assert page.fields()["RelayState"] == "a state"
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:8400" in policy
    members = {"RoleArn": ADMIN, "PrincipalArn": PROVIDER, "SAMLAssertion": page.fields()["SAMLResponse"]}
    assert api.client("sts").assume_role_with_saml(**members)["Audience"] == HERE


def test_aws_is_where_responses_go_by_themselves(browser, sign_in):
    page = browser.follow(sign_in(ANN, acs=None))
    assert page.form().action == "https://signin.aws.amazon.com/saml"


def test_the_second_visit_asks_nothing(aws, browser, sign_in):
    browser.follow(sign_in(ANN))
    page = browser.get(address("https://us-east-1.signin.aws.amazon.com/saml", "<other>"))
    assert page.form().action == "https://us-east-1.signin.aws.amazon.com/saml"
    assert page.fields()["RelayState"] == "<other>"
    assert aws.journal.count("idp:SignIn") == 1
    assert aws.journal.count("idp:ShowSignIn", response="sent") == 2


@pytest.mark.parametrize(
    "acs",
    [
        "https://evil.example.com/saml",
        "http://127.0.0.1:8400/other",
        "http://127.0.0.1:8400@evil.example.com/saml",
        "http://127.0.0.1/saml",
        "http://localhost:8400/saml",
        "https://signin.aws.amazon.com.evil.example.com/saml",
        "javascript:alert(1)",
    ],
)
def test_responses_go_nowhere_else(aws, browser, acs):
    assert browser.get(address(acs)).status == 400
    values = {"acs": acs, "name": ANN, "password": aws.state.saml_people[ANN].password}
    assert browser.post("/idp/sso", values).status == 400


def test_wrong_locked_and_expired(aws, sign_in):
    for name in (ANN, "who@example.com"):
        assert "The name or the password is wrong." in sign_in(name, "wrong").text
    aws.state.saml_people[ANN].locked = True
    assert "This account is locked." in sign_in(ANN).text
    aws.state.saml_people[BEN].password_expired = True
    assert "The password has expired." in sign_in(BEN).text


def test_codes(aws, browser, sign_in):
    page = sign_in(BEN)
    page = browser.fill(page, code="000000")
    assert "This code is wrong." in page.text
    assert browser.follow(browser.fill(page, code=aws.saml_totp(BEN))).form().action == HERE
    aws.state.saml_people[ANN].factors = [SmsFactor("+49 170 5550037")]
    browser.cookies.clear()
    page = sign_in(ANN)
    assert "+XX XXXXXXX37" in page.text
    assert browser.follow(browser.fill(page, code=aws.sms_code(ANN))).form().action == HERE


def test_push(aws, browser, sign_in):
    page = browser.fill(sign_in(CLEO))
    assert str(aws.expected_push_number(CLEO)) in page.text
    aws.answer_push(CLEO, number=aws.expected_push_number(CLEO))
    assert browser.follow(browser.fill(page)).form().action == HERE
    browser.cookies.clear()
    page = sign_in(CLEO)
    aws.answer_push(CLEO, approve=False)
    assert browser.fill(page).status == 403
    assert browser.fill(page).status == 400


def test_metadata(aws, browser):
    page = browser.get("/idp/metadata")
    root = etree.fromstring(page.text.encode())
    assert root.get("entityID") == f"{aws.url}/idp"
    (certificate,) = root.xpath("//*[local-name()='X509Certificate']/text()")
    assert certificate in own_signing_key().certificate.replace("\n", "")
    (location,) = root.xpath("//*[local-name()='SingleSignOnService']/@Location")
    assert location == f"{aws.url}/idp/sso"


# --- the phone, over HTTP -------------------------------------------------------------------------------------


def test_codes_over_http(aws, browser, sign_in):
    assert browser.get(f"/_emulator/saml-totp?person={BEN}").json() == {"code": aws.saml_totp(BEN)}
    assert browser.get(f"/_emulator/saml-totp?person={ANN}").status == 404
    assert browser.get(f"/_emulator/sms-code?person={ANN}").status == 404
    aws.state.saml_people[ANN].factors = [SmsFactor("+49 170 5550037")]
    sign_in(ANN)
    assert browser.get(f"/_emulator/sms-code?person={ANN}").json() == {"code": aws.sms_code(ANN)}
    aws.clock.advance(300)
    assert browser.get(f"/_emulator/sms-code?person={ANN}").status == 404


def test_push_over_http(aws, browser, sign_in):
    assert browser.get(f"/_emulator/push-number?person={CLEO}").status == 404
    page = sign_in(CLEO)
    number = browser.get(f"/_emulator/push-number?person={CLEO}").json()["number"]
    assert browser.post_json("/_emulator/answer-push", {"person": CLEO, "number": number}).status == 200
    assert browser.post_json("/_emulator/answer-push", {"person": CLEO, "number": number}).status == 404
    assert browser.fill(page).status == 302


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"person": 1},
        {"person": CLEO, "approve": "yes"},
        {"person": CLEO, "number": "42"},
        {"person": CLEO, "number": True},
        {"person": CLEO, "x": 1},
    ],
)
def test_what_is_no_tap(browser, body):
    assert browser.post_json("/_emulator/answer-push", body).status == 400


def test_secrets_stay_out_of_reprs(aws):
    text = repr(aws.state)
    for person in aws.state.saml_people.values():
        assert person.password not in text
    assert "AUTHENTICATORSECRET" not in text
    assert "example-password" not in json.dumps([entry.as_dict() for entry in aws.journal.entries()])
