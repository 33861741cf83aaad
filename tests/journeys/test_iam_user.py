"""IAM users by their keys: configured at a terminal or by a machine, with MFA, roles, and keys that died."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from person import CTRL_C, ENTER, Person

from aws_emulator import Emulator

BREAKGLASS = "arn:aws:iam::111111111111:user/breakglass"
DEVICE = "arn:aws:iam::111111111111:mfa/breakglass"
KEY, SECRET = "AKIAEMULATORBREAKGLS", "example/only/for/the/emulator/0123456789"
OPERATOR_KEY, OPERATOR_SECRET = "AKIAEMULATOROPERATOR", "example/only/for/the/operator/0123456789"
PASSWORD = "a password for the file keyring"
USERS = """\
auth:
  identities:
    emergency-user:
      kind: aws/user
      default: true
      spec: {{ endpoint_url: "{url}" }}
    guarded:
      kind: aws/assume-role
      via: {{ identity: emergency-user }}
      principal: {{ assume_role: "arn:aws:iam::111111111111:role/LongRole", session_name: journey }}
"""
GUARDED = """\
auth:
  identities:
    keys:
      kind: aws/user
      spec: {{ endpoint_url: "{url}" }}
    guarded:
      kind: aws/assume-role
      via: {{ identity: keys }}
      principal:
        assume_role: "arn:aws:iam::111111111111:role/GuardedRole"
        session_name: journey
        mfa_arn: {device}
        mfa_command: {command}
    other:
      kind: aws/user
      spec: {{ endpoint_url: "{url}" }}
      credentials: {{ mfa_arn: {device}, mfa_command: {command} }}
"""
BACKSPACE = "\x7f"


@pytest.fixture
def users(machine, aws: Emulator):
    """A machine whose configuration has one IAM user, and a keyring in files."""
    machine.environ |= {"ATMOS_KEYRING_TYPE": "file", "ATMOS_KEYRING_PASSWORD": PASSWORD}
    machine.write(USERS.format(url=aws.url))
    return machine


@pytest.fixture
def at_terminal(users) -> Callable[..., Person]:
    return lambda *words: Person(users.terminal(*words, env={"NO_COLOR": "1"}, columns=120))


def piped(machine, *words: str, text: str | bytes, env: dict[str, str] | None = None):
    return subprocess.run(
        machine.command("atmos", *words),
        cwd=machine.directory,
        env=machine.environ | (env or {}),
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        timeout=60,
        check=False,
    )


def store(machine, identity: str = "emergency-user", key: str = KEY, secret: str = SECRET, **more: str) -> None:
    body = json.dumps({"access_key_id": key, "secret_access_key": secret} | more)
    done = piped(machine, "auth", "user", "configure", "--identity", identity, "--stdin", text=body)
    assert done.returncode == 0, done.stderr


def entries(machine) -> list[Path]:
    return sorted((machine.home / ".local/share/atmos/keyring").glob("*.entry"))


def caller(machine, *words: str) -> str:
    """Ask the AWS CLI who it is as the identity."""
    asked = machine.atmos("auth", "exec", *words, "--", machine.command("aws")[0], "sts", "get-caller-identity")
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)["Arn"]


# --- auth user configure ---------------------------------------------------------------------------------------


def test_configuring_at_a_terminal_asks_saves_and_shows_no_secret(users, at_terminal, aws: Emulator):
    person = at_terminal("auth", "user", "configure")
    person.sees("Choose an identity to configure:", "emergency-user")
    person.types(ENTER)
    person.answers("AWS Access Key ID:", KEY)
    person.answers("AWS Secret Access Key:", SECRET)
    person.answers("AWS User MFA ARN (optional):", "GAHT12345678")
    person.answers("expected arn:aws:iam::ACCOUNT_ID:mfa/NAME", DEVICE)
    person.answers("Session Duration (optional, default: 12h):", "two days")
    person.answers("invalid duration format (use: 3600, 1h, 12h, 1d, etc.)", "24h")
    person.sees("✔ Saved credentials to keyring: emergency-user", "✔ Session duration configured: 24h")
    assert person.ends() == 0
    assert SECRET not in person.screen
    assert len(SECRET) * "*" in person.screen
    assert "guarded" not in person.screen, "only users are offered"
    assert len(entries(users)) == 1
    for path in users.files():
        assert SECRET.encode() not in path.read_bytes(), path


def test_enter_alone_takes_the_defaults_and_a_second_run_replaces_the_keys(users, at_terminal, aws: Emulator):
    store(users, key="AKIAOLD", secret="old")
    person = at_terminal("auth", "user", "configure", "--identity", "Emergency-User")
    person.answers("AWS Access Key ID:", "")
    person.answers("AWS Access Key ID is required", OPERATOR_KEY)
    person.answers("AWS Secret Access Key:", "")
    person.answers("AWS Secret Access Key is required", OPERATOR_SECRET)
    person.answers("AWS User MFA ARN (optional):", "")
    person.answers("Session Duration (optional, default: 12h):", "")
    person.sees("Saved credentials to keyring: emergency-user", "Session duration configured: 12h")
    assert person.ends() == 0
    assert "Choose an identity" not in person.screen
    assert caller(users) == "arn:aws:iam::111111111111:user/operator"


@pytest.mark.parametrize("keys", [CTRL_C, "\x1b"])
def test_a_cancelled_form_stores_nothing(users, at_terminal, keys):
    person = at_terminal("auth", "user", "configure", "-i", "emergency-user")
    person.answers("AWS Access Key ID:", KEY)
    person.sees("AWS Secret Access Key:")
    person.types("typed-before-leaving" + keys)
    assert person.ends() == 1
    assert "typed-before-leaving" not in person.screen
    assert entries(users) == []


def test_what_the_configuration_manages_is_noted(users, at_terminal, aws: Emulator):
    users.write(
        USERS.format(url=aws.url).replace(
            "      default: true\n",
            f"      default: true\n      credentials: {{ mfa_arn: {DEVICE} }}\n      session: {{ duration: 24h }}\n",
        )
    )
    person = at_terminal("auth", "user", "configure", "-i", "emergency-user")
    person.answers("AWS Access Key ID:", KEY)
    person.answers("AWS Secret Access Key:", SECRET)
    person.sees(f"AWS User MFA ARN: {DEVICE}", "managed by Atmos configuration")
    person.sees("Session Duration: 24h", "managed by Atmos configuration")
    person.sees("Saved credentials to keyring")
    assert person.ends() == 0


def test_keys_in_the_configuration_need_no_configuring(users, aws: Emulator):
    users.write(
        USERS.format(url=aws.url).replace(
            "      default: true\n", "      credentials: { access_key_id: !env K, secret_access_key: !env S }\n"
        )
    )
    done = users.atmos("auth", "user", "configure", "-i", "emergency-user", env={"K": "AKIAX", "S": "s"})
    assert (done.returncode, done.stdout) == (0, "")
    assert 'All credentials of "emergency-user" are managed by the configuration file' in done.stderr
    assert entries(users) == []


def test_without_a_terminal_it_says_what_to_do_instead(users):
    done = users.atmos("auth", "user", "configure", "-i", "emergency-user")
    assert (done.returncode, done.stdout) == (2, "")
    (finding,) = users.findings(done.stderr)
    assert "standard input is not a terminal" in finding.details
    assert any("--stdin" in hint for hint in finding.hints)
    without_name = users.atmos("auth", "user", "configure")
    assert without_name.returncode == 2
    assert any("--identity" in hint for hint in users.findings(without_name.stderr)[0].hints)


def test_machines_hand_keys_over_in_the_environment_or_by_a_pipe(users):
    keys = {"AWS_ACCESS_KEY_ID": OPERATOR_KEY, "AWS_SECRET_ACCESS_KEY": OPERATOR_SECRET}
    done = users.atmos("auth", "user", "configure", "--from-env", env=keys)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Saved credentials to keyring: emergency-user" in done.stderr
    assert caller(users) == "arn:aws:iam::111111111111:user/operator"

    body = json.dumps({"AccessKeyId": KEY, "SecretAccessKey": SECRET, "SessionDuration": 3600, "Version": 1})
    piped_in = piped(users, "auth", "user", "configure", "--stdin", text="\ufeff" + body)
    assert piped_in.returncode == 0, piped_in.stderr
    assert "Session duration configured: 3600" in piped_in.stderr.decode()
    assert SECRET not in piped_in.stderr.decode()
    assert caller(users) == BREAKGLASS, "what came from the old keys is not used any more"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "stdin does not hold one JSON object"),
        ("canary", "stdin does not hold one JSON object"),
        (b"\xff\xfe\x00", "stdin does not hold one JSON object"),
        ("[" * 3000, "stdin does not hold one JSON object"),
        ('["canary"]', "stdin does not hold one JSON object"),
        ('{"access_key_id": {"canary": 1}}', "stdin does not hold one JSON object"),
        ('{"access_key_id": "AKIACANARY"}', "AWS Secret Access Key is required"),
        ('{"secret_access_key": "canary"}', "AWS Access Key ID is required"),
        ('{"access_key_id": "ASIACANARY", "secret_access_key": "canary"}', "key of a session"),
        ('{"access_key_id": "AKIA", "secret_access_key": "canary", "session_token": "canary"}', "session_token"),
        ('{"access_key_id": "AKIA", "secret_access_key": "canary", "session_duration": "x"}', "invalid duration"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_repeated(users, text, word):
    done = piped(users, "auth", "user", "configure", "--stdin", text=text)
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert word in said
    assert "canary" not in said.lower()
    assert "internal error" not in said
    assert entries(users) == []


def test_keys_of_a_session_are_refused_from_the_environment(users):
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": "canary"}
    done = users.atmos("auth", "user", "configure", "--from-env", env=keys)
    assert done.returncode == 1
    assert "AWS_SESSION_TOKEN is set" in done.stderr
    nothing = users.atmos("auth", "user", "configure", "--from-env")
    assert nothing.returncode == 1
    assert "AWS Access Key ID is required" in nothing.stderr
    assert entries(users) == []


def test_typing_into_stdin_is_not_taken_for_a_pipe(at_terminal):
    person = at_terminal("auth", "user", "configure", "--stdin")
    assert person.ends() == 1
    assert "what is typed here would be shown" in person.screen


def test_other_kinds_have_no_keys_and_without_a_user_that_is_said(users, aws: Emulator):
    role = users.atmos("auth", "user", "configure", "-i", "guarded")
    assert role.returncode == 1
    assert "of kind aws/assume-role" in role.stderr
    users.write("auth: { identities: { here: { kind: ambient } } }\n")
    none = users.atmos("auth", "user", "configure")
    assert none.returncode == 1
    assert "invalid auth config: no identities configured for provider type 'aws/user'" in none.stderr


# --- signing in ------------------------------------------------------------------------------------------------


def test_a_session_serves_boto3_the_cli_and_the_next_call(users, aws: Emulator):
    store(users, key=OPERATOR_KEY, secret=OPERATOR_SECRET, session_duration="1h")
    login = users.atmos("auth", "login")
    assert (login.returncode, login.stdout) == (0, ""), login.stderr
    assert re.search(r"Provider\s+aws-user\s", login.stderr)
    assert caller(users) == "arn:aws:iam::111111111111:user/operator"
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    by_boto3 = users.atmos("auth", "exec", "--", users.command("python")[0], "-c", script)
    assert by_boto3.stdout.strip() == "arn:aws:iam::111111111111:user/operator", by_boto3.stderr
    assert aws.journal.count("sts:GetSessionToken") == 1
    text = users.credentials("aws-user").read_text()
    assert OPERATOR_KEY not in text
    assert OPERATOR_SECRET not in text


def test_a_device_means_a_box_for_the_code_and_36_hours_are_36_hours(users, at_terminal, aws: Emulator):
    store(users, mfa_arn=DEVICE, session_duration="36h")
    person = at_terminal("auth", "login", "emergency-user")
    person.sees("╭", "Enter MFA Token", "├", f"MFA Device: {DEVICE}", "┌", "╰")
    person.types("12345" + ENTER)
    person.sees("MFA token must be 6 digits")
    code = aws.totp(BREAKGLASS)
    person.types(5 * BACKSPACE + code + ENTER)
    person.sees("✓ Authentication successful!", "aws-user", "emergency-user", "35h 59m")
    assert person.ends() == 0
    (entry,) = (e for e in aws.journal.entries() if e.operation == "GetSessionToken")
    assert entry.notes["mfa"] == DEVICE
    assert all(code.encode() not in path.read_bytes() for path in users.files())


def test_a_wrong_code_is_asked_for_once_more_and_a_used_one_waits(users, at_terminal, aws: Emulator):
    store(users, mfa_arn=DEVICE)
    right = aws.totp(BREAKGLASS)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    person = at_terminal("auth", "login")
    person.sees("Enter MFA Token")
    person.types(wrong + ENTER)
    person.sees("AWS did not accept that MFA code.", "Enter MFA Token")
    person.types(right + ENTER)
    person.sees("Authentication successful!")
    assert person.ends() == 0

    again = at_terminal("auth", "login")
    again.sees("Enter MFA Token")
    again.types(right + ENTER)
    again.sees("That code was used already: waiting for the next one", "left")
    assert again.leaves() == 130
    outcomes = [e.outcome for e in aws.journal.entries() if e.operation == "GetSessionToken"]
    assert outcomes == ["AccessDenied", "ok"], "the used code was not sent"


def test_two_wrong_codes_are_explained_and_no_code_at_all_is_cancelled(users, at_terminal, aws: Emulator):
    store(users, mfa_arn=DEVICE)
    right = int(aws.totp(BREAKGLASS))
    person = at_terminal("auth", "login")
    for wrong in (right + 1, right + 2):
        person.sees("Enter MFA Token")
        person.types(f"{wrong % 10**6:06}" + ENTER)
    person.sees("AWS did not accept the MFA code", "a code is valid for 30 seconds")
    assert person.ends() == 1
    leaver = at_terminal("auth", "login")
    leaver.sees("Enter MFA Token")
    assert leaver.leaves() == 1
    assert "user aborted" in leaver.screen


def test_a_code_without_a_terminal_needs_a_person(users):
    store(users, mfa_arn=DEVICE)
    login = users.atmos("auth", "login")
    assert (login.returncode, login.stdout) == (2, "")
    assert DEVICE in login.stderr
    assert users.atmos("auth", "env").returncode == 1


def test_a_user_who_may_not_is_guided_to_the_policies(users):
    store(users, key="AKIAEMULATORCONTRACT", secret="example/only/for/a/contractor/0123456789")
    login = users.atmos("auth", "login")
    assert login.returncode == 1
    assert 'the user of "emergency-user" may not call sts:GetSessionToken' in login.stderr
    assert len(entries(users)) == 1


def test_an_expired_session_is_shown_as_such_and_nobody_is_asked(users, at_terminal, aws: Emulator):
    store(users, mfa_arn=DEVICE)
    person = at_terminal("auth", "login")
    person.sees("Enter MFA Token")
    person.types(aws.totp(BREAKGLASS) + ENTER)
    assert person.ends() == 0
    users.expire_credentials()
    shown = users.atmos("auth", "whoami", "emergency-user")
    assert (shown.returncode, shown.stdout) == (0, "")
    lines = [re.sub(r"\s{2,}", "  ", line.strip()) for line in shown.stderr.splitlines()]
    assert lines[0] == "✗ Current Authentication Status"
    assert {"Provider  aws-user", "Identity  emergency-user"} <= set(lines)
    assert any(re.fullmatch(r"Expires  2020-01-01 .*\(expired\)", line) for line in lines)
    assert any(line.startswith("Last Updated  2020-01-01") for line in lines)
    assert "⚠ Credentials may be expired or invalid." in lines
    assert lines[-1] == "Run 'atmos auth login --identity emergency-user' to refresh."
    assert users.atmos("auth", "whoami", "--check").returncode == 1


# --- keys that died --------------------------------------------------------------------------------------------


def test_revoked_keys_are_replaced_on_the_spot_and_work_next_time(users, at_terminal, aws: Emulator):
    store(users, key=OPERATOR_KEY, secret=OPERATOR_SECRET)
    key, secret = aws.rotate_key("arn:aws:iam::111111111111:user/operator")
    person = at_terminal("auth", "login")
    person.sees("⚠ AWS credentials are required for identity: emergency-user")
    person.answers("AWS Access Key ID:", key)
    person.answers("AWS Secret Access Key:", secret)
    person.answers("MFA ARN (optional):", "")
    person.answers("Session Duration (optional, default: 12h):", "2h")
    person.sees("✓ Credentials saved to keyring: emergency-user", "✓ Authentication successful!", "1h 59m")
    assert person.ends() == 0
    assert secret not in person.screen
    again = users.atmos("auth", "login")
    assert again.returncode == 0, again.stderr
    assert aws.journal.count("sts:GetSessionToken", outcome="ok") == 2


def test_a_cancelled_prompt_says_what_became_of_the_keys(users, at_terminal, aws: Emulator):
    store(users)
    aws.revoke_key(KEY)
    person = at_terminal("auth", "login")
    person.sees("AWS credentials are required", "AWS Access Key ID:")
    assert person.leaves() == 1
    assert "the stale ones were removed from the keyring" in " ".join(person.screen.split())
    assert "atmos auth user configure --identity emergency-user" in person.screen
    assert entries(users) == []


def test_wrong_new_keys_are_not_kept(users, at_terminal, aws: Emulator):
    store(users)
    aws.revoke_key(KEY)
    person = at_terminal("auth", "login")
    person.answers("AWS Access Key ID:", "AKIAWRONG")
    person.answers("AWS Secret Access Key:", "wrong")
    person.answers("MFA ARN (optional):", "")
    person.answers("Session Duration", "")
    person.sees("are invalid or have been revoked")
    assert person.ends() == 1
    assert entries(users) == []


def test_without_a_terminal_dead_keys_lead_to_configure(users, aws: Emulator):
    store(users)
    aws.revoke_key(KEY)
    login = users.atmos("auth", "login")
    assert login.returncode == 1
    (finding,) = users.findings(login.stderr)
    assert "are invalid or have been revoked" in finding.message
    assert any("atmos auth user configure --identity emergency-user" in hint for hint in finding.hints)


def test_dead_keys_of_the_configuration_are_pointed_at(users, aws: Emulator):
    aws.revoke_key(KEY)
    text = USERS.format(url=aws.url).replace(
        "      default: true\n",
        "      default: true\n"
        "      credentials:\n        access_key_id: !env MY_KEY\n        secret_access_key: !env MY_SECRET\n",
    )
    users.write(text)
    keys = {"MY_KEY": KEY, "MY_SECRET": SECRET}
    login = users.atmos("auth", "login", env=keys)
    (finding,) = users.findings(login.stderr)
    assert login.returncode == 1
    assert finding.place == f"{users.atmos_yaml}:7:24"
    assert any("MY_KEY" in hint for hint in finding.hints)
    assert SECRET not in login.stderr
    role = users.atmos("auth", "login", "guarded", env=keys)
    assert f"{users.atmos_yaml}:7:24" in role.stderr
    half = users.atmos("auth", "login", env={"MY_KEY": KEY})
    assert half.returncode == 1
    assert "both must be provided, or both left empty" in half.stderr


@pytest.mark.parametrize("password", ["another password", "short", ""])
def test_an_entry_that_cannot_be_read_stops_and_opens_no_browser(users, aws: Emulator, password: str):
    store(users)
    opened = users.directory / "opened"
    script = users.write(f'#!/bin/sh\necho "$1" >"{opened}"\n', "browser")
    script.chmod(0o755)
    env = {"ATMOS_KEYRING_PASSWORD": password, "BROWSER": str(script)}
    login = users.atmos("auth", "login", "--force-tty", env=env)
    assert login.returncode == 1
    assert "password" in login.stderr
    assert not opened.exists()
    assert "signin" not in {entry.service for entry in aws.journal.entries()}


# --- commands for codes, roles, devices ------------------------------------------------------------------------


def write_guarded(users, aws: Emulator, command: str) -> None:
    users.write(GUARDED.format(url=aws.url, device=DEVICE, command=json.dumps(command)))


def test_a_role_that_demands_a_device_gets_a_code_from_the_command(users, aws: Emulator):
    counter = users.directory / "count"
    code = users.write(aws.totp(BREAKGLASS), "code")
    write_guarded(users, aws, f"echo x >>{counter}; cat {code}")
    store(users, "keys")
    login = users.atmos("auth", "login", "guarded")
    assert login.returncode == 0, login.stderr
    assert caller(users, "-i", "guarded") == "arn:aws:sts::111111111111:assumed-role/GuardedRole/journey"
    assert counter.read_text() == "x\n"
    assert code.read_text() not in login.stderr


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("echo canary-1", "must print a code of 6 digits"),
        ("echo 123456; exit 3", "failed with status 3"),
        ("no-such-program-of-ours", "failed with status 127"),
    ],
)
def test_a_command_that_gives_no_code_is_named_and_its_output_is_not(users, aws: Emulator, command, word):
    write_guarded(users, aws, command)
    store(users, "keys")
    store(users, "other")
    for identity in ("guarded", "other"):
        login = users.atmos("auth", "login", identity)
        assert login.returncode == 1
        assert word in login.stderr
        message = users.findings(login.stderr)[-1].message
        assert "canary" not in message
        assert "123456" not in message
    assert aws.journal.count("sts:AssumeRole") == 0


def test_two_identities_of_one_device_never_send_one_code_twice(users, aws: Emulator):
    """The second asks the command again until another code comes."""
    code, counter = users.directory / "code", users.directory / "count"
    code.write_text(aws.totp(BREAKGLASS))
    write_guarded(users, aws, f"echo x >>{counter}; cat {code}")
    store(users, "keys")
    store(users, "other")
    assert users.atmos("auth", "login", "guarded").returncode == 0
    process = users.start("auth", "login", "other")
    try:
        while counter.read_text().count("x") < 2:
            assert process.poll() is None, process.communicate()
        aws.clock.advance(30)
        new = users.directory / "new"
        new.write_text(aws.totp(BREAKGLASS))
        os.replace(new, code)
        _, stderr = process.communicate(timeout=100)
    finally:
        process.kill()
    assert process.returncode == 0, stderr
    assert aws.journal.count("sts:GetSessionToken", outcome="ok", mfa=DEVICE) == 1
    assert [e.outcome for e in aws.journal.entries() if e.notes.get("mfa")] == ["ok", "ok"]


def test_twenty_processes_that_wait_for_one_device_ask_once(users, at_terminal, aws: Emulator):
    store(users, mfa_arn=DEVICE)
    person = at_terminal("auth", "exec", "--", "true")
    person.sees("Enter MFA Token")
    crowd = [users.start("auth", "exec", "--force-tty", "--", "true") for _ in range(19)]
    try:
        for process in crowd:
            assert process.stderr is not None
            assert "Waiting for" in process.stderr.readline()
        person.types(aws.totp(BREAKGLASS) + ENTER)
        assert person.ends() == 0
        outcomes = [(process.communicate(timeout=60)[1], process.returncode) for process in crowd]
    finally:
        for process in crowd:
            process.kill()
    assert [code for _, code in outcomes] == [0] * 19, outcomes[:1]
    assert aws.journal.count("sts:GetSessionToken") == 1
    assert person.screen.count("Enter MFA Token") >= 1


def test_when_the_one_who_types_leaves_the_others_end_as_well(users, at_terminal, aws: Emulator):
    store(users, mfa_arn=DEVICE)
    person = at_terminal("auth", "exec", "--", "true")
    person.sees("Enter MFA Token")
    waiter = users.start("auth", "exec", "--force-tty", "--", "true")
    assert waiter.stderr is not None
    assert "Waiting for" in waiter.stderr.readline()
    assert person.leaves() == 1
    _, stderr = waiter.communicate(timeout=60)
    assert waiter.returncode == 1
    assert "user aborted" in stderr
    assert aws.journal.entries() == []


def test_a_killed_prompt_leaves_no_lock(users, at_terminal, aws: Emulator):
    store(users, mfa_arn=DEVICE)
    person = at_terminal("auth", "login")
    person.sees("Enter MFA Token")
    person._terminal.kill(signal.SIGKILL)
    person._terminal.close()
    again = at_terminal("auth", "login")
    again.sees("Enter MFA Token")
    again.types(aws.totp(BREAKGLASS) + ENTER)
    again.sees("Authentication successful!")
    assert again.ends() == 0
