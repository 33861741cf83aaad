"""The conversation with the person at the terminal; everything goes to stderr, for stdout is data."""

import os
from _thread import allocate_lock  # threading itself would cost start-up time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import Cancelled, NeedsPerson
from atmos_auth.domain.ports import Clock, Invitation
from atmos_auth.host.ascii_text import ascii_text
from atmos_auth.host.plain_text import plain_lines, plain_text

if TYPE_CHECKING:
    from rich.console import Console

_YELLOW, _DEFAULT = "\x1b[33m", "\x1b[0m"
_WAITING = "Waiting for you to approve in the browser…"


class TerminalPrompter:
    """Speaks to a person through `stdin` and `stderr` as far as these, `environ` and the settings allow.

    `interactive` False means never ask; `force_tty` shows dialogues although stderr is no terminal; `qr`
    allows a QR code; `color` None follows the terminal and NO_COLOR.
    """

    def __init__(
        self,
        stdin: TextIO,
        stderr: TextIO,
        environ: Mapping[str, str],
        clock: Clock,
        *,
        interactive: bool = True,
        force_tty: bool = False,
        qr: bool = True,
        color: bool | None = None,
    ) -> None:
        self._stdin = stdin
        self._stderr = stderr
        self._environ = environ
        self._clock = clock
        self._interactive = interactive
        self._force_tty = force_tty
        self._qr = qr
        is_dumb = environ.get("TERM", "").lower() in ("dumb", "unknown")
        # A screen is what takes control codes; anything else gets lines.
        self._has_screen = _is_terminal(stderr) and not is_dumb
        self._colour = color if color is not None else self._has_screen and not environ.get("NO_COLOR")
        self._unicode = "utf" in (getattr(stderr, "encoding", None) or "").lower()
        self._drawn_on: Console | None = None
        # Held by whoever draws the line that moves.
        self._pencil = allocate_lock()

    @property
    def can_show(self) -> bool:
        """Whether a person sees what we write."""
        return self._force_tty or _is_terminal(self._stderr)

    @property
    def can_ask(self) -> bool:
        """Whether a person can answer here."""
        return self._silence() is None

    @contextmanager
    def inviting(self, invitation: Invitation) -> Iterator[None]:
        """Show the invitation, and while the block runs the time left, which is wiped away after it."""
        from atmos_auth.host.invitation import plain_invitation, print_invitation

        shown = invitation._replace(
            title=plain_text(invitation.title),
            url=plain_text(invitation.url),
            code=plain_text(invitation.code) if invitation.code else None,
        )
        if self._has_screen:
            qr = self._qr and self._unicode
            print_invitation(self._console(), shown, qr=qr, colour=self._colour, typeset=self._typeset)
        else:
            self._write("\n".join(plain_invitation(shown)))
        with self.waiting(_WAITING, invitation.expires_at):
            yield

    @contextmanager
    def waiting(self, message: str, until: float) -> Iterator[None]:
        """Show what is waited for and the time left while the block runs; just a line where nothing moves."""
        from atmos_auth.host.countdown import countdown, time_left

        message = plain_text(message)
        # Only one line at a time can move, whichever thread draws it; a wait inside a wait is said in plain.
        if not self._has_screen or not self._pencil.acquire(blocking=False):
            self._write(f"{message} ({time_left(until - self._clock.now())} left; Ctrl-C cancels)")
            yield
            return
        try:
            with countdown(self._console(), self._clock, message, until, self._typeset):
                yield
        finally:
            self._pencil.release()

    def choose(self, question: str, options: Sequence[str]) -> str:
        """Let the person pick one option.

        Raises `Cancelled` on Esc or Ctrl-C, `NeedsPerson` where nobody can answer.
        """
        silence = self._silence()
        if silence is not None:
            raise NeedsPerson(f"nobody can be asked here: {question}", details=[silence])
        try:
            return self._pick(question, options)
        except (KeyboardInterrupt, EOFError):
            raise Cancelled("user aborted") from None

    def say(self, message: str) -> None:
        """Write a line."""
        self._write(plain_lines(message))

    def warn(self, message: str) -> None:
        """Write a line that stands out."""
        self._write(f"⚠ {plain_lines(message)}", stands_out=True)

    def _pick(self, question: str, options: Sequence[str]) -> str:
        from atmos_auth.host.picker import pick_by_number, pick_with_arrows

        if not self._has_screen:
            return pick_by_number(question, options, stdin=self._stdin, stderr=self._stderr)
        return pick_with_arrows(
            question,
            options,
            stdin=self._stdin,
            stderr=self._stderr,
            environ=self._environ,
            colour=self._colour,
            unicode=self._unicode,
        )

    def _silence(self) -> str | None:
        """Return why nobody can answer here; None when somebody can."""
        if not self._interactive:
            return "asking is switched off"
        if env_names.is_continuous_integration(dict(self._environ)):
            return "this is a continuous-integration job"
        if not _is_terminal(self._stdin):
            return "standard input is not a terminal"
        return None if self.can_show else "standard error is not a terminal"

    def _write(self, text: str, *, stands_out: bool = False) -> None:
        text = self._typeset(text)
        colourful = stands_out and self._colour
        if self._pencil.locked() or (colourful and os.name == "nt"):
            # The console writes above the line that moves, and knows how to colour the older Windows consoles.
            from rich.text import Text

            self._console().print(Text(text, style="yellow" if stands_out else ""), soft_wrap=True)
            return
        self._stderr.write(f"{_YELLOW}{text}{_DEFAULT}\n" if colourful else f"{text}\n")
        self._stderr.flush()

    def _typeset(self, text: str) -> str:
        return text if self._unicode else ascii_text(text)

    def _console(self) -> "Console":
        if self._drawn_on is None:
            from rich.console import Console

            self._drawn_on = Console(
                file=self._stderr,
                force_terminal=True,
                force_interactive=True,
                color_system="standard",
                no_color=not self._colour,
                highlight=False,
                markup=False,
                emoji=False,
            )
        return self._drawn_on


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # no stream at all, as under pythonw, or a closed one
        return False
