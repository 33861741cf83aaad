"""The endpoint at 200 requests a second, also while keys are renewed, and as many requests as it can answer.

The peer is Python's own HTTP server answering a constant of the same length. Limits: 3 times as long for half of the
requests, and for 99 of 100. For comparison: a credential process, which the SDK starts for each answer instead.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from benchmarks.figure import PER_SECOND, Broken, Figure, Row, compared, row
from benchmarks.measure import Contender, interleaved
from benchmarks.processes import running
from benchmarks.scene import Scene, scene

RATE = 200
SECONDS = 2.0
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
PEER_NAME, ENDPOINT, RENEWING = "http.server, a constant", "endpoint", "endpoint, renewing"
PROCESS = "credential-process, one answer"
LIMIT = 3.0


class Target(NamedTuple):
    """What is asked: a host with its port, a path, and the headers that go along."""

    netloc: str
    path: str = "/"
    headers: Mapping[str, str] = {}


def run(rounds: int) -> Figure:
    """Measure them in turns and return what was found."""
    loads: dict[str, list[list[float]]] = {PEER_NAME: [], ENDPOINT: [], RENEWING: []}
    most: dict[str, list[float]] = {PEER_NAME: [], ENDPOINT: []}
    with scene() as place:
        place.sign_in()
        place.settle()
        process = Contender(PROCESS, place.atmos("auth", "credential-process", "prod"))
        answers = interleaved([process], rounds=5, environ=place.environ, directory=place.directory)
        with _endpoint(place) as target, _peer(place, len(_ask(target))) as peer:
            for _ in range(max(3, rounds // 5)):
                for name, asked in ((PEER_NAME, peer), (ENDPOINT, target)):
                    loads[name].append(_load(asked))
                    most[name].append(_throughput(asked))
                with _renewals(place):
                    loads[RENEWING].append(_load(target))
    return Figure(f"Endpoint: {RATE} requests a second from {CLIENTS} clients", [*_rows(loads, most), *answers])


def _rows(loads: Mapping[str, list[list[float]]], most: Mapping[str, list[float]]) -> list[Row]:
    found = []
    for share, words in ((0.5, "half of the answers within"), (0.99, "99 of 100 within")):
        rows = [row(f"{name}: {words}", [_at(each, share) for each in runs]) for name, runs in loads.items()]
        found += compared(rows, rows[0].name, dict.fromkeys((each.name for each in rows), LIMIT))
    rows = [row(f"{name}: as many as it can", each, unit=PER_SECOND) for name, each in most.items()]
    found += compared(rows, rows[0].name, {})
    return found


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
        raise Broken(f"{count - len(latencies)} requests failed")
    return sorted(latencies)


def _ask(target: Target) -> bytes:
    connection = http.client.HTTPConnection(target.netloc, timeout=10)
    connection.request("GET", target.path, headers=dict(target.headers))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise Broken(f"the answer is {response.status}: {body!r}")
    return body


def _throughput(target: Target) -> float:
    """Ask as quickly as the clients can for a second, and return how many answers came."""
    until = time.perf_counter() + 1.0
    answers = []

    def client() -> None:
        while time.perf_counter() < until:
            answers.append(len(_ask(target)))

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return float(len(answers))


@contextmanager
def _endpoint(place: Scene) -> Iterator[Target]:
    argv = place.atmos("auth", "serve", "prod", "--format", "json")
    with running(argv, place.environ, place.directory) as process:
        variables = json.loads(_said(process).read())
        address = urlsplit(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
        token = Path(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text()
        yield Target(address.netloc, address.path, {"Authorization": token})
        process.terminate()


@contextmanager
def _peer(place: Scene, length: int) -> Iterator[Target]:
    with running([sys.executable, "-c", PEER, str(length)], place.environ, place.directory) as process:
        yield Target(f"127.0.0.1:{_said(process).readline().strip()}")


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
        raise Broken("nothing was renewed")


def _said(process: "subprocess.Popen[str]") -> IO[str]:
    if process.stdout is None:
        raise Broken("it has no output")
    return process.stdout


def _at(latencies: list[float], share: float) -> float:
    return latencies[min(len(latencies) - 1, int(len(latencies) * share))]
