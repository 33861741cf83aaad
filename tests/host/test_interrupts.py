import os
import signal
import threading

import pytest

from atmos_auth.host.interrupts import held_interrupts


@pytest.fixture(autouse=True)
def _heard():
    """A shell's background job ignores Ctrl-C."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


def press():
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_waits_until_somebody_looks():
    done = []

    def work():
        with held_interrupts() as interrupts:
            interrupts.check()
            press()
            press()
            done.append("gone on")
            interrupts.check()
            done.append("not reached")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["gone on"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_is_raised_at_the_end_at_the_latest_even_over_a_failure():
    with pytest.raises(KeyboardInterrupt), held_interrupts():
        press()

    def fail():
        with held_interrupts():
            press()
            raise ValueError("because of it")

    with pytest.raises(KeyboardInterrupt):
        fail()
    with pytest.raises(ValueError, match="by itself"), held_interrupts():
        raise ValueError("by itself")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_one_after_some_patience_is_raised_at_once():
    done = []

    def work():
        with held_interrupts(patience_seconds=0):
            press()
            done.append("gone on")
            press()
            done.append("not reached")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["gone on"]


def test_another_programs_handler_and_other_threads_are_left_alone():
    heard = []
    previous = signal.signal(signal.SIGINT, lambda *_: heard.append("theirs"))
    try:
        with held_interrupts() as interrupts:
            press()
            interrupts.check()
    finally:
        signal.signal(signal.SIGINT, previous)
    assert heard == ["theirs"]

    def elsewhere():
        with held_interrupts() as interrupts:
            interrupts.check()
            heard.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert heard == ["theirs", signal.default_int_handler]
