"""Thirty cold processes at once against one, and how soon the next takes over when the one who signs in is killed."""

import os
import signal
import statistics
import subprocess
import time

from benchmarks.scene import Scene, scene

CROWD = 30
EXEC = ("auth", "exec", "--force-tty", "--no-browser", "--", "true")


def run(rounds: int) -> str:
    """Time them and return the lines."""
    with scene() as place:
        alone = [_crowd(place, 1) for _ in range(rounds)]
        crowd = [_crowd(place, CROWD) for _ in range(max(3, rounds // 5))]
        takeover = [_takeover(place) for _ in range(rounds)]
    one, many = statistics.median(alone), statistics.median(crowd)
    return "\n".join(
        [
            "Together: cold processes on one portal",
            f"  one process          {one * 1e3:8.0f} ms (spread {_span(alone)})",
            f"  {CROWD} at once           {many * 1e3:8.0f} ms (spread {_span(crowd)}), {many / one:.1f} x one",
            f"  takeover after kill  {statistics.median(takeover) * 1e3:8.0f} ms (spread {_span(takeover)})",
        ]
    )


def _crowd(place: Scene, count: int) -> float:
    place.aws.auto_approve = True
    environ = {**place.environ, **place.fresh_home()}
    started = time.perf_counter()
    processes = [_start(place, environ) for _ in range(count)]
    codes = {process.wait() for process in processes}
    took = time.perf_counter() - started
    if codes != {0}:
        raise SystemExit(f"exit codes {codes}")
    return took


def _takeover(place: Scene) -> float:
    """From the kill of the holder to the next device authorization, which the waiter starts."""
    place.aws.auto_approve = False
    environ = {**place.environ, **place.fresh_home()}
    place.aws.journal.clear()
    holder = _start(place, environ)
    _until(lambda: _started(place) == 1)
    waiter = _start(place, environ)
    time.sleep(1.0)  # long enough for it to stand in line
    os.kill(holder.pid, signal.SIGKILL)
    killed = time.perf_counter()
    holder.wait()
    _until(lambda: _started(place) == 2)
    took = time.perf_counter() - killed
    waiter.kill()
    waiter.wait()
    return took


def _started(place: Scene) -> int:
    return place.aws.journal.count("sso-oidc:StartDeviceAuthorization")


def _start(place: Scene, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        place.atmos(*EXEC), cwd=place.directory, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _until(holds: object) -> None:
    deadline = time.monotonic() + 30
    while not holds():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit("it never happened")
        time.sleep(0.005)


def _span(seconds: list[float]) -> str:
    return f"{min(seconds) * 1e3:.0f}-{max(seconds) * 1e3:.0f}"
