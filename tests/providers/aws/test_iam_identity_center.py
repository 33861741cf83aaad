import base64
import hashlib
import threading
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest

from atmos_auth.config.check import convert
from atmos_auth.domain import errors
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.loopback import LoopbackListener
from atmos_auth.providers.aws.iam_identity_center import (
    BROWSER_SECONDS,
    IamIdentityCenter,
    IamIdentityCenterSettings,
    session_key,
)
from atmos_auth.testing import NOW, FakeBrowser, FakeClock, FakeConnections, FakeListen, FakePrompter, sso_token, tools

START_URL = "https://example.awsapps.com/start"


def kind(tools, *, start_url=START_URL, endpoint=None, **settings):
    written = {"kind": "aws/iam-identity-center", "start_url": start_url, "region": "us-east-1"} | settings
    if endpoint:
        written["spec"] = {"endpoint_url": endpoint}
    return IamIdentityCenter("portal", convert(written, IamIdentityCenterSettings), tools)


@pytest.fixture
def portal(aws, tools_of):
    """Return the kind against the emulator."""

    def make(settings=None, **overrides):
        made = tools_of(**overrides)
        return kind(made, start_url=aws.start_url, endpoint=aws.url, **(settings or {})), made

    return make


class Person:
    """Somebody who answers after some sleeps."""

    def __init__(self, aws, act, *, after=2):
        self.aws = aws
        self.act = act
        self.after = after

    def __call__(self, seconds):
        self.aws.clock.advance(seconds)
        self.after -= 1
        if self.after == 0:
            self.act(self.aws.pending_user_codes()[0])


# --- the device flow -------------------------------------------------------------------------------------------


def test_a_person_approves_a_code_on_any_device(aws, portal, clock):
    clock.on_sleep = Person(aws, aws.approve)
    prompter = FakePrompter()
    provider, made = portal(prompter=prompter, browser=FakeBrowser(is_local=False))
    token = provider.authenticate(None)
    (invitation,) = prompter.invitations
    assert invitation.code in invitation.url
    assert invitation.title == f"Sign in to {aws.start_url}"
    assert invitation.expires_at == pytest.approx(clock.now() + 600, abs=10)
    assert clock.slept == [1, 1]
    assert made.browser.opened == []
    assert (token.start_url, token.region, token.endpoint_url) == (aws.start_url, "us-east-1", aws.url)
    assert token.session == provider.session == session_key(aws.start_url, "us-east-1")
    assert token.expires_at - token.issued_at == 3600
    assert token.refresh_token
    assert provider.accepts(token)
    assert not [secret for secret in token.secrets if secret in made.log.text]


def test_with_a_browser_here_the_code_is_opened_in_it(aws, portal):
    aws.auto_approve = True
    browser = FakeBrowser()
    provider, _ = portal({"login_flow": "device"}, browser=browser)
    provider.authenticate(None)
    assert len(browser.opened) == 1
    assert "user_code=" in browser.opened[0]


def test_slow_down_adds_five_seconds_for_good(aws, portal, clock):
    """The emulator's clock is held back for two polls, so that it finds us too quick."""
    person = Person(aws, aws.approve, after=6)
    clock.on_sleep = lambda seconds: person(seconds if len(clock.slept) not in (2, 3) else 0.1)
    provider, _ = portal(browser=FakeBrowser(is_local=False))
    provider.authenticate(None)
    outcomes = [entry.outcome for entry in aws.journal.entries() if entry.operation == "CreateToken"]
    assert outcomes.count("SlowDownException") == 2
    assert outcomes[-1] == "ok"
    assert clock.slept == [1, 1, 6, 11, 11, 11]


def test_a_denial_is_final(aws, portal, clock):
    clock.on_sleep = Person(aws, aws.deny)
    provider, _ = portal(browser=FakeBrowser(is_local=False))
    with pytest.raises(errors.AccessDenied, match="denied in the browser") as caught:
        provider.authenticate(None)
    assert caught.value.hints
    assert len(clock.slept) == 2


def test_a_code_that_nobody_answers_expires(aws, portal, clock):
    aws.state.device_code_seconds = 60
    provider, _ = portal(browser=FakeBrowser(is_local=False))
    with pytest.raises(errors.SignInExpired, match="nobody approved"):
        provider.authenticate(None)
    assert clock.slept == [1] * len(clock.slept), "one poll a second, no more"
    assert 55 <= len(clock.slept) <= 61


def test_our_own_clock_ends_the_wait_if_the_service_never_does():
    aws = FakeConnections()
    aws.answer("sso-oidc:RegisterClient", {"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": NOW + 1e6})
    device = {"deviceCode": "d", "userCode": "u", "verificationUri": "https://x", "expiresIn": 60, "interval": 20}
    aws.answer("sso-oidc:StartDeviceAuthorization", device)
    aws.fail("sso-oidc:CreateToken", "AuthorizationPendingException", times=10)
    clock = FakeClock()
    with pytest.raises(errors.SignInExpired):
        kind(tools(aws=aws, clock=clock, browser=FakeBrowser(is_local=False))).authenticate(None)
    assert clock.slept == [20, 20, 20]


@pytest.mark.parametrize(("code", "status"), [("InternalServerException", 500), ("Whatever", 503), ("Slow", 429)])
def test_the_polling_goes_on_when_the_service_stumbles(code, status):
    aws = FakeConnections()
    aws.answer("sso-oidc:RegisterClient", {"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": NOW + 1e6})
    device = {"deviceCode": "d", "userCode": "u", "verificationUri": "https://x", "expiresIn": 600, "interval": 1}
    aws.answer("sso-oidc:StartDeviceAuthorization", device)
    aws.fail("sso-oidc:CreateToken", code, status=status, times=2)
    aws.answer("sso-oidc:CreateToken", {"accessToken": "t", "expiresIn": 60})
    clock = FakeClock()
    token = kind(tools(aws=aws, clock=clock, browser=FakeBrowser(is_local=False))).authenticate(None)
    assert token.access_token == "t"
    assert clock.slept == [1, 6, 11]


def test_another_refusal_ends_the_polling():
    aws = FakeConnections()
    aws.answer("sso-oidc:RegisterClient", {"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": NOW + 1e6})
    device = {"deviceCode": "d", "userCode": "u", "verificationUri": "https://x", "expiresIn": 600, "interval": 1}
    aws.answer("sso-oidc:StartDeviceAuthorization", device)
    aws.fail("sso-oidc:CreateToken", "InvalidGrantException")
    with pytest.raises(errors.ServiceError, match="InvalidGrant"):
        kind(tools(aws=aws, browser=FakeBrowser(is_local=False))).authenticate(None)


def test_a_lifetime_that_the_service_does_not_say_is_the_configured_one():
    aws = FakeConnections()
    aws.answer("sso-oidc:CreateToken", {"accessToken": "t"}, {"accessToken": "t"})
    stale = sso_token(expires_at=NOW - 1)
    assert kind(tools(aws=aws), session={"duration": "2h"}).refresh(stale).expires_at == NOW + 7200
    assert kind(tools(aws=aws)).refresh(stale).expires_at == NOW + 3600


# --- the browser flow ------------------------------------------------------------------------------------------


class FollowingBrowser(FakeBrowser):
    """Opens the page for real, in a thread as a browser would: redirects lead to our loopback port."""

    def __init__(self):
        super().__init__(visit=self._follow)
        self.answers = []
        self.threads = []

    def _follow(self, url):
        def get():
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(url, timeout=30) as response:
                self.answers.append((response.status, response.url))

        self.threads.append(threading.Thread(target=get))
        self.threads[-1].start()

    def join(self):
        for thread in self.threads:
            thread.join(30)


def test_a_browser_brings_the_code_back_over_the_loopback_port(aws, portal):
    aws.auto_approve = True
    browser, prompter = FollowingBrowser(), FakePrompter()
    provider, made = portal(browser=browser, prompter=prompter, listen=LoopbackListener(SystemClock()))
    token = provider.authenticate(None)
    browser.join()
    assert [status for status, _ in browser.answers] == [200]
    assert browser.answers[0][1].startswith("http://127.0.0.1:")
    (invitation,) = prompter.invitations
    assert (invitation.url, invitation.code) == (browser.opened[0], None)
    assert aws.journal.count("sso-oidc:CreateToken", outcome="ok", grant="authorization_code") == 1
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 0
    assert provider.refresh(token).access_token != token.access_token
    assert not [secret for secret in token.secrets if secret in made.log.text]


def scripted_browser_flow(listen, **settings):
    aws, clock = FakeConnections(), FakeClock()
    aws.answer("sso-oidc:RegisterClient", {"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": NOW + 1e6})
    aws.answer("sso-oidc:CreateToken", {"accessToken": "t", "expiresIn": 60})
    made = tools(aws=aws, clock=clock, listen=listen, environ=settings.pop("environ", {}))
    return kind(made, **settings), made


def test_the_challenge_in_the_url_is_that_of_the_verifier():
    listen = FakeListen("the-code")
    provider, made = scripted_browser_flow(listen)
    provider.authenticate(None)
    query = {name: value for name, (value,) in parse_qs(urlsplit(made.browser.opened[0]).query).items()}
    register, create = made.aws.calls
    assert register.parameters["grantTypes"] == ["authorization_code", "refresh_token"]
    assert register.parameters["redirectUris"] == ["http://127.0.0.1/oauth/callback"]
    verifier = create.parameters["codeVerifier"]
    assert 43 <= len(verifier) <= 128
    digest = hashlib.sha256(verifier.encode()).digest()
    assert query["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    ((path, state, port),) = listen.asked
    assert (path, query["state"], port) == ("/oauth/callback", state, 0)
    assert create.parameters["code"] == "the-code"
    assert create.parameters["redirectUri"] == query["redirect_uri"]
    assert listen.deadlines == [NOW + BROWSER_SECONDS]
    assert not listen.is_open


@pytest.mark.parametrize("failure", [errors.AccessDenied("no"), errors.SignInExpired("too late")])
def test_what_the_listener_reports_is_passed_on_and_the_port_closed(failure):
    listen = FakeListen(failure)
    provider, made = scripted_browser_flow(listen)
    with pytest.raises(type(failure)):
        provider.authenticate(None)
    assert not listen.is_open
    assert made.aws.operations() == ["sso-oidc:RegisterClient"]


def test_when_no_browser_starts_a_code_is_shown(aws, portal):
    aws.auto_approve = True
    prompter, listen = FakePrompter(), FakeListen()
    provider, _ = portal(browser=FakeBrowser(opens=False), prompter=prompter, listen=listen)
    provider.authenticate(None)
    assert [bool(invitation.code) for invitation in prompter.invitations] == [True]
    assert not listen.is_open


def test_when_the_browser_flow_was_asked_for_the_person_opens_the_url():
    listen = FakeListen()
    aws = FakeConnections()
    aws.answer("sso-oidc:RegisterClient", {"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": NOW + 1e6})
    aws.answer("sso-oidc:CreateToken", {"accessToken": "t", "expiresIn": 60})
    prompter = FakePrompter()
    made = tools(aws=aws, listen=listen, browser=FakeBrowser(is_local=False, opens=False), prompter=prompter)
    assert kind(made, login_flow="pkce").authenticate(None).access_token == "t"
    assert prompter.invitations[0].url.startswith("https://oidc.us-east-1.amazonaws.com/authorize?")


@pytest.mark.parametrize(
    ("settings", "variable", "port"),
    [({}, "", 0), ({"callback_port": 8400}, "", 8400), ({"callback_port": 8400}, "9", 9)],
)
def test_the_callback_port(settings, variable, port):
    listen = FakeListen()
    environ = {"ATMOS_AUTH_CALLBACK_PORT": variable} if variable else {}
    provider, _ = scripted_browser_flow(listen, environ=environ, **settings)
    provider.authenticate(None)
    assert listen.asked[0][2] == port


@pytest.mark.parametrize("port", ["eighty", "-1", "65536", "1.5", " 80"])
def test_a_callback_port_that_is_none_is_an_error_by_name(port):
    provider, _ = scripted_browser_flow(FakeListen(), environ={"ATMOS_AUTH_CALLBACK_PORT": port})
    with pytest.raises(errors.InvalidSetting, match="ATMOS_AUTH_CALLBACK_PORT"):
        provider.authenticate(None)


@pytest.mark.parametrize(
    ("configured", "variable", "is_local", "flow"),
    [
        ("auto", "", True, "browser"),
        ("auto", "", False, "device"),
        ("pkce", "", False, "browser"),
        ("device", "", True, "device"),
        ("device", "PKCE", False, "browser"),
        ("pkce", "device", True, "device"),
    ],
)
def test_which_flow_is_taken(aws, portal, environ, configured, variable, is_local, flow):
    aws.auto_approve = True
    environ["ATMOS_AUTH_LOGIN_FLOW"] = variable
    browser = FakeBrowser(is_local=is_local)
    stopped = errors.Cancelled("far enough")
    provider, _ = portal({"login_flow": configured}, browser=browser, listen=FakeListen(stopped), environ=environ)
    if flow == "device":
        provider.authenticate(None)
    else:
        with pytest.raises(errors.Cancelled):
            provider.authenticate(None)
    started = aws.journal.count("sso-oidc:StartDeviceAuthorization")
    assert started == (1 if flow == "device" else 0)


def test_a_flow_of_nobodys_is_an_error_by_name():
    provider = kind(tools(environ={"ATMOS_AUTH_LOGIN_FLOW": "pigeon"}))
    with pytest.raises(errors.InvalidSetting, match="ATMOS_AUTH_LOGIN_FLOW") as caught:
        provider.authenticate(None)
    assert "pkce" in caught.value.hints[0]


def test_where_nobody_can_be_shown_anything_nothing_is_begun():
    aws = FakeConnections()
    with pytest.raises(errors.NeedsPerson) as caught:
        kind(tools(aws=aws, prompter=FakePrompter(can_show=False))).authenticate(None)
    assert caught.value.exit_code == 2
    assert caught.value.hints
    assert aws.calls == []


# --- renewing and ending ---------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(aws, portal):
    aws.auto_approve = True
    provider, _ = portal(browser=FakeBrowser(is_local=False))
    return provider, provider.authenticate(None)


def test_a_refresh_rotates_the_tokens_and_asks_nobody(aws, portal, signed_in):
    _, token = signed_in
    aws.auto_approve = False
    provider, _ = portal(prompter=FakePrompter(forbidden=True))
    renewed = provider.refresh(token)
    assert renewed.access_token != token.access_token
    assert renewed.refresh_token != token.refresh_token
    assert renewed.session == token.session
    assert provider.refresh(renewed) is not None


def test_a_refresh_token_that_was_refused_is_no_error(aws, signed_in):
    provider, token = signed_in
    aws.revoke_sessions()
    assert provider.refresh(token) is None


def test_a_service_that_stumbles_is_an_error_not_a_reason_to_sign_in():
    aws = FakeConnections()
    aws.fail("sso-oidc:CreateToken", "InternalServerException", status=500)
    with pytest.raises(errors.ServiceError):
        kind(tools(aws=aws)).refresh(sso_token())


@pytest.mark.parametrize(
    "lacking",
    [
        {"refresh_token": None},
        {"client_id": None},
        {"client_secret": None},
        {"client_expires_at": None},
        {"client_expires_at": NOW},
    ],
)
def test_without_what_it_takes_nothing_is_tried(lacking):
    aws = FakeConnections()
    assert kind(tools(aws=aws)).refresh(sso_token(**lacking)) is None
    assert aws.calls == []


def test_a_service_that_does_not_rotate_leaves_the_refresh_token():
    aws = FakeConnections()
    aws.answer("sso-oidc:CreateToken", {"accessToken": "new", "expiresIn": 60})
    renewed = kind(tools(aws=aws)).refresh(sso_token())
    assert (renewed.access_token, renewed.refresh_token) == ("new", "sample-refresh-token")


def test_signing_out_ends_the_session_at_the_portal(aws, signed_in):
    provider, token = signed_in
    provider.sign_out(token)
    assert aws.journal.count("sso:Logout", outcome="ok") == 1
    assert provider.refresh(token) is None
    provider.sign_out(token)  # over already: as good


@pytest.mark.parametrize(
    "other", [{"start_url": "https://other"}, {"region": "eu-west-1"}, {"endpoint_url": "http://127.0.0.1:1"}]
)
def test_a_token_of_another_portal_is_not_accepted(other):
    assert kind(tools()).accepts(sso_token())
    assert not kind(tools()).accepts(sso_token(**other))


def test_the_session_key_names_a_file_of_the_sdks():
    text = f"{START_URL}|us-east-1".encode()
    assert session_key(START_URL, "us-east-1") == hashlib.sha1(text, usedforsecurity=False).hexdigest()


@pytest.mark.usefixtures("hostile")
def test_the_persons_own_aws_settings_are_not_heeded(aws, portal):
    aws.auto_approve = True
    provider, _ = portal(browser=FakeBrowser(is_local=False))
    assert provider.refresh(provider.authenticate(None)) is not None
