"""The box a one-time code is typed into."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from atmos_auth.domain.fields import code_complaint, code_digits
from atmos_auth.host.dialogue import ESCAPE_SECONDS, STYLE, Desk, leaving_keys, toolkit_options
from atmos_auth.host.line_prompt import ask_line, unechoed
from atmos_auth.host.plain_text import plain_lines, plain_text
from atmos_auth.host.wrapping import wrapped

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.layout import Layout

_HINT = "Enter to submit, Esc to cancel"
# A usual device name fits on one line, and the box does not look lost on a wide screen.
_USUAL_WIDTH = 55
_LEAST_WIDTH = 20
# Frame, rule and blanks above and below the texts; and room for a complaint of two lines.
_ROWS_OF_FRAME = 7
_ROWS_TO_SPARE = 3
# What the two frames take of a line.
_OUTER, _INNER = 4, 8


class CodeQuestion(NamedTuple):
    """What is asked: a heading, whose code it is, how long it is, and what else may be wrong with one."""

    title: str
    description: str
    digits: int
    check: Callable[[str], str | None] | None

    def complaint(self, code: str) -> str | None:
        """Say what is wrong with a code; None when nothing is."""
        return code_complaint(code, self.digits) or (self.check(code) if self.check else None)


def ask_code(question: CodeQuestion, desk: Desk) -> str:
    """Return the code typed into a box that is wiped away afterwards; without a box where none fits.

    Raises `KeyboardInterrupt` on Esc and Ctrl-C, `EOFError` when the terminal goes away.
    """
    box = _Box(question, desk)
    if not box.fits:
        return ask_code_on_lines(question, desk)
    code = box.application().run()
    desk.stderr.write(f"{plain_text(question.title)}: {'*' * len(code)}\n")
    desk.stderr.flush()
    return code


def ask_code_on_lines(question: CodeQuestion, desk: Desk) -> str:
    """Return the code typed on a line, which is not echoed, for it could not be wiped away.

    Raises `KeyboardInterrupt` on Ctrl-C and Esc, `EOFError` at the end of input.
    """
    if question.description:
        desk.stderr.write(f"{plain_lines(question.description)}\n")
    prompt = f"{plain_text(question.title)} (not shown): "
    with unechoed(desk.stdin):
        while True:
            code = code_digits(ask_line(prompt, stdin=desk.stdin, stderr=desk.stderr, secret=True))
            complaint = question.complaint(code)
            if complaint is None:
                return code
            desk.stderr.write(f"{plain_text(complaint)}\n")


class _Frame(NamedTuple):
    """The characters a frame is drawn with."""

    top_left: str
    top_right: str
    bottom_left: str
    bottom_right: str
    line: str
    side: str
    left_joint: str
    right_joint: str

    def top(self, width: int) -> str:
        return self.top_left + self.line * (width - 2) + self.top_right

    def rule(self, width: int) -> str:
        return self.left_joint + self.line * (width - 2) + self.right_joint

    def bottom(self, width: int) -> str:
        return self.bottom_left + self.line * (width - 2) + self.bottom_right


_ROUND = _Frame(*"╭╮╰╯─│├┤")
_SQUARE = _Frame(*"┌┐└┘─│├┤")
_ASCII = _Frame(*"++++-|++")


class _Box:
    """A dialogue of prompt_toolkit; its lines are laid out anew for every drawing, as the window may be resized."""

    def __init__(self, question: CodeQuestion, desk: Desk) -> None:
        from prompt_toolkit.buffer import Buffer

        self._question = question
        self._title = plain_text(question.title)
        self._description = plain_lines(question.description)
        self._options = toolkit_options(desk)
        self._outer, self._inner = (_ROUND, _SQUARE) if desk.unicode else (_ASCII, _ASCII)
        self._complaint = ""
        self._buffer = Buffer(multiline=False, on_text_changed=lambda _: self._complain(""))

    @property
    def fits(self) -> bool:
        size = self._options["output"].get_size()
        rows = len(self._wrapped(self._title)) + len(self._wrapped(self._description)) + _ROWS_OF_FRAME + _ROWS_TO_SPARE
        return self._width >= _LEAST_WIDTH and rows <= size.rows

    def application(self) -> "Application[str]":
        from prompt_toolkit.application import Application
        from prompt_toolkit.styles import Style

        application: Application[str] = Application(
            layout=self._layout(),
            key_bindings=self._keys(),
            style=Style(STYLE),
            erase_when_done=True,
            **self._options,
        )
        application.ttimeoutlen = ESCAPE_SECONDS
        return application

    def _layout(self) -> "Layout":
        from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, VSplit, Window

        def text(draw: Callable[[], "StyleAndTextTuples"]) -> Window:
            return Window(FormattedTextControl(draw), dont_extend_height=True)

        field = Window(BufferControl(self._buffer), width=lambda: self._width - _INNER, height=1)
        side, inner_side = self._outer.side, self._inner.side
        left = Window(FormattedTextControl([("class:frame", f"{side} {inner_side} ")]), width=_INNER // 2, height=1)
        right = Window(FormattedTextControl([("class:frame", f" {inner_side} {side}")]), height=1)
        return Layout(HSplit([text(self._above), VSplit([left, field, right]), text(self._below)]), field)

    def _keys(self) -> "KeyBindings":
        from prompt_toolkit.keys import Keys

        keys = leaving_keys()
        keys.add("c-d")(lambda event: event.app.exit(exception=EOFError))
        keys.add("enter")(self._submit)
        keys.add("c-j")(self._submit)
        # Named keys come as sequences, which hold digits of their own.
        keys.add(Keys.Any)(lambda event: self._type(event.data) if len(event.data) == 1 else None)
        keys.add(Keys.BracketedPaste)(lambda event: self._type(event.data))
        return keys

    def _submit(self, event: "KeyPressEvent") -> None:
        code = self._buffer.text
        complaint = self._question.complaint(code)
        if complaint is None:
            event.app.exit(result=code)
            return
        if len(code) == self._question.digits:  # nothing to be completed
            self._buffer.reset()
        self._complain(complaint)

    def _type(self, typed: str) -> None:
        digits = code_digits(typed)
        if len(digits) == self._question.digits and digits.isdecimal():
            self._buffer.reset()  # a whole code replaces what was there
        if digits and (not digits.isdecimal() or len(self._buffer.text) + len(digits) > self._question.digits):
            self._complain(f"MFA token must be {self._question.digits} digits")
            return
        self._buffer.insert_text(digits)

    def _complain(self, complaint: str) -> None:
        self._complaint = plain_text(complaint)

    @property
    def _width(self) -> int:
        from prompt_toolkit.utils import get_cwidth

        longest = max(get_cwidth(line) for line in [self._title, *self._description.split("\n")])
        # The last column stays free: some terminals wrap as soon as it is filled.
        return min(max(_USUAL_WIDTH, longest + _OUTER), int(self._options["output"].get_size().columns) - 1)

    def _wrapped(self, text: str) -> list[str]:
        return wrapped(text, max(1, self._width - _OUTER))

    def _above(self) -> "StyleAndTextTuples":
        width = self._width
        drawn: StyleAndTextTuples = [("class:frame", self._outer.top(width) + "\n")]
        drawn += self._lines(self._title, "class:question")
        drawn += [("class:frame", self._outer.rule(width) + "\n")]
        if self._description:
            drawn += self._lines(self._description, "")
            drawn += self._lines(" ", "")
        return drawn + self._line(self._inner.top(width - _OUTER), "class:frame")[:-1]

    def _below(self) -> "StyleAndTextTuples":
        drawn = self._line(self._inner.bottom(self._width - _OUTER), "class:frame")
        if self._complaint:
            drawn += self._lines(self._complaint, "class:complaint")
        drawn += [("class:frame", self._outer.bottom(self._width))]
        return [*drawn, ("", "\n"), ("class:instruction", _HINT)]

    def _lines(self, text: str, style: str) -> "StyleAndTextTuples":
        return [fragment for line in self._wrapped(text) for fragment in self._line(line, style)]

    def _line(self, text: str, style: str) -> "StyleAndTextTuples":
        from prompt_toolkit.utils import get_cwidth

        side, blanks = self._outer.side, " " * (self._width - _OUTER - get_cwidth(text))
        return [("class:frame", f"{side} "), (style, text + blanks), ("class:frame", f" {side}"), ("", "\n")]
