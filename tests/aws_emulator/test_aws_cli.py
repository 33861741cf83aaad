"""The AWS CLI, unmodified: signing in, role credentials through an sso_session profile, chains, refusals."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

CLI = Path(sys.executable).with_name("aws")
# A second, newer CLI may be tried too: `aws sso login` exists in version 2 only.
CLI_2 = os.environ.get("AWS_CLI_V2")
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
DEPLOY = "arn:aws:iam::333333333333:role/DeployRole"

# Version 1 would fetch an argument that looks like an address.
CONFIG = """\
[default]
cli_follow_urlparam = false

[sso-session demo]
sso_start_url = {start_url}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = demo
sso_account_id = 111111111111
sso_role_name = AdminAccess
region = us-east-1

[profile deploy]
source_profile = dev
role_arn = arn:aws:iam::333333333333:role/DeployRole
role_session_name = cli
region = us-east-1

[profile release]
source_profile = deploy
role_arn = arn:aws:iam::222222222222:role/ReleaseRole
role_session_name = cli
region = us-east-1

[profile breakglass]
region = us-east-1

[profile user]
region = us-east-1
"""
CREDENTIALS = """\
[breakglass]
aws_access_key_id = AKIAEMULATORBREAKGLS
aws_secret_access_key = example/only/for/the/emulator/0123456789

[wrong]
aws_access_key_id = AKIAEMULATORBREAKGLS
aws_secret_access_key = wrong
"""


class Cli:
    """Runs the AWS CLI in a home of its own, pointed at the emulator by environment variables alone."""

    def __init__(self, aws, home, start_url):
        self.home = home
        (home / ".aws").mkdir()
        (home / ".aws" / "config").write_text(CONFIG.format(start_url=start_url))
        (home / ".aws" / "credentials").write_text(CREDENTIALS)
        self.environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL_STS": aws.url,
            "AWS_ENDPOINT_URL_SSO": aws.url,
            "AWS_ENDPOINT_URL_SSO_OIDC": aws.url,
            "AWS_ENDPOINT_URL_SIGNIN": aws.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
        }

    def run(self, *arguments, program=CLI):
        return subprocess.run(
            [str(program), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def answer(self, *arguments, program=CLI):
        result = self.run(*arguments, "--output", "json", program=program)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout) if result.stdout.strip() else None

    def error(self, *arguments):
        result = self.run(*arguments)
        assert result.returncode != 0
        return result.stderr

    def keep_token(self, aws, client, tokens, expires_in):
        """Write the token cache of `aws sso login`."""
        cache = self.home / ".aws" / "sso" / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        (cache / f"{hashlib.sha1(b'demo').hexdigest()}.json").write_text(
            json.dumps(
                {
                    "startUrl": aws.start_url,
                    "region": "us-east-1",
                    "accessToken": tokens["accessToken"],
                    "expiresAt": (now + timedelta(seconds=expires_in)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "clientId": client["clientId"],
                    "clientSecret": client["clientSecret"],
                    "registrationExpiresAt": (now + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "refreshToken": tokens["refreshToken"],
                }
            )
        )


@pytest.fixture
def cli(aws, tmp_path):
    return Cli(aws, tmp_path, aws.start_url)


def test_the_device_flow_by_hand(aws, cli):
    registered = cli.answer(
        *("sso-oidc", "register-client", "--client-name", "aws", "--client-type", "public"),
        *("--scopes", "sso:account:access"),
    )
    client = ["--client-id", registered["clientId"], "--client-secret", registered["clientSecret"]]
    started = cli.answer("sso-oidc", "start-device-authorization", *client, "--start-url", aws.start_url)
    create = ["sso-oidc", "create-token", *client, "--grant-type", DEVICE, "--device-code", started["deviceCode"]]
    assert "AuthorizationPendingException" in cli.error(*create)
    aws.approve(started["userCode"])
    tokens = cli.answer(*create)
    token = ["--access-token", tokens["accessToken"]]
    accounts = cli.answer("sso", "list-accounts", *token)["accountList"]
    assert len(accounts) == 7  # the CLI follows the pages
    assert "No access" in cli.error(
        "sso", "get-role-credentials", *token, "--account-id", "444444444444", "--role-name", "AdminAccess"
    )
    cli.answer("sso", "logout", *token)
    assert "UnauthorizedException" in cli.error("sso", "list-accounts", *token)


def test_profiles_that_build_on_each_other(aws, api, cli):
    client = api.register()
    cli.keep_token(aws, client, api.sign_in(client), expires_in=3600)
    identity = cli.answer("sts", "get-caller-identity", "--profile", "dev")
    assert identity["Arn"].endswith("/demo.user")
    identity = cli.answer("sts", "get-caller-identity", "--profile", "release")
    assert identity["Arn"] == "arn:aws:sts::222222222222:assumed-role/ReleaseRole/cli"
    assert aws.journal.count("sts:AssumeRole", outcome="ok") == 2


def test_an_old_token_is_refreshed_in_silence(aws, api, cli):
    client = api.register()
    cli.keep_token(aws, client, api.sign_in(client), expires_in=60)
    aws.clock.advance(3600)
    assert cli.answer("sts", "get-caller-identity", "--profile", "dev")
    assert aws.journal.count("sso-oidc:CreateToken", outcome="ok", grant="refresh_token") == 1


def test_a_revoked_session(aws, api, cli):
    client = api.register()
    cli.keep_token(aws, client, api.sign_in(client), expires_in=3600)
    aws.revoke_sessions()
    # The CLI turns the portal's 401 into words of its own.
    assert "expired or is otherwise invalid" in cli.error("sts", "get-caller-identity", "--profile", "dev")
    assert aws.journal.count("sso:GetRoleCredentials", outcome="UnauthorizedException") == 1


def test_long_lived_keys(cli):
    identity = cli.answer("sts", "get-caller-identity", "--profile", "breakglass")
    assert identity["Arn"] == "arn:aws:iam::111111111111:user/breakglass"
    assert "SignatureDoesNotMatch" in cli.error("sts", "get-caller-identity", "--profile", "wrong")
    assert "is not authorized to perform: sts:AssumeRole" in cli.error(
        *("sts", "assume-role", "--role-arn", DEPLOY, "--role-session-name", "cli", "--profile", "breakglass")
    )


@pytest.mark.skipif(CLI_2 is None, reason="AWS_CLI_V2 names no AWS CLI of version 2")
@pytest.mark.parametrize("flow", [["--use-device-code", "--no-browser"], []])
def test_sso_login(aws, tmp_path, flow):
    aws.auto_approve = True
    cli = Cli(aws, tmp_path, *aws.state.start_urls)  # version 2 insists on an https address
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{FETCH}" "$1" &\n')
    browser.chmod(0o700)
    cli.environment["BROWSER"] = str(browser)
    result = cli.run("sso", "login", "--sso-session", "demo", *flow, program=CLI_2)
    assert result.returncode == 0, result.stderr
    identity = cli.answer("sts", "get-caller-identity", "--profile", "deploy", program=CLI_2)
    assert identity["Arn"] == "arn:aws:sts::333333333333:assumed-role/DeployRole/cli"
    cli.run("sso", "logout", program=CLI_2)
    assert aws.journal.count("sso:Logout", outcome="ok") == 1


@pytest.mark.skipif(CLI_2 is None, reason="AWS_CLI_V2 names no AWS CLI of version 2")
def test_login_as_a_user(aws, tmp_path):
    aws.auto_approve = True
    cli = Cli(aws, tmp_path, *aws.state.start_urls)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{FETCH}" "$1" &\n')
    browser.chmod(0o700)
    cli.environment["BROWSER"] = str(browser)
    result = cli.run("login", "--profile", "user", program=CLI_2)
    assert result.returncode == 0, result.stderr
    identity = cli.answer("sts", "get-caller-identity", "--profile", "user", program=CLI_2)
    assert identity["Arn"] == "arn:aws:iam::111111111111:user/breakglass"


@pytest.mark.skipif(CLI_2 is None, reason="AWS_CLI_V2 names no AWS CLI of version 2")
def test_login_as_a_user_from_another_machine(aws, tmp_path):
    aws.auto_approve = True
    cli = Cli(aws, tmp_path, *aws.state.start_urls)
    with subprocess.Popen(
        [CLI_2, "login", "--remote", "--profile", "user"],
        env=cli.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        address = next(line.strip() for line in process.stdout if "/v1/authorize" in line)
        with urllib.request.urlopen(address) as page:
            (text,) = re.findall('aria-label="Authorization code">([^<]+)<', page.read().decode())
        output, _ = process.communicate(f"{text}\n", timeout=60)
    assert process.returncode == 0, output
    identity = cli.answer("sts", "get-caller-identity", "--profile", "user", program=CLI_2)
    assert identity["Arn"] == "arn:aws:iam::111111111111:user/breakglass"


FETCH = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"
