"""Turns, with real threads and real processes."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from atmos_auth.domain import errors
from atmos_auth.engine.single_flight import PATIENCE_SECONDS, SILENT_PATIENCE_SECONDS, START_UP_SECONDS, SingleFlight
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.locks import locked
from atmos_auth.testing import NOW, FakeClock, FakePrompter

KEY = "portal"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "locks")


def fly(flights: SingleFlight, acquire, *, look=lambda: None, prompter=None, key=KEY):
    return flights.fly(key, purpose="signing in", prompter=prompter or FakePrompter(), look=look, acquire=acquire)


def fail(failure: BaseException):
    def acquire():
        raise failure

    return acquire


def unreachable() -> errors.ServiceError:
    return errors.ServiceError("no route", operation="sso:X", endpoint="https://x", code="Timeout", retryable=True)


def attempt(folder: str, failure: BaseException, *, at: float = NOW, pid: int | None = None) -> None:
    """Let somebody fail at that time, in another process unless a pid is given."""
    with pytest.raises(type(failure)):
        fly(SingleFlight(folder, clock=FakeClock(at), asked_at=at), fail(failure))
    record = Path(folder, f"{KEY}.failure")
    if record.exists():
        record.write_text(json.dumps(json.loads(record.read_text()) | {"pid": pid or 4_000_000}))


class Script:
    """A Python program that flies in a process of its own."""

    def __init__(self, folder: str, environ: dict[str, str]) -> None:
        self.folder = folder
        self.environ = environ

    def start(self, body: str) -> "subprocess.Popen[str]":
        source = textwrap.dedent(
            f"""
            import os, sys, time
            from atmos_auth.domain import errors
            from atmos_auth.engine.single_flight import SingleFlight
            from atmos_auth.host.clock import SystemClock
            from atmos_auth.testing import FakePrompter
            folder = {self.folder!r}
            flights = SingleFlight(folder, clock=SystemClock(), asked_at=time.time())
            def fly(acquire, look=lambda: None):
                return flights.fly({KEY!r}, purpose="signing in", prompter=FakePrompter(), look=look, acquire=acquire)
            """
        )
        return subprocess.Popen(
            [sys.executable, "-c", source + textwrap.dedent(body)],
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def script(folder: str, environ: dict[str, str]) -> Script:
    return Script(folder, environ)


def finish(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.strip()


# --- one at a time ---------------------------------------------------------------------------------------------


def test_threads_share_one_result(folder):
    flights = SingleFlight(folder, clock=SystemClock(), asked_at=time.time())
    found: list[str] = []
    acquired = 0

    def acquire():
        nonlocal acquired
        acquired += 1
        time.sleep(0.05)
        found.append("credential")
        return found[-1]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: fly(flights, acquire, look=lambda: found[-1] if found else None), range(8)))
    assert results == ["credential"] * 8
    assert acquired == 1


def test_processes_share_one_result(folder, script, tmp_path):
    body = f"""
        path = {str(tmp_path / "result")!r}
        def look():
            return open(path).read() if os.path.exists(path) else None
        def acquire():
            assert not os.path.exists(path)
            time.sleep(0.05)
            with open(path, "x") as file:
                file.write(str(os.getpid()))
            return str(os.getpid())
        print(fly(acquire, look))
    """
    processes = [script.start(body) for _ in range(6)]
    assert len({finish(process) for process in processes}) == 1


def test_other_keys_do_not_wait(folder):
    flights = SingleFlight(folder, clock=SystemClock(), asked_at=time.time())
    assert fly(flights, lambda: fly(flights, lambda: "inner", key="another")) == "inner"


def test_a_waiter_says_whom_it_waits_for(folder):
    clock, prompter = FakeClock(), FakePrompter()
    holding, release = threading.Event(), threading.Event()

    def hold():
        def acquire():
            holding.set()
            assert release.wait(10)
            return "theirs"

        fly(SingleFlight(folder, clock=SystemClock(), asked_at=0), acquire)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(10)
    clock = FakeClock(on_sleep=lambda _: (release.set(), thread.join(10)))
    assert fly(SingleFlight(folder, clock=clock, asked_at=NOW), lambda: "ours", prompter=prompter) == "ours"
    assert prompter.waits == [f"Waiting for process {os.getpid()}, which is signing in"]


@pytest.mark.parametrize(
    ("prompter", "patience"),
    [(FakePrompter(can_show=True), PATIENCE_SECONDS), (FakePrompter(can_show=False), SILENT_PATIENCE_SECONDS)],
)
def test_patience_ends(folder, prompter, patience):
    clock = FakeClock()
    with (
        locked(os.path.join(folder, f"{KEY}.lock"), clock=clock, deadline=NOW),
        ThreadPoolExecutor(1) as pool,
        pytest.raises(errors.LockTimeout, match="another process still holds"),
    ):
        pool.submit(fly, SingleFlight(folder, clock=clock, asked_at=NOW), lambda: "never", prompter=prompter).result()
    assert patience <= clock.now() - NOW < patience + 1


def test_a_killed_holder_frees_its_turn(folder, script):
    holder = script.start(
        """
        def acquire():
            print("holding", flush=True)
            time.sleep(60)
        fly(acquire)
        """
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    flights = SingleFlight(folder, clock=SystemClock(), asked_at=time.time())
    prompter = FakePrompter()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(fly, flights, lambda: "mine", prompter=prompter)
        while not prompter.waits:
            time.sleep(0.01)
        holder.send_signal(signal.SIGKILL)
        assert waiting.result(timeout=30) == "mine"
    holder.communicate()
    assert prompter.waits == [f"Waiting for process {holder.pid}, which is signing in"]


def test_nothing_but_locks_is_left_after_success(folder):
    attempt(folder, errors.AccessDenied("no"), at=NOW - 100)
    fly(SingleFlight(folder, clock=FakeClock(), asked_at=NOW), lambda: "credential")
    assert os.listdir(folder) == [f"{KEY}.lock"]


# --- shared failures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "shared_as"),
    [
        (errors.AccessDenied("denied in the browser"), errors.AccessDenied),
        (errors.Cancelled("cancelled"), errors.Cancelled),
        (errors.SignInExpired("too late"), errors.SignInExpired),
        (errors.AuthenticationFailed("no"), errors.AuthenticationFailed),
        (unreachable(), errors.AuthenticationFailed),
    ],
)
def test_a_failure_is_shared_with_those_who_asked_before(folder, failure, shared_as):
    failure.hints, failure.details = ("try this",), ("link: somewhere",)
    attempt(folder, failure)
    with pytest.raises(shared_as) as caught:
        fly(SingleFlight(folder, clock=FakeClock(NOW + 1), asked_at=NOW - 1), fail(AssertionError("tried again")))
    assert type(caught.value) is shared_as
    assert caught.value.message == failure.message
    assert caught.value.hints == ("try this",)
    assert caught.value.details == ("link: somewhere", "this was the outcome of the attempt in process 4000000")


def test_whoever_asks_after_a_failure_tries_again(folder):
    attempt(folder, errors.AccessDenied("no"))
    assert fly(SingleFlight(folder, clock=FakeClock(NOW + 1), asked_at=NOW + 0.5), lambda: "mine") == "mine"


@pytest.mark.parametrize(
    "failure", [errors.NeedsPerson("no terminal"), errors.ConfigError("bad"), errors.StoreError("full")]
)
def test_what_somebody_lacked_is_never_shared(folder, failure):
    attempt(folder, failure)
    assert fly(SingleFlight(folder, clock=FakeClock(NOW + 1), asked_at=NOW - 1), lambda: "mine") == "mine"


def test_an_interrupt_is_shared_as_a_cancel(folder):
    attempt(folder, KeyboardInterrupt())
    with pytest.raises(errors.Cancelled, match="cancelled in process"):
        fly(SingleFlight(folder, clock=FakeClock(NOW + 1), asked_at=NOW - 1), fail(AssertionError()))


def test_a_result_wins_over_a_failure(folder):
    attempt(folder, errors.AccessDenied("no"))
    flights = SingleFlight(folder, clock=FakeClock(NOW + 1), asked_at=NOW - 1)
    assert fly(flights, fail(AssertionError()), look=lambda: "found") == "found"


def test_the_process_that_failed_may_try_again(folder):
    clock = FakeClock()
    flights = SingleFlight(folder, clock=clock, asked_at=NOW)
    with pytest.raises(errors.AccessDenied):
        fly(flights, fail(errors.AccessDenied("no")))
    clock.advance(1)
    assert fly(flights, lambda: "second time") == "second time"


def test_a_program_that_runs_for_long_is_not_haunted_by_old_failures(folder):
    attempt(folder, errors.Cancelled("an hour ago"))
    flights = SingleFlight(folder, clock=FakeClock(NOW + START_UP_SECONDS + 1), asked_at=NOW - 3600)
    assert fly(flights, lambda: "mine") == "mine"


def test_a_thread_that_waited_shares_the_failure(folder):
    flights = SingleFlight(folder, clock=SystemClock(), asked_at=time.time())
    waiting = FakePrompter()
    attempts = []

    def acquire():
        attempts.append(1)
        while not waiting.waits:
            time.sleep(0.005)
        raise errors.AccessDenied("denied for all")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fly, flights, acquire)
        while not attempts:
            time.sleep(0.005)
        second = pool.submit(fly, flights, acquire, prompter=waiting)
        for outcome in (first, second):
            with pytest.raises(errors.AccessDenied, match="denied for all"):
                outcome.result(30)
    assert len(attempts) == 1


def test_processes_that_waited_share_the_failure(folder, script, tmp_path):
    body = f"""
        def acquire():
            with open({str(tmp_path / "attempts")!r}, "a") as file:
                file.write("x")
            time.sleep(0.3)
            raise errors.AccessDenied("denied for all")
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            fly(acquire)
        except errors.AccessDenied as error:
            print(error.message)
    """
    processes = [script.start(body) for _ in range(4)]
    assert [process.stdout and process.stdout.readline() for process in processes] == ["ready\n"] * 4
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [finish(process) for process in processes] == ["denied for all"] * 4
    assert Path(tmp_path / "attempts").read_text() == "x"


# --- damaged records -------------------------------------------------------------------------------------------


def test_a_failure_from_the_future_is_ignored(folder):
    attempt(folder, errors.AccessDenied("no"), at=NOW + 100)
    assert fly(SingleFlight(folder, clock=FakeClock(), asked_at=NOW - 1), lambda: "mine") == "mine"


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"\x00\xff",
        b"[]",
        b"null",
        b'{"at": "then", "class": "AccessDenied", "message": "no"}',
        b'{"at": NaN, "class": "AccessDenied", "message": "no"}',
        b'{"at": 1767323045.0, "class": "AccessDenied"}',
        b'{"at": 1767323045.0, "class": "AccessDenied", "message": ["no"]}',
    ],
)
def test_a_corrupt_record_is_ignored(folder, record):
    attempt(folder, errors.AccessDenied("no"))
    Path(folder, f"{KEY}.failure").write_bytes(record)
    assert fly(SingleFlight(folder, clock=FakeClock(NOW + 1), asked_at=NOW - 1), lambda: "mine") == "mine"


@pytest.mark.parametrize("named", ["NoSuchClass", "AtmosAuthError", "ConfigError", "Sequence", 5, None])
def test_a_record_cannot_choose_a_class_that_is_not_a_failed_authentication(folder, named):
    attempt(folder, errors.AccessDenied("no"))
    damaged = {"at": NOW, "pid": 4_000_000, "class": named, "message": "no", "hints": 5, "details": {"a": 1}}
    Path(folder, f"{KEY}.failure").write_text(json.dumps(damaged))
    with pytest.raises(errors.AuthenticationFailed) as caught:
        fly(SingleFlight(folder, clock=FakeClock(NOW + 1), asked_at=NOW - 1), fail(AssertionError()))
    assert type(caught.value) is errors.AuthenticationFailed
    assert caught.value.hints == ()


def test_records_are_private(folder):
    attempt(folder, errors.AccessDenied("no"))
    assert {os.stat(os.path.join(folder, name)).st_mode & 0o777 for name in os.listdir(folder)} == {0o600}
