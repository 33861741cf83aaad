"""What a request to a loopback port is answered, and whether it ends the wait."""

from typing import NamedTuple

from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.host.callback_page import UNEXPECTED, Page


class Verdict(NamedTuple):
    """The HTTP status and page for a request; `answer` or `failure` is set when the request ends the wait.

    `allow` names the method that would have been right, where it was the wrong one.
    """

    status: int
    page: Page
    answer: str | None = None
    failure: AuthenticationFailed | None = None
    allow: str = ""

    @property
    def is_final(self) -> bool:
        """Whether the one we wait for has spoken."""
        return self.answer is not None or self.failure is not None

    def outcome(self) -> str:
        """Return the answer, or raise the failure, of a final verdict."""
        if self.failure is not None:
            raise self.failure
        return self.answer or ""

    def __repr__(self) -> str:
        """Name the status, never the answer."""
        return f"Verdict({self.status})"


def refusal(status: int, *, allow: str = "") -> Verdict:
    """Return the verdict on a request that we do not wait for."""
    return Verdict(status, UNEXPECTED, allow=allow)
