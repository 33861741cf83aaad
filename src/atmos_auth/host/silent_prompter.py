"""The person who must not be disturbed: nothing is shown, and every question is refused."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from atmos_auth.domain.errors import NeedsPerson
from atmos_auth.domain.ports import Invitation, Progress


class SilentPrompter:
    """Nobody is asked and nothing is shown."""

    is_silent = True
    can_show = False
    can_ask = False

    def inviting(self, invitation: Invitation) -> nullcontext[None]:
        """Refuse: a kind must look at `can_show` first."""
        raise NeedsPerson(f"{invitation.title} needs a person")

    def waiting(self, message: str, until: float) -> nullcontext[None]:
        """Wait without a word."""
        return nullcontext()

    def following(self, look: Callable[[], Progress]) -> nullcontext[Callable[[], None]]:
        """Work without a word."""
        return nullcontext(lambda: None)

    def choose(self, question: str, options: Any) -> str:
        """Refuse."""
        raise NeedsPerson(f"{question} needs a person")

    def form(self, header: str, fields: Any) -> dict[str, str]:
        """Refuse."""
        raise NeedsPerson(f"{header} needs a person")

    def code(self, title: str, description: str, *, digits: int = 6, check: Any = None) -> str:
        """Refuse."""
        raise NeedsPerson(f"{title} ({description}) needs a person")

    def confirm(self, question: str, *, default: bool = False) -> bool:
        """Refuse."""
        raise NeedsPerson(f"{question} needs a person")

    def say(self, message: str) -> None:
        """Say nothing."""

    def warn(self, message: str) -> None:
        """Say nothing."""
