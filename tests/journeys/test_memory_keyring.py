"""With a keyring in memory, nothing outlives the process: not the session, not the files that its child reads."""

import json
import os
from pathlib import Path

from aws_emulator import Emulator

MEMORY = {"ATMOS_KEYRING_TYPE": "memory"}
SHOW = (
    "import json, os; names = ('AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE'); "
    "print(json.dumps({n: [os.environ[n], os.path.exists(os.environ[n])] for n in names}))"
)


def test_a_child_finds_its_files_and_afterwards_they_are_gone(machine, aws: Emulator, tmp_path: Path):
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    env = MEMORY | {"XDG_RUNTIME_DIR": str(runtime)}
    words = ("auth", "exec", "--force-tty", "--no-browser", "--", "python3", "-c", SHOW)
    result = machine.atmos(*words, env=env)
    assert result.returncode == 0, result.stderr
    for path, existed in json.loads(result.stdout).values():
        assert existed
        assert Path(path).is_relative_to(runtime)
        assert not os.path.exists(path)
    assert list(runtime.iterdir()) == []
    assert machine.files() == []


def test_the_next_process_starts_from_nothing(machine, aws: Emulator):
    words = ("auth", "exec", "--force-tty", "--no-browser", "--", "true")
    assert machine.atmos(*words, env=MEMORY).returncode == 0
    assert machine.atmos(*words, env=MEMORY).returncode == 0
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 2


def test_pointers_to_files_that_would_be_gone_are_refused(machine):
    for mode in ("files", "process"):
        result = machine.atmos("auth", "env", "--mode", mode, env=MEMORY)
        assert (result.returncode, result.stdout) == (1, "")
        assert "with a keyring in memory they are gone when this command ends" in result.stderr


def test_what_a_killed_run_left_behind_is_removed_by_the_next(machine, tmp_path: Path):
    runtime = tmp_path / "runtime"
    left = runtime / "atmos-999999999-abc"
    left.mkdir(parents=True)
    (left / "credentials").write_text("secret")
    env = MEMORY | {"XDG_RUNTIME_DIR": str(runtime)}
    assert machine.atmos("auth", "list", env=env).returncode == 0
    assert list(runtime.iterdir()) == []
