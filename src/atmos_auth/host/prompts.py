"""The conversation with the person at the terminal; everything goes to stderr, for stdout is data."""

import errno
import os
from _thread import RLock, allocate_lock  # threading itself would cost start-up time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TextIO

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import Cancelled, NeedsPerson
from atmos_auth.host.ascii_text import ascii_text
from atmos_auth.host.plain_text import plain_lines, plain_text

if TYPE_CHECKING:
    from rich.console import Console

    from atmos_auth.domain.fields import Field
    from atmos_auth.domain.ports import Clock, Invitation, Progress
    from atmos_auth.host.dialogue import Desk

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
        clock: "Clock",
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
        self._line_moves = False
        # Held by whoever asks: two threads' questions must not share the keys.
        self._floor = RLock()

    is_silent = False

    @property
    def can_show(self) -> bool:
        """Whether a person sees what we write."""
        return self._force_tty or _is_terminal(self._stderr)

    @property
    def can_ask(self) -> bool:
        """Whether a person can answer here."""
        return self._silence() is None

    @contextmanager
    def inviting(self, invitation: "Invitation") -> Iterator[None]:
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
        self._line_moves = True
        try:
            with countdown(self._console(), self._clock, message, until, self._typeset):
                yield
        finally:
            self._line_moves = False
            self._pencil.release()

    @contextmanager
    def following(self, look: Callable[[], "Progress"]) -> Iterator[Callable[[], None]]:
        """Draw how far the block is on one line; where nothing moves, a line now and then, when the block calls."""
        from atmos_auth.host.progress_line import now_and_then, progress_line

        moves = self._has_screen and not env_names.is_continuous_integration(self._environ)
        if not moves or not self._pencil.acquire(blocking=False):
            yield now_and_then(look, self._clock, self._write)
            return
        self._line_moves = True
        try:
            with progress_line(self._console(), look, self._typeset, blocks=self._unicode):
                yield lambda: None
        finally:
            self._line_moves = False
            self._pencil.release()

    def choose(self, question: str, options: Sequence[str]) -> str:
        """Let the person pick one option.

        Raises `Cancelled` on Esc or Ctrl-C, `NeedsPerson` where nobody can answer.
        """
        from atmos_auth.host.picker import pick_by_number, pick_with_arrows

        with self._asking(question):
            pick = pick_with_arrows if self._has_screen else pick_by_number
            return pick(question, options, self._desk())

    def form(self, header: str, fields: Sequence["Field"]) -> dict[str, str]:
        """Show `header`, then ask field by field; the answers come by name, those of read-only fields included.

        Raises `Cancelled` on Esc, Ctrl-C or the end of input, `NeedsPerson` where nobody can answer.
        """
        from atmos_auth.host.form import ask_in_dialogue, ask_on_line, fill_in
        from atmos_auth.host.line_prompt import unechoed
        from atmos_auth.host.wrapping import wrapped

        needed = plain_text(header.removeprefix("⚠"))
        first = next((plain_text(field.title) for field in fields if not field.read_only), "")
        if first:
            needed = f"{needed} ({first})" if needed else first
        desk = self._desk()

        def write(text: str, *, stands_out: bool = False) -> None:
            text = plain_lines(text)
            lines = wrapped(text, desk.columns - 1, within_words=False) if self._has_screen else [text]
            self._write("\n".join(lines), stands_out=stands_out)

        # Between two questions too: what is typed ahead may be a secret.
        with self._asking(needed), unechoed(self._stdin) if self._has_screen else nullcontext():
            if header:
                write(f"{header}\n", stands_out=header.startswith("⚠"))
            ask = ask_in_dialogue if self._has_screen else ask_on_line
            return fill_in(
                fields,
                ask=lambda field: ask(field, desk),
                say=write,
                complain=lambda complaint: write(f"⚠ {complaint}", stands_out=True),
            )

    def code(
        self, title: str, description: str, *, digits: int = 6, check: Callable[[str], str | None] | None = None
    ) -> str:
        """Ask for a one-time code; `check` says what else is wrong with one that has the right form.

        Raises `Cancelled` on Esc, Ctrl-C or the end of input, `NeedsPerson` where nobody can answer.
        """
        from atmos_auth.host.code_box import CodeQuestion, ask_code, ask_code_on_lines

        with self._asking(plain_text(f"{title} ({description})" if description else title)):
            ask = ask_code if self._has_screen else ask_code_on_lines
            return ask(CodeQuestion(title, description, digits, check), self._desk())

    def confirm(self, question: str, *, default: bool = False) -> bool:
        """Ask a question that yes or no answers; Enter alone gives `default`.

        Raises `Cancelled` on Esc, Ctrl-C or the end of input, `NeedsPerson` where nobody can answer.
        """
        from atmos_auth.host.confirm import confirm_in_dialogue, confirm_on_lines

        with self._asking(question):
            ask = confirm_in_dialogue if self._has_screen else confirm_on_lines
            return ask(question, self._desk(), default=default)

    def say(self, message: str) -> None:
        """Write a line."""
        self._write(plain_lines(message))

    def warn(self, message: str) -> None:
        """Write a line that stands out."""
        self._write(f"⚠ {plain_lines(message)}", stands_out=True)

    @contextmanager
    def _asking(self, question: str) -> Iterator[None]:
        """Have the floor for the block, and nothing move meanwhile; `Cancelled` when the person leaves."""
        silence = self._silence()
        if silence is not None:
            raise NeedsPerson(f"nobody can be asked here: {question}", details=[silence])
        with self._floor:
            # A line that moves already may wait for this very answer: it is not waited for.
            drawing = self._pencil.acquire(blocking=False)
            try:
                yield
            except (KeyboardInterrupt, EOFError):
                raise Cancelled("user aborted") from None
            except OSError as failure:
                if failure.errno != errno.EIO:
                    raise
                raise Cancelled("the terminal went away") from failure
            finally:
                if drawing:
                    self._pencil.release()

    def _desk(self) -> "Desk":
        from atmos_auth.host.dialogue import Desk

        return Desk(self._stdin, self._stderr, self._environ, colour=self._colour, unicode=self._unicode)

    def _silence(self) -> str | None:
        """Return why nobody can answer here; None when somebody can."""
        if not self._interactive:
            return "asking is switched off"
        if env_names.is_continuous_integration(self._environ):
            return "this is a continuous-integration job"
        if not _is_terminal(self._stdin):
            return "standard input is not a terminal"
        return None if self.can_show else "standard error is not a terminal"

    def _write(self, text: str, *, stands_out: bool = False) -> None:
        text = self._typeset(text)
        colourful = stands_out and self._colour
        if self._line_moves or (colourful and os.name == "nt"):
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
