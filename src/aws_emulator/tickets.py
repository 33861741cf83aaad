"""Opaque tokens that stand for something for a while: sessions, half-finished sign-ins, forms that work once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from aws_emulator.clock import Clock

T = TypeVar("T")


class Tickets(Generic[T]):
    """The tokens of one kind, each good for `seconds` by the emulator's clock."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._held: dict[str, tuple[T, float]] = {}

    def issue(self, meaning: T) -> str:
        """Give a new token for this meaning."""
        token = secrets.token_urlsafe(32)
        self._held[token] = (meaning, self._clock.now() + self._seconds)
        return token

    def find(self, token: str) -> T | None:
        """Give what a token means, None once its time is over."""
        held = self._held.get(token)
        return held[0] if held and held[1] > self._clock.now() else None

    def take(self, token: str) -> T | None:
        """Give what a token means and forget it: it works once."""
        meaning = self.find(token)
        self._held.pop(token, None)
        return meaning

    def forget_all(self) -> None:
        """Let no token of this kind be good any more."""
        self._held.clear()
