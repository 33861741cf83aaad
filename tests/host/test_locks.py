import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from atmos_auth.domain.errors import LockTimeout, StoreError
from atmos_auth.host import locks
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.locks import LONGEST_PAUSE, locked
from atmos_auth.testing import NOW, FakeClock


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "locks" / "a.lock")


def in_a_thread(act):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result(30)


def test_a_free_lock_is_had_at_once(path):
    clock, waits = FakeClock(), []
    with locked(path, clock=clock, deadline=NOW, on_wait=lambda: waits.append(1)):
        assert os.stat(path).st_mode & 0o777 == 0o600
    assert (clock.slept, waits) == ([], [])


def test_it_can_be_had_again_and_its_file_stays(path):
    for _ in range(3):
        with locked(path, clock=FakeClock(), deadline=NOW):
            pass
    assert Path(path).exists()


def test_it_is_released_when_the_block_fails(path):
    with pytest.raises(KeyboardInterrupt), locked(path, clock=FakeClock(), deadline=NOW):
        raise KeyboardInterrupt
    with locked(path, clock=FakeClock(), deadline=NOW):
        pass


def test_threads_exclude_each_other(path):
    inside, most = 0, 0

    def enter(_):
        nonlocal inside, most
        with locked(path, clock=SystemClock(), deadline=SystemClock().now() + 30):
            inside += 1
            most = max(most, inside)
            inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(40)))
    assert most == 1


def test_a_wait_is_announced_once_and_ends_at_the_deadline(path):
    clock, waits = FakeClock(), []

    def wait():
        with locked(path, clock=clock, deadline=NOW + 5, on_wait=lambda: waits.append(1), holder=lambda: "process 42"):
            raise AssertionError("two holders")

    with (
        locked(path, clock=FakeClock(), deadline=NOW),
        pytest.raises(LockTimeout, match=f"process 42 still holds {path}") as caught,
    ):
        in_a_thread(wait)
    assert waits == [1]
    assert caught.value.hints
    assert NOW + 5 <= clock.now() < NOW + 5 + LONGEST_PAUSE
    assert clock.slept == sorted(clock.slept)
    assert max(clock.slept) == LONGEST_PAUSE


def test_a_wait_can_be_broken_off(path):
    def interrupt(_):
        raise KeyboardInterrupt

    def wait():
        with locked(path, clock=FakeClock(on_sleep=interrupt), deadline=NOW + 5):
            raise AssertionError("two holders")

    with locked(path, clock=FakeClock(), deadline=NOW), pytest.raises(KeyboardInterrupt):
        in_a_thread(wait)


def test_a_process_that_is_killed_frees_its_lock(path, environ):
    source = (
        "import time; from atmos_auth.host.clock import SystemClock; from atmos_auth.host.locks import locked\n"
        f"with locked({path!r}, clock=SystemClock(), deadline=0):\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", source], env=environ, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockTimeout), locked(path, clock=FakeClock(), deadline=NOW):
            raise AssertionError("two holders")
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
    with locked(path, clock=FakeClock(), deadline=NOW):
        pass


def test_a_lock_that_cannot_be_made_is_an_error_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for impossible in (tmp_path / "file" / "a.lock", tmp_path):
        with pytest.raises(StoreError) as caught, locked(str(impossible), clock=FakeClock(), deadline=NOW):
            raise AssertionError("no lock is there")
        assert caught.value.hints


@pytest.mark.parametrize(
    ("first", "second"),
    [(locks._by_the_kernel, locks._by_library), (locks._by_library, locks._by_the_kernel)],
    ids=["the kernel first", "the library first"],
)
def test_the_library_that_other_systems_need_takes_the_same_lock(path, first, second):
    """A version that locks with one must not meet a version that locks with the other."""
    Path(path).parent.mkdir()
    let_go = first(path)
    assert second(path) is None
    let_go()
    let_go = second(path)
    assert first(path) is None
    let_go()


def test_whoever_waited_for_a_file_that_was_removed_locks_the_next_one(path):
    with locked(path, clock=FakeClock(), deadline=NOW):
        os.unlink(path)
        # Who comes now makes a file of its own: only the holder may remove one, when it has done its work.
        with locked(path, clock=FakeClock(), deadline=NOW):
            assert os.stat(path).st_nlink == 1
    with locked(path, clock=FakeClock(), deadline=NOW), pytest.raises(LockTimeout):
        in_a_thread(lambda: locked(path, clock=FakeClock(), deadline=NOW).__enter__())


def test_removing_the_file_while_others_wait_lets_no_two_in(path):
    inside, most = 0, 0

    def enter(_):
        nonlocal inside, most
        with locked(path, clock=SystemClock(), deadline=SystemClock().now() + 60):
            inside += 1
            most = max(most, inside)
            inside -= 1
            # As `sweep` does, while it holds the lock, and after all work is done.
            os.unlink(path)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(200)))
    assert most == 1


def test_a_link_is_not_followed(path, tmp_path):
    Path(path).parent.mkdir()
    Path(path).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="cannot lock"), locked(path, clock=FakeClock(), deadline=NOW):
        raise AssertionError("no lock is there")
    assert not (tmp_path / "elsewhere").exists()
