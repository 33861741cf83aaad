"""A person in a real browser walks through the identity providers' pages, and is posted on to AWS's sign-in."""

from __future__ import annotations

import os
from urllib.parse import parse_qs

import pytest
from chromium import Chromium

from installed import in_chromium
from saml_cases import ADMIN, PROVIDER, READ_ONLY

pytestmark = [
    in_chromium,
    pytest.mark.skipif(os.name != "posix", reason="the pipe to the browser is one of POSIX"),
]
ANN, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"


@pytest.fixture
def browser(tmp_path):
    chromium = Chromium(tmp_path)
    yield chromium
    chromium.close()


def subject_of(api, request, role=ADMIN):
    """Redeem what the browser posted to AWS."""
    assert (request["method"], request["url"]) == ("POST", "https://signin.aws.amazon.com/saml")
    (response,) = parse_qs(request["postData"])["SAMLResponse"]
    members = {"RoleArn": role, "PrincipalArn": PROVIDER, "SAMLAssertion": response}
    return api.client("sts").assume_role_with_saml(**members)["Subject"]


def test_adfs_with_an_app(api, browser):
    browser.open(f"{api.aws.url}/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices")
    browser.send(UserName=BEN, Password="wrong")
    browser.wait_for("#errorText:not(:empty)")
    browser.send(UserName=BEN, Password=api.aws.state.saml_people[BEN].password)
    browser.send(VerificationCode=api.aws.saml_totp(BEN))
    assert subject_of(api, browser.posted()) == BEN


def test_google_with_a_phone(api, browser):
    browser.open(f"{api.aws.url}/o/saml2/initsso?idpid=C0abc&spid=123&forceauthn=false")
    browser.send(Email=CLEO)
    browser.send(Passwd=api.aws.state.saml_people[CLEO].password)
    number = int(browser.text("#sign-in-number"))
    api.aws.answer_push(CLEO, number=number)
    # The page asks again by itself.
    assert subject_of(api, browser.posted(), READ_ONLY) == CLEO


def test_the_emulators_own_page(api, browser):
    browser.open(f"{api.aws.url}/idp/sso")
    browser.send(name=ANN, password=api.aws.state.saml_people[ANN].password)
    assert subject_of(api, browser.posted()) == ANN
