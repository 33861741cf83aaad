"""`auth logout --keychain`: long-lived keys go only when somebody means it."""

import json

import pexpect
import pytest

KEYS = {"access_key_id": "AKIAEMULATOROPERATOR", "secret_access_key": "example/only/for/the/operator/0123456789"}
CONFIGURATION = """\
auth:
  keyring: {{ type: file }}
  identities:
    operator:
      kind: aws/user
      default: true
      credentials: {{ webflow_enabled: false }}
      spec: {{ endpoint_url: "{url}" }}
"""


@pytest.fixture
def keeper(machine):
    """A machine whose file keyring holds the keys of one identity."""
    machine.environ["ATMOS_KEYRING_PASSWORD"] = "correct horse battery"
    machine.write(CONFIGURATION.format(url=machine.url))
    path = machine.directory / "keys.json"
    path.write_text(json.dumps(KEYS))
    script = f"atmos auth user configure -i operator --stdin <{path}"
    terminal = machine.in_terminal(["/bin/bash", "-c", script])
    terminal.expect_exact("Saved credentials to keyring: operator")
    terminal.expect(pexpect.EOF)
    return machine


def has_keys(machine) -> bool:
    return machine.atmos("auth", "login").returncode == 0


def test_without_the_flag_keys_stay(keeper):
    assert keeper.atmos("auth", "logout", "operator").returncode == 0
    assert has_keys(keeper)


def test_where_nobody_can_confirm_force_is_asked_for(keeper):
    result = keeper.atmos("auth", "logout", "operator", "--keychain")
    assert result.returncode == 1
    assert "requires interactive confirmation or --force" in result.stderr
    assert has_keys(keeper)


def test_force_deletes_without_asking(keeper):
    result = keeper.atmos("auth", "logout", "--all", "--keychain", "--force")
    assert result.returncode == 0
    assert 'removed long-lived keys of identity "operator"' in result.stderr
    assert not has_keys(keeper)


@pytest.mark.parametrize(("answer", "stays"), [("n", True), ("y", False)])
def test_a_person_is_asked(keeper, answer: str, stays: bool):
    with keeper.terminal("auth", "logout", "operator", "--keychain") as terminal:
        terminal.expect_exact("Delete these keys?")
        terminal.send(f"{answer}\r")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 0
    assert has_keys(keeper) is stays


def test_a_dry_run_names_the_keys_and_leaves_them(keeper):
    result = keeper.atmos("auth", "logout", "operator", "--keychain", "--dry-run")
    assert result.returncode == 0
    assert 'long-lived keys of identity "operator"' in result.stderr
    assert has_keys(keeper)


def test_force_alone_makes_no_sense(keeper):
    result = keeper.atmos("auth", "logout", "operator", "--force")
    assert result.returncode == 1
    assert "--force goes with --keychain" in result.stderr
