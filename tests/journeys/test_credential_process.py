"""`auth credential-process`: JSON or nothing on stdout, nobody asked, and an end whatever happens."""

import json

from aws_emulator import Emulator

ASKED = ("sso-oidc:StartDeviceAuthorization", "sso-oidc:Authorize")


def test_json_is_all_that_stdout_gets(machine, aws: Emulator):
    machine.login()
    machine.expire_credentials()
    result = machine.atmos("auth", "credential-process", "prod", "--verbose", "--force-tty", env={"AWS_PROFILE": "x"})
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout).keys() == {
        "Version",
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Expiration",
        "AccountId",
    }
    assert "DEBUG" in result.stderr, "what is said goes elsewhere"
    assert json.loads(result.stdout)["SecretAccessKey"] not in result.stderr


def test_without_a_session_it_asks_nobody_and_says_what_to_do(machine, aws: Emulator):
    terminal = machine.terminal("auth", "credential-process", "prod")
    terminal.expect_exact('credentials for identity "prod" are not at hand')
    terminal.expect_exact("atmos auth login --identity prod")
    terminal.wait()
    assert terminal.exitstatus == 1
    piped = machine.atmos("auth", "credential-process", "prod", "--force-tty")
    assert (piped.returncode, piped.stdout) == (1, "")
    assert [aws.journal.count(operation) for operation in ASKED] == [0, 0]


def test_somebody_at_a_browser_is_waited_for_half_a_minute_and_no_longer(machine, aws: Emulator):
    aws.auto_approve = False
    person = machine.start("auth", "login", "prod", "--force-tty", "--no-browser")
    try:
        assert person.stderr is not None
        code = next(line for line in person.stderr if "shows this code: " in line).rpartition(": ")[2].strip()
        waiting = machine.atmos("auth", "credential-process", "prod")
        assert (waiting.returncode, waiting.stdout) == (1, "")
        (finding,) = machine.findings(waiting.stderr)
        assert finding.details[0].startswith(f"process {person.pid}, which is authenticating")
        assert finding.hints == ("atmos auth login --identity prod",)
        assert person.poll() is None, "whoever signs in is left to it"
        aws.approve(code)
        assert person.wait(timeout=60) == 0
        assert machine.atmos("auth", "credential-process", "prod").returncode == 0
    finally:
        person.kill()
        person.communicate()
