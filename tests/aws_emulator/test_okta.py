"""The API that looks like Okta's: password, factors, session token, and the page with the response for AWS."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from page_browser import Browser

from saml_cases import ADMIN, PROVIDER

APP = "/app/amazon_aws/abc123/sso/saml"
OPTIONS = {"multiOptionalFactorEnroll": False, "warnBeforePasswordExpired": False}
ANN, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"


@pytest.fixture
def browser(aws):
    return Browser(aws.url)


@pytest.fixture
def authenticate(aws, browser):
    def send(name, password=None):
        password = password or aws.state.saml_people[name].password
        return browser.post_json("/api/v1/authn", {"username": name, "password": password, "options": OPTIONS})

    return send


@pytest.fixture
def challenge(authenticate, browser):
    """Give a function that verifies one factor of cleo's, which takes the further members of the body."""

    def begin(factor_type, name=CLEO):
        answer = authenticate(name).json()
        (factor,) = [each for each in answer["_embedded"]["factors"] if each["factorType"] == factor_type]
        href = factor["_links"]["verify"]["href"]

        def verify(**members):
            return browser.post_json(href, {"stateToken": answer["stateToken"]} | members)

        return verify

    return begin


def start_session(browser, token, goal=None):
    goal = goal or f"{browser.base}{APP}"
    query = urlencode({"checkAccountSetupComplete": "true", "token": token, "redirectUrl": goal})
    return browser.get(f"/login/sessionCookieRedirect?{query}")


def refused(page):
    return page.status, page.json()["errorCode"], page.json()["errorSummary"]


def test_without_a_session_there_is_no_response(browser):
    page = browser.get(APP)
    assert page.status == 200
    assert 'id="okta-sign-in"' in page.text
    assert "SAMLResponse" not in page.text


def test_the_walk(api, browser, authenticate):
    answer = authenticate(ANN).json()
    assert answer["status"] == "SUCCESS"
    assert answer["_embedded"]["user"]["profile"]["login"] == ANN
    assert "stateToken" not in answer
    answered = start_session(browser, answer["sessionToken"])
    assert (answered.status, answered.location) == (302, f"{api.aws.url}{APP}")
    (cookie,) = browser.cookies
    assert (cookie.name, cookie.has_nonstandard_attr("HttpOnly"), cookie.expires) == ("sid", True, None)
    page = browser.follow(answered)
    form = page.form()
    assert (form.get("id"), form.method, form.action) == ("appForm", "POST", "https://signin.aws.amazon.com/saml")
    assert page.fields()["RelayState"] == ""
    members = {"RoleArn": ADMIN, "PrincipalArn": PROVIDER, "SAMLAssertion": page.fields()["SAMLResponse"]}
    assert api.client("sts").assume_role_with_saml(**members)["Subject"] == ANN
    assert "appForm" in browser.get(APP).text


def test_a_session_token_works_once(aws, browser, authenticate):
    token = authenticate(ANN).json()["sessionToken"]
    start_session(browser, token)
    stranger = Browser(aws.url)
    for spent in (token, "never issued", ""):
        assert "okta-sign-in" in stranger.follow(start_session(stranger, spent)).text
    assert aws.journal.count("okta:StartSession", session="refused") == 3


@pytest.mark.parametrize("goal", ["https://evil.example.com/", "//evil.example.com/", "/relative"])
def test_a_session_leads_to_no_other_place(aws, browser, authenticate, goal):
    token = authenticate(ANN).json()["sessionToken"]
    assert start_session(browser, token, goal).status == 403
    assert list(browser.cookies) == []


def test_wrong_locked_and_expired(aws, authenticate):
    for name in (ANN, "who@example.com"):
        assert refused(authenticate(name, "wrong")) == (401, "E0000004", "Authentication failed")
    aws.state.saml_people[ANN].locked = True
    answer = authenticate(ANN).json()
    assert (answer["status"], "sessionToken" in answer) == ("LOCKED_OUT", False)
    aws.state.saml_people[BEN].password_expired = True
    answer = authenticate(BEN).json()
    assert (answer["status"], "stateToken" in answer, "sessionToken" in answer) == ("PASSWORD_EXPIRED", True, False)


@pytest.mark.parametrize("body", [{}, {"username": ANN}, {"username": 1, "password": "x"}, [], "x"])
def test_what_is_no_question(browser, body):
    assert refused(browser.post_json("/api/v1/authn", body))[:2] == (400, "E0000001")


def test_a_form_is_no_question(browser):
    assert browser.post("/api/v1/authn", {"username": ANN}).status == 415


def test_factors(aws, authenticate):
    answer = authenticate(CLEO).json()
    assert (answer["status"], "sessionToken" in answer) == ("MFA_REQUIRED", False)
    kinds = [(factor["factorType"], factor["provider"]) for factor in answer["_embedded"]["factors"]]
    assert kinds == [("push", "OKTA"), ("sms", "OKTA"), ("token:software:totp", "GOOGLE")]
    for factor in answer["_embedded"]["factors"]:
        href = factor["_links"]["verify"]["href"]
        assert href == f"{aws.url}/api/v1/authn/factors/{factor['id']}/verify"
    assert answer["_embedded"]["factors"][1]["profile"] == {"phoneNumber": "+XX XXXXXXX37"}


def test_totp(aws, browser, challenge):
    verify = challenge("token:software:totp")
    assert refused(verify(passCode="000000")) == (403, "E0000068", "Invalid Passcode/Answer")
    answer = verify(passCode=aws.saml_totp(CLEO)).json()
    assert answer["status"] == "SUCCESS"
    assert "appForm" in browser.follow(start_session(browser, answer["sessionToken"])).text
    assert refused(verify(passCode="1"))[:2] == (401, "E0000011")


def test_sms(aws, challenge):
    verify = challenge("sms")
    answer = verify().json()
    assert (answer["status"], answer["factorResult"]) == ("MFA_CHALLENGE", "CHALLENGE")
    code = aws.sms_code(CLEO)
    assert refused(verify(passCode=f"{int(code) ^ 1:06}"))[1] == "E0000068"
    assert verify(passCode=code).json()["status"] == "SUCCESS"


def test_push_with_number_matching(aws, browser, challenge):
    verify = challenge("push")
    for _ in range(3):
        answer = verify().json()
        assert (answer["status"], answer["factorResult"]) == ("MFA_CHALLENGE", "WAITING")
        assert answer["_links"]["next"]["name"] == "poll"
        number = answer["_embedded"]["factor"]["_embedded"]["challenge"]["correctAnswer"]
        assert number == aws.expected_push_number(CLEO)
    aws.answer_push(CLEO, number=number)
    answer = browser.post_json(answer["_links"]["next"]["href"], {"stateToken": answer["stateToken"]}).json()
    assert answer["status"] == "SUCCESS"
    assert answer["sessionToken"]


def test_plain_push(aws, challenge):
    aws.state.saml_people[CLEO].factors[0].number_matching = False
    verify = challenge("push")
    assert "_embedded" not in verify().json()["_embedded"]["factor"]
    assert aws.expected_push_number(CLEO) is None
    aws.answer_push(CLEO)
    assert verify().json()["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("how", "result"), [("refused", "REJECTED"), ("wrong number", "REJECTED"), ("too late", "TIMEOUT")]
)
def test_push_that_fails(aws, challenge, how, result):
    verify = challenge("push")
    verify()
    if how == "too late":
        aws.clock.advance(60)
    elif how == "refused":
        aws.answer_push(CLEO, approve=False)
    else:
        aws.answer_push(CLEO, number=0)
    answer = verify().json()
    assert (answer["status"], answer["factorResult"], "sessionToken" in answer) == ("MFA_CHALLENGE", result, False)
    assert verify().json()["factorResult"] == "WAITING", "asking again sends a new prompt"


def test_a_state_token_lives_five_minutes(aws, challenge):
    verify = challenge("token:software:totp")
    aws.clock.advance(300)
    assert refused(verify(passCode=aws.saml_totp(CLEO))) == (401, "E0000011", "Invalid token provided")
    assert refused(verify(stateToken=None))[0] == 401


def test_a_factor_of_somebody_else(browser, authenticate):
    token = authenticate(BEN).json()["stateToken"]
    page = browser.post_json("/api/v1/authn/factors/mblemulatorsms/verify", {"stateToken": token})
    assert refused(page)[:2] == (404, "E0000007")


def test_an_expired_password_verifies_nothing(aws, browser, authenticate):
    aws.state.saml_people[BEN].password_expired = True
    token = authenticate(BEN).json()["stateToken"]
    body = {"stateToken": token, "passCode": aws.saml_totp(BEN)}
    assert browser.post_json("/api/v1/authn/factors/uftemulatortotp/verify", body).status == 401


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 429}, (429, "E0000047")),
        ({"status": 403}, (403, "E0000006")),
        ({"status": 403, "code": "E0000006"}, (403, "E0000006")),
        ({"status": 503}, (503, "E0000009")),
    ],
)
def test_faults_speak_okta(aws, authenticate, fault, expected):
    aws.faults.add("okta:Authenticate", times=1, **fault)
    assert refused(authenticate(ANN))[:2] == expected
    assert authenticate(ANN).status == 200


def test_the_journal(aws, challenge):
    challenge("token:software:totp")(passCode=aws.saml_totp(CLEO))
    entries = [(entry.service, entry.operation, entry.caller, entry.notes) for entry in aws.journal.entries()]
    assert entries == [
        ("okta", "Authenticate", CLEO, {"password": "good"}),
        ("okta", "VerifyFactor", CLEO, {"factor": "totp", "verdict": "good"}),
    ]
