"""1, 10 and 50 processes at once, cold and warm; what waiting costs, and how soon the next one takes over.

Cold, one of them signs in and the others wait for what it brings. Their peer is what they may take: twice the time of
one alone, and the processor time that all of them need, divided by the processors. The one that signs in needs what it
needs alone, each other one what it needs in a changed configuration with credentials at hand. Limit: 1. Each round is
checked to have one sign-in.
Warm, the peer is as many times the interpreter that does nothing, at once. Limit: 1.5 times as long.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.figure import PERCENT, Broken, Figure, Row, row
from benchmarks.measure import Contender, in_turns
from benchmarks.processes import Took, running, take
from benchmarks.scene import CALLS, Scene, scene

CROWDS = (1, 10, 50)
EXEC = ("auth", "exec", "--force-tty", "--no-browser", "--", "true")
COLD, ALLOWED, WARM, BARE = "cold", "what they may take", "warm", "python -c pass"
WARM_LIMIT = 1.5
# Two sign-ins that differ only in how long the person takes, and how many wait.
SOON, LATER, WAITING = 2.0, 6.0, 49


def run(rounds: int) -> Figure:
    """Time them and return what was found."""
    with scene() as place:
        rows = [*_cold(place, max(3, rounds // 5)), *_warm(place, max(3, rounds // 4))]
        rows.append(_waiting(place))
        takeovers = [_takeover(place) for _ in range(3)]
        rows.append(row("the next one asks, after who signs in was killed", takeovers))
    counted = dict.fromkeys(CALLS, 1)
    return Figure("Together: processes on one portal", rows, counted, growth="processes at once")


def _cold(place: Scene, rounds: int) -> list[Row]:
    place.sign_in()

    def anew() -> dict[str, str]:
        place.forget_calls()
        return dict(place.fresh_home())

    argv = place.atmos(*EXEC)
    crowds = [Contender(str(n), argv, anew, after=place.expect_one_sign_in, times=n) for n in CROWDS]
    at_hand = Contender("at hand", argv, place.changed)
    taken = in_turns([at_hand, *crowds], rounds=rounds, environ=place.environ, directory=place.directory)
    found = []
    for count in CROWDS:
        took = taken[str(count)]
        needed = [one.cpu + (count - 1) * each.cpu for one, each in zip(taken["1"], taken["at hand"], strict=True)]
        allowed = [2 * one.seconds + cpu / (os.cpu_count() or 1) for one, cpu in zip(taken["1"], needed, strict=True)]
        if count > 1:
            found.append(row(f"{ALLOWED}, {count} cold", allowed, series=ALLOWED, size=count))
        found.append(_crowd(COLD, count, took))
        if count > 1:
            found[-1] = found[-1].against(found[-2], 1.0)
            burnt = [each.cpu - cpu for each, cpu in zip(took, needed, strict=True)]
            found.append(row(f"processor time beyond need, {count} cold", burnt))
    return found


def _warm(place: Scene, rounds: int) -> list[Row]:
    place.settle()
    crowds = [Contender(f"{WARM} {n}", place.atmos("auth", "exec", "--", "true"), times=n) for n in CROWDS]
    nothing = [Contender(f"{BARE} {n}", [sys.executable, "-c", "pass"], times=n) for n in CROWDS]
    taken = in_turns([*crowds, *nothing], rounds=rounds, environ=place.environ, directory=place.directory)
    found = []
    for count in CROWDS:
        peer = _crowd(BARE, count, taken[f"{BARE} {count}"])
        found += [peer, _crowd(WARM, count, taken[f"{WARM} {count}"]).against(peer, WARM_LIMIT)]
    return found


def _crowd(series: str, count: int, took: Sequence[Took]) -> Row:
    seconds, megabytes = [each.seconds for each in took], max(each.megabytes for each in took)
    name = f"{series}, {count} at once" if count > 1 else f"{series}, one alone"
    return row(name, seconds, megabytes=megabytes, series=series, size=count)


def _waiting(place: Scene) -> Row:
    """Return which part of one processor's time each second of waiting costs, of all who wait together."""
    soon, later = (_signed_in_after(place, seconds) for seconds in (SOON, LATER))
    share = 100 * (later.cpu - soon.cpu) / (LATER - SOON)
    return row(f"processor time while {WAITING} wait for a person", [max(0.0, share)], unit=PERCENT)


def _signed_in_after(place: Scene, seconds: float) -> Took:
    """Have them all wait for a person who takes so long."""
    place.aws.faults.add("sso-oidc:CreateToken", delay=seconds, times=1)
    try:
        return take(place.atmos(*EXEC), {**place.environ, **place.fresh_home()}, place.directory, count=WAITING + 1)
    finally:
        place.aws.faults.clear()


def _takeover(place: Scene) -> float:
    """From the kill of the holder to the next device authorization, which the waiter starts."""
    place.aws.auto_approve = False
    environ = {**place.environ, **place.fresh_home()}
    argv = place.atmos(*EXEC)
    place.forget_calls()
    try:
        with running(argv, environ, place.directory) as holder:
            _until(lambda: _started(place) == 1)
            with running(argv, environ, place.directory):
                time.sleep(1.0)  # long enough for it to stand in line
                os.kill(holder.pid, signal.SIGKILL)
                killed = time.perf_counter()
                holder.wait()
                _until(lambda: _started(place) == 2)
                return time.perf_counter() - killed
    finally:
        place.aws.auto_approve = True


def _started(place: Scene) -> int:
    return place.aws.journal.count(CALLS[0])


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        if time.monotonic() > deadline:
            raise Broken("nobody asked for a sign-in within 30 seconds")
        time.sleep(0.005)
