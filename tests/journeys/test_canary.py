"""No secret leaves the files that hold it: not into output, logs, arguments or other files; and all is private."""

import json
import re
import stat
import subprocess
import time
from pathlib import Path

import pytest

from aws_emulator import Emulator

SETTING = "canary-of-a-setting-9f3c"
VARIABLE = "canary-of-a-variable-77ab"
FOREIGN = "canary-of-the-shell-5d1e"
EXTRAS = """\
      client_secret: !env CANARY_SETTING
      env:
        - { key: API_TOKEN, value: !env CANARY_VARIABLE }
"""
# Files that are there to hold secrets.
KEEPERS = re.compile(
    r"/\.config/atmos/aws/[^/]+/(credentials|displaced)$|/\.cache/atmos/aws-sso/sessions/[0-9a-f]+\.json$"
)


class Watch:
    """Runs `atmos` as talkative as it gets, and keeps what it wrote and every secret that was about."""

    def __init__(self, machine, aws: Emulator) -> None:
        self.machine = machine
        self.aws = aws
        self.written: list[tuple[str, str]] = []
        self.secrets = {SETTING, VARIABLE, FOREIGN}
        self.log = machine.directory / "logs" / "atmos.log"

    def run(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        loud = ("--verbose", "--logs-level", "Trace", "--logs-file", str(self.log), "--force-tty")
        process = self.machine.start(*loud, *words, env=CANARIES | (env or {}), umask=0)
        stdout, stderr = process.communicate(timeout=60)
        self.written.append((" ".join(words), stdout + stderr))
        self.harvest()
        return subprocess.CompletedProcess(words, process.returncode, stdout, stderr)

    def harvest(self) -> None:
        """Note every secret that the emulator gave out and that reached a file."""
        self.secrets |= {*self.aws._sessions._access, *self.aws._sessions._refresh}
        self.secrets |= set(self.aws._device_codes._by_device_code)
        for path in self.machine.files():
            if KEEPERS.search(str(path)):
                text = path.read_text(errors="replace")
                self.secrets |= set(re.findall(r"aws_(?:secret_access_key|session_token) = (\S+)", text))
                self.secrets |= set(re.findall(r'"(?:accessToken|refreshToken|clientSecret)": "([^"]+)"', text))

    def leaks(self, where: str, text: str) -> list[str]:
        return [f"{where}: {secret[:12]}..." for secret in self.secrets if secret in text]


CANARIES = {
    "CANARY_SETTING": SETTING,
    "CANARY_VARIABLE": VARIABLE,
    "AWS_SECRET_ACCESS_KEY": FOREIGN,
    "AWS_SESSION_TOKEN": FOREIGN,
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
}


@pytest.fixture
def watch(machine, aws: Emulator) -> Watch:
    machine.write(machine.atmos_yaml.read_text() + EXTRAS)
    return Watch(machine, aws)


def tour(watch: Watch) -> None:
    """Every verb, when it works and when it does not."""
    run, aws, machine = watch.run, watch.aws, watch.machine
    run("auth", "validate")
    run("auth", "whoami")
    assert run("auth", "login", "--no-browser").returncode == 0
    assert run("auth", "login", "staging", "--no-browser").returncode == 0
    for words in (("whoami",), ("whoami", "staging", "-o", "json"), ("list",), ("exec", "--", "true")):
        assert run("auth", *words).returncode == 0, words
    for form in ("table", "json", "yaml"):
        assert run("auth", "list", "-f", form).returncode == 0
    assert run("auth", "env", "--mode", "files").returncode == 0
    assert run("auth", "env", "-o", str(machine.home / "keys.env")).returncode == 0

    # Another chain displaces the keys, and edits bring them back.
    original = machine.atmos_yaml.read_text()
    machine.write(original.replace("session_name: journey", "session_name: another"))
    assert run("auth", "exec", "--", "true").returncode == 0
    machine.write(original)

    machine.expire_access_tokens()
    assert run("auth", "exec", "-i", "staging", "--", "true").returncode == 0
    for fault in (
        {"operation": "sts:AssumeRole", "status": 403, "code": "AccessDenied"},
        {"operation": "sts:AssumeRole", "drop": True},
        {"operation": "sso:GetRoleCredentials", "status": 403},
        {"operation": "sso-oidc:CreateToken", "status": 400, "code": "InvalidGrantException"},
        {"operation": "sso-oidc:RegisterClient", "status": 400, "code": "InvalidClientMetadataException"},
    ):
        aws.faults.add(**fault)
        assert run("auth", "login", "--force", "--no-browser").returncode == 1, fault
        aws.faults.clear()
    assert run("auth", "login", "--no-browser").returncode == 0
    aws.revoke_sessions()
    assert run("auth", "login", "staging", "--no-browser").returncode == 0
    cut_short = machine.credentials("other-sso")
    cut_short.write_text(cut_short.read_text()[:-40])
    (token,) = machine.tokens()
    token.write_text(token.read_text()[:-30])
    assert run("auth", "whoami", "staging").returncode == 1
    run("auth", "exec", "-i", "staging", "--", "no-such-program")
    run("auth", "env", "staging", "--nonsense")


def test_a_tour_of_all_verbs_leaks_nothing_and_leaves_only_private_files(watch: Watch):
    tour(watch)
    kinds = [s for s in watch.secrets if s.startswith(("aoa", "aor"))]
    assert len(kinds) >= 6
    assert len(watch.secrets) > 15
    leaks = [leak for words, text in watch.written for leak in watch.leaks(words, text)]
    assert watch.log.stat().st_size > 500
    keys_file = watch.machine.home / "keys.env"
    # A session file that could not be understood is kept beside, as private as before.
    keepers = re.compile(KEEPERS.pattern.replace(r"\.json$", r"\.json(\.corrupt)?$"))
    for path in [*watch.machine.files(), watch.log]:
        if not keepers.search(str(path)) and path != keys_file:
            leaks += watch.leaks(str(path), path.read_text(errors="replace"))
    assert leaks == []

    modes = {
        path: oct(stat.S_IMODE(path.stat().st_mode))
        for path in [*watch.machine.home.rglob("*"), watch.log, watch.log.parent]
    }
    assert {path: mode for path, mode in modes.items() if mode != ("0o700" if path.is_dir() else "0o600")} == {}

    for words in (("logout", "prod"), ("logout", "--all")):
        assert watch.run("auth", *words).returncode == 0
    left = [path for path in watch.machine.files() if KEEPERS.search(str(path))]
    assert left == []


def test_neither_arguments_nor_environment_of_a_child_hold_a_secret(watch: Watch):
    watch.run("auth", "login", "--no-browser")
    pid_file = watch.machine.directory / "pid"
    process = watch.machine.start(
        "auth",
        "exec",
        "--",
        "sh",
        "-c",
        f"echo $$ >{pid_file}.new; mv {pid_file}.new {pid_file}; exec sleep 30",
        env=CANARIES,
    )
    try:
        deadline = time.monotonic() + 30
        while not pid_file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        child = int(pid_file.read_text())
        seen = "".join(
            Path(f"/proc/{pid}/{what}").read_text(errors="replace")
            for pid, whats in ((process.pid, ["cmdline"]), (child, ["cmdline", "environ"]))
            for what in whats
        )
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert "AWS_PROFILE=prod" in seen
    # The identity's own variable is meant for it.
    watch.secrets -= {SETTING, VARIABLE}
    assert watch.leaks("child", seen) == []
    assert process.returncode == 143


def test_the_keys_are_printed_only_where_they_were_asked_for(watch: Watch):
    watch.run("auth", "login", "--no-browser")
    printed = watch.run("auth", "env", "-f", "json")
    keys = json.loads(printed.stdout)
    assert keys["AWS_SECRET_ACCESS_KEY"] in watch.secrets
    assert watch.leaks("stderr", printed.stderr) == []
