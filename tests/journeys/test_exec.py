"""`atmos auth exec`: the child's status, signals, streams and environment."""

import re
import signal
import subprocess
import time

import pytest

CONFIG = """\
env:
  FROM_CONFIG: yes please
  SHARED: config
  AWS_ACCESS_KEY_ID: AKIAFROMCONFIG
auth:
  identities:
    here:
      kind: ambient
      default: true
      env: [{ key: SHARED, value: identity }]
"""
WINNING = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_DEFAULT_PROFILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
STATUSES = [
    (["sh", "-c", "exit 0"], 0, ""),
    (["sh", "-c", "exit 3"], 3, ""),
    (["sh", "-c", "kill -TERM $$"], 143, ""),
    (["sh", "-c", "kill -KILL $$"], 137, ""),
    (["no-such-program"], 127, "command not found: no-such-program"),
    (["/"], 126, "cannot run /"),
]


@pytest.mark.parametrize(("command", "status", "message"), STATUSES)
def test_the_status_is_the_childs(offline_machine, command: list[str], status: int, message: str):
    offline_machine.write(CONFIG)
    result = offline_machine.atmos("auth", "exec", "--", *command)
    assert result.returncode == status
    assert message in result.stderr
    assert len(offline_machine.findings(result.stderr)) == (1 if message else 0)


def test_streams_are_inherited_and_signals_forwarded(offline_machine):
    offline_machine.write(CONFIG)
    argv = offline_machine.command("atmos", "auth", "exec", "--", "cat", "-")
    where = {"cwd": offline_machine.directory, "env": offline_machine.environ}
    result = subprocess.run(argv, **where, input=b"\x00\xff bytes", capture_output=True, timeout=30, check=False)
    assert (result.stdout, result.stderr) == (b"\x00\xff bytes", b"")

    script = "trap 'echo terminated; exit 5' TERM; echo $$; while :; do sleep 0.05; done"
    process = offline_machine.start("auth", "exec", "--", "sh", "-c", script)
    assert process.stdout is not None
    assert int(process.stdout.readline()) != process.pid
    process.send_signal(signal.SIGTERM)
    stdout, _ = process.communicate(timeout=30)
    assert (stdout, process.returncode) == ("terminated\n", 5)


def test_ctrl_c_is_the_childs_to_answer(offline_machine):
    offline_machine.write(CONFIG)
    script = "trap 'echo interrupted; exit 7' INT; echo ready; while :; do sleep 0.05; done"
    terminal = offline_machine.terminal("auth", "exec", "--", "sh", "-c", script)
    terminal.expect_exact("ready")
    terminal.sendintr()
    terminal.expect_exact("interrupted")
    terminal.wait()
    assert terminal.exitstatus == 7


def test_the_configured_variables_reach_the_child_and_the_identitys_own_win(offline_machine):
    offline_machine.write(CONFIG)
    result = offline_machine.atmos("auth", "exec", "--", "env", env={"FROM_CONFIG": "shell", "AWS_PROFILE": "mine"})
    child = dict(line.split("=", 1) for line in result.stdout.splitlines())
    assert (child["FROM_CONFIG"], child["SHARED"], child["ATMOS_IDENTITY"]) == ("yes please", "identity", "here")
    # An ambient identity takes nothing away.
    assert (child["AWS_PROFILE"], child["AWS_ACCESS_KEY_ID"]) == ("mine", "AKIAFROMCONFIG")


def test_nothing_that_would_win_over_the_profile_reaches_the_child(machine):
    machine.login()
    machine.write(machine.atmos_yaml.read_text() + "env: { AWS_SECRET_ACCESS_KEY: from-config, TEAM: blue }\n")
    winning = dict.fromkeys(WINNING, "old")
    overlaid = {"AWS_PROFILE": "old", "AWS_REGION": "eu-north-1", "AWS_CONFIG_FILE": "/old"}
    kept = {"GOOGLE_APPLICATION_CREDENTIALS": "/kept", "HTTPS_PROXY": "http://proxy"}
    result = machine.atmos("auth", "exec", "--", "env", env=winning | overlaid | kept)
    child = dict(line.split("=", 1) for line in result.stdout.splitlines())
    assert winning.keys() & child.keys() == set()
    assert child["AWS_PROFILE"] == "prod"
    assert child["AWS_SHARED_CREDENTIALS_FILE"] == str(machine.credentials())
    assert child["AWS_CONFIG_FILE"] == str(machine.credentials().with_name("config"))
    assert child["AWS_REGION"] == child["AWS_DEFAULT_REGION"] == "us-east-1"
    assert (child["AWS_SDK_LOAD_CONFIG"], child["AWS_EC2_METADATA_DISABLED"]) == ("1", "true")
    assert (child["TEAM"], child["GOOGLE_APPLICATION_CREDENTIALS"]) == ("blue", "/kept")


def test_a_tip_follows_a_failure_only_when_the_session_has_expired(machine):
    machine.login()
    failed = machine.atmos("auth", "exec", "--", "sh", "-c", "exit 4")
    assert (failed.returncode, failed.stderr) == (4, "")
    # It must still be usable at the start, so the child outlives it.
    ends_at = time.time() + 5
    stated = {"expiration": ends_at, "issued": ends_at - 10}
    text = machine.credentials().read_text()
    for name, moment in stated.items():
        written = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
        text = re.sub(rf"{name}=\S+", f"{name}={written}", text)
    machine.credentials().write_text(text)
    outlive = "import sys, time; time.sleep(max(0, float(sys.argv[1]) - time.time()) + 0.1); sys.exit(4)"
    expired = machine.atmos("auth", "exec", "--", "python", "-c", outlive, str(ends_at))
    assert expired.returncode == 4
    assert "Tip" in expired.stderr
    assert "atmos auth login --identity prod" in expired.stderr
