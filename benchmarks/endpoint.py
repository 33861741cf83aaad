"""The endpoint at 200 requests a second, also while keys are renewed, against a server that answers a constant."""

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from benchmarks.scene import Scene, scene

RATE = 200
SECONDS = 3.0
CLIENTS = 4
# Nothing but Python's own server, with an answer of the same length.
PEER = """\
import http.server, sys
body = b"x" * int(sys.argv[1])
class Constant(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Constant)
print(server.server_port, flush=True)
server.serve_forever()
"""
LOGIN = ("auth", "login", "--force-tty", "--no-browser")
PROCESS = "credential-process, per answer"


class Target(NamedTuple):
    """What is asked: a host with its port, a path, and the headers that go along."""

    netloc: str
    path: str = "/"
    headers: Mapping[str, str] = {}


def run(rounds: int) -> str:
    """Measure them in turns and return the table."""
    figures: dict[str, list[list[float]]] = {"http.server, a constant": [], "endpoint": [], "endpoint, renewing": []}
    processes: list[float] = []
    with scene() as place:
        subprocess.run(place.atmos(*LOGIN), cwd=place.directory, env=place.environ, check=True, capture_output=True)
        with _endpoint(place) as target, _peer(len(_ask(target))) as peer:
            for _ in range(max(3, rounds // 4)):
                figures["http.server, a constant"].append(_load(peer))
                figures["endpoint"].append(_load(target))
                with _renewals(place):
                    figures["endpoint, renewing"].append(_load(target))
                processes += _processes(place)
    return _table(figures, processes)


def _table(figures: Mapping[str, list[list[float]]], processes: list[float]) -> str:
    title = f"Endpoint: {RATE} requests/s for {SECONDS:.0f} s from {CLIENTS} clients, {len(figures['endpoint'])} rounds"
    width = max(len(name) for name in (*figures, PROCESS))
    base = statistics.median(_at(each, 0.99) for each in next(iter(figures.values())))
    lines = [title, f"  {'':{width}}  p50 ms (spread)       p99 ms (spread)       p99 x peer"]
    for name, runs in figures.items():
        p50, p99 = ([_at(each, share) for each in runs] for share in (0.5, 0.99))
        lines.append(f"  {name:{width}}  {_spread(p50)}  {_spread(p99)}  {statistics.median(p99) / base:6.2f}")
    median = statistics.median(processes)
    endpoint = statistics.median(_at(each, 0.5) for each in figures["endpoint"])
    lines.append(
        f"  {PROCESS:{width}}  {_spread(processes)}  one at a time; {median / endpoint:.0f} x the endpoint's p50"
    )
    return "\n".join(lines)


def _load(target: Target) -> list[float]:
    """Ask at the rate, each request at its own time whatever the ones before took; return seconds from that time."""
    latencies: list[float] = []
    begin = time.perf_counter() + 0.05
    count = int(RATE * SECONDS)

    def client(number: int) -> None:
        for index in range(number, count, CLIENTS):
            due = begin + index / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            _ask(target)
            # Whoever is kept waiting keeps the next one waiting too, and that counts.
            latencies.append(time.perf_counter() - due)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(latencies) != count:
        raise SystemExit(f"{count - len(latencies)} requests failed")
    return sorted(latencies)


def _ask(target: Target) -> bytes:
    connection = http.client.HTTPConnection(target.netloc, timeout=10)
    connection.request("GET", target.path, headers=dict(target.headers))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{response.status}: {body!r}")
    return body


@contextmanager
def _endpoint(place: Scene) -> Iterator[Target]:
    argv = place.atmos("auth", "serve", "prod", "--format", "json")
    process = subprocess.Popen(
        argv, cwd=place.directory, env=place.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        variables = json.loads(_all(process))
        address = urlsplit(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
        token = Path(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text()
        yield Target(address.netloc, address.path, {"Authorization": token})
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _peer(length: int) -> Iterator[Target]:
    argv = [sys.executable, "-c", PEER, str(length)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise SystemExit("it has no output")
        yield Target(f"127.0.0.1:{process.stdout.readline().strip()}")
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _renewals(place: Scene) -> Iterator[None]:
    """Have the endpoint find keys again and again that are stale, and renew them, in the block."""
    file = next(Path(place.environ["HOME"]).glob(".config/atmos/aws/*/credentials"))
    over = threading.Event()

    def make_stale() -> None:
        while not over.wait(1.0):
            # As if most of their hour were gone.
            moments = {name: time.time() + shift for name, shift in (("expiration", 600), ("issued", -3000))}
            words = file.read_text().split(" ")
            for name, moment in moments.items():
                written = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
                words = [f"{name}={written}" if word.startswith(f"{name}=") else word for word in words]
            aside = file.with_suffix(".stale")
            aside.write_text(" ".join(words))
            aside.replace(file)

    thread = threading.Thread(target=make_stale)
    before = place.aws.journal.count("sts:AssumeRole")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if place.aws.journal.count("sts:AssumeRole") == before:
        raise SystemExit("nothing was renewed")


def _processes(place: Scene) -> list[float]:
    took = []
    for _ in range(5):
        started = time.perf_counter()
        argv = place.atmos("auth", "credential-process", "prod")
        subprocess.run(argv, cwd=place.directory, env=place.environ, check=True, capture_output=True)
        took.append(time.perf_counter() - started)
    return took


def _all(process: "subprocess.Popen[str]") -> str:
    if process.stdout is None:
        raise SystemExit("it has no output")
    return process.stdout.read()


def _at(latencies: list[float], share: float) -> float:
    return latencies[min(len(latencies) - 1, int(len(latencies) * share))]


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:6.2f} ({min(seconds) * 1e3:.2f}-{max(seconds) * 1e3:.2f})".ljust(20)
