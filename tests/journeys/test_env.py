"""`atmos auth env`: what is printed, in which form, and that nobody is ever asked without --login."""

import json
import os
import shlex
import stat

import pexpect
import pytest

from aws_emulator import Emulator

AWKWARD = """a "b" 'c' $HOME `id` \\ ; é
line two"""
CONFIG = """\
auth:
  identities:
    here:
      kind: ambient
      default: true
      env:
        - { key: AWKWARD, value: %s }
        - { key: PLAIN, value: a-b_c/d }
        - { key: EMPTY, value: "" }
"""
EXPECTED = {"ATMOS_IDENTITY": "here", "AWKWARD": AWKWARD, "PLAIN": "a-b_c/d", "EMPTY": ""}


@pytest.fixture
def ambient(offline_machine):
    offline_machine.write(CONFIG % json.dumps(AWKWARD, ensure_ascii=False))
    return offline_machine


def evaluated(machine, script: str, env: dict[str, str] | None = None) -> dict[str, str]:
    """Run a bash script and return the environment it ends with."""
    script += "\nexec env -0"
    result = machine.run(
        "python", "-c", "import os,sys; os.execv('/bin/bash', ['bash', '-euc', sys.argv[1]])", script, env=env
    )
    assert result.returncode == 0, result.stderr
    return dict(line.split("=", 1) for line in result.stdout.split("\0") if "=" in line)


def test_any_value_survives_eval_in_bash_and_reading_as_json(ambient):
    after = evaluated(ambient, 'eval "$(atmos auth env)"')
    assert {name: after.get(name) for name in EXPECTED} == EXPECTED
    assert json.loads(ambient.atmos("auth", "env", "--format", "json").stdout) == EXPECTED
    dotenv = ambient.atmos("auth", "env", env={"ATMOS_AUTH_ENV_FORMAT": "dotenv"}).stdout
    assert dotenv.splitlines()[0] == "ATMOS_IDENTITY=here"
    assert "PLAIN=a-b_c/d\n" in dotenv
    assert "EMPTY=\n" in dotenv
    # The flag wins over the variable.
    assert ambient.atmos("auth", "env", "-f", "bash", env={"ATMOS_AUTH_ENV_FORMAT": "json"}).stdout.startswith(
        "export "
    )


def test_an_output_file_is_private_and_appended_to(ambient):
    old_umask = os.umask(0)
    try:
        first = ambient.atmos("auth", "env", "-f", "dotenv", "-o", "out.env")
        second = ambient.atmos("auth", "env", "-f", "dotenv", env={"ATMOS_AUTH_ENV_OUTPUT_FILE": "out.env"})
    finally:
        os.umask(old_umask)
    assert (first.stdout, second.stdout) == ("", "")
    file = ambient.directory / "out.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().count("ATMOS_IDENTITY=here\n") == 2
    missing = ambient.atmos("auth", "env", "-o", "no/such/folder/out.env")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "cannot write no/such/folder/out.env" in missing.stderr


def test_json_is_not_appended_to_anything(ambient):
    (ambient.directory / "out.json").write_text("")
    assert ambient.atmos("auth", "env", "-f", "json", "-o", "out.json").returncode == 0
    before = (ambient.directory / "out.json").read_text()
    again = ambient.atmos("auth", "env", "-f", "json", "-o", "out.json")
    assert again.returncode == 1
    assert "out.json is not empty: what is appended to it would not be JSON any more" in again.stderr
    assert (ambient.directory / "out.json").read_text() == before


def test_what_a_file_holds_and_would_win_is_named(machine):
    (machine.directory / "out.env").write_text("export AWS_ACCESS_KEY_ID=old\nMINE=1\n")
    result = machine.atmos("auth", "env", "-f", "dotenv", "--mode", "files", "-o", "out.env")
    assert result.returncode == 0
    assert "out.env holds AWS_ACCESS_KEY_ID, which would win: remove it there" in result.stderr


def test_a_variable_that_is_wrong_is_named(ambient):
    for name, what in (("ATMOS_AUTH_ENV_FORMAT", "format"), ("ATMOS_AUTH_ENV_MODE", "mode")):
        result = ambient.atmos("auth", "env", env={name: "nonsense"})
        assert result.returncode == 1
        assert f"invalid {what} in {name}: unsupported {what}: nonsense" in result.stderr


def test_keys_work_in_the_shell_that_evaluates_them_whatever_was_there_before(machine):
    machine.login()
    stale = {
        "AWS_PROFILE": "old",
        "AWS_SECURITY_TOKEN": "old",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/old",
        "AWS_SESSION_TOKEN": "old",
        "AWS_REGION": "eu-north-1",
    }
    printed = machine.atmos("auth", "env", env=stale)
    assert printed.stderr == ""
    lines = printed.stdout.splitlines()
    unset = [line.removeprefix("unset ") for line in lines if line.startswith("unset ")]
    # Only what is present now, and is not set anew.
    assert unset == ["AWS_PROFILE", "AWS_SECURITY_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"]
    exported = [shlex.split(line)[1].partition("=")[0] for line in lines if line.startswith("export ")]
    assert exported == sorted(exported)
    assert set(exported) == {
        "ATMOS_IDENTITY",
        "AWS_ACCESS_KEY_ID",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL_STS",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    }
    after = evaluated(machine, 'eval "$(atmos auth env)"; aws sts get-caller-identity >who.json', env=stale)
    assert "AWS_PROFILE" not in after
    assert "assumed-role/DeployRole" in (machine.directory / "who.json").read_text()
    assert [line for line in machine.atmos("auth", "env").stdout.splitlines() if line.startswith("unset")] == []


def test_pointers_need_no_credentials_and_hold_no_secret(machine, aws: Emulator):
    result = machine.atmos("auth", "env", "--format", "json", env={"ATMOS_AUTH_ENV_MODE": "files"})
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        "ATMOS_IDENTITY": "prod",
        "AWS_CONFIG_FILE": str(machine.credentials().with_name("config")),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PROFILE": "prod",
        "AWS_REGION": "us-east-1",
        "AWS_SHARED_CREDENTIALS_FILE": str(machine.credentials()),
    }
    assert aws.journal.entries() == []


def test_without_login_no_sign_in_is_started_even_on_a_terminal(machine, aws: Emulator):
    terminal = machine.terminal("auth", "env")
    terminal.expect_exact("atmos auth login --identity prod")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 1
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 0

    asked = machine.atmos("auth", "env", "--login", "--force-tty", "-f", "json", env={"SSH_TTY": "/dev/pts/0"})
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["ATMOS_IDENTITY"] == "prod"
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_what_can_be_renewed_without_a_person_is_unless_offline(machine, aws: Emulator):
    machine.login()
    machine.expire_credentials()
    aws.journal.clear()
    offline = machine.atmos("auth", "env", "--offline")
    assert (offline.returncode, offline.stdout) == (1, "")
    assert "have expired" in offline.stderr or "atmos auth login" in offline.stderr
    assert aws.journal.entries() == []
    silent = machine.atmos("auth", "env")
    assert silent.returncode == 0, silent.stderr
    assert aws.journal.count("sso:GetRoleCredentials") == 1
    assert machine.atmos("auth", "env", "--offline").stdout == silent.stdout
