"""Many processes at once: one sign-in, one outcome, and no lock that outlives its holder."""

import os
import signal
import subprocess
import time
from collections.abc import Callable

from aws_emulator import Emulator

CROWD = 30


def start_crowd(machine, count: int = CROWD) -> list[subprocess.Popen[str]]:
    """Half of them through each of two providers that share one portal."""
    return [
        machine.start("auth", "exec", "-i", "prod" if n % 2 else "staging", "--force-tty", "--no-browser", "--", "true")
        for n in range(count)
    ]


def finish(crowd: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    outcomes = []
    for process in crowd:
        _, stderr = process.communicate(timeout=100)
        outcomes.append((process.returncode, stderr))
    return outcomes


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def test_thirty_cold_processes_sign_in_once(machine, aws: Emulator):
    aws.auto_approve = False
    crowd = start_crowd(machine)
    wait_for(aws.pending_user_codes)
    aws.approve(aws.pending_user_codes()[0])
    outcomes = finish(crowd)
    assert [code for code, _ in outcomes] == [0] * CROWD, [err for code, err in outcomes if code][:1]
    assert aws.journal.count("sso-oidc:RegisterClient") == 1
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert aws.journal.count("sso-oidc:CreateToken", outcome="ok") == 1
    # The steps further on are shared as well.
    assert aws.journal.count("sso:GetRoleCredentials") == 2
    assert aws.journal.count("sts:AssumeRole") == 1


def test_when_the_person_denies_all_end_with_that_reason(machine, aws: Emulator):
    aws.auto_approve = False
    crowd = start_crowd(machine)
    wait_for(aws.pending_user_codes)
    aws.deny(aws.pending_user_codes()[0])
    outcomes = finish(crowd)
    assert [code for code, _ in outcomes] == [1] * CROWD
    assert all("denied in the browser" in stderr for _, stderr in outcomes)
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1

    aws.auto_approve = True
    assert machine.atmos("auth", "exec", "--force-tty", "--no-browser", "--", "true").returncode == 0


def test_an_expired_access_token_is_redeemed_once_by_thirty(machine, aws: Emulator):
    machine.login("--provider", "my-sso")
    machine.expire_access_tokens()
    aws.clock.advance(3601)
    aws.auto_approve = False
    aws.journal.clear()
    outcomes = finish(start_crowd(machine))
    assert [code for code, _ in outcomes] == [0] * CROWD, [err for code, err in outcomes if code][:1]
    grants = [entry.notes.get("grant") for entry in aws.journal.entries() if entry.operation == "CreateToken"]
    assert grants == ["refresh_token"]


def test_a_killed_holder_is_replaced_by_the_next(machine, aws: Emulator):
    aws.auto_approve = False
    holder = machine.start("auth", "login", "--force-tty", "--no-browser")
    wait_for(aws.pending_user_codes)
    waiter = machine.start("auth", "login", "--force-tty", "--no-browser")
    assert waiter.stderr is not None
    waiting = waiter.stderr.readline()
    assert f"process {holder.pid}" in waiting, waiting
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    killed_at = time.monotonic()
    wait_for(lambda: len(aws.pending_user_codes()) == 2, seconds=10)
    took_over_after = time.monotonic() - killed_at
    for code in aws.pending_user_codes():
        aws.approve(code)
    waiter.communicate(timeout=30)
    assert waiter.returncode == 0
    assert took_over_after < 10  # the deadline; how fast it really is stands in the benchmark


def test_ctrl_c_of_the_one_who_signs_in_ends_those_who_wait(machine, aws: Emulator):
    aws.auto_approve = False
    holder = machine.start("auth", "login", "--force-tty", "--no-browser")
    wait_for(aws.pending_user_codes)
    waiter = machine.start("auth", "login", "--force-tty", "--no-browser")
    assert waiter.stderr is not None
    assert f"process {holder.pid}" in waiter.stderr.readline()
    holder.send_signal(signal.SIGINT)
    assert holder.communicate(timeout=20) is not None
    _, stderr = waiter.communicate(timeout=20)
    assert (holder.returncode, waiter.returncode) == (130, 1)
    assert "cancelled" in stderr
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
