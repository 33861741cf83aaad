"""`python -m aws_emulator` as a person starts and stops it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

import aws_emulator
from aws_emulator import Emulator, default_state
from aws_emulator.state_file import parse_state

COMMAND = [sys.executable, "-m", "aws_emulator"]


@contextmanager
def started(*arguments):
    """Start the command; give the process and the line it prints when it listens."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def run(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_ends_cleanly(number):
    with started("--port", "0") as (process, line):
        found = re.fullmatch(r"aws_emulator listening on (http://127\.0\.0\.1:\d+) \(portal \1/start\)\n", line)
        assert found
        with urllib.request.urlopen(f"{found[1]}/start") as response:
            assert response.status == 200
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, "", "")


def test_auto_approve_state_and_journal(tmp_path):
    state, journal = tmp_path / "state.yaml", tmp_path / "journal.jsonl"
    state.write_text("person: ann\naccounts: {}\npeople: {ann: {assignments: {}}}\n")
    with started("--state", str(state), "--auto-approve", "--journal", str(journal)) as (_, line):
        url = line.split()[3]
        with urllib.request.urlopen(f"{url}/start") as response:
            assert b"ann" in response.read()
        with urllib.request.urlopen(f"{url}/_emulator/journal") as response:
            (entry,) = json.load(response)["entries"]
    assert json.loads(journal.read_text()) == entry
    assert entry["operation"] == "ShowPortal"


def test_port_in_use():
    with Emulator() as aws:
        port = str(urlsplit(aws.url).port)
        result = run("--port", port)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"aws_emulator: cannot listen on 127.0.0.1 port {port}: the port is in use\n"


def test_bad_state_file(tmp_path):
    path = tmp_path / "state.yaml"
    path.write_text("person: ann\nacounts: {}\n")
    result = run("--state", str(path))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"aws_emulator: {path}, line 2: acounts: unknown key; known here are ")
    assert result.stderr.count("\n") == 1


def test_journal_that_cannot_be_written(tmp_path):
    result = run("--journal", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.startswith(f"aws_emulator: cannot write the journal {tmp_path}: ")


def test_unknown_host():
    result = run("--host", "192.0.2.1")
    assert result.returncode == 1
    assert result.stderr.startswith("aws_emulator: cannot listen on 192.0.2.1 port 0: ")


def test_warning_beyond_loopback():
    with started("--host", "0.0.0.0") as (process, line):
        assert "http://0.0.0.0:" in line
        process.terminate()
        assert "other machines can reach this emulator" in process.communicate(timeout=30)[1]


@pytest.mark.parametrize("port", ["-1", "65536", "http", "\u0661", ""])
def test_ports_that_are_none(port):
    result = run(f"--port={port}")
    assert result.returncode == 2
    assert "is not a port from 0 to 65535" in result.stderr


def test_the_example_state_can_be_printed_and_used():
    result = run("--print-state")
    assert result.returncode == 0
    assert parse_state(result.stdout, "example") == default_state()


def test_without_its_extra(tmp_path):
    (tmp_path / "werkzeug.py").write_text("raise ModuleNotFoundError(name='werkzeug')")
    result = subprocess.run(
        COMMAND, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, timeout=30, check=False
    )
    assert result.returncode == 1
    assert result.stderr == ("aws_emulator: werkzeug is missing; install it with: pip install 'atmos-auth[emulator]'\n")


def test_public_names():
    for name in aws_emulator.__all__:
        assert getattr(aws_emulator, name).__name__ == name
    with pytest.raises(AttributeError, match="Unknown"):
        aws_emulator.Unknown  # noqa: B018


def test_help():
    result = run("--help")
    assert result.returncode == 0
    for option in ("--port", "--host", "--state", "--auto-approve", "--journal", "--print-state"):
        assert option in result.stdout
