import os
import signal
import subprocess
import sys

import pytest

# While a thread of ours could take it, a signal must still end the main thread's wait.
SCRIPT = """\
import os, signal, sys, threading, time
from atmos_auth.host.background import in_background

caught = []
signal.signal(signal.SIGUSR1, lambda *_: caught.append(threading.current_thread().name))
masked = []
def work():
    masked.append(signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, []))
    time.sleep(30)
in_background(work, "beside")
while not masked:
    time.sleep(0.01)
os.kill(os.getpid(), signal.SIGUSR1)
while not caught:
    time.sleep(0.01)
print(masked, caught, signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_the_main_thread_keeps_all_signals_and_the_process_its_end():
    assert hasattr(signal, "pthread_sigmask")
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.strip() == "[True] ['MainThread'] False"
