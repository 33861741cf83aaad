"""`atmos auth whoami`: for people on stderr, for programs as JSON, and never a question."""

import json

import pexpect

from aws_emulator import Emulator

VARIABLES = """\
      env:
        - { key: API_TOKEN, value: hush-hush }
        - { key: CACHE, value: !env HOME }
        - { key: TEAM, value: blue }
"""


def test_people_read_it_on_stderr_and_programs_as_json(machine, aws: Emulator):
    machine.login()
    human = machine.atmos("auth", "whoami")
    assert (human.returncode, human.stdout) == (0, "")
    lines = [line.strip() for line in human.stderr.splitlines()]
    assert lines[0] == "✓ Current Authentication Status"
    names = [line.split("  ")[0] for line in lines[2:]]
    assert names == ["Provider", "Identity", "Principal", "Account", "Region", "Expires", "Last Updated"]

    result = machine.atmos("auth", "whoami", env={"ATMOS_AUTH_WHOAMI_OUTPUT": "json", "ATMOS_AUTH_REALM": ""})
    assert (result.returncode, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    assert said.pop("expiration") > said.pop("last_updated")
    assert 0 < said.pop("expires_in") <= 3600
    folder = machine.credentials().parent
    assert said == {
        "realm_source": "auto",
        "provider": "my-sso",
        "identity": "prod",
        "principal": "arn:aws:sts::333333333333:assumed-role/DeployRole/journey",
        "account": "333333333333",
        "region": "us-east-1",
        "valid": True,
        "verified": True,
        "environment": {
            "ATMOS_IDENTITY": "prod",
            "AWS_CONFIG_FILE": "~/.config/atmos/aws/my-sso/config",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_PROFILE": "prod",
            "AWS_REGION": "us-east-1",
            "AWS_SHARED_CREDENTIALS_FILE": "~/.config/atmos/aws/my-sso/credentials",
        },
        "paths": [
            {"location": str(folder / name), "type": "file", "required": True, "purpose": f"AWS {name} file"}
            for name in ("credentials", "config")
        ],
        "credentials_ref": "prod",
    }
    offline = json.loads(machine.atmos("auth", "whoami", "-o", "json", "--offline").stdout)
    assert (offline["valid"], offline["verified"]) == (True, False)


def test_a_realm_is_told_and_secrets_in_an_identitys_variables_are_not(machine):
    machine.write(machine.atmos_yaml.read_text() + VARIABLES)
    realm = {"ATMOS_AUTH_REALM": "acme"}
    said = machine.atmos("auth", "login", "staging", "--force-tty", "--no-browser", env=realm)
    assert "Realm     acme (env)" in said.stderr
    result = machine.atmos("auth", "whoami", "staging", "-o", "json", env=realm)
    body = json.loads(result.stdout)
    assert (body["realm"], body["realm_source"]) == ("acme", "env")
    assert body["environment"]["API_TOKEN"] == "***REDACTED***"
    assert (body["environment"]["CACHE"], body["environment"]["TEAM"]) == ("~", "blue")
    assert "/acme/aws/other-sso/" in body["environment"]["AWS_CONFIG_FILE"]
    assert "hush-hush" not in result.stdout
    assert "Realm         acme (env)" in machine.atmos("auth", "whoami", "staging", env=realm).stderr
    # Another realm knows nothing of it.
    assert machine.atmos("auth", "whoami", "staging", "--offline").returncode == 1


def test_expired_credentials_are_no_failure_unless_checked_for(machine, aws: Emulator):
    machine.login()
    machine.expire_credentials()
    for path in machine.tokens():
        path.unlink()
    aws.journal.clear()
    for words, status in ((), 0), (("--check",), 1), (("--offline",), 0), (("--offline", "--check"), 1):
        result = machine.atmos("auth", "whoami", *words, env={"TZ": "UTC"})
        assert (result.returncode, result.stdout) == (status, ""), result.stderr
        assert result.stderr.startswith("✗ Current Authentication Status\n")
        assert "Expires       2020-01-01 01:00:00 UTC (expired)" in result.stderr
        assert "⚠ Credentials may be expired or invalid." in result.stderr
        assert "Run 'atmos auth login --identity prod' to refresh." in result.stderr
    body = json.loads(machine.atmos("auth", "whoami", "-o", "json").stdout)
    assert (body["valid"], body["expires_in"], body["expiration"]) == (False, 0, "2020-01-01T01:00:00Z")
    assert aws.journal.entries() == []
    assert machine.atmos("auth", "login", "--force-tty", "--no-browser").returncode == 0
    assert machine.atmos("auth", "whoami", "--check").returncode == 0


def test_nobody_is_asked_to_sign_in(machine, aws: Emulator):
    terminal = machine.terminal("auth", "whoami")
    terminal.expect_exact('no credentials found for identity "prod"')
    terminal.expect_exact("atmos auth login --identity prod")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 1
    assert aws.journal.entries() == []


def test_without_network_good_credentials_stay_good(machine, aws: Emulator):
    machine.login()
    aws.stop()
    result = machine.atmos("auth", "whoami", "--check")
    assert result.returncode == 0, result.stderr
    assert result.stderr.startswith("✓ Current Authentication Status")
    assert "could not be verified" in result.stderr
    body = json.loads(machine.atmos("auth", "whoami", "-o", "json").stdout)
    assert (body["valid"], body["verified"]) == (True, False)
    assert aws.url in body["problem"]


def test_credentials_that_aws_no_longer_accepts_are_not_good(machine, aws: Emulator):
    machine.login()
    aws.clock.advance(3 * 3600)
    result = machine.atmos("auth", "whoami", "--check")
    assert result.returncode == 1
    assert "ExpiredToken" in result.stderr
    assert "Run 'atmos auth login --identity prod' to refresh." in result.stderr
