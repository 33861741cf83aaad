"""Logging out of more than the configuration names: tags, what was configured once, every realm; what stays valid."""

import re
from pathlib import Path

import pexpect
import pytest
from person import ENTER, Person

from aws_emulator import Emulator

USER = """\
auth:
  realm: solo
  keyring: {{ type: file }}
  identities:
    operator:
      kind: aws/user
      default: true
      credentials: {{ webflow_enabled: false }}
      spec: {{ endpoint_url: "{url}" }}
"""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def secrets_left(machine) -> list[Path]:
    """Files that hold temporary keys or tokens."""
    marks = ("aws_session_token", "accessToken", "refreshToken")
    return [path for path in machine.files() if any(mark in path.read_text(errors="replace") for mark in marks)]


@pytest.fixture
def tagged(machine):
    text = machine.atmos_yaml.read_text()
    text = text.replace("    my-sso:\n", "    my-sso:\n      tags: [Work, blue]\n")
    # A session of its own: another region of the same portal.
    text = re.sub(r"    other-sso:\n(.*\n)      region: us-east-1", r"    other-sso:\n\1      region: us-west-2", text)
    machine.write(text.replace("    other-sso:\n", "    other-sso:\n      tags: [play]\n"))
    machine.login("prod")
    machine.login("staging")
    return machine


# --- selecting -------------------------------------------------------------------------------------------------


def test_tags_take_every_provider_that_has_one_with_all_behind_it(tagged, aws: Emulator):
    aws.journal.clear()
    result = tagged.atmos("auth", "logout", "--tags", "nothing, WORK")
    assert result.returncode == 0, result.stderr
    assert '✓ Logged out provider "my-sso"' in result.stderr
    assert not tagged.credentials().exists()
    assert "[staging]" in tagged.credentials("other-sso").read_text()
    assert (len(tagged.tokens()), aws.journal.count("sso:Logout")) == (1, 1)
    both = tagged.atmos("auth", "logout", "--tags", "work,play")
    assert 'provider "my-sso", provider "other-sso"' in both.stderr
    assert secrets_left(tagged) == []


def test_tags_that_nobody_has_are_an_error_that_lists_those_there_are(tagged):
    result = tagged.atmos("auth", "logout", "--tags", "green")
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = tagged.findings(result.stderr)
    assert finding.message == "no providers match the specified tags: green"
    assert finding.details == ("tags of providers: blue, play, Work",)
    assert len(tagged.tokens()) == 2


SELECTORS = (("prod",), ("-i", "prod"), ("--provider", "my-sso"), ("--tags", "work"), ("--all",), ("--all-realms",))


@pytest.mark.parametrize(("one", "other"), [(a, b) for n, a in enumerate(SELECTORS) for b in SELECTORS[n + 1 :] if n])
def test_selectors_exclude_each_other(offline_machine, one, other):
    offline_machine.write("auth: { identities: { prod: { kind: ambient } } }\n")
    result = offline_machine.atmos("auth", "logout", *one, *other)
    assert (result.returncode, result.stdout) == (1, "")
    assert "exclude each other" in result.stderr
    assert "keep one of them" in result.stderr


def test_the_menu_offers_identities_providers_and_all(tagged, aws: Emulator):
    person = Person(tagged.terminal("auth", "logout", rows=30))
    person.sees(
        "What do you want to log out of?",
        "Identity: base",
        "Provider: my-sso (removes all identities)",
        "All identities (complete logout)",
    )
    person.types("\x1b[A" + ENTER)  # upwards from the first is the last
    assert person.ends() == 0, person.screen
    assert "Logged out everything" in person.screen
    assert secrets_left(tagged) == []


# --- what was configured once ----------------------------------------------------------------------------------


def test_everything_takes_identities_that_were_configured_once(machine, aws: Emulator):
    machine.login("prod")
    machine.login("staging")
    text = machine.atmos_yaml.read_text()
    machine.write(text[: text.index("    staging:")])
    planned = machine.atmos("auth", "logout", "--all", "--dry-run")
    assert 'credentials of identity "staging", which this configuration does not have' in lines(planned.stderr)
    result = machine.atmos("auth", "logout", "--all")
    assert result.returncode == 0, result.stderr
    assert secrets_left(machine) == []


def test_one_that_was_configured_once_can_be_named(machine):
    machine.login("staging")
    text = machine.atmos_yaml.read_text()
    machine.write(text[: text.index("    staging:")])
    result = machine.atmos("auth", "logout", "STAGING")
    assert result.returncode == 0, result.stderr
    assert 'identity "staging" is not in this configuration' in result.stderr
    assert not machine.credentials("other-sso").exists()
    again = machine.atmos("auth", "logout", "staging")
    assert again.returncode == 1
    (finding,) = machine.findings(again.stderr)
    assert "not found in the configuration" in finding.message
    assert "identities: base, prod" in finding.details


@pytest.fixture
def two_projects(machine):
    """Somebody else's project of this user left credentials; they are of another portal session."""
    text = machine.atmos_yaml.read_text()
    machine.write(re.sub(r"\bmy-sso\b", "theirs", text).replace("region: us-east-1", "region: us-west-2", 1))
    machine.login("base")
    machine.write(text)
    machine.login("prod")
    return machine


def test_what_may_be_another_projects_stays_where_nobody_can_be_asked(two_projects):
    planned = two_projects.atmos("auth", "logout", "--all", "--dry-run")
    assert lines(planned.stderr.partition("Would ask about:")[2])[1].startswith('credentials of identity "base"')
    result = two_projects.atmos("auth", "logout", "--all")
    assert result.returncode == 0, result.stderr
    assert "left, for it may be another project's" in result.stderr
    assert "💡 atmos auth logout --all-realms" in result.stderr
    assert two_projects.credentials("theirs").exists()
    assert not two_projects.credentials().exists()


@pytest.mark.parametrize(("answer", "stays"), [("n", True), ("", True), ("y", False)])
def test_a_person_is_asked_about_what_may_be_another_projects(two_projects, answer: str, stays: bool):
    person = Person(two_projects.terminal("auth", "logout", "--all"))
    person.sees("Remove these too? They may be another project's.")
    person.types(answer + ENTER)
    assert person.ends() == 0, person.screen
    assert two_projects.credentials("theirs").exists() is stays
    assert not two_projects.credentials().exists()


# --- every realm -----------------------------------------------------------------------------------------------


@pytest.fixture
def realms(machine):
    """Sign-ins in three realms, one of an IAM user; then a configuration that knows nothing of all that."""
    machine.environ["ATMOS_KEYRING_PASSWORD"] = "correct horse battery"
    machine.login("prod")
    assert machine.atmos("auth", "login", "--force-tty", "--no-browser", "prod", env={"ATMOS_AUTH_REALM": "acme"})
    machine.write(USER.format(url=machine.url))
    keys = {
        "AWS_ACCESS_KEY_ID": "AKIAEMULATOROPERATOR",
        "AWS_SECRET_ACCESS_KEY": "example/only/for/the/operator/0123456789",
    }
    stored = machine.atmos("auth", "user", "configure", "-i", "operator", "--from-env", env=keys)
    assert stored.returncode == 0, stored.stderr
    machine.login("operator")
    machine.write("auth: { keyring: { type: file } }\n")
    assert len(secrets_left(machine)) == 5
    return machine


def test_all_realms_lists_first_and_then_takes_everything(realms, aws: Emulator):
    aws.journal.clear()
    before = {path: path.read_bytes() for path in realms.files()}
    planned = realms.atmos("auth", "logout", "--all-realms", "--dry-run")
    assert (planned.returncode, planned.stdout) == (0, "")
    for what in (
        'realms on this machine: none, "acme", "solo"',
        'credentials of identity "prod"',
        'credentials of identity "prod" (realm "acme")',
        'credentials of identity "operator" (realm "solo")',
        f'portal session of {realms.url}/start (realm "acme"), at AWS',
    ):
        assert any(what in line for line in lines(planned.stderr)), planned.stderr
    assert {path: path.read_bytes() for path in realms.files()} == before
    assert aws.journal.entries() == []

    result = realms.atmos("auth", "logout", "--all-realms")
    assert (result.returncode, result.stdout) == (0, "")
    assert "✓ Logged out everything, in every realm\n" in result.stderr
    assert aws.journal.count("sso:Logout", outcome="ok") == 2
    assert secrets_left(realms) == []
    left = {str(path.relative_to(realms.home)).split("/")[1] for path in realms.files()}
    assert not [path for path in realms.files() if path.name.endswith(".lock") and "keyring" not in str(path)]
    assert not (realms.home / ".config" / "atmos" / "acme").exists()
    assert left <= {"share", "atmos"}
    again = realms.atmos("auth", "logout", "--all-realms")
    assert (again.returncode, "removed" in again.stderr) == (0, False)


def test_keys_of_every_realm_go_only_with_the_keychain(realms):
    assert realms.atmos("auth", "logout", "--all-realms").returncode == 0
    refused = realms.atmos("auth", "logout", "--all-realms", "--keychain")
    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    planned = realms.atmos("auth", "logout", "--all-realms", "--keychain", "--dry-run")
    assert '"operator" (realm "solo"), in the keyring' in lines(planned.stderr)
    gone = realms.atmos("auth", "logout", "--all-realms", "--keychain", "--force")
    assert 'removed "operator" (realm "solo"), in the keyring' in lines(gone.stderr)
    after = realms.atmos("auth", "logout", "--all-realms", "--keychain", "--dry-run")
    assert "in the keyring" not in after.stderr


def test_without_network_everything_goes_from_this_machine_and_the_rest_is_told(realms, aws: Emulator):
    aws.stop()
    result = realms.atmos("auth", "logout", "--all-realms")
    assert result.returncode == 0, result.stderr
    failures = [f.message for f in realms.findings(result.stderr) if f.message.startswith("partial logout")]
    assert len(failures) == 2
    assert all("at AWS is still there" in failure for failure in failures)
    assert "but 2 things are left: see above" in result.stderr
    assert secrets_left(realms) == []


def test_all_realms_works_where_there_is_no_configuration(machine, aws: Emulator):
    machine.login("prod")
    machine.atmos_yaml.unlink()
    # Such a run keeps nothing of its own, and still finds what others kept.
    result = machine.atmos("auth", "logout", "--all-realms", env={"ATMOS_KEYRING_TYPE": "memory"})
    assert result.returncode == 0, result.stderr
    assert secrets_left(machine) == []
    assert aws.journal.count("sso:Logout", outcome="ok") == 1


def test_a_damaged_file_goes_as_well(machine):
    machine.login("prod")
    machine.credentials().write_text("[prod]\naws_secret_access_key = torn")
    machine.tokens()[0].write_text("{torn")
    result = machine.atmos("auth", "logout", "--all-realms")
    assert result.returncode == 0, result.stderr
    assert not [path for path in machine.files() if "torn" in path.read_text(errors="replace")]


# --- what stays ------------------------------------------------------------------------------------------------


def test_what_was_handed_out_and_when_it_ends_is_told(machine):
    machine.login("prod")
    result = machine.atmos("auth", "logout", "prod")
    _, _, told = result.stderr.partition(
        "Credentials that were copied elsewhere stay valid; AWS cannot call them back:"
    )
    (line,) = lines(told)[1:]
    assert re.fullmatch(r"prod until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \((1h 0m|59m \d+s)\)", line)
    machine.login("prod")
    machine.expire_credentials()
    over = machine.atmos("auth", "logout", "prod")
    assert "stay valid" not in over.stderr


def test_what_the_shell_still_holds_is_told(machine):
    machine.login("prod")
    exported = {"AWS_SHARED_CREDENTIALS_FILE": str(machine.credentials()), "AWS_PROFILE": "prod"}
    script = 'eval "$(atmos auth env)"; atmos auth logout prod'
    shell = machine.run(
        "python", "-c", "import os,sys; os.execv('/bin/bash', ['bash', '-euc', sys.argv[1]])", script, env=exported
    )
    assert shell.returncode == 0, shell.stderr
    assert 'this environment still holds the credentials of identity "prod"' in shell.stderr
    assert "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN" in shell.stderr
    pointing = machine.atmos("auth", "logout", "base", env=exported)
    assert "this environment still points at files of what was removed" in pointing.stderr
    assert "unset AWS_SHARED_CREDENTIALS_FILE AWS_PROFILE" in pointing.stderr
    quiet = machine.atmos("auth", "logout", "base")
    assert "this environment" not in quiet.stderr


def test_the_browser_is_mentioned_once_and_only_when_a_sign_in_ends(machine):
    notice = "your web browser may still be signed in at the identity provider"
    for words, expected in ((("prod",), False), (("--all",), True), (("--all",), False)):
        machine.login("prod")
        assert (notice in machine.atmos("auth", "logout", *words).stderr) is expected


def test_a_lock_that_somebody_holds_stays_and_is_told(machine, aws: Emulator):
    aws.auto_approve = False
    waiting = machine.terminal("auth", "login", "prod", "--no-browser")
    waiting.expect(r"user_code=([A-Z]{4}-[A-Z]{4})")
    code = waiting.match[1]
    result = machine.atmos("auth", "logout", "--all-realms")
    assert result.returncode == 0, result.stderr
    assert "another process holds" in result.stderr
    # Nobody who waits for it is let in beside the one who has it.
    aws.approve(code)
    waiting.expect_exact("Authentication successful!")
    waiting.expect(pexpect.EOF)
    assert machine.credentials().exists()
