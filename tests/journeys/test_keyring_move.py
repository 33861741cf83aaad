"""`atmos auth keyring move`: between files and the system's keyring, refused where it makes no sense, never a loss."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PASSWORD = "a password for the file keyring"
SECRETS = {f"user-{number}": f"canary-secret-{number}" for number in range(3)}
USERS = "auth:\n  identities:\n" + "".join(f"    {name}: {{ kind: aws/user }}\n" for name in SECRETS)
PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]


@pytest.fixture
def keys(offline_machine):
    """A machine with three users, whose keys are in the file keyring."""
    machine = offline_machine
    machine.environ |= {"ATMOS_KEYRING_TYPE": "file", "ATMOS_KEYRING_PASSWORD": PASSWORD}
    machine.write(USERS)
    for number, (name, secret) in enumerate(SECRETS.items()):
        env = {"AWS_ACCESS_KEY_ID": f"AKIA{number}", "AWS_SECRET_ACCESS_KEY": secret}
        done = machine.atmos("auth", "user", "configure", "--from-env", "-i", name, env=env)
        assert done.returncode == 0, done.stderr
    return machine


def files(machine) -> dict[str, bytes]:
    folder = machine.home / ".local/share/atmos/keyring"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".entry"}


def test_to_where_they_are_already_is_refused_and_touches_nothing(keys):
    before = files(keys)
    done = keys.atmos("auth", "keyring", "move", "--to", "file")
    assert (done.returncode, done.stdout) == (1, "")
    assert "already" in done.stderr
    assert files(keys) == before


@pytest.mark.parametrize("words", [(), ("--to", "memory"), ("--to", "none"), ("--to", "")])
def test_only_keyrings_that_last_are_a_target(keys, words):
    before = files(keys)
    done = keys.atmos("auth", "keyring", "move", *words)
    assert done.returncode == 1
    assert "--to takes file or system" in done.stderr
    assert files(keys) == before


def test_without_a_system_keyring_the_remedy_is_named_and_nothing_lost(keys):
    before = files(keys)
    done = keys.atmos("auth", "keyring", "move", "--to", "system")
    assert (done.returncode, done.stdout) == (1, "")
    (finding,) = keys.findings(done.stderr)
    assert "system keyring" in finding.message
    assert any("ATMOS_KEYRING_TYPE=file" in hint for hint in finding.hints)
    assert files(keys) == before


def test_an_empty_keyring_has_nothing_to_move(keys):
    done = keys.atmos("auth", "keyring", "move", "--to", "file", env={"ATMOS_KEYRING_TYPE": "memory"})
    assert done.returncode == 0
    assert "nothing to move" in done.stderr


def test_a_wrong_password_moves_nothing(keys):
    before = files(keys)
    wrong = {"ATMOS_KEYRING_PASSWORD": "another password"}
    done = keys.atmos("auth", "keyring", "move", "--to", "system", env=wrong)
    assert done.returncode == 1
    assert "password" in done.stderr
    assert files(keys) == before


# --- with a real service ---------------------------------------------------------------------------------------


@pytest.fixture
def service(keys) -> Iterator[None]:
    """Run a real Secret Service for the machine, unlocked."""
    runtime = keys.home / "runtime"
    runtime.mkdir(mode=0o700)
    keys.environ["XDG_RUNTIME_DIR"] = str(runtime)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "env": keys.environ}
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"], **pipes)
    assert bus.stdout is not None
    keys.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"],
        stdin=subprocess.PIPE,
        **pipes,
    )
    try:
        assert daemon.stdin is not None
        with daemon.stdin:
            daemon.stdin.write(b"password of the login keyring")
        asked = ["org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"]
        command = ["dbus-send", "--session", "--print-reply=literal", f"--dest={asked[0]}", *asked[1:]]
        deadline = time.monotonic() + 30
        while (
            b"true"
            not in subprocess.run(
                [*command, "string:org.freedesktop.secrets"], env=keys.environ, capture_output=True, check=False
            ).stdout
        ):
            assert time.monotonic() < deadline, "the Secret Service did not start"
            time.sleep(0.05)
        yield
    finally:
        for process in (daemon, bus):
            process.terminate()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def held(machine, kind: str) -> set[str]:
    """Name the identities whose keys a keyring holds, each with the right secret."""
    script = (
        "from atmos_auth.wiring import Project\n"
        "keys = Project().keys\n"
        "print('\\n'.join(f'{name} {keys.get(name)[\"secret_access_key\"]}' for name in keys.names()))\n"
    )
    shown = machine.run("python", "-c", script, env={"ATMOS_KEYRING_TYPE": kind})
    assert shown.returncode == 0, shown.stderr
    found = dict(line.split() for line in shown.stdout.split("\n") if line)
    assert found.items() <= SECRETS.items()
    return set(found)


needs_service = pytest.mark.skipif(
    bool(MISSING) or not sys.platform.startswith("linux"),
    reason=f"{' and '.join(MISSING) or 'the Secret Service'} not installed (Debian: dbus, gnome-keyring)",
)


@needs_service
@pytest.mark.usefixtures("service")
def test_keys_go_there_and_back_and_no_secret_is_shown(keys):
    there = keys.atmos("auth", "keyring", "move", "--to", "system")
    assert there.returncode == 0, there.stderr
    assert [line.strip() for line in there.stderr.splitlines()[:3]] == [f"moved {name}" for name in SECRETS]
    assert "Moved 3 to the system keyring" in there.stderr
    assert "auth.keyring.type: system" in there.stderr
    assert (held(keys, "system"), files(keys)) == (set(SECRETS), {})

    back = keys.atmos("auth", "keyring", "move", "--to", "file", env={"ATMOS_KEYRING_TYPE": "system"})
    assert back.returncode == 0, back.stderr
    assert (held(keys, "file"), held(keys, "system")) == (set(SECRETS), set())
    assert "canary" not in there.stderr + back.stderr


@needs_service
@pytest.mark.usefixtures("service")
def test_other_keys_at_the_target_stop_the_move(keys):
    env = {"ATMOS_KEYRING_TYPE": "system", "AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "other"}
    assert keys.atmos("auth", "user", "configure", "--from-env", "-i", "user-1", env=env).returncode == 0
    done = keys.atmos("auth", "keyring", "move", "--to", "system")
    assert done.returncode == 1
    assert "already holds other keys for user-1" in done.stderr
    assert len(files(keys)) == 3


@needs_service
@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("after", [0.3, 0.6, 0.9])
def test_a_move_that_is_killed_loses_nothing_and_can_be_repeated(keys, after):
    process = keys.start("auth", "keyring", "move", "--to", "system")
    time.sleep(after)
    process.kill()
    process.communicate()
    assert held(keys, "file") | held(keys, "system") == set(SECRETS)
    again = keys.atmos("auth", "keyring", "move", "--to", "system")
    assert again.returncode == 0, again.stderr
    assert (held(keys, "file"), held(keys, "system")) == (set(), set(SECRETS))


# --- killed at any moment --------------------------------------------------------------------------------------

MOVER = """
import sys
from atmos_auth.host.clock import SystemClock
from atmos_auth.stores.keyring.file_keyring import FileKeyring
from atmos_auth.stores.keyring.moving import move
from atmos_auth.stores.keyring.password import PasswordSource
from atmos_auth.stores.keyring.password_key import LEAST_COST
def keyring(folder):
    source = PasswordSource({"ATMOS_KEYRING_PASSWORD": "password-password"}, "it", ask=None)
    return FileKeyring(folder, password=source, clock=SystemClock(), cost=LEAST_COST)
one, other = (keyring(folder) for folder in sys.argv[1:3])
if sys.argv[3] == "fill":
    for n in range(4):
        one.put(f"user-{n}", {"access_key_id": f"AKIA{n}", "secret_access_key": "s"})
elif sys.argv[3] == "list":
    print(sorted({*(n for n in one.names() if one.get(n)), *(n for n in other.names() if other.get(n))}))
else:
    print("ready", flush=True)
    while True:
        move(one, other)
        move(other, one)
"""


def test_whenever_a_move_is_killed_every_key_is_somewhere(tmp_path: Path):
    def run(what: str) -> list[str]:
        return [sys.executable, "-c", MOVER, str(tmp_path / "one"), str(tmp_path / "other"), what]

    subprocess.run(run("fill"), check=True)
    chance = random.Random(4711)
    for _ in range(12):
        with subprocess.Popen(run("move"), stdout=subprocess.PIPE, text=True) as mover:
            assert mover.stdout is not None
            assert mover.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.15))
            os.kill(mover.pid, signal.SIGKILL)
        listed = subprocess.run(run("list"), capture_output=True, text=True, check=False)
        assert listed.returncode == 0, listed.stderr
        assert listed.stdout == "['user-0', 'user-1', 'user-2', 'user-3']\n"


def test_the_entries_are_json_of_no_secret_outside(keys):
    """What lies in the folder does not tell the secret, nor does what the command writes."""
    everything = b"".join(files(keys).values())
    assert b"canary" not in everything
    assert json.dumps(list(SECRETS))[2:8].encode() in everything, "the names may be read"
