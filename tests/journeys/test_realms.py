"""Realms: two projects with the same names share nothing, and one that looks in the wrong realm is told, once."""

import json
from pathlib import Path

import pytest

from aws_emulator import Emulator

PASSWORD = {"ATMOS_KEYRING_TYPE": "file", "ATMOS_KEYRING_PASSWORD": "correct horse battery"}
USER = """\
auth:
  identities:
    me:
      kind: aws/user
      default: true
      credentials: {{ webflow_enabled: false }}
      spec: {{ endpoint_url: "{url}" }}
"""
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAEMULATOROPERATOR",
    "AWS_SECRET_ACCESS_KEY": "example/only/for/the/operator/0123456789",
}


def acme(machine) -> None:
    machine.write(machine.atmos_yaml.read_text().replace("auth:\n", "auth:\n  realm: acme\n", 1))


def names(machine) -> set[str]:
    return {str(path.relative_to(machine.home)) for path in machine.files()}


def test_every_file_of_a_realm_lies_apart(machine, aws: Emulator):
    acme(machine)
    machine.login("prod")
    # The key of fingerprints is one for the user: it opens nothing.
    apart = {name for name in names(machine) if not name.endswith("fingerprint.key")}
    assert apart
    assert [name for name in apart if "/acme/" not in name] == []
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    # Another realm has neither credentials nor a session.
    other = machine.atmos("auth", "exec", "--", "true", env={"ATMOS_AUTH_REALM": "other"})
    assert (other.returncode, "needs a person" in other.stderr) == (2, True)
    # Logging out there takes nothing from here.
    before = names(machine)
    assert machine.atmos("auth", "logout", "--all", env={"ATMOS_AUTH_REALM": "other"}).returncode == 0
    assert {name for name in before if not name.endswith(".lock")} <= names(machine)
    assert machine.atmos("auth", "whoami", "--offline", "--check").returncode == 0


def test_displaced_and_refreshing_profiles_lie_apart_too(machine):
    acme(machine)
    machine.login("prod")
    assert machine.atmos("auth", "exec", "--refresh", "--", "true").returncode == 0
    machine.write(machine.atmos_yaml.read_text().replace("session_name: journey", "session_name: other"))
    machine.login("prod")
    found = [name for name in names(machine) if "displaced" in name or "refreshing" in name]
    assert len(found) == 2
    assert [name for name in found if "/acme/aws/my-sso/" not in name] == []


def test_a_folder_of_ones_own_choice_keeps_realms_apart(machine):
    custom = machine.directory / "custom"
    text = machine.atmos_yaml.read_text()
    spec = f'spec: {{ endpoint_url: "{machine.url}" }}'
    machine.write(text.replace(spec, spec[:-1] + f', files: {{ base_path: "{custom}" }} }}', 1))
    machine.login("prod")
    machine.atmos("auth", "login", "--force-tty", "--no-browser", "prod", env={"ATMOS_AUTH_REALM": "acme"})
    assert sorted(str(path.relative_to(custom)) for path in custom.rglob("credentials")) == [
        "acme/my-sso/credentials",
        "my-sso/credentials",
    ]
    assert machine.atmos("auth", "whoami", "--offline", "--check").returncode == 0
    gone = machine.atmos("auth", "logout", "--all")
    assert gone.returncode == 0
    assert [str(path.relative_to(custom)) for path in custom.rglob("credentials")] == ["acme/my-sso/credentials"]


def test_keys_in_the_keyring_are_those_of_the_realm(machine):
    machine.write(USER.format(url=machine.url))
    machine.environ |= PASSWORD
    assert machine.atmos("auth", "user", "configure", "--from-env", env=KEYS).returncode == 0
    machine.login()
    other = machine.atmos("auth", "login", env={"ATMOS_AUTH_REALM": "acme"})
    assert other.returncode != 0
    assert machine.atmos("auth", "logout", "--keychain", "--force", "me", env={"ATMOS_AUTH_REALM": "acme"})
    machine.login()


def test_the_variable_wins_and_login_and_whoami_show_where_it_came_from(machine):
    acme(machine)
    assert "Realm      acme (config)" in machine.login("prod").stderr
    shown = machine.atmos("auth", "whoami", "--offline")
    assert "Realm         acme (config)" in shown.stderr
    told = json.loads(machine.atmos("auth", "whoami", "--offline", "--output", "json").stdout)
    assert (told["realm"], told["realm_source"]) == ("acme", "config")
    mine = {"ATMOS_AUTH_REALM": "mine"}
    result = machine.atmos("auth", "login", "--force-tty", "--no-browser", env=mine)
    assert "Realm      mine (env)" in result.stderr
    told = json.loads(machine.atmos("auth", "whoami", "--offline", "--output", "json", env=mine).stdout)
    assert (told["realm"], told["realm_source"]) == ("mine", "env")
    gone = machine.atmos("auth", "logout", "prod", env=mine)
    assert '✓ Logged out identity "prod" (realm: mine)' in gone.stderr


def test_who_looks_in_the_wrong_realm_is_told_once_and_in_every_error(machine, aws: Emulator):
    machine.login("prod")
    aws.journal.clear()
    mine = {"ATMOS_AUTH_REALM": "mine"}
    words = 'identity "prod" has credentials without a realm, but none in realm "mine"'
    for expected in (1, 0):
        result = machine.atmos("auth", "exec", "--", "true", env=mine)
        assert result.returncode == 2
        assert result.stderr.count(words) == expected
    for _ in range(2):
        result = machine.atmos("auth", "env", env=mine)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.count(words) == 1
    offline = machine.atmos("auth", "whoami", "--offline", env=mine)
    assert offline.stderr.count(words) == 1
    assert aws.journal.entries() == []


def test_who_has_credentials_here_is_told_nothing(machine):
    machine.login("prod")
    mine = {"ATMOS_AUTH_REALM": "mine"}
    first = machine.atmos("auth", "login", "--force-tty", "--no-browser", env=mine)
    assert "without a realm" in first.stderr
    for words in (("exec", "--", "true"), ("env",), ("whoami", "--offline"), ("login",)):
        result = machine.atmos("auth", *words, env=mine)
        assert (result.returncode, "without a realm" in result.stderr) == (0, False)


@pytest.mark.parametrize("realm", ["Acme", "../up", "a--b", "-a", "a b"])
def test_a_realm_that_is_no_name_makes_no_folder(machine, realm: str):
    result = machine.atmos("auth", "login", "prod", env={"ATMOS_AUTH_REALM": realm})
    assert result.returncode == 1
    assert f'invalid realm value "{realm}" (from env)' in result.stderr
    assert not Path(machine.home, ".config").exists()
