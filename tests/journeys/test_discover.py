"""`atmos auth discover`, and identities that nobody wrote down: found once, kept, used, removed."""

import json
import os
import re
import signal
import stat
import time

import pytest
import yaml
from person import CTRL_C, ENTER, Person

from aws_emulator import Emulator
from aws_emulator.state import Account, PermissionSet

SSO = """\
auth:
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      auto_provision_identities: true
      spec: {{ endpoint_url: "{url}" }}
"""
MINE = """\
  identities:
    mine:
      kind: aws/permission-set
      default: true
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
"""
SIGN_IN = ("--force-tty", "--no-browser")
# As many requests may be on their way.
WORKERS = 10


@pytest.fixture
def sso(machine):
    """A machine whose configuration has a portal, one written identity, and wants the others."""
    machine.write((SSO + MINE).format(url=machine.url))
    return machine


def organization(aws: Emulator, count: int, roles=("AdminAccess", "ReadOnlyAccess", "Billing")) -> list[str]:
    """Give the portal so many accounts, long pages, and a rate limit without any burst."""
    ids = [f"{100_000_000_000 + number}" for number in range(count)]
    aws.state.accounts = {number: Account(f"account {number[-4:]}", "a@example.com") for number in ids}
    aws.state.permission_sets |= {role: PermissionSet() for role in roles}
    aws.state.people[aws.state.person].assignments = {number: list(roles) for number in ids}
    aws.state.page_size = 100
    aws.state.portal_rate, aws.state.portal_burst = 20, 20
    return ids


def cache(machine):
    return machine.home / ".cache" / "atmos" / "auth" / "my-sso"


def provisioned(machine) -> dict:
    return json.loads((cache(machine) / "provisioned-identities.yaml").read_text())["auth"]


def asked_for(aws: Emulator) -> list[str]:
    return [entry.notes["account"] for entry in aws.journal.entries() if entry.operation == "ListAccountRoles"]


def discovered(machine, *words: str):
    result = machine.atmos("auth", "discover", *SIGN_IN, "--format", "json", *words)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout), result.stderr


# --- the list --------------------------------------------------------------------------------------------------


def test_the_first_time_signs_in_and_finds_everything(sso, aws: Emulator):
    found, told = discovered(sso)
    assignments = aws.state.people[aws.state.person].assignments
    names = {number: account.name for number, account in aws.state.accounts.items()}
    assert {(entry["account"]["id"], entry["account"]["name"], entry["role"]) for entry in found["identities"]} == {
        (number, names[number], role) for number, roles in assignments.items() for role in roles
    }
    assert found["counts"] == {"accounts": len(names), "identities": 11, "missed_accounts": 0}
    assert "✓ Found 11 roles in 7 accounts of my-sso" in told
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert stat.S_IMODE(cache(sso).stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in cache(sso).iterdir()] == [0o600]


def test_the_second_time_is_at_once_and_tells_its_age(sso, aws: Emulator):
    first, _ = discovered(sso)
    aws.journal.clear()
    again, told = discovered(sso)
    assert again == first
    assert "found just now; look again with --refresh" in told
    assert aws.journal.entries() == []
    discovered(sso, "--refresh")
    assert len(asked_for(aws)) == 7


def test_an_old_list_tells_its_age_and_one_of_yesterday_is_looked_for_again(sso, aws: Emulator):
    discovered(sso)
    path = cache(sso) / "provisioned-identities.yaml"

    def dated(hours: float) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - hours * 3600))
        path.write_text(re.sub(r'("provisioned_at": )"[^"]+"', rf'\1"{at}"', path.read_text()))

    dated(3.1)
    assert "found 3 h ago" in discovered(sso)[1]
    aws.journal.clear()
    dated(12.1)
    assert "✓ Found 11 roles" in discovered(sso)[1]
    assert len(asked_for(aws)) == 7


def test_the_table_names_what_to_type(sso):
    result = sso.atmos("auth", "discover", *SIGN_IN)
    assert result.returncode == 0, result.stderr
    rows = [re.split(r"\s{2,}", line) for line in result.stdout.splitlines()]
    assert rows[0] == ["ACCOUNT", "ID", "ROLE", "IDENTITY"]
    assert ["development", "111111111111", "AdminAccess", "mine (written)"] in rows
    assert ["staging", "222222222222", "ReadOnlyAccess", "staging/ReadOnlyAccess"] in rows
    assert len(rows) == 12


def test_where_identities_are_not_wanted_the_table_says_how_to_want_them(sso):
    sso.write((SSO + MINE).format(url=sso.url).replace("auto_provision_identities: true", "login_flow: auto"))
    result = sso.atmos("auth", "discover", *SIGN_IN)
    assert re.search(r"^staging +222222222222 +AdminAccess +-$", result.stdout, re.MULTILINE)
    assert "auto_provision_identities: true" in result.stderr
    assert sso.atmos("auth", "env", "-i", "staging/AdminAccess").returncode != 0


def test_yaml_and_json_say_the_same(sso):
    found, _ = discovered(sso)
    text = sso.atmos("auth", "discover", "--format", "yaml").stdout
    assert yaml.safe_load(text) == found
    (mine,) = (entry for entry in found["identities"] if entry["written_as"])
    assert (mine["name"], mine["written_as"]) == ("development/AdminAccess", ["mine"])


def test_a_written_file_can_be_imported_and_is_nobody_elses(sso, aws: Emulator):
    written = sso.atmos("auth", "discover", *SIGN_IN, "--write", "found.yaml")
    assert (written.returncode, written.stdout) == (0, ""), written.stderr
    assert "✓ Wrote 11 identities to found.yaml" in written.stderr
    sso.atmos("auth", "logout", "--all")
    text = SSO.format(url=sso.url).replace("      auto_provision_identities: true\n", "")
    sso.write(f"import: [found.yaml]\n{text}")
    assert sso.atmos("auth", "validate").returncode == 0
    used = sso.atmos("auth", "exec", *SIGN_IN, "-i", "staging/AdminAccess", "--", "true")
    assert used.returncode == 0, used.stderr
    refused = sso.atmos("auth", "discover", "--write", "atmos.yaml")
    (finding,) = sso.findings(refused.stderr)[-1:]
    assert refused.returncode == 1
    assert "did not write it" in finding.message
    assert finding.hints == ("write to a file of another name, and import it",)
    assert sso.atmos_yaml.read_text().startswith("import:")


def test_a_table_fits_a_narrow_terminal(sso):
    discovered(sso)
    terminal = sso.terminal("auth", "discover", columns=50)
    person = Person(terminal)
    assert person.ends() == 0
    rows = [line for line in person.screen.splitlines() if re.search("[0-9]{12}", line)]
    assert len(rows) == 11, "the account's number stays whole"
    assert max(map(len, rows)) <= 50


@pytest.mark.parametrize("target", ["", ".", "nowhere/found.yaml", "atmos.yaml"])
def test_where_nothing_can_be_written_nobody_waits_for_a_look(sso, aws: Emulator, target: str):
    result = sso.atmos("auth", "discover", *SIGN_IN, "--write", target)
    (finding,) = sso.findings(result.stderr)
    assert result.returncode == 1
    assert "write" in finding.message
    assert finding.hints
    assert aws.journal.entries() == []


# --- which portal ----------------------------------------------------------------------------------------------


def test_of_several_portals_one_must_be_named(machine):
    result = machine.atmos("auth", "discover")
    (finding,) = machine.findings(result.stderr)
    assert (result.returncode, finding.details) == (1, ("portals: my-sso, other-sso",))
    assert finding.hints[0] == "atmos auth discover --provider my-sso"
    found, _ = discovered(machine, "--provider", "OTHER-sso")
    assert found["provider"] == "other-sso"


def test_of_several_portals_a_person_chooses(machine):
    person = Person(machine.terminal("auth", "discover", "--no-browser"))
    person.sees("Several portals are configured", "my-sso")
    person.types(ENTER)
    person.sees("11 roles in 7 accounts")
    assert person.ends() == 0


@pytest.mark.parametrize(
    ("configuration", "words", "message"),
    [
        ("auth: {}\n", (), "no provider has a list"),
        ("auth: { providers: { idp: { kind: github/oidc, region: us-east-1 } } }\n", ("-p", "idp"), "it is no portal"),
        ("auth: {}\n", ("-p", "nobody"), 'provider "nobody" not found'),
    ],
)
def test_what_is_no_portal_is_refused(machine, configuration: str, words, message: str):
    machine.write(configuration)
    result = machine.atmos("auth", "discover", *words)
    (finding,) = machine.findings(result.stderr)
    assert result.returncode == 1
    assert message in finding.message
    assert finding.hints


def test_without_a_terminal_and_without_a_session_it_says_so(sso, aws: Emulator):
    result = sso.atmos("auth", "discover")
    (finding,) = sso.findings(result.stderr)
    assert (result.returncode, result.stdout) == (2, "")
    assert "needs a person" in finding.message
    assert aws.journal.count("sso:ListAccounts") == 0


def test_nothing_is_assigned_is_an_answer(sso, aws: Emulator):
    aws.state.people[aws.state.person].assignments = {}
    found, told = discovered(sso)
    assert found["identities"] == []
    assert "No accounts and roles are assigned to you" in told
    assert not cache(sso).exists()


# --- identities that nobody wrote down -------------------------------------------------------------------------


def test_a_login_finds_them_and_programs_use_them(sso, aws: Emulator):
    told = sso.login().stderr
    assert told.index("Authentication successful") < told.index("✓ Found 11 roles in 7 accounts of my-sso")
    result = sso.atmos("auth", "exec", "-i", "STAGING/readonlyaccess", "--", "aws", "sts", "get-caller-identity")
    assert result.returncode == 0, result.stderr
    caller = json.loads(result.stdout)
    assert caller["Account"] == "222222222222"
    assert "AWSReservedSSO_ReadOnlyAccess" in caller["Arn"]
    listed = json.loads(sso.atmos("auth", "list", "--format", "json").stdout)
    assert len(listed["identities"]) == 12
    assert sso.atmos("auth", "validate").returncode == 0
    completed = sso.atmos("completion", "bash", "--", "atmos", "auth", "login", "sta")
    assert completed.stdout.split("\n")[:2] == ["staging/AdminAccess", "staging/ReadOnlyAccess"]


def test_a_login_to_the_provider_alone_finds_them_too(sso, aws: Emulator):
    sso.write(SSO.format(url=sso.url))
    assert "✓ Found 11 roles" in sso.login("--provider", "my-sso").stderr
    assert provisioned(sso)["_metadata"]["counts"] == {"accounts": 7, "roles": 11, "identities": 11}
    aws.journal.clear()
    assert "Found" not in sso.login("--provider", "my-sso").stderr
    assert asked_for(aws) == []


def test_a_sign_in_from_scratch_looks_again(sso, aws: Emulator):
    """Somebody else may have signed in, or roles may have been assigned, which is what one does it for."""
    sso.login()
    aws.state.people[aws.state.person].assignments = {"111111111111": ["AdminAccess"]}
    assert "✓ Found 1 role in 1 account of my-sso" in sso.login("--force").stderr
    assert list(provisioned(sso)["identities"]) == ["development/AdminAccess"]


def test_a_name_that_was_never_looked_for_leads_to_discover(sso):
    result = sso.atmos("auth", "env", "-i", "staging/AdminAccess")
    (finding,) = sso.findings(result.stderr)
    assert finding.hints[0] == "atmos auth discover --provider my-sso"
    sso.login()
    result = sso.atmos("auth", "env", "-i", "staging/AdminAcess")
    (finding,) = sso.findings(result.stderr)
    assert finding.hints[0] == 'did you mean "staging/AdminAccess"?'


def test_a_written_identity_of_the_same_name_wins(sso, aws: Emulator):
    sso.login()
    more = """\
    STAGING/adminaccess:
      kind: aws/permission-set
      via: { provider: my-sso }
      principal: { name: ReadOnlyAccess, account: { name: sandbox } }
    production/ReadOnlyAccess: { region: eu-central-1 }
"""
    sso.write((SSO + MINE).format(url=sso.url) + more)
    shown = sso.atmos("auth", "exec", "-i", "staging/AdminAccess", "--", "aws", "sts", "get-caller-identity")
    assert json.loads(shown.stdout)["Account"] == "444444444444"
    added = sso.atmos("auth", "exec", "-i", "production/ReadOnlyAccess", "--", "env")
    assert "AWS_REGION=eu-central-1" in added.stdout
    assert len(json.loads(sso.atmos("auth", "list", "--format", "json").stdout)["identities"]) == 12


def test_what_only_adds_to_a_list_that_is_not_there_leads_to_discover(sso):
    sso.write((SSO + MINE).format(url=sso.url) + "    production/ReadOnlyAccess: { region: eu-central-1 }\n")
    for words in (("auth", "validate"), ("auth", "env", "-i", "production/readonlyaccess")):
        result = sso.atmos(*words)
        assert result.returncode != 0
        assert "kind is required" in result.stderr + result.stdout
        assert "atmos auth discover --provider my-sso" in result.stderr + result.stdout
    sso.login()
    assert sso.atmos("auth", "validate").returncode == 0


def test_a_name_that_two_portals_gave_leads_to_neither_by_itself(sso, aws: Emulator):
    mine = SSO.format(url=sso.url)
    other = mine.split("providers:\n")[1].replace("my-sso", "other").replace("us-east-1", "eu-west-1")
    sso.write(mine + other)
    sso.login("--provider", "my-sso")
    number = next(iter(aws.state.accounts))
    aws.state.accounts = {"888888888888": aws.state.accounts[number]}
    aws.state.people[aws.state.person].assignments = {"888888888888": ["AdminAccess"]}
    sso.login("--provider", "other")
    refused = sso.atmos("auth", "exec", "-i", "development/AdminAccess", "--", "true")
    (finding,) = sso.findings(refused.stderr)
    assert finding.hints[0] == ('did you mean "development/AdminAccess (my-sso)" or "development/AdminAccess (other)"?')
    used = sso.atmos("auth", "exec", "-i", "development/AdminAccess (other)", "--", "aws", "sts", "get-caller-identity")
    assert json.loads(used.stdout)["Account"] == "888888888888", used.stderr
    shown = sso.atmos("auth", "discover", "--provider", "other").stdout
    assert shown.splitlines()[1].endswith("development/AdminAccess (other)")


def test_an_error_in_one_of_them_names_its_line(sso, aws: Emulator):
    sso.login()
    aws.state.people[aws.state.person].assignments["222222222222"] = ["ReadOnlyAccess"]
    result = sso.atmos("auth", "exec", "-i", "staging/AdminAccess", "--", "true")
    (finding,) = sso.findings(result.stderr)
    assert result.returncode == 1
    assert 'the permission set "AdminAccess" is not assigned to you in account 222222222222' in finding.message
    more = "    staging/AdminAccess: { regoin: eu-central-1 }\n"
    sso.write((SSO + MINE).format(url=sso.url) + more)
    warned = sso.atmos("auth", "validate")
    assert "regoin" in warned.stderr + warned.stdout


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\0", b"auth: { identities: !exec 'touch ran' }", b"[" * 90000]
)
def test_a_file_that_cannot_be_understood_costs_a_warning(sso, content: bytes):
    sso.login()
    path = cache(sso) / "provisioned-identities.yaml"
    path.write_bytes(content)
    result = sso.atmos("auth", "exec", "--", "true")
    assert result.returncode == 0, result.stderr
    (finding,) = sso.findings(result.stderr)
    assert str(path) in finding.message
    assert not (sso.directory / "ran").exists()
    assert sso.atmos("auth", "exec", "--", "true").stderr == ""


def test_a_file_of_another_portal_does_not_count(sso):
    sso.login()
    path = cache(sso) / "provisioned-identities.yaml"
    path.write_text(path.read_text().replace(f"{sso.url}/start", "https://evil.example/start"))
    result = sso.atmos("auth", "env", "-i", "staging/AdminAccess")
    assert "not found in the configuration" in result.stderr
    assert "✓ Found 11 roles" in sso.login().stderr, "a login looks again"


def test_nothing_of_a_file_but_accounts_and_roles_is_believed(sso):
    sso.login()
    path = cache(sso) / "provisioned-identities.yaml"
    body = json.loads(path.read_text())
    body["auth"]["identities"]["staging/AdminAccess"] |= {
        "env": [{"key": "LD_PRELOAD", "value": "/tmp/evil.so"}],
        "spec": {"endpoint_url": "https://evil.example"},
    }
    path.write_text(json.dumps(body))
    result = sso.atmos("auth", "exec", "-i", "staging/AdminAccess", "--", "env")
    assert result.returncode == 0, result.stderr
    assert "LD_PRELOAD" not in result.stdout
    assert "evil" not in result.stdout


@pytest.mark.parametrize("words", [("--provider", "my-sso"), ("--all",), ("--all-realms",)], ids=" ".join)
def test_logging_out_removes_what_was_found(sso, words):
    sso.login()
    planned = sso.atmos("auth", "logout", *words, "--dry-run")
    assert "list of the accounts and roles of" in planned.stderr
    assert cache(sso).exists()
    done = sso.atmos("auth", "logout", *words)
    assert done.returncode == 0, done.stderr
    assert "removed list of the accounts and roles of" in done.stderr
    assert not cache(sso).exists()


def test_an_identitys_logout_leaves_it(sso):
    sso.login()
    sso.atmos("auth", "logout", "mine")
    assert provisioned(sso)["identities"]


def test_realms_have_their_own(sso, aws: Emulator):
    sso.login()
    aws.journal.clear()
    env = {"ATMOS_AUTH_REALM": "acme"}
    assert "not found" in sso.atmos("auth", "env", "-i", "staging/AdminAccess", env=env).stderr
    assert sso.atmos("auth", "login", *SIGN_IN, env=env).returncode == 0
    assert (sso.home / ".cache/atmos/acme/auth/my-sso/provisioned-identities.yaml").exists()
    assert sso.atmos("auth", "logout", "--all-realms").returncode == 0
    assert [path for path in sso.files() if "provisioned" in path.name] == []


def test_a_login_that_keeps_nothing_does_not_look(sso, aws: Emulator):
    result = sso.atmos("auth", "login", *SIGN_IN, env={"ATMOS_KEYRING_TYPE": "memory"})
    assert result.returncode == 0, result.stderr
    assert asked_for(aws) == []


# --- what goes wrong in between --------------------------------------------------------------------------------


def test_after_a_kill_the_next_look_goes_on(sso, aws: Emulator):
    ids = organization(aws, 160)
    process = sso.start("auth", "discover", *SIGN_IN)
    deadline = time.monotonic() + 60
    while len(asked_for(aws)) < 80:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (path,) = cache(sso).glob("*.unfinished")
    known = json.loads(path.read_text())["roles"]
    assert len(known) >= 20
    aws.journal.clear()
    found, _ = discovered(sso)
    # The emulator may still be answering what was asked before.
    assert set(asked_for(aws)) == set(ids) - set(known)
    assert len(asked_for(aws)) <= len(ids) - len(known) + WORKERS
    assert len(found["identities"]) == 3 * len(ids)
    assert [path.name for path in cache(sso).iterdir()] == ["provisioned-identities.yaml"]


def test_being_refused_is_survived_and_seen(sso, aws: Emulator):
    ids = organization(aws, 60)
    aws.state.portal_rate, aws.state.portal_burst = 8, 3
    person = Person(sso.terminal("auth", "discover", "--no-browser", "--format", "json", columns=120))
    person.sees("slowed by AWS")
    assert person.ends() == 0
    assert aws.journal.count("sso:ListAccountRoles", outcome="TooManyRequestsException") > 0
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1, "a refusal is no reason to sign in again"
    assert len(provisioned(sso)["identities"]) == 3 * len(ids)


def test_connections_that_drop_are_survived(sso, aws: Emulator):
    aws.faults.add("sso:ListAccounts", drop=True, times=1)
    aws.faults.add("sso:ListAccountRoles", drop=True, times=3)
    aws.faults.add("sso:ListAccountRoles", status=503, times=2)
    found, _ = discovered(sso)
    assert found["counts"]["identities"] == 11


def test_an_account_that_cannot_be_looked_at_is_left_out_and_tried_again(sso, aws: Emulator):
    aws.faults.add("sso:ListAccountRoles", status=404, code="ResourceNotFoundException", times=1)
    found, told = discovered(sso)
    assert found["counts"]["missed_accounts"] == 1
    assert "1 account could not be looked at" in told
    aws.journal.clear()
    found, _ = discovered(sso)
    assert (found["counts"]["missed_accounts"], len(asked_for(aws)), found["counts"]["identities"]) == (0, 1, 11)


def test_a_session_that_ends_is_told_and_what_was_found_is_kept(sso, aws: Emulator):
    ids = organization(aws, 120)
    process = sso.start("auth", "discover", *SIGN_IN)
    deadline = time.monotonic() + 60
    while len(asked_for(aws)) < 40:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    aws.revoke_sessions()
    stdout, stderr = process.communicate(timeout=60)
    (finding,) = (f for f in sso.findings(stderr) if "no longer accepts" in f.message)
    assert (process.returncode, stdout) == (1, "")
    assert finding.hints[0] == "atmos auth login --provider my-sso"
    (path,) = cache(sso).glob("*.unfinished")
    known = json.loads(path.read_text())["roles"]
    aws.journal.clear()
    assert "✓ Found 360 roles" in sso.login("--provider", "my-sso").stderr
    # The emulator may still be answering what was asked before.
    assert set(asked_for(aws)) == set(ids) - set(known)
    assert len(asked_for(aws)) <= len(ids) - len(known) + WORKERS


def test_a_session_that_was_ended_before_is_signed_in_anew(sso, aws: Emulator):
    sso.login()
    aws.revoke_sessions()
    found, _ = discovered(sso, "--refresh")
    assert found["counts"]["identities"] == 11


def test_a_login_stands_whatever_becomes_of_the_look(sso, aws: Emulator):
    aws.faults.add("sso:ListAccountRoles", status=503)
    result = sso.login()
    assert "✓ Authentication successful" in result.stderr
    assert "7 accounts could not be looked at" in result.stderr
    aws.faults.clear()
    aws.faults.add("sso:ListAccounts", status=403, code="AccessDeniedException", times=9)
    sso.write(SSO.format(url=sso.url))
    result = sso.login("--provider", "my-sso")
    assert "⚠ the identities of" in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_ends_it_promptly_and_the_next_look_goes_on(sso, aws: Emulator):
    ids = organization(aws, 150)
    aws.faults.add("sso:ListAccountRoles", delay=0.3)
    person = Person(sso.terminal("auth", "discover", "--no-browser"))
    person.sees("of 150 accounts")
    while len(asked_for(aws)) < 25:
        time.sleep(0.05)
    aws.faults.clear()
    aws.faults.add("sso:ListAccountRoles", delay=60)
    person.types(CTRL_C)
    pressed = time.monotonic()
    assert person.ends() == 130
    assert time.monotonic() - pressed < 20, "it does not wait for answers that do not come"
    assert "what was found so far is kept" in person.screen
    (path,) = cache(sso).glob("*.unfinished")
    known = json.loads(path.read_text())["roles"]
    assert len(known) >= 10
    aws.faults.clear()
    aws.journal.clear()
    found, _ = discovered(sso)
    assert len(found["identities"]) == 3 * len(ids)
    # The emulator may still be answering what was asked before.
    assert set(asked_for(aws)) == set(ids) - set(known)
    assert len(asked_for(aws)) <= len(ids) - len(known) + WORKERS


def test_ctrl_c_after_a_login_ends_the_look_and_not_the_login(sso, aws: Emulator):
    organization(aws, 150)
    aws.state.accounts["100000000001"].name = "development"
    person = Person(sso.terminal("auth", "login", "--no-browser"))
    person.sees("of 150 accounts")
    assert person.leaves() == 0
    assert "to go on: atmos auth discover --provider my-sso" in person.screen
    assert sso.atmos("auth", "exec", "--", "true").returncode == 0


def test_two_looks_at_once_are_one(sso, aws: Emulator):
    ids = organization(aws, 60)
    first = sso.start("auth", "discover", *SIGN_IN, "--format", "json")
    while not asked_for(aws):
        time.sleep(0.05)
    second = sso.start("auth", "discover", "--format", "json", "--refresh")
    one, other = first.communicate(timeout=60), second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0), one[1] + other[1]
    assert json.loads(one[0]) == json.loads(other[0])
    assert sorted(asked_for(aws)) == ids
    assert f"Waiting for process {first.pid}, which is looking at the accounts and roles of my-sso" in other[1]


def test_without_a_terminal_progress_is_a_few_plain_lines(sso, aws: Emulator):
    organization(aws, 60)
    _, told = discovered(sso)
    lines = [line for line in told.splitlines() if line.startswith("my-sso: ")]
    assert 1 <= len(lines) <= 2
    assert "\x1b" not in told
    assert "\r" not in told


@pytest.mark.timeout(300)
def test_a_thousand_accounts_are_found_without_a_single_refusal(sso, aws: Emulator):
    ids = organization(aws, 1000)
    aws.faults.add("sso:*", delay=0.05)
    process = sso.start("auth", "discover", *SIGN_IN, "--format", "json")
    stdout, stderr = process.communicate(timeout=240)
    assert process.returncode == 0, stderr
    found = json.loads(stdout)
    assert found["counts"] == {"accounts": 1000, "identities": 3000, "missed_accounts": 0}
    assert {(entry["account"]["id"], entry["role"]) for entry in found["identities"]} == {
        (number, role) for number in ids for role in ("AdminAccess", "ReadOnlyAccess", "Billing")
    }
    outcomes = {entry.outcome for entry in aws.journal.entries() if entry.service == "sso"}
    assert outcomes == {"ok"}
    assert (aws.journal.count("sso:ListAccounts"), len(asked_for(aws))) == (10, 1000)
    name = found["identities"][2999]["name"]
    used = sso.atmos("auth", "exec", "-i", name, "--", "aws", "sts", "get-caller-identity")
    assert json.loads(used.stdout)["Account"] == ids[-1]
    assert os.listdir(cache(sso)) == ["provisioned-identities.yaml"]
