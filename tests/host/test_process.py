"""Running programs; the wrapper itself is a process here, for it takes over signals."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from atmos_auth.domain.errors import CommandNotExecutable, CommandNotFound
from atmos_auth.host.process import run, run_in

WRAPPER = (
    "import sys; from atmos_auth.host.process import run; sys.exit(run(sys.argv[1:], dict(__import__('os').environ)))"
)


def python(body: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(body)]


IN_A_ROW = """\
import sys
from atmos_auth.host.process import run_in
print(*run_in(None, sys.argv[1:], dict(__import__('os').environ)), flush=True)
"""


@pytest.fixture
def wrap(environ):
    """Start a wrapper around a command in a session of its own."""

    def start(argv: list[str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", WRAPPER, *argv],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return start


@pytest.mark.parametrize("status", [0, 1, 2, 77, 255])
def test_the_exit_status_passes_through(status, environ):
    assert run(["sh", "-c", f"exit {status}"], environ) == status


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGSEGV", "SIGPIPE", "SIGINT"])
def test_a_child_that_a_signal_ends_gives_what_a_shell_would_show(name, environ):
    number = getattr(signal, name)
    assert run(["sh", "-c", f"kill -{int(number)} $$"], environ) == 128 + number


def test_a_program_that_does_not_exist_is_127(environ):
    with pytest.raises(CommandNotFound, match="command not found: no-such-program") as caught:
        run(["no-such-program"], environ)
    assert caught.value.exit_code == 127
    assert caught.value.hints


def test_a_program_is_found_by_the_path_that_it_will_have(tmp_path, environ):
    for name, status in (("theirs", 5), ("ours", 6)):
        program = tmp_path / name / "program"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\nexit {status}\n")
        program.chmod(0o755)
    there = os.pathsep.join((str(tmp_path / "nowhere"), str(tmp_path / "theirs"), str(tmp_path / "ours")))
    assert run(["program"], environ | {"PATH": there}) == 5
    # What cannot be run is passed by, unless there is nothing else.
    (tmp_path / "theirs" / "program").chmod(0o644)
    assert run(["program"], environ | {"PATH": there}) == 6
    (tmp_path / "ours" / "program").chmod(0o644)
    with pytest.raises(CommandNotExecutable, match="cannot run program"):
        run(["program"], environ | {"PATH": there})
    with pytest.raises(CommandNotFound, match="command not found: sh"):
        run(["sh", "-c", "exit 0"], environ | {"PATH": str(tmp_path)})


@pytest.mark.parametrize("mode", [0o644, 0o755])
def test_what_may_not_be_run_is_126(tmp_path, environ, mode):
    target = tmp_path / "data"
    target.write_text("just text")
    target.chmod(mode)
    program = target if mode == 0o644 else tmp_path
    with pytest.raises(CommandNotExecutable, match="cannot run") as caught:
        run([str(program)], environ)
    assert caught.value.exit_code == 126
    assert caught.value.hints


def test_the_environment_is_exactly_the_one_given(tmp_path, environ, monkeypatch):
    monkeypatch.setenv("OURS", "not theirs")
    out = tmp_path / "out"
    run(["sh", "-c", 'env > "$OUT"'], {"PATH": environ["PATH"], "OUT": str(out), "VALUE": "a b\nc=d"})
    text = out.read_text()
    assert "OURS" not in text
    assert "VALUE=a b\nc=d\n" in text


def test_arguments_pass_through_whole(tmp_path, environ):
    out = tmp_path / "out"
    hostile = ["", " ", "a b", "'", '"', "$HOME", "*", "--flag", "a\nb", "ünï"]
    script = f"import sys, json; json.dump(sys.argv[1:], open({str(out)!r}, 'w'))"
    assert run([sys.executable, "-c", script, *hostile], environ) == 0
    assert json.loads(out.read_text()) == hostile


def test_our_own_signal_handlers_are_back_afterwards(environ):
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1]
    before = [signal.getsignal(number) for number in numbers]
    run(["true"], environ)
    assert [signal.getsignal(number) for number in numbers] == before
    with pytest.raises(CommandNotFound):
        run(["no-such-program"], environ)
    assert [signal.getsignal(number) for number in numbers] == before


def test_streams_are_ours(wrap):
    process = wrap(["sh", "-c", "echo out; echo err >&2"])
    assert process.communicate(timeout=60) == ("out\n", "err\n")


def test_sigpipe_ends_the_child_as_it_would_without_us(wrap):
    """Python ignores it in itself; `yes | head` must not end in an error message."""
    process = wrap(["sh", "-c", "kill -PIPE $$; echo survived"])
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 128 + signal.SIGPIPE


WAITING = """
    import os, signal, time
    def heard(number, frame):
        os.write(1, f"heard {number:d}\\n".encode())
        os._exit(42)
    for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT"):
        signal.signal(getattr(signal, name), heard)
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"])
def test_what_a_supervisor_sends_is_forwarded_and_the_childs_answer_counts(wrap, name):
    process = wrap(python(WAITING))
    assert process.stdout.readline() == "ready\n"
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=60)
    assert (out, process.returncode, err) == (f"heard {int(getattr(signal, name))}\n", 42, "")


def test_ctrl_c_reaches_the_child_once_and_we_outlive_it(wrap):
    process = wrap(python(WAITING))
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)  # what a terminal does
    out, err = process.communicate(timeout=60)
    assert (out, process.returncode, err) == (f"heard {int(signal.SIGINT)}\n", 42, "")


def test_ctrl_c_sent_to_us_alone_leaves_the_child_running(wrap, tmp_path):
    done = tmp_path / "done"
    process = wrap(["sh", "-c", f"echo ready; while [ ! -e {done} ]; do sleep 0.02; done; exit 7"])
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    done.touch()
    process.communicate(timeout=60)
    assert process.returncode == 7


def test_what_a_shell_told_a_background_job_to_ignore_stays_ignored(environ, tmp_path):
    """`cmd &` in a script starts with SIGINT ignored: the child behind us must not hear it either."""
    out = tmp_path / "out"
    child = f"import signal; open({str(out)!r}, 'w').write(str(signal.getsignal(signal.SIGINT) is signal.SIG_IGN))"
    subprocess.run(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", WRAPPER, sys.executable, "-c", child],
        env=environ,
        check=True,
    )
    assert Path(out).read_text() == "True"


def test_a_program_stands_in_its_folder_and_we_stay_in_ours(environ, tmp_path):
    here, out = os.getcwd(), tmp_path / "out"
    there = tmp_path / "a folder"
    there.mkdir()
    assert run_in(str(there), ["sh", "-c", f"pwd -P > {out}; exit 4"], environ) == (4, False, None)
    assert out.read_text() == f"{there.resolve()}\n"
    assert os.getcwd() == here


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_folder_that_nobody_can_be_in(environ, tmp_path, name):
    here = os.getcwd()
    (tmp_path / "file").touch()
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(OSError, match=name):
        run_in(str(tmp_path / name), ["true"], environ)
    assert os.getcwd() == here
    assert signal.getsignal(signal.SIGTERM) == before


def test_we_are_back_when_the_program_is_not_there(environ, tmp_path):
    here = os.getcwd()
    with pytest.raises(CommandNotFound):
        run_in(str(tmp_path), ["no-such-program"], environ)
    assert os.getcwd() == here


@pytest.mark.parametrize(
    ("send", "told"),
    [
        (lambda process: os.killpg(process.pid, signal.SIGINT), "42 True None"),
        (lambda process: process.send_signal(signal.SIGTERM), "42 False 15"),
        (lambda process: process.send_signal(signal.SIGHUP), "42 False 1"),
        (lambda process: process.send_signal(signal.SIGUSR1), "42 False None"),
    ],
    ids=["ctrl-c", "SIGTERM", "SIGHUP", "SIGUSR1"],
)
def test_whoever_runs_several_learns_what_was_sent_meanwhile(environ, send, told):
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_ROW, *python(WAITING)],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "ready\n"
    send(process)
    out, _ = process.communicate(timeout=60)
    assert out.splitlines()[-1] == told


# What keeps Python's one lock busy while the child is started is what a signal could get lost behind.
BESIDE_THREADS = """\
import sys, threading
from atmos_auth.host.background import in_background
from atmos_auth.host.process import run
def busy():
    while True: pass
for number in range(2):
    in_background(busy, f"busy-{number}")
script = "trap 'exit 5' TERM; kill -TERM $PPID; while :; do sleep 0.02; done"
statuses = {run(["sh", "-c", script], {"PATH": sys.argv[1]}) for _ in range(25)}
print(statuses)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_no_signal_is_lost_behind_our_own_threads():
    done = subprocess.run(
        [sys.executable, "-c", BESIDE_THREADS, os.environ["PATH"]],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "{5}\n"
