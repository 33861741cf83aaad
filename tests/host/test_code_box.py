import fcntl
import os
import re
import signal
import struct
import termios
import time

import pytest
from pseudo_terminal import COLOUR, CTRL_C, CTRL_D, ENTER, ESC, Terminal

from atmos_auth.domain.errors import NeedsPerson
from atmos_auth.domain.fields import code_complaint, code_digits
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.prompts import TerminalPrompter

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

ARN = "arn:aws:iam::123456789012:mfa/user"
LONG_ARN = "arn:aws:iam::123456789012:mfa/" + "-".join(f"part{n}" for n in range(14))
BOX = f"""\
╭─────────────────────────────────────────────────────╮
│ Enter MFA Token                                     │
├─────────────────────────────────────────────────────┤
│ MFA Device: {ARN}      │
│                                                     │
│ ┌─────────────────────────────────────────────────┐ │
│ │ 123456                                          │ │
│ └─────────────────────────────────────────────────┘ │
╰─────────────────────────────────────────────────────╯""".splitlines()
USED = "lambda code: 'this code was used already' if code == '111111' else None"
SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 20)])
LEAVING = pytest.mark.parametrize("key", [CTRL_C, CTRL_D, ESC], ids=["Ctrl-C", "Ctrl-D", "Esc"])
WIDE_DIGITS = "".join(chr(0xFF10 + n) for n in range(1, 7))
HINT = "Enter to submit, Esc to cancel"
QUIET = ["Enter MFA Token: ******", ""]
DONE = (0, "answer '123456'\nsettings kept\n", "")
BROKEN_OFF = (0, "Cancelled user aborted\nsettings kept\n", "")


def asking(description=f"MFA Device: {ARN}", *, title="Enter MFA Token", digits=6, **how):
    call = f"prompter.code({title!r}, {description!r}, digits={digits}, check={USED})"
    return Terminal(f"ask(lambda prompter: {call})", **how)


def frame_is_closed(screen):
    """Whether every line of the box ends in the column where its first does."""
    lines = ["".join(cells).rstrip() for cells in screen.cells]
    first, last = (next(n for n, line in enumerate(lines) if line.startswith(corner)) for corner in "╭╰")
    # A wide character's second cell is empty.
    ends = {max(n for n, cell in enumerate(screen.cells[row]) if cell != " ") for row in range(first, last + 1)}
    return len(ends) == 1 and all(line[-1] in "╮│┤╯" for line in lines[first : last + 1])


def test_the_box():
    with asking() as terminal:
        terminal.see(HINT)
        terminal.press("123456")
        terminal.see("│ │ 123456 ")
        assert terminal.screen.lines == [*BOX, HINT]
        assert terminal.screen.cursor_shown
        assert (terminal.screen.row, terminal.screen.column) == (6, 10)
        terminal.press(ENTER)
        assert terminal.end() == DONE
        assert terminal.screen.lines == QUIET
        assert terminal.screen.column == 0


@SIZES
def test_the_code_is_wiped_away(columns, rows):
    with asking(columns=columns, rows=rows) as terminal:
        terminal.see(HINT)
        terminal.press("123456" + ENTER)
        assert terminal.end() == DONE
        assert terminal.screen.lines == QUIET
        assert terminal.screen.cursor_shown


def test_a_long_description_wraps_within_the_box():
    with asking(f"MFA Device: {LONG_ARN}", columns=40, rows=20) as terminal:
        terminal.see(HINT)
        assert frame_is_closed(terminal.screen)
        assert all(len(line) <= 39 for line in terminal.screen.lines)
        inside = "".join(line[2:-2].rstrip() for line in terminal.screen.lines[3:] if line.startswith("│ "))
        assert LONG_ARN in inside


def test_a_wide_screen_keeps_a_long_description_on_one_line():
    with asking(f"MFA Device: {LONG_ARN}", columns=200) as terminal:
        terminal.see(HINT)
        assert f"│ MFA Device: {LONG_ARN} │" in terminal.screen.lines
        assert frame_is_closed(terminal.screen)


@SIZES
def test_other_people_s_letters(columns, rows):
    with asking("装置: 日本語の長い名前" * 4, title="コードを入力", columns=columns, rows=rows) as terminal:
        terminal.see(HINT)
        assert frame_is_closed(terminal.screen)
        terminal.press(WIDE_DIGITS + ENTER)
        assert terminal.end() == DONE
        assert terminal.screen.lines == ["コードを入力: ******", ""]


@SIZES
def test_complaints_stand_in_the_box(columns, rows):
    with asking(columns=columns, rows=rows) as terminal:
        terminal.see(HINT)
        terminal.press(ENTER)
        terminal.see("│ MFA token is required ")
        terminal.press("123" + ENTER)
        terminal.see("│ MFA token must be 6 digits ")
        assert "123 " in terminal.screen.text, "what is right so far is kept"
        assert frame_is_closed(terminal.screen)
        terminal.press("456" + ENTER)
        assert terminal.end() == DONE
        assert terminal.screen.lines == QUIET


def test_a_complaint_goes_when_typing_goes_on():
    with asking() as terminal:
        terminal.see(HINT)
        terminal.press(ENTER)
        terminal.see("required")
        terminal.press("1")
        terminal.see("│ │ 1 ")
        terminal.read()
        assert "required" not in terminal.screen.text
        assert terminal.screen.text.strip().endswith(HINT)
        assert frame_is_closed(terminal.screen)


def test_a_code_that_the_caller_refuses():
    with asking() as terminal:
        terminal.see(HINT)
        terminal.press("111111" + ENTER)
        terminal.see("this code was used already")
        assert "111111" not in terminal.screen.text
        terminal.press("123456" + ENTER)
        assert terminal.end() == DONE


@pytest.mark.parametrize(
    "keys",
    [
        "123 456",
        "123-456",
        "1x2y3z456",
        "1234567",
        "124\x7f3456",
        "923456\x1b[H\x1b[3~1",
        "999\x15123456",
        "\x1b[15~\x1b[A\x1b[200~ 123456\n\x1b[201~",
        "99\x1b[200~123 456\r\n\x1b[201~",
        "123456\x1b[200~https://example.com/7\x1b[201~",
        "123\x1b[200~456\x1b[201~",
    ],
    ids=[
        "with a blank",
        "with a dash",
        "letters between",
        "one too many",
        "backspace",
        "home and delete",
        "starting anew",
        "function keys and a paste",
        "a paste over a false start",
        "a paste of something else",
        "half pasted",
    ],
)
def test_only_digits_get_in(keys):
    with asking() as terminal:
        terminal.see(HINT)
        terminal.press(keys)
        terminal.see("│ │ 123456 ")
        terminal.press(ENTER)
        assert terminal.end() == DONE


@pytest.mark.parametrize("keys", ["x", "1234567", "\x1b[200~12345678\x1b[201~", "\x1b[200~abc\ndef\x1b[201~"])
def test_what_does_not_get_in_is_said(keys):
    with asking() as terminal:
        terminal.see(HINT)
        terminal.press(keys)
        terminal.see("│ MFA token must be 6 digits ")
        assert frame_is_closed(terminal.screen)


def test_another_length():
    with asking(digits=8) as terminal:
        terminal.see(HINT)
        terminal.press("123456" + ENTER)
        terminal.see("MFA token must be 8 digits")
        terminal.press("78" + ENTER)
        assert terminal.end()[:2] == (0, "answer '12345678'\nsettings kept\n")
        assert terminal.screen.lines == ["Enter MFA Token: ********", ""]


@LEAVING
@pytest.mark.parametrize("typed", ["", "123"])
def test_breaking_off(key, typed):
    with asking() as terminal:
        terminal.see(HINT)
        terminal.press(typed)
        terminal.see(f"│ │ {typed}")
        time.sleep(0.1)
        terminal.press(key)
        assert terminal.end() == BROKEN_OFF
        assert terminal.screen.text.strip() == ""
        assert terminal.screen.cursor_shown
        assert terminal.screen.column == 0


def test_a_signal_breaks_off_too():
    with asking() as terminal:
        terminal.see(HINT)
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == BROKEN_OFF
        assert terminal.screen.cursor_shown


def test_without_colour():
    with asking(NO_COLOR="1") as terminal:
        terminal.see(HINT)
        terminal.press(ENTER + "123456" + ENTER)
        assert terminal.end() == DONE
        assert not COLOUR.search(terminal.raw)


def test_a_screen_that_knows_only_ascii():
    with asking(PYTHONIOENCODING="ascii") as terminal:
        terminal.see(HINT)
        assert terminal.screen.lines[:2] == ["+" + "-" * 53 + "+", f"| {'Enter MFA Token':51} |"]
        terminal.press("123456" + ENTER)
        assert terminal.end() == DONE
        assert terminal.raw.isascii()


def test_the_window_may_change_its_size():
    with asking(f"MFA Device: {LONG_ARN}") as terminal:
        terminal.see(HINT)
        terminal.screen.__init__(40, 24)
        fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
        terminal.process.send_signal(signal.SIGWINCH)
        terminal.see(HINT)
        terminal.press("123456" + ENTER)
        assert terminal.end() == DONE


@pytest.mark.parametrize(
    "how",
    [{"TERM": "dumb"}, {"rows": 9}, {"columns": 18}, {"columns": 40, "rows": 20, "TERM": "dumb"}],
    ids=["dumb", "too low", "too narrow", "dumb and narrow"],
)
def test_where_no_box_fits_it_is_a_line(how):
    with asking(**how) as terminal:
        terminal.see("shown):")
        terminal.press("12" + "\n")
        terminal.see("digits\n")
        terminal.press("111111" + "\n")
        terminal.see("used")
        terminal.press("123 456" + "\n")
        assert terminal.end() == DONE
        assert "\x1b" not in terminal.raw
        assert "456" not in terminal.raw.replace(ARN, "")
        assert terminal.screen.text.startswith(f"MFA Device: {ARN}\n")


@LEAVING
def test_breaking_off_a_line(key):
    with asking(TERM="dumb") as terminal:
        terminal.see("not shown):")
        terminal.press(key + ("\n" if key == ESC else ""))
        assert terminal.end() == BROKEN_OFF
        assert terminal.screen.column == 0


def test_where_stderr_goes_elsewhere_but_is_forced():
    body = "print(prompter(force_tty=True).code('Enter MFA Token', 'MFA Device: x'))"
    with Terminal(body, stderr_is_terminal=False) as terminal:
        time.sleep(1)
        terminal.press("123456\n")
        status, out, err = terminal.end()
    assert (status, out) == (0, "123456\nsettings kept\n")
    assert err == "MFA Device: x\nEnter MFA Token (not shown): \n"


def test_text_from_outside_cannot_move_the_cursor():
    with asking("MFA Device: \x1b[2Jx\x07", title="evil\x1b]0;t\x07") as terminal:
        terminal.see(HINT)
        assert frame_is_closed(terminal.screen)
        assert "MFA Device: [2Jx " in terminal.screen.text
        assert "evil]0;t " in terminal.screen.text


def test_the_box_asks_the_terminal_nothing():
    with asking() as terminal:
        terminal.see(HINT)
        terminal.press("123456" + ENTER)
        terminal.end()
        assert "\x1b[6n" not in terminal.raw
        assert not re.search(r"\x1b\[\?1049h", terminal.raw)


class NoTerminal:
    encoding = "utf-8"

    def isatty(self):
        return False


def test_nobody_to_ask():
    nobody = TerminalPrompter(NoTerminal(), NoTerminal(), {}, SystemClock())
    with pytest.raises(NeedsPerson, match=r"Enter MFA Token.*MFA Device: x"):
        nobody.code("Enter MFA Token", "MFA Device: x")


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("", "MFA token is required"),
        ("12345", "MFA token must be 6 digits"),
        ("1234567", "MFA token must be 6 digits"),
        ("12345x", "MFA token must be 6 digits"),
        (WIDE_DIGITS, "MFA token must be 6 digits"),
        ("012345", None),
    ],
)
def test_the_form_of_a_code(code, complaint):
    assert code_complaint(code, 6) == complaint


def test_codes_as_people_write_them():
    assert code_digits(" 123 456\n") == "123456"
    assert code_digits(f"{WIDE_DIGITS[:3]}-\u0664\u0665\u0666") == "123456"
    assert code_digits("12x") == "12x"
