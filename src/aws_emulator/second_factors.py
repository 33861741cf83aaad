"""Second factors of the people at the identity provider: codes of an app, codes by text message, taps on a phone."""

from __future__ import annotations

import enum
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_emulator.saml_directory import PushFactor, SecondFactor, SmsFactor, TotpFactor
from aws_emulator.totp import code_of, secret_bytes, step_of

if TYPE_CHECKING:
    from aws_emulator.clock import Clock
    from aws_emulator.state import State

CHALLENGE_SECONDS = 300
# How long a phone waits for a tap.
_PUSH_SECONDS = 60
_NEIGHBOURS = (0, -1, 1)


class Verdict(enum.Enum):
    """How a second factor turned out; only a push keeps one waiting."""

    GOOD = enum.auto()
    WRONG = enum.auto()
    WAITING = enum.auto()
    REJECTED = enum.auto()
    TIMEOUT = enum.auto()


@dataclass(slots=True)
class _Message:
    code: str
    ends: float


@dataclass(slots=True)
class _Push:
    number: int | None
    ends: float
    approved: bool | None = None


class SecondFactors:
    """The challenges put to people since the start; the latest of a kind counts."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._messages: dict[str, _Message] = {}
        self._pushes: dict[str, _Push] = {}
        self._used_codes: set[tuple[str, int]] = set()

    def begin(self, name: str, factor: SecondFactor) -> None:
        """Send the text message or the push; an authenticator app needs nothing."""
        if isinstance(factor, SmsFactor):
            code = f"{secrets.randbelow(10**6):06}"
            self._messages[name] = _Message(code, self._clock.now() + CHALLENGE_SECONDS)
        elif isinstance(factor, PushFactor):
            number = 10 + secrets.randbelow(90) if factor.number_matching else None
            self._pushes[name] = _Push(number, self._clock.now() + _PUSH_SECONDS)

    def judge(self, name: str, factor: SecondFactor, code: str) -> Verdict:
        """Take a code, or look whether the phone was tapped; a good answer works once."""
        if isinstance(factor, PushFactor):
            return self._judge_push(name)
        good = self._is_totp(name, factor, code) if isinstance(factor, TotpFactor) else self._is_message(name, code)
        return Verdict.GOOD if good else Verdict.WRONG

    def number(self, name: str) -> int | None:
        """Give the number a person must tap, None if there is none to match."""
        push = self._pushes.get(name)
        return push.number if push else None

    def totp(self, name: str) -> str:
        """Give the code a person's app shows now; somebody without one raises `LookupError`."""
        person = self._state.saml_people.get(name)
        for factor in person.factors if person else ():
            if isinstance(factor, TotpFactor):
                return code_of(secret_bytes(factor.secret), step_of(self._clock.now()))
        message = f"no person {name} has an authenticator app"
        raise LookupError(message)

    def sms_code(self, name: str) -> str:
        """Give the code in the last text message to a person; raises `LookupError` if none is good."""
        message = self._messages.get(name)
        if message is None or message.ends <= self._clock.now():
            text = f"no text message waits for {name}"
            raise LookupError(text)
        return message.code

    def expected_number(self, name: str) -> int | None:
        """Give the number that waits for a person's tap, None for a plain push; `LookupError` if none waits."""
        return self._waiting(name).number

    def answer_push(self, name: str, *, approve: bool, number: int | None) -> None:
        """Tap on the phone: a tap on a wrong number refuses; raises `LookupError` if no push waits."""
        push = self._waiting(name)
        push.approved = approve and push.number in (None, number)

    def _waiting(self, name: str) -> _Push:
        push = self._pushes.get(name)
        if push is None or push.approved is not None or push.ends <= self._clock.now():
            message = f"no push waits for {name}"
            raise LookupError(message)
        return push

    def _judge_push(self, name: str) -> Verdict:
        push = self._pushes.get(name)
        if push is None:
            return Verdict.TIMEOUT
        if push.approved is None and push.ends > self._clock.now():
            return Verdict.WAITING
        del self._pushes[name]
        if push.approved is None:
            return Verdict.TIMEOUT
        return Verdict.GOOD if push.approved else Verdict.REJECTED

    def _is_message(self, name: str, code: str) -> bool:
        message = self._messages.get(name)
        if message is None or message.ends <= self._clock.now():
            return False
        good = hmac.compare_digest(message.code.encode(), code.encode())
        if good:
            del self._messages[name]
        return good

    def _is_totp(self, name: str, factor: TotpFactor, code: str) -> bool:
        now, secret = step_of(self._clock.now()), secret_bytes(factor.secret)
        for step in (now + neighbour for neighbour in _NEIGHBOURS):
            fresh = (name, step) not in self._used_codes
            if fresh and hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
                # A code is good for one success only (RFC 6238 5.2).
                self._used_codes.add((name, step))
                return True
        return False
