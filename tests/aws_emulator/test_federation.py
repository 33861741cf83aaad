"""Federated users by botocore and the AWS CLI, and the console's sign-in by plain HTTP: what AWS refuses is refused."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from aws_emulator.state import GET_FEDERATION_TOKEN

USER = "arn:aws:iam::111111111111:user/breakglass"
LONG = "arn:aws:iam::111111111111:role/LongRole"
DEPLOY = "arn:aws:iam::333333333333:role/DeployRole"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
HOME = "https://console.aws.amazon.com/"


class Browser:
    """One browser: it sends the cookies that it was given, and follows redirects on this server only."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self.cookie = ""

    def send(self, method: str, path: str, values: dict[str, str]) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._host, timeout=10)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        query = urlencode(values)
        if method == "POST":
            connection.request("POST", path, query, headers | {"Content-Type": "application/x-www-form-urlencoded"})
        else:
            connection.request("GET", f"{path}?{query}" if query else path, headers=headers)
        response = connection.getresponse()
        response.text = response.read().decode()
        self.cookie = (response.headers["Set-Cookie"] or self.cookie).partition(";")[0]
        connection.close()
        return response

    def token(self, keys: dict[str, str], method: str = "POST", **more: str) -> http.client.HTTPResponse:
        session = {
            "sessionId": keys["AccessKeyId"],
            "sessionKey": keys["SecretAccessKey"],
            "sessionToken": keys.get("SessionToken"),
        }
        values = {"Action": "getSigninToken", "Session": json.dumps(session)} | more
        return self.send(method, "/federation", values)

    def login(self, token: str, method: str = "GET", **changes: str) -> http.client.HTTPResponse:
        values = {"Action": "login", "Issuer": "test", "Destination": HOME, "SigninToken": token}
        return self.send(method, "/federation", values | changes)

    def signed_in(self, keys: dict[str, str], **more: str) -> http.client.HTTPResponse:
        """Sign in, and give the page that the browser comes to."""
        answer = self.token(keys, **more)
        assert answer.status == 200, answer.text
        sent_on = self.login(json.loads(answer.text)["SigninToken"])
        assert sent_on.status == 302, sent_on.text
        return self.send("GET", sent_on.headers["Location"], {})


@pytest.fixture
def browser(aws):
    return Browser(aws.url)


@pytest.fixture
def federated(api):
    sts = api.sts(api.user_keys())
    return sts.get_federation_token(Name="ann", PolicyArns=[{"arn": ADMINISTRATOR}])


# --- GetFederationToken -------------------------------------------------------------------------------------


def test_a_federated_user(aws, api, federated):
    arn = "arn:aws:sts::111111111111:federated-user/ann"
    assert federated["FederatedUser"] == {"FederatedUserId": "111111111111:ann", "Arn": arn}
    left = (federated["Credentials"]["Expiration"] - datetime.now(UTC)).total_seconds()
    assert 12 * 3600 - 60 < left <= 12 * 3600
    assert api.sts(federated["Credentials"]).get_caller_identity()["Arn"] == arn
    assert aws.journal.count("sts:GetFederationToken", outcome="ok", name="ann", policies=ADMINISTRATOR) == 1


def test_only_a_long_lived_key_may_vouch_for_others(api, refused):
    session = api.sts(api.user_keys("operator")).get_session_token()["Credentials"]
    for keys in (session, api.role_keys()):
        with refused("AccessDenied", 403) as error:
            api.sts(keys).get_federation_token(Name="ann")
        assert error["Message"] == "Cannot call GetFederationToken with session credentials"


def test_it_must_be_allowed_and_not_denied(aws, api, refused):
    with refused("AccessDenied", 403) as error:
        api.sts(api.user_keys("operator")).get_federation_token(Name="ann")
    assert "is not authorized to perform: sts:GetFederationToken on resource: " in error["Message"]
    aws.state.users[USER].denies.append(GET_FEDERATION_TOKEN)
    with refused("AccessDenied", 403) as error:
        api.sts(api.user_keys()).get_federation_token(Name="ann")
    assert "with an explicit deny" in error["Message"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": "a"},
        {"Name": "a" * 33},
        {"Name": "a b"},
        {"DurationSeconds": 899},
        {"DurationSeconds": 129601},
        {"PolicyArns": [{"arn": "arn:aws:iam::aws:role/Admin"}]},
        {"PolicyArns": [{"arn": ADMINISTRATOR}] * 11},
    ],
    ids=str,
)
def test_parameters_out_of_bounds(api, refused, wrong):
    with refused("ValidationError", 400):
        api.sts(api.user_keys()).get_federation_token(**{"Name": "ann"} | wrong)


def test_a_federated_user_becomes_nobody_else(api, refused, federated):
    sts = api.sts(federated["Credentials"])
    with refused("AccessDenied", 403):
        sts.assume_role(RoleArn=LONG, RoleSessionName="ann")
    with refused("AccessDenied", 403):
        sts.get_session_token()


def test_the_aws_cli_asks_for_a_federated_user(aws, tmp_path):
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "AKIAEMULATORBREAKGLS",
        "AWS_SECRET_ACCESS_KEY": "example/only/for/the/emulator/0123456789",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws.url,
    }
    program = Path(sys.executable).with_name("aws")
    words = ("sts", "get-federation-token", "--name", "ann", "--policy-arns", f"arn={ADMINISTRATOR}")
    result = subprocess.run([program, *words], env=environ, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["FederatedUser"]["FederatedUserId"] == "111111111111:ann"


# --- signing in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_role_signs_in(aws, api, browser, method):
    answer = browser.token(api.role_keys(), method, SessionDuration="43200")
    assert answer.headers["Content-Type"] == "application/json"
    sent_on = browser.login(json.loads(answer.text)["SigninToken"], method, Destination=f"{HOME}s3?region=eu-west-1")
    assert sent_on.status == 302
    assert "HttpOnly" in sent_on.headers["Set-Cookie"]
    page = browser.send("GET", sent_on.headers["Location"], {})
    assert page.status == 200
    role = aws.journal.entries()[-1].caller
    assert role.startswith("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdminAccess_")
    for shown in (role, "111111111111", "https://console.aws.amazon.com/s3?region=eu-west-1"):
        assert shown in page.text
    assert "SigninToken" not in page.text
    assert aws.journal.count("federation:GetSigninToken", outcome="ok", seconds="43200") == 1
    aws.clock.advance(12 * 3600 - 1)
    assert browser.send("GET", "/console", {}).status == 200
    aws.clock.advance(2)
    assert browser.send("GET", "/console", {}).status == 401


def test_without_a_duration_the_session_ends_with_the_keys(aws, api, browser):
    assert browser.signed_in(api.role_keys()).status == 200
    aws.clock.advance(3601)
    assert browser.send("GET", "/console", {}).status == 401


def test_two_browsers_hold_two_sessions_and_one_browser_one(aws, api):
    first, second = Browser(aws.url), Browser(aws.url)
    assert "AdminAccess" in first.signed_in(api.role_keys()).text
    assert "ReadOnlyAccess" in second.signed_in(api.role_keys(role="ReadOnlyAccess")).text
    assert "AdminAccess" in first.send("GET", "/console", {}).text
    assert "ReadOnlyAccess" in first.signed_in(api.role_keys(role="ReadOnlyAccess")).text
    assert "AdminAccess" not in first.send("GET", "/console", {}).text


def test_a_federated_user_signs_in_for_as_long_as_its_keys_live(browser, federated):
    assert browser.token(federated["Credentials"], SessionDuration="3600").status == 400
    assert "federated-user/ann" in browser.signed_in(federated["Credentials"]).text


def test_keys_of_sessions_that_others_began_take_no_duration(api, browser):
    chained = api.sts(api.role_keys()).assume_role(RoleArn=DEPLOY, RoleSessionName="test")["Credentials"]
    session = api.sts(api.user_keys()).get_session_token()["Credentials"]
    from_session = api.sts(session).assume_role(RoleArn=LONG, RoleSessionName="test")["Credentials"]
    directly = api.sts(api.user_keys()).assume_role(RoleArn=LONG, RoleSessionName="test")["Credentials"]
    for keys in (chained, from_session):
        assert browser.token(keys, SessionDuration="3600").status == 400
        assert "You are signed in" in browser.signed_in(keys).text
    assert "You are signed in" in browser.signed_in(directly, SessionDuration="3600").text


def test_keys_that_may_not_sign_in(aws, api, browser, user_sign_in):
    user = api.sts(api.user_keys())
    manager = api.sts(api.role_keys(account="777777777777"))
    task = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
    by_browser = user_sign_in.trade(user_sign_in.code())["accessToken"]
    for keys in (
        api.user_keys(),
        user.get_session_token()["Credentials"],
        manager.assume_root(TargetPrincipal="111111111111", TaskPolicyArn=task)["Credentials"],
        {name[0].upper() + name[1:]: value for name, value in by_browser.items()},
    ):
        answer = browser.token(keys)
        assert (answer.status, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
        assert keys["SecretAccessKey"] not in answer.text
    assert aws.journal.count("federation:GetSigninToken", outcome="ok") == 0


def test_wrong_and_expired_keys_do_not_sign_in(aws, api, browser):
    keys = api.role_keys()
    for wrong in ({"SecretAccessKey": "x"}, {"SessionToken": "x"}, {"AccessKeyId": "ASIAX"}, {"SessionToken": None}):
        assert browser.token(keys | wrong).status == 400
    aws.clock.advance(3601)
    assert browser.token(keys).status == 400


@pytest.mark.parametrize("session", ["", "{", "[]", "null", '"x"', "{}", '{"sessionId": 1}', "[" * 100_000])
def test_a_session_that_is_none(browser, session):
    assert browser.send("POST", "/federation", {"Action": "getSigninToken", "Session": session}).status == 400


@pytest.mark.parametrize("seconds", ["899", "43201", "", "-1", "3600.5", "1h", "9" * 30])
def test_a_duration_out_of_bounds(api, browser, seconds):
    assert browser.token(api.role_keys(), SessionDuration=seconds).status == 400


@pytest.mark.parametrize("action", ["", "logout", "getsigninToken"])
def test_another_action(browser, action):
    answer = browser.send("GET", "/federation", {"Action": action})
    assert answer.status == 400
    assert "Action must be" in answer.text


@pytest.mark.parametrize(
    "destination",
    [
        "",
        "s3",
        "https://example.com/",
        "https://console.aws.amazon.com.example.com/",
        "https://xaws.amazon.com/",
        "https://console.aws.amazon.com:8443/",
        "https://me@console.aws.amazon.com/",
        "https://console.amazonaws-us-gov.com/",
        "javascript:alert(1)",
        "https://[::1",
    ],
)
def test_a_destination_elsewhere(api, browser, destination):
    token = json.loads(browser.token(api.role_keys()).text)["SigninToken"]
    assert browser.login(token, Destination=destination).status == 400
    assert browser.cookie == ""


@pytest.mark.parametrize(
    "destination", [HOME, "https://eu-west-1.console.aws.amazon.com/ec2", "https://health.aws.amazon.com/"]
)
def test_a_destination_of_the_console(api, browser, destination):
    token = json.loads(browser.token(api.role_keys()).text)["SigninToken"]
    sent_on = browser.login(token, Destination=destination)
    assert parse_qs(urlsplit(sent_on.headers["Location"]).query) == {"page": [destination]}


def test_a_token_works_for_fifteen_minutes(aws, api, browser):
    token = json.loads(browser.token(api.role_keys()).text)["SigninToken"]
    assert browser.login(token + "x").status == 400
    aws.clock.advance(899)
    assert browser.login(token).status == 302
    aws.clock.advance(2)
    late = browser.login(token)
    assert late.status == 400
    assert "The credentials in your login link were invalid" in late.text


def test_ending_every_sign_in_ends_consoles_too(aws, api, browser):
    token = json.loads(browser.token(api.role_keys()).text)["SigninToken"]
    browser.login(token)
    aws.revoke_sessions()
    assert browser.send("GET", "/console", {}).status == 401
    assert browser.login(token).status == 400


def test_nobody_is_signed_in_at_first(aws):
    with pytest.raises(urllib.error.HTTPError, match="401") as caught:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{aws.url}/console", timeout=10)
    caught.value.close()


def test_what_is_shown_is_text(api, browser):
    token = json.loads(browser.token(api.role_keys()).text)["SigninToken"]
    browser.login(token)
    page = browser.send("GET", "/console", {"page": "<script>alert(1)</script>"})
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
