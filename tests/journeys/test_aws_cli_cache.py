"""One sign-in for `atmos` and the AWS CLI, whichever of the two the person signed in with."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.session import Session
from botocore.utils import JSONFileCache, SSOTokenLoader

from aws_emulator import Emulator

# `aws sso login` exists in version 2 only, which takes none but https addresses of AWS for a portal.
CLI_2 = os.environ.get("AWS_CLI_V2")
SHARING = """\
auth:
  aws: {{ share_cli_sso_cache: {mode} }}
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {start_url}
      spec: {{ endpoint_url: "{url}" }}
  identities:
    base:
      kind: aws/permission-set
      default: true
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ id: "111111111111" }} }}
    staging:
      kind: aws/permission-set
      via: {{ provider: my-sso }}
      principal: {{ name: ReadOnlyAccess, account: {{ id: "222222222222" }} }}
"""
AWS_CONFIG = """\
[sso-session demo]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[sso-session elsewhere]
sso_start_url = https://other.awsapps.com/start
sso_region = us-east-1

[profile dev]
sso_session = demo
sso_account_id = 111111111111
sso_role_name = AdminAccess
region = us-east-1

[profile older]
sso_start_url = {start_url}
sso_region = us-east-1
sso_account_id = 111111111111
sso_role_name = AdminAccess
region = us-east-1
"""


class Neighbours:
    """A machine on which the AWS CLI is configured for the portal that `atmos` is configured for."""

    def __init__(self, machine, aws: Emulator) -> None:
        self.machine = machine
        self.aws = aws
        self.start_url = aws.start_url
        self.cache = machine.home / ".aws" / "sso" / "cache"
        machine.environ |= {f"AWS_ENDPOINT_URL_{service}": aws.url for service in ("SSO", "SSO_OIDC", "STS")}
        self.configure("read")

    def configure(self, mode: str, start_url: str | None = None) -> None:
        self.start_url = start_url or self.start_url
        self.machine.write(SHARING.format(mode=mode, url=self.aws.url, start_url=self.start_url))
        config = self.machine.home / ".aws" / "config"
        config.parent.mkdir(exist_ok=True)
        config.write_text(AWS_CONFIG.format(start_url=self.start_url))

    def path(self, name: str) -> Path:
        return self.cache / f"{hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()}.json"

    def session(self, name: str = "demo") -> dict[str, str]:
        content: dict[str, str] = json.loads(self.path(name).read_text())
        return content

    def sign_in_with_botocore(self, name: str | None = "demo") -> dict[str, str]:
        """Do what `aws sso login` does, by the code that it does it with."""
        oidc = Session().create_client(
            "sso-oidc",
            region_name="us-east-1",
            endpoint_url=self.aws.url,
            config=Config(signature_version=UNSIGNED),
        )
        client = oidc.register_client(clientName="botocore", clientType="public", scopes=["sso:account:access"])
        keys = {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}
        device = oidc.start_device_authorization(**keys, startUrl=self.aws.start_url)
        tokens = oidc.create_token(
            **keys, grantType="urn:ietf:params:oauth:grant-type:device_code", deviceCode=device["deviceCode"]
        )
        token = {
            "startUrl": self.start_url,
            "region": "us-east-1",
            "accessToken": tokens["accessToken"],
            "expiresAt": soon(tokens["expiresIn"]),
            **keys,
            "registrationExpiresAt": soon(client["clientSecretExpiresAt"] - time.time()),
            "refreshToken": tokens["refreshToken"],
        }
        loader = SSOTokenLoader(cache=JSONFileCache(working_dir=str(self.cache)))
        loader.save_token(self.start_url, token, session_name=name)
        self.aws.journal.clear()
        return self.session(name or self.start_url)

    def aws_cli(self, *words: str, program: str | None = None) -> subprocess.CompletedProcess[str]:
        argv = [program, *words] if program else self.machine.command("aws", *words)
        return subprocess.run(argv, env=self.machine.environ, capture_output=True, text=True, timeout=60, check=False)

    def expires(self, when: str) -> None:
        """Let all that the AWS CLI has end then, in the order in which it was written."""
        for path in sorted(self.cache.iterdir(), key=lambda path: path.stat().st_mtime_ns):
            path.write_text(json.dumps(json.loads(path.read_text()) | {"expiresAt": when}))


@pytest.fixture
def neighbours(machine, aws: Emulator) -> Neighbours:
    return Neighbours(machine, aws)


def operations(aws: Emulator) -> list[str]:
    return [f"{entry.service}:{entry.operation}" for entry in aws.journal.entries()]


def soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- read ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["demo", "any other name", None])
def test_who_signed_in_with_the_aws_cli_is_asked_nothing(neighbours, name):
    neighbours.sign_in_with_botocore(name)
    result = neighbours.machine.atmos("auth", "login")
    assert result.returncode == 0, result.stderr
    assert "✓ Authentication successful!" in result.stderr
    assert operations(neighbours.aws) == ["sso:GetRoleCredentials"]


def test_it_is_asked_nothing_for_the_provider_alone_either(neighbours):
    neighbours.sign_in_with_botocore()
    result = neighbours.machine.atmos("auth", "login", "--provider", "my-sso")
    assert result.returncode == 0, result.stderr
    assert re.search(r"^ +Session of +the AWS CLI$", result.stderr, re.MULTILINE)
    assert operations(neighbours.aws) == []


def test_nothing_of_the_aws_clis_is_copied_or_changed(neighbours):
    token = neighbours.sign_in_with_botocore()
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in neighbours.cache.iterdir()}
    assert neighbours.machine.atmos("auth", "login").returncode == 0
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in neighbours.cache.iterdir()} == before
    ours = [path for path in neighbours.machine.files() if ".aws" not in path.parts]
    for secret in (token["accessToken"], token["refreshToken"], token["clientSecret"]):
        assert [path for path in ours if secret.encode() in path.read_bytes()] == []


def test_a_portals_address_may_be_spelled_in_another_way(neighbours):
    neighbours.start_url += "/#/"
    neighbours.sign_in_with_botocore()
    neighbours.start_url = neighbours.aws.start_url
    assert neighbours.machine.atmos("auth", "login").returncode == 0
    assert "sso-oidc:RegisterClient" not in operations(neighbours.aws)


def test_the_aws_clis_refresh_token_is_left_to_the_aws_cli(neighbours):
    neighbours.sign_in_with_botocore()
    neighbours.expires(soon(-60))
    result = neighbours.machine.atmos("auth", "login")
    assert result.returncode == 2, result.stderr
    assert "needs a person" in result.stderr
    assert operations(neighbours.aws) == []
    # The AWS CLI renews its own session, and we are back in.
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev").returncode == 0
    assert neighbours.machine.atmos("auth", "login").returncode == 0


@pytest.mark.parametrize("mode", ["off", ""])
def test_nothing_is_shared_unless_it_is_wanted(neighbours, mode):
    neighbours.configure(mode)
    neighbours.sign_in_with_botocore()
    before = sorted(neighbours.cache.iterdir())
    assert neighbours.machine.atmos("auth", "login").returncode == 2
    neighbours.machine.login()
    assert sorted(neighbours.cache.iterdir()) == before


def test_a_session_that_aws_refuses_leads_to_one_sign_in_of_our_own(neighbours):
    neighbours.sign_in_with_botocore()
    neighbours.aws.revoke_sessions()
    refused = neighbours.machine.atmos("auth", "login")
    assert (refused.returncode, operations(neighbours.aws)) == (2, ["sso:GetRoleCredentials"])
    neighbours.machine.login()
    # From now on ours is the later one: it is renewed, and the other is tried no more.
    neighbours.machine.expire_access_tokens()
    neighbours.aws.journal.clear()
    token = neighbours.machine.tokens()[0]
    token.write_text(json.dumps(json.loads(token.read_text()) | {"issuedAt": soon(1), "expiresAt": soon(-1)}))
    result = neighbours.machine.atmos("auth", "login")
    assert result.returncode == 0, result.stderr
    assert operations(neighbours.aws)[0] == "sso-oidc:CreateToken"
    assert neighbours.aws.journal.count("sso:GetRoleCredentials", outcome="UnauthorizedException") == 0


def test_signing_in_from_scratch_takes_nothing_that_is_lent(neighbours):
    neighbours.sign_in_with_botocore()
    for words in ((), ("--provider", "my-sso")):
        neighbours.aws.journal.clear()
        neighbours.machine.login("--force", *words)
        assert neighbours.aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    # Ours was ended and forgotten in between; the AWS CLI's lives on.
    assert neighbours.aws.journal.count("sso:Logout", outcome="ok") == 1
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev").returncode == 0


def test_logging_out_leaves_the_aws_clis_session_and_says_so(neighbours):
    neighbours.sign_in_with_botocore()
    assert neighbours.machine.atmos("auth", "login").returncode == 0
    result = neighbours.machine.atmos("auth", "logout", "--provider", "my-sso")
    assert result.returncode == 0, result.stderr
    assert f"the AWS CLI stays signed in to {neighbours.start_url}" in result.stderr
    assert "`aws sso logout`" in result.stderr
    assert neighbours.aws.journal.count("sso:Logout") == 0
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev").returncode == 0


# --- whose token goes where ------------------------------------------------------------------------------------


def test_a_configuration_cannot_draw_a_token_to_a_server_of_its_own(neighbours):
    """The AWS CLI has a token for AWS; atmos.yaml names the same portal, and another place to reach it."""
    neighbours.sign_in_with_botocore()
    del neighbours.machine.environ["AWS_ENDPOINT_URL_SSO"]
    assert neighbours.machine.atmos("auth", "login").returncode == 2
    assert operations(neighbours.aws) == []


def test_nor_is_a_token_of_such_a_server_given_to_the_aws_cli(neighbours):
    neighbours.configure("write")
    del neighbours.machine.environ["AWS_ENDPOINT_URL_SSO"]
    neighbours.machine.login()
    assert not neighbours.cache.exists()


def test_endpoints_that_the_aws_cli_is_told_to_ignore_are_not_its_own(neighbours):
    neighbours.sign_in_with_botocore()
    result = neighbours.machine.atmos("auth", "login", env={"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})
    assert result.returncode == 2


# --- write -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["dev", "older"])
def test_who_signed_in_here_is_signed_in_for_the_aws_cli(neighbours, profile):
    neighbours.configure("write")
    neighbours.machine.login()
    neighbours.aws.journal.clear()
    identity = neighbours.aws_cli("sts", "get-caller-identity", "--profile", profile, "--output", "json")
    assert identity.returncode == 0, identity.stderr
    assert json.loads(identity.stdout)["Arn"].endswith("/demo.user")
    assert operations(neighbours.aws) == ["sso:GetRoleCredentials", "sts:GetCallerIdentity"]


def test_the_files_are_the_aws_clis_own_private_and_whole(neighbours):
    neighbours.sign_in_with_botocore()
    theirs = neighbours.session()
    shutil.rmtree(neighbours.cache.parent)
    neighbours.configure("write")
    neighbours.machine.login()
    assert sorted(neighbours.cache.iterdir()) == sorted(
        neighbours.path(name) for name in ("demo", neighbours.start_url)
    )
    for name in ("demo", neighbours.start_url):
        assert neighbours.session(name).keys() == theirs.keys()
        assert neighbours.path(name).stat().st_mode & 0o777 == 0o600
    assert neighbours.cache.stat().st_mode & 0o777 == 0o700


def test_a_configuration_of_the_aws_cli_elsewhere_is_heeded(neighbours, tmp_path):
    neighbours.configure("write")
    config = tmp_path / "my-aws-config"
    config.write_text(f"[sso-session 'over there']\nsso_start_url={neighbours.start_url}/#/\nsso_region=us-east-1\n")
    neighbours.machine.environ["AWS_CONFIG_FILE"] = str(config)
    neighbours.machine.login()
    assert neighbours.path("over there").exists()


def test_the_aws_cli_renews_what_it_was_given_and_we_go_on_from_there(neighbours):
    neighbours.configure("write")
    neighbours.machine.login()
    first = neighbours.session()
    neighbours.expires(soon(30))
    neighbours.machine.expire_access_tokens()
    neighbours.aws.journal.clear()
    identity = neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev", "--output", "json")
    assert identity.returncode == 0, identity.stderr
    assert neighbours.aws.journal.count("sso-oidc:CreateToken", outcome="ok", grant="refresh_token") == 1
    renewed = neighbours.session()
    assert renewed["refreshToken"] != first["refreshToken"]

    # Our refresh token is spent by now; presenting it would end the session for both.
    assert neighbours.machine.atmos("auth", "exec", "-i", "staging", "--", "true").returncode == 0
    neighbours.expires(soon(30))
    assert neighbours.machine.atmos("auth", "login", "--provider", "my-sso").returncode == 0
    assert neighbours.aws.journal.count("sso-oidc:CreateToken", grant="refresh_token") == 2
    assert neighbours.aws.journal.count("sso-oidc:CreateToken", outcome="ok") == 2

    # And the other way round: what we renewed is what the AWS CLI goes on with.
    assert neighbours.session()["refreshToken"] != renewed["refreshToken"]
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev").returncode == 0
    assert neighbours.aws.journal.count("sso-oidc:CreateToken") == 2


def test_a_session_of_the_aws_clis_own_that_lives_longer_stays(neighbours):
    neighbours.configure("write")
    neighbours.sign_in_with_botocore()
    neighbours.expires(soon(8 * 3600))
    theirs = neighbours.session()
    neighbours.machine.login("--force")
    assert neighbours.session() == theirs
    assert neighbours.session(neighbours.start_url)["accessToken"] != theirs["accessToken"]


def test_logging_out_takes_back_what_was_given(neighbours):
    neighbours.configure("write")
    neighbours.machine.login()
    other = neighbours.cache / "registration.json"
    other.write_text('{"clientId": "x", "clientSecret": "y", "expiresAt": "2999-01-01T00:00:00Z"}')
    result = neighbours.machine.atmos("auth", "logout", "--provider", "my-sso")
    assert result.returncode == 0, result.stderr
    assert list(neighbours.cache.iterdir()) == [other]
    assert neighbours.aws.journal.count("sso:Logout", outcome="ok") == 1
    assert "AWS CLI" not in result.stderr


def test_logging_out_ends_what_the_aws_cli_renewed_and_leaves_what_it_signed_in_to(neighbours):
    neighbours.configure("write")
    neighbours.machine.login()
    neighbours.expires(soon(30))
    neighbours.machine.expire_access_tokens()
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev").returncode == 0
    neighbours.sign_in_with_botocore(None)  # the older profiles have a session of their own now
    result = neighbours.machine.atmos("auth", "logout", "--provider", "my-sso")
    assert result.returncode == 0, result.stderr
    assert neighbours.aws.journal.count("sso:Logout", outcome="ok") == 1
    assert not neighbours.path("demo").exists()
    assert neighbours.path(neighbours.start_url).exists()
    assert f"the AWS CLI stays signed in to {neighbours.start_url}" in result.stderr


@pytest.mark.parametrize("mode", ["off", "read"])
def test_logging_out_of_everything_takes_back_what_was_given_before(neighbours, mode):
    neighbours.configure("write")
    neighbours.machine.login()
    neighbours.configure(mode)
    result = neighbours.machine.atmos("auth", "logout", "--all-realms")
    assert result.returncode == 0, result.stderr
    assert list(neighbours.cache.iterdir()) == []


def test_who_keeps_nothing_gives_nothing(neighbours):
    neighbours.configure("write")
    result = neighbours.machine.atmos(
        "auth", "exec", "--force-tty", "--no-browser", "--", "true", env={"ATMOS_KEYRING_TYPE": "memory"}
    )
    assert result.returncode == 0, result.stderr
    assert not neighbours.cache.exists()


def test_a_folder_that_cannot_be_written_to_does_not_keep_anybody_out(neighbours):
    neighbours.configure("write")
    neighbours.cache.parent.mkdir(parents=True)
    neighbours.cache.write_text("a file where a folder belongs")
    login = neighbours.machine.login()
    assert "✓ Authentication successful!" in login.stderr
    assert "the AWS CLI could not be given the sign-in" in login.stderr


# --- the setting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["yes", "Read", "true", "5", '""'])
@pytest.mark.parametrize("words", [("validate",), ("login",)])
def test_another_mode_is_an_error_with_its_place(neighbours, mode, words):
    neighbours.configure(mode)
    result = neighbours.machine.atmos("auth", *words)
    assert result.returncode == 1
    finding = neighbours.machine.findings(result.stderr)[0]
    assert "share_cli_sso_cache" in finding.message
    assert finding.place is not None
    assert finding.place.endswith(":2:31")
    assert finding.hints


def test_a_section_that_is_no_mapping_is_an_error(neighbours):
    text = neighbours.machine.atmos_yaml.read_text()
    for wrong in ("5", "[read]", "read"):
        neighbours.machine.write(text.replace("{ share_cli_sso_cache: read }", wrong))
        result = neighbours.machine.atmos("auth", "login")
        assert result.returncode == 1
        assert "internal error" not in result.stderr
        assert neighbours.machine.findings(result.stderr)[0].place.endswith(("atmos.yaml:2:8", "atmos.yaml:2:3"))


# --- many at once ----------------------------------------------------------------------------------------------


def test_ten_at_once_while_files_come_and_go(neighbours):
    token = neighbours.sign_in_with_botocore()
    over = threading.Event()

    def stir() -> None:
        number = 0
        while not over.is_set():
            number += 1
            path = neighbours.cache / f"stir-{number % 7}.json"
            path.write_bytes(json.dumps(token).encode()[: number % 900])
            if number % 3 == 0:
                path.unlink(missing_ok=True)

    thread = threading.Thread(target=stir)
    thread.start()
    try:
        started = [neighbours.machine.start("auth", "login") for _ in range(10)]
        ended = [(process.communicate(timeout=120), process.returncode) for process in started]
    finally:
        over.set()
        thread.join()
    assert [code for _, code in ended] == [0] * 10, ended
    assert not any("oidc" in operation for operation in operations(neighbours.aws))


def test_ten_at_once_give_whole_files_even_if_some_are_killed(neighbours):
    neighbours.configure("write")
    started = [neighbours.machine.start("auth", "login", "--force-tty", "--no-browser") for _ in range(10)]
    started[0].send_signal(signal.SIGKILL)
    for process in started:
        process.communicate(timeout=120)
    assert [process.returncode for process in started[1:]] == [0] * 9
    assert neighbours.session()["accessToken"] == neighbours.session(neighbours.start_url)["accessToken"]
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev").returncode == 0


def test_both_renewing_at_once_leaves_whole_files_and_a_way_in(neighbours):
    """The emulator ends a session whose refresh token comes twice, as the strictest of portals would."""
    neighbours.configure("write")
    neighbours.machine.login()
    neighbours.expires(soon(30))
    neighbours.machine.expire_access_tokens()
    ours = [neighbours.machine.start("auth", "login", "--provider", "my-sso") for _ in range(4)]
    theirs = [
        subprocess.Popen(
            neighbours.machine.command("aws", "sts", "get-caller-identity", "--profile", "dev"),
            env=neighbours.machine.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = [process.communicate(timeout=100)[1] for process in (*ours, *theirs)]
    # Either somebody was first, or a person is asked for; nothing else may come of it.
    assert {process.returncode for process in ours} <= {0, 2}, said
    assert not any("internal error" in text for text in said)
    for path in (*neighbours.cache.glob("*.json"), *neighbours.machine.tokens()):
        assert json.loads(path.read_text())["accessToken"]
    neighbours.machine.login()
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev").returncode == 0


# --- the AWS CLI itself ----------------------------------------------------------------------------------------


@pytest.mark.skipif(CLI_2 is None, reason="AWS_CLI_V2 names no AWS CLI of version 2")
@pytest.mark.parametrize("flow", [["--use-device-code", "--no-browser"], []])
def test_aws_sso_login_then_atmos_auth_login_asks_nothing(neighbours, tmp_path, flow):
    neighbours.configure("read", *neighbours.aws.state.start_urls)
    browser = tmp_path / "browser"
    fetch = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"
    browser.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{fetch}" "$1" &\n')
    browser.chmod(0o700)
    neighbours.machine.environ["BROWSER"] = str(browser)
    login = neighbours.aws_cli("sso", "login", "--sso-session", "demo", *flow, program=CLI_2)
    assert login.returncode == 0, login.stderr
    neighbours.aws.journal.clear()
    result = neighbours.machine.atmos("auth", "login")
    assert result.returncode == 0, result.stderr
    assert not any("oidc" in operation for operation in operations(neighbours.aws))

    # Its logout is its own affair; ours leaves it alone.
    out = neighbours.machine.atmos("auth", "logout", "--provider", "my-sso")
    assert re.search(r"the AWS CLI stays signed in .*aws sso logout", out.stderr, re.DOTALL)
    identity = neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev", program=CLI_2)
    assert identity.returncode == 0, identity.stderr
    neighbours.aws_cli("sso", "logout", program=CLI_2)
    assert neighbours.machine.atmos("auth", "login").returncode == 2


@pytest.mark.skipif(CLI_2 is None, reason="AWS_CLI_V2 names no AWS CLI of version 2")
def test_atmos_auth_login_then_the_aws_cli_is_signed_in(neighbours):
    neighbours.configure("write", *neighbours.aws.state.start_urls)
    neighbours.machine.login()
    neighbours.aws.journal.clear()
    identity = neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev", program=CLI_2)
    assert identity.returncode == 0, identity.stderr
    neighbours.expires(soon(30))
    assert neighbours.aws_cli("sts", "get-caller-identity", "--profile", "dev", program=CLI_2).returncode == 0
    neighbours.aws_cli("sso", "logout", program=CLI_2)
    assert not neighbours.path("demo").exists()
    # It has ended the session for both: that is noticed, and leads to one sign-in.
    assert neighbours.machine.atmos("auth", "login").returncode == 2
    neighbours.aws.journal.clear()
    neighbours.machine.login()
    assert neighbours.aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert neighbours.path("demo").exists()
