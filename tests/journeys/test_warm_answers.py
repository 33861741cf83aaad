"""Answers given again at once, by the installed program: what is imported, and that nothing else is any different."""

import json
import os
import re
import signal
import time

import pytest

from conftest import BIN, Machine

# All that a warm call of each kind may import of ours, and what Python brings for it.
OURS = {"atmos_auth", "atmos_auth.cli", "atmos_auth.cli.entry", "atmos_auth.cli.warm"}
FOR_A_PROGRAM = {"atmos_auth.host", "atmos_auth.host.child", "select"}
FOR_THE_DIGEST = {"_blake2"}
FOR_A_SPAN = {"atmos_auth.domain", "atmos_auth.domain.time_left"}
TIMES = "PYTHONPROFILEIMPORTTIME"


@pytest.fixture
def settled(machine: Machine) -> Machine:
    """Signed in, and that for longer than a file system's clock may be coarse."""
    machine.login()
    time.sleep(2.2)
    return machine


def imports(machine: Machine, *words: str, env: dict[str, str] | None = None) -> set[str]:
    """Return the modules that this command line imported."""
    done = machine.atmos(*words, env={TIMES: "1"} | (env or {}))
    assert done.returncode == 0, done.stderr
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


def is_warm(machine: Machine, *words: str, env: dict[str, str] | None = None) -> bool:
    return "atmos_auth.cli.main" not in imports(machine, *words, env=env)


@pytest.fixture
def nothing(machine: Machine) -> set[str]:
    """What the interpreter imports to do nothing at all, with the packages installed here."""
    program = BIN.parent / "nothing"
    program.write_text(f"#!{BIN / 'python'}\nimport sys\nimport time\n")
    program.chmod(0o755)
    done = machine.run(str(program), env={TIMES: "1"})
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (["auth", "env"], OURS | FOR_THE_DIGEST),
        (["auth", "env", "--format", "json"], OURS | FOR_THE_DIGEST),
        (["auth", "credential-process", "base"], OURS | FOR_THE_DIGEST),
        (["auth", "exec", "--", "true"], OURS | FOR_A_PROGRAM | FOR_THE_DIGEST),
        (["auth", "whoami", "--offline"], OURS | FOR_A_SPAN | FOR_THE_DIGEST),
        (["auth", "whoami", "--offline", "--output", "json"], OURS | FOR_A_SPAN | FOR_THE_DIGEST),
        (["completion", "bash", "--", "atmos", "auth", "login", "p"], OURS | FOR_THE_DIGEST),
        (["completion", "fish", "--", "atmos", "auth", "login", "--i"], OURS | FOR_THE_DIGEST),
    ],
)
def test_the_second_answer_is_the_first_one_and_imports_next_to_nothing(settled, nothing, words, allowed):
    if "base" in words:
        settled.login("-i", "base")
        time.sleep(2.2)
    first = settled.atmos(*words)
    imported = imports(settled, *words) - nothing
    # The shebang's script, and the encoding of its own name, are the installer's.
    assert imported - {"re", "encodings.idna"} <= allowed
    assert "atmos_auth.cli.warm" in imported
    again = settled.atmos(*words)
    assert (again.returncode, timeless(again.stdout), timeless(again.stderr)) == (
        first.returncode,
        timeless(first.stdout),
        timeless(first.stderr),
    )


def timeless(text: str) -> str:
    """Leave out what runs from second to second."""
    return re.sub(r"\d+m \d+s|(?<=\"expires_in\": )\d+", "", text)


def test_who_signs_out_gets_nothing(settled):
    settled.atmos("auth", "env")
    assert is_warm(settled, "auth", "env")
    assert settled.atmos("auth", "logout", "prod").returncode == 0
    done = settled.atmos("auth", "env")
    assert (done.returncode == 0, "ASIA" in done.stdout) == (True, True) or done.stdout == ""


def test_signing_out_everywhere_leaves_no_answers(settled):
    settled.atmos("auth", "env")
    answers = settled.home / ".cache/atmos/auth/answers"
    assert len(list(answers.iterdir())) == 2
    done = settled.atmos("auth", "logout", "--all-realms")
    assert done.returncode == 0, done.stderr
    assert not answers.exists() or not list(answers.iterdir())


def test_another_configuration_is_heeded_at_once(settled):
    settled.atmos("auth", "env")
    assert is_warm(settled, "auth", "env")
    settled.write('auth: { identities: { prod: { env: [{ key: TF_VAR_new, value: "yes" }] } } }\n', "atmos.d/more.yaml")
    assert 'TF_VAR_new="yes"' in settled.atmos("auth", "env").stdout


def test_a_private_variable_is_in_the_answer_and_not_in_the_record(settled):
    settled.write(
        settled.atmos_yaml.read_text().replace(
            "default: true", 'default: true\n      env: [{ key: TOKEN, value: "hush-hush" }]'
        )
    )
    settled.login()
    time.sleep(2.2)
    settled.atmos("auth", "env")
    assert is_warm(settled, "auth", "env")
    assert 'TOKEN="hush-hush"' in settled.atmos("auth", "env").stdout
    for path in (settled.home / ".cache/atmos/auth/answers").iterdir():
        assert b"hush-hush" not in path.read_bytes()


def test_a_program_gets_the_same_environment(settled):
    words = ["auth", "exec", "--", "env", "-0"]
    stale = {"AWS_SECRET_ACCESS_KEY": "of somebody else", "AWS_PROFILE": "mine", "KEPT": "yes"}
    first = settled.atmos(*words, env=stale)
    assert is_warm(settled, "auth", "exec", "--", "true", env=stale)
    second = settled.atmos(*words, env=stale)
    assert sorted(first.stdout.split("\0")) == sorted(second.stdout.split("\0"))
    assert "of somebody else" not in second.stdout
    assert "KEPT=yes" in second.stdout


def test_the_words_of_the_program_are_its_own(settled):
    settled.atmos("auth", "exec", "--", "true")
    done = settled.start("auth", "exec", "--", "printf", "%s|", "--", "--format", "ü x", "$HOME", "")
    stdout, _ = done.communicate(timeout=30)
    assert stdout == "--|--format|ü x|$HOME||"


@pytest.mark.parametrize(("program", "status"), [("exit 7", 7), ("kill -TERM $$", 143)])
def test_the_status_is_the_programs(settled, program, status):
    settled.atmos("auth", "exec", "--", "true")
    assert is_warm(settled, "auth", "exec", "--", "true")
    assert settled.atmos("auth", "exec", "--", "sh", "-c", program).returncode == status


def test_a_program_that_is_not_there_is_an_error_as_ever(settled):
    settled.atmos("auth", "exec", "--", "true")
    done = settled.atmos("auth", "exec", "--", "no-such-program")
    assert done.returncode == 127
    assert "no-such-program" in done.stderr


def test_a_signal_reaches_the_program(settled):
    settled.atmos("auth", "exec", "--", "true")
    process = settled.start(
        "auth", "exec", "--", "sh", "-c", "trap 'echo heard; exit 3' TERM; echo ready; while :; do sleep 0.1; done"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    stdout, _ = process.communicate(timeout=30)
    assert (stdout, process.returncode) == ("heard\n", 3)


def test_ctrl_c_is_the_programs_affair(settled):
    settled.atmos("auth", "exec", "--", "true")
    child = settled.terminal(
        "auth", "exec", "--", "sh", "-c", "trap 'echo heard; exit 3' INT; echo ready; while :; do sleep 0.1; done"
    )
    child.expect("ready")
    child.sendintr()
    child.expect("heard")
    child.wait()
    assert child.exitstatus == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_what_cannot_be_written_is_an_error_as_ever(settled):
    words = ("auth", "env")
    full = settled.run("/bin/sh", "-c", f"atmos {' '.join(words)} --logs-level Info >/dev/full")
    assert (full.returncode, full.stderr) == (1, "✗ cannot write the output: No space left on device\n")
    settled.atmos(*words)
    assert is_warm(settled, *words)
    warm = settled.run("/bin/sh", "-c", f"atmos {' '.join(words)} >/dev/full")
    assert (warm.returncode, warm.stderr) == (full.returncode, full.stderr)


def test_a_closed_stdout_is_nobodys_file(settled):
    settled.atmos("auth", "env")
    assert is_warm(settled, "auth", "env")
    closed = settled.run("/bin/sh", "-c", "atmos auth env >&-")
    assert (closed.returncode, closed.stderr) == (0, "")


def test_the_answer_to_a_reader_that_has_gone_is_no_traceback(settled):
    settled.atmos("auth", "env")
    done = settled.run("/bin/sh", "-c", "(sleep 0.3; atmos auth env) | true; echo done")
    assert done.stdout == "done\n"
    assert "Traceback" not in done.stderr


def test_records_that_anybody_may_change_are_not_read(settled):
    settled.atmos("auth", "env")
    answers = settled.home / ".cache/atmos/auth/answers"
    answers.chmod(0o777)
    assert not is_warm(settled, "auth", "env")


def test_debugging_always_goes_the_full_way(settled):
    settled.atmos("auth", "env")
    assert not is_warm(settled, "auth", "env", "--logs-level", "Debug")
    assert not is_warm(settled, "auth", "env", env={"ATMOS_LOGS_LEVEL": "Debug"})


def test_renewed_keys_are_given_at_once(settled):
    before = json.loads(settled.atmos("auth", "credential-process").stdout)
    assert is_warm(settled, "auth", "credential-process")
    settled.expire_credentials()
    after = json.loads(settled.atmos("auth", "credential-process").stdout)
    assert before["AccessKeyId"] != after["AccessKeyId"]
