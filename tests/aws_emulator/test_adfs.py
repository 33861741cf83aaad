"""The pages that look like ADFS: password, second factors, and the form that posts itself to AWS."""

from __future__ import annotations

import pytest
from page_browser import Browser

from aws_emulator.saml_directory import PushFactor, SmsFactor
from saml_cases import ADMIN, PROVIDER

ADDRESS = "/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices"
ANN, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"


@pytest.fixture
def browser(aws):
    return Browser(aws.url)


@pytest.fixture
def sign_in(aws, browser):
    def send(name, password=None):
        known = aws.state.saml_people.get(name)
        page = browser.get(ADDRESS)
        return browser.fill(page, UserName=name, Password=password or known.password)

    return send


def problem(page):
    return page.by_id("errorText")


def test_the_form(browser):
    page = browser.get(ADDRESS)
    form = page.form()
    assert (page.status, form.get("id"), form.method) == (200, "loginForm", "POST")
    assert form.action.startswith(
        "/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices&client-request-id="
    )
    assert page.visible() == ["UserName", "Password", "Kmsi"]
    assert page.fields()["AuthMethod"] == "FormsAuthentication"
    assert problem(page) == ""
    assert "script" not in page.headers["Content-Security-Policy"] + page.text


def test_signed_in(api, browser, sign_in):
    answered = sign_in(ANN)
    assert (answered.status, answered.headers["Location"]) == (302, ADDRESS)
    cookie = next(cookie for cookie in browser.cookies if cookie.name == "MSISAuthenticated")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert (cookie.get_nonstandard_attr("SameSite"), cookie.expires) == ("Lax", None)
    page = browser.follow(answered)
    form = page.form()
    assert (form.get("name"), form.method, form.action) == (
        "hiddenform",
        "POST",
        "https://signin.aws.amazon.com:443/saml",
    )
    assert "RelayState" not in page.fields()
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'sha256-" in policy
    assert "form-action 'self' https://signin.aws.amazon.com:443" in policy
    response = page.fields()["SAMLResponse"]
    members = {"RoleArn": ADMIN, "PrincipalArn": PROVIDER, "SAMLAssertion": response}
    assert api.client("sts").assume_role_with_saml(**members)["Subject"] == ANN


def test_the_second_visit_asks_nothing(aws, browser, sign_in):
    browser.follow(sign_in(ANN))
    assert browser.get(ADDRESS).form().get("name") == "hiddenform"
    assert aws.journal.count("adfs:SignIn", password="good") == 1
    assert aws.journal.count("adfs:ShowSignIn", response="sent") == 2
    aws.revoke_sessions()
    assert browser.get(ADDRESS).form().get("id") == "loginForm"


def test_wrong_locked_and_expired(aws, browser, sign_in):
    for name, password in ((ANN, "wrong"), ("who@example.com", "wrong")):
        page = sign_in(name, password)
        assert (page.status, page.form().get("id")) == (200, "loginForm")
        assert problem(page).startswith("Incorrect user ID or password.")
    aws.state.saml_people[ANN].locked = True
    assert "currently locked out" in problem(sign_in(ANN))
    aws.state.saml_people[BEN].password_expired = True
    answered = sign_in(BEN)
    assert answered.headers["Location"].startswith("/adfs/portal/updatepassword?")
    page = browser.follow(answered)
    assert page.form().get("id") == "updatePasswordForm"
    assert "Your password has expired." in page.text


def test_totp(aws, browser, sign_in):
    page = sign_in(BEN)
    assert (page.status, page.form().get("id"), page.visible()) == (200, "loginForm", ["VerificationCode"])
    assert page.fields()["AuthMethod"] == "TotpAuthentication"
    assert "MSISAuth" in {cookie.name for cookie in browser.cookies}
    wrong = browser.fill(page, VerificationCode="000000")
    assert problem(wrong) == "Incorrect verification code. Please try again."
    done = browser.fill(wrong, VerificationCode=aws.saml_totp(BEN))
    assert browser.follow(done).form().get("name") == "hiddenform"
    assert aws.journal.count("adfs:VerifyFactor", factor="totp") == 2


def test_a_code_works_once(aws, browser, sign_in):
    code = aws.saml_totp(BEN)
    browser.fill(sign_in(BEN), VerificationCode=code)
    aws.revoke_sessions()
    assert "Incorrect" in problem(browser.fill(sign_in(BEN), VerificationCode=code))


def test_sms(aws, browser, sign_in):
    aws.state.saml_people[ANN].factors = [SmsFactor("+49 170 5550037")]
    page = sign_in(ANN)
    assert page.fields()["AuthMethod"] == "AzureMfaServerAuthentication"
    assert "We sent a text message to +XX XXXXXXX37." in page.text
    code = aws.sms_code(ANN)
    assert "Incorrect" in problem(browser.fill(page, VerificationCode=f"{int(code) ^ 1:06}"))
    assert browser.fill(page, VerificationCode=code).status == 302
    with pytest.raises(LookupError, match="no text message waits"):
        aws.sms_code(ANN)


@pytest.mark.parametrize("matching", [True, False])
def test_push(aws, browser, sign_in, matching):
    aws.state.saml_people[ANN].factors = [PushFactor(number_matching=matching)]
    page = sign_in(ANN)
    assert (page.fields()["AuthMethod"], page.visible()) == ("AzureMfaAuthentication", [])
    assert page.by_id("validEntropyNumber") == (str(aws.expected_push_number(ANN)) if matching else None)
    assert "script-src 'sha256-" in page.headers["Content-Security-Policy"]
    page = browser.fill(page)
    assert (page.status, problem(page)) == (200, "")
    aws.answer_push(ANN, number=aws.expected_push_number(ANN))
    assert browser.follow(browser.fill(page)).form().get("name") == "hiddenform"


@pytest.mark.parametrize("how", ["refused", "wrong number", "no number", "too late"])
def test_push_that_fails(aws, browser, sign_in, how):
    page = sign_in(CLEO)
    number = aws.expected_push_number(CLEO)
    if how == "too late":
        aws.clock.advance(60)
    else:
        numbers = {"refused": number, "wrong number": number + 1, "no number": None}
        aws.answer_push(CLEO, approve=how != "refused", number=numbers[how])
    failed = browser.fill(page)
    words = "The notification timed out." if how == "too late" else "The sign-in was denied on the device."
    assert (failed.status, problem(failed)) == (200, words)
    with pytest.raises(LookupError, match="no push waits"):
        aws.answer_push(CLEO)
    assert "UserName" in browser.fill(failed).visible()


def test_the_second_step_needs_the_first(aws, browser, sign_in):
    page = sign_in(BEN)
    stranger = Browser(aws.url)
    answered = stranger.fill(page, VerificationCode=aws.saml_totp(BEN))
    assert answered.status == 200
    assert "UserName" in answered.visible()
    for context in ("", "!", "AAAA"):
        assert "UserName" in browser.fill(page, Context=context).visible()
    assert browser.fill(page, AuthMethod="AzureMfaAuthentication").status == 400
    aws.clock.advance(300)
    assert "UserName" in browser.fill(page, VerificationCode=aws.saml_totp(BEN)).visible()


@pytest.mark.parametrize("query", ["", "?loginToRp=https://other.example.com"])
def test_another_relying_party(browser, query):
    assert browser.get(f"/adfs/ls/IdpInitiatedSignOn.aspx{query}").status == 400
    assert browser.post(f"/adfs/ls/IdpInitiatedSignOn.aspx{query}", {"UserName": ANN}).status == 400


def test_faults_meet_each_step(aws, browser, sign_in):
    page = sign_in(BEN)
    aws.faults.add("adfs:VerifyFactor", status=503, times=1)
    assert browser.fill(page, VerificationCode="1").status == 503
    aws.faults.add("adfs:SignIn", status=500, times=1)
    assert sign_in(ANN).status == 500


def test_what_a_page_repeats_is_escaped(browser):
    page = browser.post(ADDRESS, {"UserName": '"><script>alert(1)</script>', "Password": "x"})
    assert "<script>" not in page.text


def test_no_secret_in_the_journal(aws, browser, sign_in):
    code = aws.saml_totp(BEN)
    sign_in(ANN, "canary-wrong-password")
    browser.follow(browser.fill(sign_in(BEN), VerificationCode=code))
    text = str([entry.as_dict() for entry in aws.journal.entries()])
    for secret in (code, "canary", aws.state.saml_people[BEN].password):
        assert secret not in text
    assert {entry.caller for entry in aws.journal.entries()} == {"anonymous", BEN}
