"""When the network, the files, the terminal or the clock are not as one would like them to be."""

import os
import re
import signal
import subprocess

import pexpect
import pytest

from aws_emulator import Emulator

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
SIGN_IN = ("--force-tty", "--no-browser")
AMBIENT = "auth: { identities: { here: { kind: ambient, default: true, alias: Café } } }\n"


def shell(machine, script: str, env: dict[str, str] | None = None, drop: tuple[str, ...] = ()):
    environ = {name: value for name, value in (machine.environ | (env or {})).items() if name not in drop}
    return subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=machine.directory,
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


# --- network ---------------------------------------------------------------------------------------------------


def test_a_dead_endpoint_is_named_with_operation_and_link(machine, aws: Emulator):
    aws.stop()
    result = machine.atmos("auth", "login", *SIGN_IN)
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = machine.findings(result.stderr)
    assert finding.message.startswith("sso-oidc:RegisterClient: ")
    assert aws.url in finding.message
    assert 'link: provider "my-sso" (aws/iam-identity-center) of the chain my-sso' in finding.details
    assert finding.hints == (f"start what should answer there, for example: python -m aws_emulator --port {port(aws)}",)
    assert "Traceback" not in result.stderr


def port(aws: Emulator) -> str:
    return aws.url.rpartition(":")[2]


def test_a_name_that_does_not_resolve_is_named(offline_machine):
    offline_machine.write(
        "auth: { providers: { corp: { kind: aws/iam-identity-center, region: us-east-1, "
        'start_url: "https://corp.invalid/start", spec: { endpoint_url: "https://corp.invalid" } } } }\n'
    )
    result = offline_machine.atmos("auth", "login", *SIGN_IN)
    (finding,) = offline_machine.findings(result.stderr)
    assert finding.message.startswith("sso-oidc:RegisterClient: ")
    assert "https://corp.invalid" in finding.message


def test_passing_faults_are_ridden_out(machine, aws: Emulator):
    aws.faults.add("sso-oidc:RegisterClient", status=503, times=1)
    aws.faults.add("sso-oidc:CreateToken", drop=True, times=1)
    aws.faults.add("sso:ListAccounts", status=429, times=1)
    aws.faults.add("sso:GetRoleCredentials", status=503, times=1)
    aws.faults.add("sts:AssumeRole", delay=0.5, times=1)
    machine.login()
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


@pytest.mark.parametrize(
    ("fault", "message", "link"),
    [
        ({"operation": "sts:AssumeRole", "status": 503}, "sts:AssumeRole failed with ServiceUnavailable", "prod"),
        ({"operation": "sts:AssumeRole", "drop": True}, "sts:AssumeRole: {url} closed the connection", "prod"),
        ({"operation": "sts:AssumeRole", "status": 403, "code": "AccessDenied"}, "DeployRole", "prod"),
        ({"operation": "sso:ListAccounts", "status": 429}, "sso:ListAccounts failed with TooManyRequests", "base"),
        ({"operation": "sso:GetRoleCredentials", "status": 403, "code": "ForbiddenException"}, "AdminAccess", "base"),
    ],
)
def test_lasting_faults_name_what_failed_and_at_which_link(machine, aws: Emulator, fault, message: str, link: str):
    aws.faults.add(**fault)
    result = machine.atmos("auth", "login", *SIGN_IN)
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = machine.findings(result.stderr)
    assert message.format(url=aws.url) in finding.message
    told = " ".join((finding.message, *finding.details))
    assert aws.url in told
    assert f'link: identity "{link}"' in told
    # The person need not sign in again for it.
    aws.faults.clear()
    assert machine.atmos("auth", "exec", "--", "true").returncode == 0
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_credentials_that_are_over_when_they_come_point_at_the_clock(machine, aws: Emulator):
    aws.state.permission_sets["AdminAccess"].session_seconds = -3600
    result = machine.atmos("auth", "login", *SIGN_IN)
    assert result.returncode == 1
    (finding,) = machine.findings(result.stderr)
    assert "already expired" in finding.message
    assert any("clock" in hint for hint in finding.hints)
    assert not machine.credentials().exists()


# --- being interrupted -----------------------------------------------------------------------------------------


def waiting(machine, aws: Emulator) -> pexpect.spawn:
    aws.auto_approve = False
    terminal = machine.terminal("auth", "login", "--no-browser")
    terminal.expect(r"user_code=([A-Z]{4}-[A-Z]{4})")
    terminal.expect_exact("left")
    return terminal


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_wait_restores_the_terminal_and_leaves_no_lock(machine, aws: Emulator, number: int, status: int):
    terminal = waiting(machine, aws)
    if number == signal.SIGINT:
        terminal.sendintr()
    else:
        terminal.kill(number)
    seen = [str(terminal.before) + str(terminal.after)]
    terminal.expect(pexpect.EOF)
    seen.append(terminal.before)
    terminal.close()
    assert terminal.exitstatus == status
    screen = "".join(seen)
    assert screen.rindex(SHOW_CURSOR) > screen.rfind(HIDE_CURSOR)
    assert "Traceback" not in screen
    assert ("user aborted" in screen) == (number == signal.SIGINT)
    aws.auto_approve = True
    machine.login()


# --- files -----------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_had_is_named(machine):
    (machine.home / ".config").mkdir()
    (machine.home / ".config" / "atmos").write_text("in the way")
    result = machine.atmos("auth", "login", *SIGN_IN)
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = machine.findings(result.stderr)
    assert str(machine.home / ".config" / "atmos") in finding.message
    assert finding.hints


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_named(machine):
    (machine.home / ".config").mkdir(mode=0o500)
    result = machine.atmos("auth", "login", *SIGN_IN)
    assert result.returncode == 1
    assert str(machine.home / ".config") in result.stderr


READ_ONLY = "unshare --mount sh -c 'mount --bind {home} {home} && mount -o remount,ro,bind {home} && {then}'"


def test_a_home_that_cannot_be_written_to_names_what_to_set(machine):
    if shell(machine, READ_ONLY.format(home=machine.home, then="true")).returncode != 0:
        pytest.skip("nobody may mount anything here")
    refused = shell(machine, READ_ONLY.format(home=machine.home, then="atmos auth env"))
    (finding,) = machine.findings(refused.stderr)
    assert finding.message == f"cannot create the folder {machine.home}/.local: Read-only file system"
    assert finding.hints == (
        "keep things elsewhere: ATMOS_XDG_CONFIG_HOME, ATMOS_XDG_CACHE_HOME, ATMOS_XDG_DATA_HOME",
        "or keep nothing: ATMOS_KEYRING_TYPE=memory",
    )
    done = shell(
        machine,
        READ_ONLY.format(home=machine.home, then=f"atmos auth exec {' '.join(SIGN_IN)} -- true"),
        env={"ATMOS_KEYRING_TYPE": "memory"},
    )
    assert done.returncode == 0, done.stderr


def test_damaged_files_count_as_absent(machine, aws: Emulator):
    machine.login()
    (token,) = machine.tokens()
    token.write_bytes(b'{"accessToken": \xff')
    machine.credentials().write_bytes(b"\x00\xff[prod\n; atmos: chain=\n[prod]\naws_access_key_id = \n")
    (key,) = machine.home.rglob("*fingerprint*")
    key.write_bytes(b"short")
    result = machine.atmos("auth", "exec", *SIGN_IN, "--", "true")
    assert result.returncode == 0, result.stderr
    assert f"it is kept as {token}.corrupt" in result.stderr
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 2
    assert machine.atmos("auth", "whoami", "--check").returncode == 0


@pytest.mark.parametrize(
    "words", ["auth whoami --offline", "auth env", "list stacks", "completion zsh -- atmos auth env ''"]
)
def test_a_directory_that_is_gone_is_named(offline_machine, words: str):
    result = shell(offline_machine, f"mkdir gone && cd gone && rmdir ../gone && atmos {words}")
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = offline_machine.findings(result.stderr)
    assert finding.message == "the directory that you are in has been removed"


def test_something_in_place_of_a_lock_is_named(machine, aws: Emulator):
    machine.login()
    (lock,) = {path for path in machine.home.rglob("*.lock") if "my-sso" in str(path)}
    lock.unlink()
    lock.mkdir()
    result = machine.atmos("auth", "login")
    assert result.returncode == 1
    assert str(lock) in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_goes_away_is_no_fault(offline_machine):
    many = "".join(f"    identity-{n}: {{ kind: ambient, alias: {'x' * 200} }}\n" for n in range(2000))
    offline_machine.write(f"auth:\n  identities:\n{many}")
    result = shell(offline_machine, "atmos auth list -f json | head -1; echo ${PIPESTATUS[0]}")
    assert (result.stdout.splitlines(), result.stderr) == (["{", "141"], "")


# --- surroundings ----------------------------------------------------------------------------------------------


def test_without_a_home_the_folders_of_xdg_are_enough(machine):
    machine.login()
    result = shell(machine, "atmos auth whoami --offline && atmos auth exec -- true", drop=("HOME",))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(offline_machine, closed: str):
    offline_machine.write(AMBIENT)
    for words in ("exec -- true", "whoami", "list", "validate"):
        result = shell(offline_machine, f"atmos auth {words} {closed}")
        assert result.returncode == 0, (words, result.stderr)
        assert "Traceback" not in result.stderr
        assert "Error" not in result.stderr


def test_other_encodings_get_what_they_can_show(machine):
    narrow = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    machine.write(machine.atmos_yaml.read_text().replace("default: true", "default: true\n      alias: Café"))
    login = machine.atmos("auth", "login", *SIGN_IN, env=narrow)
    assert login.returncode == 0, login.stderr
    assert "+ Authentication successful!" in login.stderr
    tree = machine.atmos("auth", "list", env=narrow)
    assert "|-- my-sso (aws/iam-identity-center)" in tree.stdout
    assert r"[ALIAS: Caf\xe9]" in tree.stdout
    unknown = machine.atmos("auth", "whoami", "nobody", env=narrow)
    assert unknown.stderr == 'x identity "nobody" not found in the configuration\nhint: atmos auth list\n'
    for result in (login, tree, unknown, machine.atmos("auth", "whoami", env=narrow)):
        assert (result.stdout + result.stderr).isascii()


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colour_or_on_a_dumb_terminal_there_are_no_escape_codes(offline_machine, plain: dict[str, str]):
    offline_machine.write(AMBIENT)
    for words in (("list",), ("whoami",), ("validate",), ("login", "nobody")):
        terminal = offline_machine.terminal("auth", *words, env=plain)
        terminal.expect(pexpect.EOF)
        assert "\x1b" not in terminal.before, words


def test_a_dumb_terminal_gets_the_invitation_in_lines(machine):
    terminal = machine.terminal("auth", "login", "--no-browser", env={"TERM": "dumb"})
    terminal.expect_exact("Authentication successful!")
    assert "\x1b" not in terminal.before
    assert re.search(r"^http\S+/device\?user_code=\S+\r?$", terminal.before, re.MULTILINE)
    terminal.expect(pexpect.EOF)


def test_what_others_wrote_cannot_move_the_cursor(offline_machine):
    offline_machine.write('auth: { identities: { here: { kind: ambient, alias: "a\\e[2Jb" } } }\n')
    listed = offline_machine.atmos("auth", "list")
    unknown = offline_machine.atmos("auth", "whoami", "\x1b[2Jnobody")
    table = offline_machine.atmos("auth", "list", "-f", "table")
    assert "\x1b" not in listed.stdout + unknown.stderr + table.stdout


def test_help_fits_eighty_columns_and_names_the_commands_first(offline_machine):
    for words in ((), ("auth",), ("auth", "login"), ("auth", "exec")):
        shown = offline_machine.atmos(*words, "--help").stdout
        assert max(len(line) for line in shown.splitlines()) <= 80
        own = shown.index("commands:" if len(words) < 2 else "options:")
        assert own < shown.index("flags of every command:")
