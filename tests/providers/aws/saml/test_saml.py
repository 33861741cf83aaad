"""Kind `aws/saml`: which driver is taken, what it is handed, and what goes on to the role."""

import time

import pytest

from atmos_auth.config.check import check, convert
from atmos_auth.domain.credentials import SamlRole
from atmos_auth.domain.errors import AuthenticationFailed, NeedsPerson, SignInExpired
from atmos_auth.domain.ports import BrowserChoice
from atmos_auth.providers.aws.saml import Saml, SamlSettings
from atmos_auth.providers.aws.saml.choice import chosen_driver, may_download
from atmos_auth.testing import (
    FakeBrowser,
    FakeClock,
    FakeDrivenBrowser,
    FakeListenForForm,
    FakePrompter,
    tools,
)
from saml_cases import ADMIN, PROVIDER, READ_ONLY, Case

NOW = time.time()
URL = "https://company.example.com/aws"
OTHER = "arn:aws:iam::111111111111:saml-provider/Other"


def response(**content) -> str:
    return Case("good", None, None, content).build("https://idp.example.com", NOW)


def settings(**written):
    base = {"kind": "aws/saml", "region": "eu-west-1", "url": URL}
    return convert(base | written, SamlSettings)


def provider(made, **written) -> Saml:
    return Saml("idp", settings(**written), made)


def made_of(driven, **overrides):
    return tools(driven_browser=driven, clock=FakeClock(NOW), **overrides)


@pytest.mark.parametrize(
    ("written", "available", "driver"),
    [
        # What is written wins; the old name counts where the new one is not there.
        ({"driver": "ADFS"}, True, "ADFS"),
        ({"provider_type": "Okta"}, True, "Okta"),
        ({"driver": "Browser", "provider_type": "Okta"}, False, "Browser"),
        # A browser comes first.
        ({"url": "https://company.okta.com/x"}, True, "Browser"),
        ({"url": "https://company.okta.com/x", "download_browser_driver": True}, False, "Browser"),
        ({"url": "https://company.okta.com/x", "callback_port": 8401}, False, "Browser"),
        # Then the address tells.
        ({"url": "https://accounts.google.com/o/saml2/initsso?idpid=1"}, False, "GoogleApps"),
        ({"url": "https://company.okta.com/app/amazon_aws/1/sso/saml"}, False, "Okta"),
        ({"url": "https://company.oktapreview.com/x"}, False, "Okta"),
        ({"url": "https://adfs.company.com/x"}, False, "ADFS"),
        ({"url": "https://sts.company.com/adfs/ls/IdpInitiatedSignOn.aspx"}, False, "ADFS"),
        # Else a browser, whatever it takes.
        ({"url": "https://company.example.com/okta.com/adfs"}, False, "Browser"),
        ({"url": "https://okta.com.evil.example/x"}, False, "Browser"),
    ],
)
def test_which_driver_is_taken(written, available, driver):
    assert chosen_driver(settings(**written), FakeDrivenBrowser(can_open=available), BrowserChoice()) == driver


@pytest.mark.parametrize(
    ("written", "may"),
    [
        ({}, True),
        ({"download_browser_driver": True}, True),
        ({"driver": "Browser"}, False),
        ({"driver": "Browser", "download_browser_driver": True}, True),
        ({"browser_type": "chrome"}, False),
        ({"browser_executable_path": "/opt/chrome"}, False),
        ({"url": "https://company.okta.com/x"}, False),
    ],
)
def test_when_a_browser_may_be_fetched(written, may):
    assert may_download(settings(**written)) is may


def test_the_seeds_own_example_fits():
    written = {
        "kind": "aws/saml",
        "region": "us-east-1",
        "url": "https://company.okta.com/app/amazon_aws/abc123/sso/saml",
        "idp_arn": "arn:aws:iam::123456789012:saml-provider/okta-saml",
        "driver": "Browser",
    }
    assert check(written, SamlSettings, subject="it").errors == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"url": None}, "url is required"),
        ({"region": None}, "region is required"),
        ({"url": "company.okta.com"}, "not an https URL"),
        ({"url": "http://company.okta.com"}, "not an https URL"),
        ({"driver": "Selenium"}, "not a SAML driver"),
        ({"provider_type": "JumpCloud"}, "not a SAML driver"),
        ({"idp_arn": "arn:aws:iam::1:role/x"}, "not the ARN of a SAML provider"),
        ({"callback_port": 70000}, "not a port number"),
    ],
)
def test_a_mistake_is_found_before_anybody_signs_in(written, words):
    base = {"kind": "aws/saml", "region": "us-east-1", "url": URL}
    misfits = check(base | written, SamlSettings, subject="it")
    assert [words in error.message for error in misfits.errors] == [True]


def test_a_window_is_opened_at_the_address_and_its_answer_taken():
    browser = FakeDrivenBrowser([response(roles=[f"{ADMIN},{PROVIDER}"], session_seconds=7200)])
    offered = provider(
        made_of(browser), driver="Browser", browser_type="chrome", session={"duration": "30h"}
    ).authenticate(None)
    assert offered.roles == (SamlRole(ADMIN, PROVIDER),)
    assert (offered.region, offered.session_seconds, offered.duration_seconds) == ("eu-west-1", 7200, 43200)
    assert offered.expires_at == NOW + 300
    (asked,) = browser.visits
    assert (asked.url, asked.field, asked.choice.browser_type, asked.choice.download) == (
        URL,
        "SAMLResponse",
        "chrome",
        False,
    )
    assert asked.is_target("https://signin.aws.amazon.com/saml")
    assert not asked.is_target("https://evil.example/saml")


def test_providers_of_one_page_share_the_windows_session():
    browser = FakeDrivenBrowser([response(), response(), response()])
    provider(made_of(browser), driver="Browser").authenticate(None)
    provider(made_of(browser), driver="Browser", region="us-east-1").authenticate(None)
    provider(made_of(browser), driver="Browser", url=f"{URL}/other").authenticate(None)
    first, second, third = (asked.profile for asked in browser.visits)
    assert first == second != third


@pytest.mark.parametrize("written", [{"driver": "Browser"}, {"driver": "Browser", "callback_port": 8401}])
def test_nobody_sees_a_window(written):
    made = made_of(FakeDrivenBrowser(), prompter=FakePrompter(can_show=False, can_ask=False))
    with pytest.raises(NeedsPerson, match="needs a person at a browser"):
        provider(made, **written).authenticate(None)


def test_ones_own_browser_answers_to_a_port_of_this_machine():
    browser, listen = FakeBrowser(), FakeListenForForm(response())
    made = made_of(FakeDrivenBrowser(), browser=browser, listen_for_form=listen)
    url = f"{URL}?app=1&RelayState=theirs"
    assert provider(made, url=url, callback_port=8401).authenticate(None).roles
    ((path, field, state, port),) = listen.asked
    assert (path, field, port) == ("/saml", "SAMLResponse", 8401)
    assert browser.opened == [f"{URL}?app=1&RelayState={state}"]
    # Without a browser here, the person opens it.
    assert made.prompter.invitations[0].url == browser.opened[0]


def test_an_answer_that_never_comes_points_at_relay_state():
    made = made_of(FakeDrivenBrowser(), listen_for_form=FakeListenForForm(SignInExpired("late")))
    with pytest.raises(SignInExpired) as caught:
        provider(made, callback_port=8401).authenticate(None)
    assert any("RelayState" in hint for hint in caught.value.hints)


@pytest.mark.parametrize(
    "url",
    [
        "https://[bad/x",
        "https://h:99999/x",
        "https://h:abc/x",
        "https://...",
        "https://@/adfs",
        "https://user:canary@company.okta.com/x",
        "https://?/adfs",
        "https://",
    ],
)
def test_an_address_that_is_none_is_found_by_validate(url):
    misfits = check({"kind": "aws/saml", "region": "us-east-1", "url": url}, SamlSettings, subject="it")
    assert ["not an https URL" in error.message for error in misfits.errors] == [True]


@pytest.mark.parametrize(
    "url", ["https://company.okta.com", "https://x:8443/a?b#c", "https://[::1]:8/x", "https://bücher.example"]
)
def test_an_address_that_is_one_is_accepted(url):
    assert check({"kind": "aws/saml", "region": "us-east-1", "url": url}, SamlSettings, subject="it").errors == []


def test_a_variable_that_is_not_set_means_to_be_asked():
    written = {"kind": "aws/saml", "region": "us-east-1", "url": URL, "username": "", "password": ""}
    assert check(written, SamlSettings, subject="it").errors == []


def test_idp_arn_narrows_the_choice():
    both = [f"{ADMIN},{PROVIDER}", f"{ADMIN},{OTHER}", f"{READ_ONLY},{PROVIDER}"]
    browser = FakeDrivenBrowser([response(roles=both), response(roles=both[:1])])
    offered = provider(made_of(browser), driver="Browser", idp_arn=OTHER).authenticate(None)
    assert offered.roles == (SamlRole(ADMIN, OTHER),)
    with pytest.raises(AuthenticationFailed, match=f"no role of {OTHER}") as caught:
        provider(made_of(browser), driver="Browser", idp_arn=OTHER).authenticate(None)
    assert f"  {PROVIDER}" in caught.value.details


def test_line_breaks_of_the_form_are_not_sent_to_aws():
    text = response()
    browser = FakeDrivenBrowser(["\r\n".join(text[n : n + 76] for n in range(0, len(text), 76))])
    assert provider(made_of(browser), driver="Browser").authenticate(None).response == text


def test_signing_out_forgets_the_windows_session():
    browser = FakeDrivenBrowser([response()])
    kind = provider(made_of(browser), driver="Browser")
    assert not kind.is_signed_in_to_browser()
    kind.authenticate(None)
    assert (kind.is_signed_in_to_browser(), kind.sign_out_of_browser(), kind.is_signed_in_to_browser()) == (
        True,
        True,
        False,
    )
