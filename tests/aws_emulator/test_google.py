"""The pages that look like Google's: e-mail address, password, CAPTCHA, second step, and the form for AWS."""

from __future__ import annotations

import re

import pytest
from page_browser import Browser

from aws_emulator.saml_directory import SmsFactor
from saml_cases import ADMIN, PROVIDER

ADDRESS = "/o/saml2/initsso?idpid=C0abc&spid=123&forceauthn=false"
ANN, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"


@pytest.fixture
def browser(aws):
    return Browser(aws.url)


@pytest.fixture
def password_page(browser):
    def walk(name):
        return browser.fill(browser.follow(browser.get(ADDRESS)), Email=name)

    return walk


@pytest.fixture
def sign_in(aws, browser, password_page):
    def walk(name):
        return browser.follow(browser.fill(password_page(name), Passwd=aws.state.saml_people[name].password))

    return walk


def is_signed_in(page):
    return page.form().get("name") == "saml-post-binding"


def test_the_walk(api, browser):
    first = browser.get(ADDRESS)
    assert first.status == 302
    assert first.headers["Location"].startswith("/ServiceLogin?continue=")
    page = browser.follow(first)
    assert (page.form().get("id"), page.visible()) == ("gaia_loginform", ["Email"])
    assert page.form().action == f"{api.aws.url}/signin/v1/lookup"
    assert page.fields().keys() == {"Email", "continue", "gxf"}
    page = browser.fill(page, Email=ANN)
    assert (page.status, page.visible()) == (200, ["Passwd"])
    assert page.form().action == f"{api.aws.url}/signin/challenge/sl/password"
    assert page.fields()["Email"] == ANN
    answered = browser.fill(page, Passwd=api.aws.state.saml_people[ANN].password)
    assert (answered.status, answered.location) == (302, f"{api.aws.url}{ADDRESS}")
    page = browser.follow(answered)
    assert is_signed_in(page)
    assert (page.form().method, page.form().action) == ("POST", "https://signin.aws.amazon.com/saml")
    assert page.fields()["RelayState"] == ""
    assert "script-src 'sha256-" in page.headers["Content-Security-Policy"]
    members = {"RoleArn": ADMIN, "PrincipalArn": PROVIDER, "SAMLAssertion": page.fields()["SAMLResponse"]}
    assert api.client("sts").assume_role_with_saml(**members)["Subject"] == ANN
    assert is_signed_in(browser.get(ADDRESS))
    assert api.aws.journal.count("google:SignIn") == 1


def test_an_unknown_account(browser, password_page):
    page = password_page("who@example.com")
    assert page.visible() == ["Email"]
    assert page.by_id("errormsg_0_Email") == "Sorry, Google doesn't recognize that email."


def test_three_wrong_passwords_bring_a_captcha(aws, browser, password_page):
    page = password_page(ANN)
    for wrong in range(3):
        assert "captcha-img" not in page.text, wrong
        page = browser.fill(page, Passwd="wrong")
        assert page.by_id("errormsg_0_Passwd") == "Wrong password. Try again."
    assert page.visible() == ["Passwd", "logincaptcha"]
    assert "img-src 'self'" in page.headers["Content-Security-Policy"]
    password = aws.state.saml_people[ANN].password
    page = browser.fill(page, Passwd=password, logincaptcha="nonsense")
    assert page.by_id("errormsg_0_logincaptcha")
    image = browser.get(page.document.get_element_by_id("captcha-img").get("src"))
    assert image.headers["Content-Type"].startswith("image/svg+xml")
    (letters,) = re.findall("<text[^>]*>([^<]+)<", image.text)
    done = browser.fill(page, Passwd=password, logincaptcha=letters.replace(" ", ""))
    assert is_signed_in(browser.follow(done))
    assert aws.journal.count("google:SignIn", captcha="wrong") == 1
    assert "captcha-img" not in Browser(aws.url).get(ADDRESS).text


def test_totp(aws, browser, sign_in):
    page = sign_in(BEN)
    assert page.url.startswith(f"{aws.url}/signin/challenge/totp/2?")
    assert (page.form().get("id"), page.form().action, page.visible()) == (
        "challenge",
        "/signin/challenge/totp/2",
        ["Pin"],
    )
    assert page.fields().keys() == {"Pin", "challengeId", "challengeType", "continue", "TL", "gxf"}
    assert page.document.get_element_by_id("totpPin").get("name") == "Pin"
    wrong = browser.fill(page, Pin="000000")
    assert wrong.by_id("errormsg_0_Pin") == "Wrong code. Try again."
    assert browser.fill(page, Pin=aws.saml_totp(BEN)).status == 400, "a form works once"
    assert is_signed_in(browser.follow(browser.fill(wrong, Pin=aws.saml_totp(BEN))))


def test_sms(aws, browser, sign_in):
    aws.state.saml_people[ANN].factors = [SmsFactor("+49 170 5550037")]
    page = sign_in(ANN)
    assert "/signin/challenge/ipp/3" in page.url
    assert "+XX XXXXXXX37" in page.text
    assert page.document.get_element_by_id("idvPin").get("name") == "Pin"
    assert is_signed_in(browser.follow(browser.fill(page, Pin=aws.sms_code(ANN))))


def test_a_prompt_on_the_phone(aws, browser, sign_in):
    page = sign_in(CLEO)
    assert "/signin/challenge/az/5" in page.url
    assert page.visible() == []
    assert page.by_id("sign-in-number") == str(aws.expected_push_number(CLEO))
    page = browser.fill(page)
    aws.answer_push(CLEO, number=aws.expected_push_number(CLEO))
    assert is_signed_in(browser.follow(browser.fill(page)))


@pytest.mark.parametrize("how", ["refused", "wrong number", "too late"])
def test_a_prompt_that_fails(aws, browser, sign_in, how):
    page = sign_in(CLEO)
    if how == "too late":
        aws.clock.advance(60)
    elif how == "refused":
        aws.answer_push(CLEO, approve=False)
    else:
        aws.answer_push(CLEO, number=aws.expected_push_number(CLEO) + 1)
    answered = browser.fill(page)
    assert answered.status == 302
    assert answered.headers["Location"].partition("?")[0] == "/signin/rejected"
    words = "not answered in time" if how == "too late" else "refused on the phone"
    assert words in browser.follow(answered).text
    assert browser.get("/signin/challenge/az/5").status == 400


def test_disabled_and_expired(aws, browser, sign_in):
    aws.state.saml_people[ANN].locked = True
    page = sign_in(ANN)
    assert page.url == f"{aws.url}/signin/disabled"
    assert "<h1>Account disabled</h1>" in page.text
    aws.state.saml_people[BEN].password_expired = True
    page = sign_in(BEN)
    assert page.url == f"{aws.url}/speedbump/changepassword"
    assert page.visible() == ["Passwd", "PasswdAgain"]


def test_forms_work_once_and_for_one_account(aws, browser, password_page):
    page = password_page(ANN)
    assert browser.fill(page, Email=BEN, Passwd=aws.state.saml_people[BEN].password).status == 400
    page = password_page(ANN)
    assert browser.fill(page, Passwd="wrong").status == 200
    assert browser.fill(page, Passwd=aws.state.saml_people[ANN].password).status == 400


def test_the_second_step_needs_the_first(aws, sign_in):
    page = sign_in(BEN)
    assert Browser(aws.url).fill(page, Pin=aws.saml_totp(BEN)).status == 400
    assert Browser(aws.url).get("/signin/challenge/totp/2").status == 400


@pytest.mark.parametrize("goal", ["", "https://evil.example.com/o/saml2/initsso?x", "/o/saml2/initsso?x"])
def test_it_leads_to_no_other_page(browser, goal):
    assert browser.get(f"/ServiceLogin?continue={goal}").status == 400
    page = browser.follow(browser.get(ADDRESS))
    assert browser.post("/signin/v1/lookup", page.fields() | {"Email": ANN, "continue": goal}).status == 400


@pytest.mark.parametrize("query", ["", "?idpid=C0abc", "?spid=1"])
def test_an_app_that_is_not_there(browser, query):
    assert browser.get(f"/o/saml2/initsso{query}").status == 403


def test_a_captcha_that_is_not_there(browser):
    assert browser.get("/Captcha?ctoken=x").status == 404
