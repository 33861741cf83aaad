"""The fakes are what they stand in for, and fail loudly when a test did not expect what happens."""

import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from atmos_auth.domain import ports
from atmos_auth.domain.errors import AccessDenied, Cancelled, NeedsPerson
from atmos_auth.domain.fields import Field
from atmos_auth.testing import (
    NOW,
    FakeBrowser,
    FakeClock,
    FakeConnections,
    FakeDrivenBrowser,
    FakeListen,
    FakeListenForForm,
    FakeMfaCodes,
    FakePrompter,
    FakeWeb,
    MemoryBrowserSessions,
    MemoryProfileStore,
    MemoryTokenStore,
    RecordingLog,
    aws_credentials,
    tools,
)

PORTS = {
    ports.Clock: FakeClock(),
    ports.Log: RecordingLog(),
    ports.Prompter: FakePrompter(),
    ports.Browser: FakeBrowser(),
    ports.Listen: FakeListen(),
    ports.DrivenBrowser: FakeDrivenBrowser(),
    ports.ListenForForm: FakeListenForForm(),
    ports.AwsConnections: FakeConnections(),
    ports.MfaCodes: FakeMfaCodes(),
    ports.Web: FakeWeb(),
    ports.WebSession: FakeWeb(),
    ports.BrowserSessionStore: MemoryBrowserSessions(),
    ports.TokenStore: MemoryTokenStore(),
    ports.ProfileStore: MemoryProfileStore(),
}


@pytest.mark.parametrize(("port", "fake"), PORTS.items(), ids=lambda value: getattr(value, "__name__", None))
def test_a_fake_has_everything_its_port_names(port, fake):
    named = {name for name in vars(port) if not name.startswith("_") or name == "__call__"}
    assert {name for name in named if not hasattr(fake, name)} == set()


def test_a_clock_moves_only_when_somebody_sleeps():
    heard: list[float] = []
    clock = FakeClock(on_sleep=heard.append)
    clock.sleep(5)
    clock.advance(1)
    assert (clock.now() - NOW, clock.slept, heard) == (6, [5], [5])
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_a_prompter_answers_in_order():
    prompter = FakePrompter(["b", True, {"user": "me"}, "123456"])
    assert prompter.choose("Which?", ["a", "b"]) == "b"
    assert prompter.confirm("Sure?") is True
    assert prompter.form("Who?", [Field("user", "User"), Field("life", "Life", default="1h")]) == {
        "user": "me",
        "life": "1h",
    }
    assert prompter.code("Code", "of the device") == "123456"
    assert [question for question, _ in prompter.questions] == ["Which?", "Sure?", "Who?", "Code"]


def test_a_prompter_is_asked_again_as_a_person_would_be():
    prompter = FakePrompter(["12", "000000", "123456", {"user": " "}, {"user": "me"}])
    assert prompter.code("Code", "", check=lambda code: "used before" if code == "000000" else None) == "123456"
    assert prompter.form("Who?", [Field("user", "User")]) == {"user": "me"}
    assert prompter.complaints == ["MFA token must be 6 digits", "used before", "User is required"]


def test_a_prompter_cancels_and_refuses():
    with pytest.raises(Cancelled):
        FakePrompter([None]).choose("Which?", ["a"])
    with pytest.raises(AssertionError, match="nobody expected"):
        FakePrompter().confirm("Sure?")
    with pytest.raises(AssertionError, match="not among the options"):
        FakePrompter(["c"]).choose("Which?", ["a", "b"])
    with pytest.raises(AssertionError, match="asks for"):
        FakePrompter([{"x": "y"}]).form("Who?", [Field("user", "User")])
    with pytest.raises(AssertionError, match="True or False"):
        FakePrompter(["yes"]).confirm("Sure?")
    with pytest.raises(NeedsPerson):
        FakePrompter(["a"], can_ask=False).choose("Which?", ["a"])
    with pytest.raises(AssertionError, match="nobody may be asked"):
        FakePrompter(["a"], forbidden=True).choose("Which?", ["a"])


def test_a_listener_answers_or_fails_while_it_is_open():
    listen = FakeListen("code")
    with listen(path="/cb", state="s", port=5) as listener:
        assert listener.redirect_uri == "http://127.0.0.1:5/cb"
        assert listener.wait(NOW) == "code"
    assert (listen.asked, listen.deadlines, listen.is_open) == ([("/cb", "s", 5)], [NOW], False)
    with pytest.raises(AssertionError, match="nobody listens"):
        listener.wait(NOW)
    with pytest.raises(AccessDenied), FakeListen(AccessDenied("no"))(path="/cb", state="s") as refusing:
        refusing.wait(NOW)


def test_a_listener_for_a_form_answers_or_fails_while_it_is_open():
    listen = FakeListenForForm("response")
    with listen(path="/saml", field="SAMLResponse", state="s") as listener:
        assert listen.is_open
        assert listener.address == "http://127.0.0.1:49152/saml"
        assert listener.wait(NOW) == "response"
    assert (listen.asked, listen.deadlines, listen.is_open) == ([("/saml", "SAMLResponse", "s", 0)], [NOW], False)
    with pytest.raises(AssertionError, match="nobody listens"):
        listener.wait(NOW)
    refused = FakeListenForForm(AccessDenied("no"))(path="/saml", field="SAMLResponse", state="s")
    with pytest.raises(AccessDenied), refused as refusing:
        refusing.wait(NOW)


def test_a_driven_browser_posts_its_script_and_keeps_profiles():
    browser = FakeDrivenBrowser(["response", AccessDenied("no")], profiles=["old"])
    visit = {"field": "SAMLResponse", "is_target": str.isascii, "choice": ports.BrowserChoice("chrome")}
    assert browser.posted("https://idp/", profile="new", **visit) == "response"
    with pytest.raises(AccessDenied):
        browser.posted("https://idp/2", profile="other", **visit)
    with pytest.raises(AssertionError, match="nobody expected a browser to open https://idp/3"):
        browser.posted("https://idp/3", profile="other", **visit)
    assert [asked.url for asked in browser.visits] == ["https://idp/", "https://idp/2", "https://idp/3"]
    assert (browser.visits[0].profile, browser.visits[0].choice.browser_type) == ("new", "chrome")
    assert browser.profiles == {"new", "old"}
    assert (browser.forget("old"), browser.forget("old"), browser.has_profile("new")) == (True, False, True)


def test_connections_play_their_script_and_nothing_else():
    aws = FakeConnections(ambient=aws_credentials())
    aws.answer("sts:GetCallerIdentity", {"Arn": "a"}, lambda **parameters: parameters)
    aws.fail("sts:GetCallerIdentity", "ExpiredToken", message="old", status=403, times=2)
    client = aws.client("sts", region="us-east-1", endpoint_url=None, credentials=aws_credentials())
    assert client.get_caller_identity() == {"Arn": "a"}
    assert client.get_caller_identity(X="1") == {"X": "1"}
    for _ in range(2):
        with pytest.raises(ClientError, match=r"ExpiredToken.*GetCallerIdentity.*old"):
            client.get_caller_identity()
    with pytest.raises(AssertionError, match="nobody expected sts:get_caller_identity"):
        client.get_caller_identity()
    assert aws.operations() == ["sts:GetCallerIdentity"] * 4
    assert (aws.calls[1].parameters, aws.calls[1].region) == ({"X": "1"}, "us-east-1")
    assert aws.ambient_credentials() == aws_credentials()


def test_tools_are_fakes_unless_told_otherwise():
    clock = FakeClock()
    assert tools(clock=clock).clock is clock
    assert tools().random_bytes(3) == b"\x00\x01\x02"
    with pytest.raises(TypeError, match="no such tool: clok"):
        tools(clok=clock)


def test_the_fakes_do_not_need_pytest(environ):
    source = "import sys, atmos_auth.testing; print('pytest' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", source], env=environ, capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
