import os
import subprocess
import sys
import time

import pytest

from atmos_auth.domain.errors import UsageError
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.process_end import OPEN_PIDFD, ProcessEnd
from atmos_auth.testing import FakeClock

WAYS = [
    pytest.param(OPEN_PIDFD, id="by the kernel's word", marks=pytest.mark.skipif(not OPEN_PIDFD, reason="no pidfd")),
    pytest.param(None, id="by looking"),
]
POSIX = pytest.mark.skipif(os.name != "posix", reason="processes of POSIX")


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


@POSIX
@pytest.mark.parametrize("open_pidfd", WAYS)
def test_the_end_of_a_process_is_noticed(sleeper, open_pidfd):
    end = ProcessEnd(sleeper.pid, clock=SystemClock(), open_pidfd=open_pidfd)
    assert not end.has_come()
    sleeper.kill()
    # Only by looking is a process there until its parent has asked for its status.
    sleeper.wait()
    started = time.monotonic()
    end.wait()
    assert end.has_come()
    assert time.monotonic() - started < 10


@POSIX
@pytest.mark.parametrize("open_pidfd", WAYS)
@pytest.mark.parametrize("process", [2**22 + 1, 2**31 - 1])
def test_a_process_that_is_not_there_is_an_error(open_pidfd, process):
    with pytest.raises(UsageError, match=f"no process {process}") as raised:
        ProcessEnd(process, clock=FakeClock(), open_pidfd=open_pidfd)
    assert "--parent-pid $$" in str(raised.value.hints)


@POSIX
@pytest.mark.parametrize("open_pidfd", WAYS)
def test_without_a_number_it_is_our_parent(open_pidfd):
    end = ProcessEnd(None, clock=FakeClock(), open_pidfd=open_pidfd)
    assert (end.process, end.has_come()) == (os.getppid(), False)


def test_a_kernel_that_gives_no_word_is_not_asked_again():
    def refuses(process: int) -> int:
        raise PermissionError(1, "Operation not permitted")

    assert not ProcessEnd(os.getpid(), clock=FakeClock(), open_pidfd=refuses).has_come()


ORPHAN = """\
import os, sys, time
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.process_end import OPEN_PIDFD, ProcessEnd
if os.fork():
    time.sleep(0.5)
    os._exit(0)
end = ProcessEnd(None, clock=SystemClock(), open_pidfd=OPEN_PIDFD if sys.argv[1] == "kernel" else None)
end.wait()
os.write(1, b"my parent has ended")
"""


@POSIX
@pytest.mark.parametrize("way", ["kernel", "looking"])
def test_an_orphan_notices(way):
    done = subprocess.run([sys.executable, "-c", ORPHAN, way], capture_output=True, timeout=30, check=True)
    assert done.stdout == b"my parent has ended"


def test_the_first_process_of_a_container_has_no_parent_to_end_with():
    end = ProcessEnd(None, clock=FakeClock(), parent=lambda: 0)
    assert (end.process, end.has_come()) == (0, False)


TOO_LATE = """\
import os, time
from atmos_auth.domain.errors import UsageError
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.process_end import ProcessEnd
parent = os.getpid()
if os.fork():
    os._exit(0)
while os.getppid() == parent:
    time.sleep(0.01)
try:
    ProcessEnd(None, clock=SystemClock())
except UsageError as error:
    os.write(1, str(error).encode())
"""


@POSIX
def test_who_is_an_orphan_already_is_told():
    # Of a session of its own: in a container the first process, which adopts, may be of ours.
    done = subprocess.run(
        [sys.executable, "-c", TOO_LATE], capture_output=True, start_new_session=True, timeout=30, check=True
    )
    assert done.stdout == b"the process that started this one has ended already"


@POSIX
def test_a_session_of_its_own_is_no_reason_to_think_so():
    script = (
        "from atmos_auth.host.clock import SystemClock\n"
        "from atmos_auth.host.process_end import ProcessEnd\n"
        "print(ProcessEnd(None, clock=SystemClock()).process)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, start_new_session=True, timeout=30, check=True
    )
    assert int(done.stdout) == os.getpid()
