"""`python -m aws_emulator`: serve until interrupted."""

from __future__ import annotations

import argparse
import errno
import signal
import sys
import threading
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from aws_emulator.state_file import example_text
from aws_emulator.yaml_values import StateFileError

if TYPE_CHECKING:
    from types import FrameType

LOOPBACK = "127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; give the exit code."""
    options = _parser().parse_args(arguments)
    if options.print_state:
        sys.stdout.write(example_text())
        return 0
    try:
        from aws_emulator.server import Emulator
    except ModuleNotFoundError as error:
        return _complain(f"{error.name} is missing; install it with: pip install 'atmos-auth[emulator]'")
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    try:
        emulator = Emulator(
            options.state,
            auto_approve=options.auto_approve,
            journal=options.journal,
            host=options.host,
            port=options.port,
        )
    except StateFileError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"cannot write the journal {options.journal}: {error.strerror}")
    try:
        emulator.start()
    except OSError as error:
        reason = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror
        return _complain(f"cannot listen on {options.host} port {options.port}: {reason}")
    if not _is_loopback(options.host):
        _warn(f"warning: listening on {options.host}, so other machines can reach this emulator")
    sys.stdout.write(f"aws_emulator listening on {emulator.url} (portal {emulator.start_url})\n")
    sys.stdout.flush()
    # A wait without a limit cannot be interrupted on Windows.
    while not stopped.wait(1):
        pass
    emulator.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m aws_emulator", description="A small, strict AWS on localhost.")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--host", default=LOOPBACK, help=f"address to listen on (default {LOOPBACK})")
    parser.add_argument("--state", type=Path, help="state file; default: a small example organization")
    parser.add_argument("--auto-approve", action="store_true", help="say yes to every sign-in")
    parser.add_argument("--journal", type=Path, help="file that gets one JSON line per call")
    parser.add_argument("--print-state", action="store_true", help="print the example state file and exit")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        message = f"{text!r} is not a port from 0 to 65535"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _warn(text: str) -> None:
    sys.stderr.write(f"aws_emulator: {text}\n")


def _complain(text: str) -> int:
    _warn(text)
    return 1


if __name__ == "__main__":
    sys.exit(main())
