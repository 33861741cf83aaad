"""From nothing to working credentials, and what happens the second time."""

import json

from aws_emulator import Emulator


def test_login_walks_the_chain_and_the_aws_cli_works_as_the_role(machine, aws: Emulator):
    login = machine.login()
    assert login.stdout == ""
    assert "✓ Authentication successful!" in login.stderr
    assert "assumed-role/DeployRole/journey" in login.stderr

    caller = machine.atmos("auth", "exec", "--", str(machine.command("aws")[0]), "sts", "get-caller-identity")
    assert caller.returncode == 0, caller.stderr
    assert json.loads(caller.stdout)["Arn"] == "arn:aws:sts::333333333333:assumed-role/DeployRole/journey"


def test_a_warm_call_makes_no_request_at_all(machine, aws: Emulator):
    machine.login()
    aws.journal.clear()
    for words in (("exec", "--", "true"), ("env",), ("env", "--mode", "files"), ("whoami", "--offline"), ("list",)):
        assert machine.atmos("auth", *words).returncode == 0, words
    assert aws.journal.entries() == []


def test_two_providers_of_one_portal_need_one_sign_in(machine, aws: Emulator):
    machine.login("prod")
    machine.login("staging")
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert aws.journal.count("sso-oidc:CreateToken") == 1


def test_renaming_a_provider_keeps_the_session(machine, aws: Emulator):
    machine.login()
    machine.write(machine.atmos_yaml.read_text().replace("my-sso", "renamed"))
    result = machine.atmos("auth", "exec", "--", "true")
    assert result.returncode == 0, result.stderr
    assert aws.journal.count("sso-oidc:CreateToken") == 1


def test_an_expired_access_token_is_refreshed_without_a_browser(machine, aws: Emulator):
    machine.login("base")
    machine.expire_access_tokens()
    aws.clock.advance(3601)
    result = machine.atmos("auth", "exec", "-i", "staging", "--", "true")
    assert result.returncode == 0, result.stderr
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    grants = [e.notes.get("grant") for e in aws.journal.entries() if e.operation == "CreateToken"]
    assert grants == ["device_code", "refresh_token"]


def test_a_revoked_session_leads_to_one_new_sign_in(machine, aws: Emulator):
    machine.login("base")
    aws.revoke_sessions()
    result = machine.login("staging")
    assert result.returncode == 0
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 2


def test_editing_the_chain_never_reuses_the_old_credentials_and_editing_it_back_does(machine, aws: Emulator):
    machine.login()
    original = machine.atmos_yaml.read_text()
    machine.write(original.replace("session_name: journey", "session_name: another"))
    edited = machine.atmos("auth", "whoami", "--output", "json")
    assert json.loads(edited.stdout)["principal"].endswith("DeployRole/another")
    aws.journal.clear()
    machine.write(original)
    assert machine.atmos("auth", "exec", "--", "true").returncode == 0
    assert aws.journal.entries() == []
    back = machine.atmos("auth", "whoami", "--output", "json", "--offline")
    assert json.loads(back.stdout)["principal"].endswith("DeployRole/journey")
