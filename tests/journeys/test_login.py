"""`atmos auth login`: by code and in the browser, for identities and providers, again and from scratch."""

import os
import re
import socket
import stat
from pathlib import Path

import pexpect
import pytest

from aws_emulator import Emulator

# What a person's browser does: open the page, and go where it leads.
BROWSER = """\
#!{python}
import sys, urllib.parse, urllib.request
open(sys.argv[0] + ".visited", "a").write(sys.argv[1] + chr(10))
query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sys.argv[1]).query))
{act}
"""
FOLLOW = "urllib.request.urlopen(sys.argv[1], timeout=20).read()"
REFUSE = """\
answer = urllib.parse.urlencode({"error": "access_denied", "state": query["state"]})
urllib.request.urlopen(query["redirect_uri"] + "?" + answer, timeout=20).read()
"""
IN_CONTAINER = any(os.path.exists(mark) for mark in ("/.dockerenv", "/run/.containerenv"))


@pytest.fixture
def browser(machine):
    def install(act: str = FOLLOW) -> tuple[dict[str, str], Path]:
        script = machine.write(BROWSER.format(python=machine.command("python")[0], act=act), "browser")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return {"BROWSER": str(script)}, script.with_name("browser.visited")

    return install


def grants(aws: Emulator) -> list[str | None]:
    return [entry.notes.get("grant") for entry in aws.journal.entries() if entry.operation == "CreateToken"]


def test_success_is_told_in_a_table_on_stderr(machine):
    result = machine.login()
    assert result.stdout == ""
    table = result.stderr[result.stderr.index("✓ Authentication successful!") :].splitlines()
    assert table[1] == ""
    rows = [line.split(maxsplit=1) for line in table[2:]]
    assert [name for name, _ in rows] == ["Provider", "Identity", "Principal", "Account", "Region", "Expires"]
    told = dict(rows)
    assert (told["Provider"], told["Identity"], told["Account"]) == ("my-sso", "prod", "333333333333")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \((1h 0m|59m \d+s)\)", told["Expires"])


def test_the_last_step_is_done_anew_and_force_starts_from_scratch(machine, aws: Emulator):
    machine.login()
    again = machine.atmos("auth", "login")
    assert again.returncode == 0, again.stderr
    assert (aws.journal.count("sso:GetRoleCredentials"), aws.journal.count("sts:AssumeRole")) == (1, 2)
    aws.journal.clear()
    machine.login("--force")
    operations = [entry.operation for entry in aws.journal.entries()]
    assert operations[:3] == ["Logout", "RegisterClient", "StartDeviceAuthorization"]
    assert operations.count("GetRoleCredentials") == 1


def test_without_a_terminal_no_sign_in_is_begun(machine, aws: Emulator):
    for words in (("login",), ("login", "--provider", "my-sso"), ("exec", "--", "true")):
        result = machine.atmos("auth", *words)
        assert (result.returncode, result.stdout) == (2, "")
        (finding,) = machine.findings(result.stderr)
        assert "needs a person" in finding.message
    assert aws.journal.entries() == []


def test_a_provider_alone_can_be_signed_in_to(machine, aws: Emulator):
    result = machine.login("--provider", "MY-sso")
    assert "Provider  my-sso" in result.stderr
    assert "Identity" not in result.stderr
    assert len(machine.tokens()) == 1
    assert not machine.credentials().exists()


def test_without_identities_the_provider_is_signed_in_to(machine, aws: Emulator):
    text = machine.atmos_yaml.read_text().partition("  identities:")[0]
    machine.write(text)
    several = machine.atmos("auth", "login")
    assert (several.returncode, "use --provider flag" in several.stderr) == (1, True)
    terminal = machine.terminal("auth", "login", "--no-browser")
    terminal.expect_exact("other-sso")
    terminal.send("\r")
    terminal.expect_exact("Authentication successful!")
    terminal.expect(pexpect.EOF)
    machine.write(text.partition("    other-sso:")[0])
    one = machine.login()
    assert "Provider  my-sso" in one.stderr


def test_a_code_is_shown_with_its_address_and_the_time_left(machine, aws: Emulator):
    aws.auto_approve = False
    terminal = machine.terminal("auth", "login", "--no-browser")
    terminal.expect(r"user_code=([A-Z]{4}-[A-Z]{4})")
    code = terminal.match[1]
    terminal.expect_exact(code)
    terminal.expect_exact("left")
    aws.approve(code)
    terminal.expect_exact("Authentication successful!")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_saying_no_ends_it_at_once(machine, aws: Emulator):
    aws.auto_approve = False
    terminal = machine.terminal("auth", "login", "--no-browser")
    terminal.expect(r"user_code=([A-Z]{4}-[A-Z]{4})")
    aws.deny(terminal.match[1])
    terminal.expect_exact("the sign-in was denied in the browser")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 1
    assert machine.tokens() == []


def test_the_browser_flow_needs_no_code(machine, aws: Emulator, browser):
    desktop, visited = browser()
    result = machine.atmos("auth", "login", "--force-tty", "--login-flow", "pkce", env=desktop)
    assert result.returncode == 0, result.stderr
    assert grants(aws) == ["authorization_code"]
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 0
    (address,) = visited.read_text().splitlines()
    assert address.startswith(f"{aws.url}/authorize?")
    assert "code_challenge_method=S256" in address
    # It leaves a session that is renewed like any other.
    machine.expire_access_tokens()
    machine.expire_credentials()
    assert machine.atmos("auth", "exec", "--", "true").returncode == 0
    assert grants(aws) == ["authorization_code", "refresh_token"]


def test_the_flow_is_chosen_by_flag_then_variable_then_provider_then_surroundings(machine, aws: Emulator, browser):
    desktop, _ = browser()
    configured = machine.atmos_yaml.read_text().replace("    my-sso:\n", "    my-sso:\n      login_flow: pkce\n")
    by_surroundings = "device_code" if IN_CONTAINER else "authorization_code"
    for config, words, env, grant in (
        (machine.atmos_yaml.read_text(), (), desktop, by_surroundings),
        (machine.atmos_yaml.read_text(), (), desktop | {"SSH_CONNECTION": "1 2 3 4"}, "device_code"),
        (configured, (), desktop, "authorization_code"),
        (configured, (), desktop | {"ATMOS_AUTH_LOGIN_FLOW": "device"}, "device_code"),
        (configured, ("--login-flow", "pkce"), desktop | {"ATMOS_AUTH_LOGIN_FLOW": "device"}, "authorization_code"),
    ):
        machine.write(config)
        aws.journal.clear()
        result = machine.atmos("auth", "login", "base", "--force", "--force-tty", *words, env=env)
        assert result.returncode == 0, result.stderr
        assert grants(aws) == [grant], (words, env)
    wrong = machine.atmos("auth", "login", "--force", "--force-tty", env={"ATMOS_AUTH_LOGIN_FLOW": "carrier-pigeon"})
    assert (wrong.returncode, "which is not a login flow" in wrong.stderr) == (1, True)


def test_refusing_in_the_browser_ends_it(machine, aws: Emulator, browser):
    desktop, _ = browser(REFUSE)
    result = machine.atmos("auth", "login", "--force-tty", "--login-flow", "pkce", env=desktop)
    assert result.returncode == 1
    assert "denied" in result.stderr or "refused" in result.stderr
    assert machine.tokens() == []


def test_a_busy_callback_port_is_named(machine, aws: Emulator, browser):
    desktop, visited = browser()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        env = desktop | {"ATMOS_AUTH_CALLBACK_PORT": port}
        result = machine.atmos("auth", "login", "--force-tty", "--login-flow", "pkce", env=env)
    assert result.returncode == 1
    assert port in result.stderr
    assert not visited.exists()
    wrong = machine.atmos(
        "auth", "login", "--force-tty", "--login-flow", "pkce", env={"ATMOS_AUTH_CALLBACK_PORT": "door"}
    )
    assert (wrong.returncode, "is not a port number" in wrong.stderr) == (1, True)
