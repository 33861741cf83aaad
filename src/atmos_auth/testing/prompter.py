"""A person at the terminal who has learned the answers by heart."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from atmos_auth.domain.errors import Cancelled, NeedsPerson
from atmos_auth.domain.fields import Field, code_complaint
from atmos_auth.domain.ports import Invitation, Progress

Answer = str | bool | Mapping[str, str] | None


class FakePrompter:
    """Gives `answers` in order, and records what was shown.

    An answer is one of the options for `choose`, what is typed per field for `form` (missing: just Enter), digits
    for `code`, True or False for `confirm`; None cancels. An answer that the prompter complains about is followed by
    the next one, as a person would be asked again. A question that nobody expected is an AssertionError.

    `invitations`, `waits` (messages), `progress`, `questions` (each with its options or fields), `complaints`, `lines`
    and `warnings` hold what a person would have met. With `can_show` or `can_ask` False an attempt to show or ask
    raises `NeedsPerson`, as a terminal does; with `forbidden` any attempt is an AssertionError, for code that must be
    silent.
    """

    def __init__(
        self,
        answers: Iterable[Answer] = (),
        *,
        can_show: bool = True,
        can_ask: bool = True,
        forbidden: bool = False,
        is_silent: bool = False,
    ) -> None:
        self.is_silent = is_silent
        self.can_show = can_show
        self.can_ask = can_ask
        self._answers = list(answers)
        self._forbidden = forbidden
        self.invitations: list[Invitation] = []
        self.waits: list[str] = []
        self.progress: list[Progress] = []
        self.questions: list[tuple[str, tuple[Any, ...]]] = []
        self.complaints: list[str] = []
        self.lines: list[str] = []
        self.warnings: list[str] = []

    @contextmanager
    def inviting(self, invitation: Invitation) -> Iterator[None]:
        """Take the invitation."""
        self._meet(self.can_show, invitation.title)
        self.invitations.append(invitation)
        yield

    @contextmanager
    def waiting(self, message: str, until: float) -> Iterator[None]:
        """Note what is waited for."""
        self.waits.append(message)
        yield

    @contextmanager
    def following(self, look: Callable[[], Progress]) -> Iterator[Callable[[], None]]:
        """Note how far the work is whenever the block says so, and at its end."""
        yield lambda: self.progress.append(look())
        self.progress.append(look())

    def choose(self, question: str, options: Sequence[str]) -> str:
        """Give the next answer; raises `Cancelled` for None, AssertionError for one that is not offered."""
        answer = self._ask(question, options)
        if answer not in options:
            raise AssertionError(f"{answer!r} is not among the options {list(options)}")
        return str(answer)

    def form(self, header: str, fields: Sequence[Field]) -> dict[str, str]:
        """Fill every field from the next answer; raises `Cancelled` for None."""
        while True:
            typed = self._ask(header, fields)
            if not isinstance(typed, Mapping) or set(typed) - {field.name for field in fields}:
                raise AssertionError(f"{header!r} asks for {[field.name for field in fields]}, not {typed!r}")
            found = {f.name: f.default if f.read_only else f.answer(typed.get(f.name, "")) for f in fields}
            asked = [field for field in fields if not field.read_only]
            if not self._complained(field.complaint(found[field.name]) for field in asked):
                return found

    def code(
        self, title: str, description: str, *, digits: int = 6, check: Callable[[str], str | None] | None = None
    ) -> str:
        """Give the next answer that is a code; raises `Cancelled` for None."""
        while True:
            code = str(self._ask(title, (description,)))
            if not self._complained((code_complaint(code, digits) or (check(code) if check else None),)):
                return code

    def confirm(self, question: str, *, default: bool = False) -> bool:
        """Give the next answer; raises `Cancelled` for None."""
        answer = self._ask(question, (default,))
        if not isinstance(answer, bool):
            raise AssertionError(f"{question!r} wants True or False, not {answer!r}")
        return answer

    def say(self, message: str) -> None:
        """Note the line."""
        self.lines.append(message)

    def warn(self, message: str) -> None:
        """Note the warning."""
        self.warnings.append(message)

    def _ask(self, question: str, offered: Sequence[Any]) -> Answer:
        self._meet(self.can_ask, question)
        self.questions.append((question, tuple(offered)))
        if not self._answers:
            raise AssertionError(f"nobody expected the question: {question}")
        answer = self._answers.pop(0)
        if answer is None:
            raise Cancelled("user aborted")
        return answer

    def _complained(self, complaints: Iterable[str | None]) -> bool:
        said = [complaint for complaint in complaints if complaint]
        self.complaints += said
        return bool(said)

    def _meet(self, possible: bool, what: str) -> None:
        if self._forbidden:
            raise AssertionError(f"nobody may be asked here: {what}")
        if not possible:
            raise NeedsPerson(f"nobody can be asked here: {what}")
