"""Codes of MFA devices: asked for one at a time, and never handed out twice.

A device shows one code per window of 30 seconds (RFC 6238), and AWS accepts each only once.
"""

import json
import os
from collections.abc import Callable
from hashlib import sha256

from atmos_auth.domain.errors import AuthenticationFailed, NeedsPerson
from atmos_auth.domain.ports import Clock, Prompter
from atmos_auth.host.command_output import command_output
from atmos_auth.host.files import read_private, write_private
from atmos_auth.host.locks import locked

WINDOW_SECONDS = 30
DIGITS = 6
# Somebody else may be typing their code for the same device.
PATIENCE_SECONDS = 180
COMMAND_SECONDS = 60
# Windows to wait for a command that still prints a used code: its clock may be late, but it will not be this late.
MOST_WAITS = 3


class DeviceCodes:
    """Gets codes from a person, or from a command that prints them; remembers in `folder` a hash of the last one."""

    def __init__(self, folder: str, *, clock: Clock, prompter: Prompter) -> None:
        self._folder = folder
        self._clock = clock
        self._prompter = prompter

    def code(self, serial: str, command: str | None = None) -> str:
        """Return a code of the device `serial` (an ARN) that was not handed out before.

        Asks the person, or runs `command` through the shell; waits for the next window if the code was used
        already. Raises `NeedsPerson`, `Cancelled`, `AuthenticationFailed` or `LockTimeout`.
        """
        name = sha256(serial.encode()).hexdigest()[:32]
        path = os.path.join(self._folder, f"{name}.json")
        deadline = self._clock.now() + PATIENCE_SECONDS
        with locked(f"{path}.lock", clock=self._clock, deadline=deadline, holder=lambda: "another MFA prompt"):
            ask: Callable[[], str] = (
                (lambda: _from_command(command)) if command else (lambda: self._from_person(serial))
            )
            code = ask()
            waits = 0
            while _digest(serial, code) == self._last(path):
                if command and waits == MOST_WAITS:
                    raise AuthenticationFailed(
                        "credentials.mfa_command prints the same code again and again, and a code works once",
                        hints=[f"try it in a shell, twice within a minute: {command}"],
                    )
                self._await_next_window()
                waits += 1
                code = ask()
            write_private(path, json.dumps({"code": _digest(serial, code)}).encode())
            return code

    def _from_person(self, serial: str) -> str:
        return self._prompter.code("Enter MFA Token", f"MFA Device: {serial}", digits=DIGITS)

    def _last(self, path: str) -> str | None:
        try:
            record = json.loads(read_private(path) or b"{}")
        except (ValueError, RecursionError):
            return None
        return str(record.get("code")) if isinstance(record, dict) else None

    def _await_next_window(self) -> None:
        now = self._clock.now()
        until = now - now % WINDOW_SECONDS + WINDOW_SECONDS
        with self._prompter.waiting("That code was used already: waiting for the next one", until):
            self._clock.sleep(until - now)


class NoCodes:
    """Codes where nobody may be disturbed: a command may want a touch or a password as much as a prompt does."""

    def code(self, serial: str, command: str | None = None) -> str:
        """Refuse."""
        raise NeedsPerson(f"a code of the MFA device {serial} is needed")


def _from_command(command: str) -> str:
    """Run the command and take what it prints; what it printed is in no error."""
    printed = command_output(command, seconds=COMMAND_SECONDS, what="credentials.mfa_command").strip()
    if len(printed) != DIGITS or not (printed.isascii() and printed.isdigit()):
        raise AuthenticationFailed(
            f"credentials.mfa_command must print a code of {DIGITS} digits and nothing else",
            hints=[f"try it in a shell: {command}"],
        )
    return printed


def _digest(serial: str, code: str) -> str:
    return sha256(f"{serial}|{code}".encode()).hexdigest()
