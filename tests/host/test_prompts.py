import io
import os
import re
import time
from functools import partial

import pseudo_terminal
import pytest

from atmos_auth.domain.errors import NeedsPerson
from atmos_auth.domain.ports import Invitation
from atmos_auth.host.countdown import time_left
from atmos_auth.host.plain_text import plain_lines, plain_text
from atmos_auth.host.prompts import TerminalPrompter

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

URL = "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH"
LONG_URL = "https://oidc.us-east-1.amazonaws.com/authorize?" + "&".join(f"parameter_{n}=value" for n in range(20))

PREAMBLE = """
import fcntl, os, signal, sys, termios, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
if os.isatty(0):
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C arrives as a signal
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.ports import Invitation
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.prompts import TerminalPrompter
clock = SystemClock()
def prompter(**wishes):
    return TerminalPrompter(sys.stdin, sys.stderr, os.environ, clock, **wishes)
def invitation(code="ABCD-EFGH", url={url!r}, title="Sign in to acme-sso"):
    return Invitation(title, url, code, clock.now() + 581)
def until_told():
    sys.stdin.readline()
""".replace("{url!r}", repr(URL))


Terminal = partial(pseudo_terminal.Terminal, preamble=PREAMBLE, echo=False)


INVITE = "with prompter().inviting(invitation()):\n    until_told()\nprint('after', flush=True)\n"


def widest(screen):
    return max(len("".join(cells).rstrip()) for cells in screen.cells)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 20), (120, 50), (25, 10)])
def test_an_invitation_shows_url_code_and_time_left(columns, rows):
    with Terminal(INVITE, columns=columns, rows=rows) as terminal:
        terminal.see("left")
        terminal.see("to cancel")
        assert "Sign in to acme-sso" in terminal.screen.lines
        assert URL in terminal.screen.lines
        assert re.search(r"│ +ABCD-EFGH +│", terminal.screen.text)
        assert re.search(r"9m (4[01]|3\d)s left", terminal.screen.text)
        assert not terminal.screen.cursor_shown
        terminal.press("\n")
        assert terminal.end() == (0, "after\n", "")
        assert terminal.screen.cursor_shown
        assert terminal.screen.column == 0
        assert "left" not in terminal.screen.text
        assert terminal.screen.lines[-1] == ""
        assert URL in terminal.screen.lines


def test_on_a_usual_screen_all_of_it_fits_with_the_qr_code():
    with Terminal(INVITE) as terminal:
        terminal.see("left")
        assert "█▀▀▀▀▀█" in terminal.screen.text
        assert "scan" in terminal.screen.text
        assert len(terminal.screen.lines) <= 24
        assert widest(terminal.screen) <= 79
        assert "Waiting for you to approve in the browser…  9m " in terminal.screen.lines[-1]


def test_the_qr_code_holds_the_url():
    segno = pytest.importorskip("segno")
    from atmos_auth.host.qr import qr_lines

    halves = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    expected = [list(row) for row in segno.make_qr(URL, error="l", boost_error=False).matrix_iter(border=2)]
    for draw_dark in (True, False):
        pairs = [[halves[cell] for cell in line] for line in qr_lines(URL, draw_dark=draw_dark)]
        rows = [[pair[half] for pair in line] for line in pairs for half in (0, 1)]
        drawn = rows if draw_dark else [[1 - module for module in row] for row in rows]
        assert drawn[: len(expected)] == expected


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ("with prompter(qr=False).inviting(invitation()): until_told()", (80, 24)),
        ("with prompter().inviting(invitation(code=None)): until_told()", (80, 50)),
        ("with prompter().inviting(invitation()): until_told()", (80, 20)),
        ("with prompter().inviting(invitation()): until_told()", (60, 50)),
        ("with prompter().inviting(invitation(url='https://a/?' + 'x' * 4000)): until_told()", (200, 50)),
    ],
    ids=["not wanted", "ends at this machine", "too low", "too narrow", "too long a URL"],
)
def test_no_qr_code(body, size):
    with Terminal(body, columns=size[0], rows=size[1]) as terminal:
        terminal.see("left")
        assert "▀" not in terminal.screen.text
        assert "scan" not in terminal.screen.text


@pytest.mark.parametrize("columns", [80, 40])
def test_a_long_url_is_never_cut_or_broken(columns):
    body = f"with prompter().inviting(invitation(code=None, url={LONG_URL!r})): until_told()"
    with Terminal(body, columns=columns) as terminal:
        terminal.see("left")
        assert LONG_URL in terminal.screen.lines
        assert LONG_URL in re.sub(r"\x1b\[[\d;]*m", "", terminal.raw)


def test_the_time_left_runs():
    with Terminal(INVITE) as terminal:
        terminal.see("9m 39s left")
        assert terminal.screen.text.count("left") == 1


def test_ctrl_c_passes_through_and_gives_the_cursor_back():
    body = """
try:
    with prompter().inviting(invitation()):
        time.sleep(60)
except KeyboardInterrupt:
    print("broken off")
"""
    with Terminal(body) as terminal:
        terminal.see("left")
        terminal.press("\x03")
        assert terminal.end() == (0, "broken off\n", "")
        assert terminal.screen.cursor_shown
        assert "left" not in terminal.screen.text


def test_an_error_inside_passes_through_and_gives_the_cursor_back():
    body = """
try:
    with prompter().waiting("Waiting for a lock", clock.now() + 5):
        time.sleep(0.3)
        raise OSError("inner")
except OSError as error:
    print(error)
"""
    with Terminal(body) as terminal:
        assert terminal.end() == (0, "inner\n", "")
        assert terminal.screen.cursor_shown
        assert terminal.screen.text.strip() == ""


def test_what_is_said_meanwhile_stands_above_the_line_that_moves():
    body = """
p = prompter()
with p.waiting("Waiting for process 17", clock.now() + 5):
    p.say("first")
    p.warn("second")
    with p.waiting("inner wait", clock.now() + 3):
        until_told()
"""
    with Terminal(body) as terminal:
        terminal.see("inner wait")
        terminal.see("Waiting for process 17")
        assert [line[:9] for line in terminal.screen.lines if line.strip()][:2] == ["first", "⚠ second"]
        assert terminal.screen.lines[2].startswith("inner wait (3s left")
        terminal.press("\n")
        terminal.end()
        assert "process 17" not in terminal.screen.text


def test_two_threads_may_wait_at_once():
    body = """
import threading
p = prompter()
all_wait = threading.Barrier(4)
def wait(name):
    with p.waiting(name, clock.now() + 60):
        all_wait.wait()
threads = [threading.Thread(target=wait, args=(f"thread {n}",)) for n in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
print(threading.active_count() <= 2)
"""
    with Terminal(body) as terminal:
        assert terminal.end() == (0, "True\n", "")
        assert terminal.screen.cursor_shown
        assert sum("thread" in line for line in terminal.screen.lines) == 3


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "xterm"}, {"TERM": None}], ids=str)
def test_without_colour_it_still_works(variables):
    with Terminal(INVITE, **variables) as terminal:
        terminal.see("left")
        assert URL in terminal.screen.lines
        if "NO_COLOR" in variables:
            assert not re.search(r"\x1b\[[\d;]*(3\d|4\d|9\d|10\d)", terminal.raw)
            assert re.search(r"█{37}", terminal.screen.text), "the light modules are drawn"


@pytest.mark.parametrize("columns", [80, 40])
def test_a_dumb_terminal_gets_plain_lines(columns):
    with Terminal(INVITE, columns=columns, TERM="dumb") as terminal:
        terminal.see("cancels)")
        assert "\x1b" not in terminal.raw
        assert terminal.screen.lines[:4] == [
            "Sign in to acme-sso",
            "Open this page in a browser, on any device:",
            URL,
            "Check that the page shows this code: ABCD-EFGH",
        ]
        assert terminal.screen.lines[4].startswith("Waiting for you to approve in the browser… (9m 4")
        terminal.press("\n")
        assert terminal.end()[:2] == (0, "after\n")


def test_forced_without_a_terminal_it_is_plain_lines():
    body = "p = prompter(force_tty=True)\nwith p.inviting(invitation()): pass\np.warn('careful')\n"
    with Terminal(body, stderr_is_terminal=False) as terminal:
        status, out, err = terminal.end()
    assert (status, out) == (0, "")
    lines = err.splitlines()
    assert URL in lines
    assert lines[-1] == "⚠ careful"
    assert "\x1b" not in err
    assert "▀" not in err


@pytest.mark.parametrize("columns", [80, 40])
def test_a_screen_that_knows_only_ascii(columns):
    with Terminal(INVITE, columns=columns, PYTHONIOENCODING="ascii") as terminal:
        terminal.see("to cancel")
        assert terminal.raw.isascii()
        assert "\\u" not in terminal.raw
        assert re.search(r"\| +ABCD-EFGH +\|", terminal.screen.text)


def test_what_a_server_sends_cannot_move_the_cursor():
    title, url, code = "evil\x1b[2Jtitle\r\n", "https://a/\x1b]8;;x\x07b", "AB\x1b[31mCD"
    body = f"with prompter().inviting(invitation(title={title!r}, url={url!r}, code={code!r})): until_told()"
    with Terminal(body) as terminal:
        terminal.see("left")
        assert "evil[2Jtitle" in terminal.screen.lines
        assert "https://a/]8;;xb" in terminal.screen.lines
        assert "AB[31mCD" in terminal.screen.text


CHOOSE = """
try:
    chosen = prompter().choose("Which identity?", {options!r})
    print(f"chosen {chosen}")
except AtmosAuthError as error:
    print(type(error).__name__, error.message)
"""
FEW = ["dev", "staging", "prod"]
MANY = [f"account-{n:02}" for n in range(60)]
DOWN, UP, ESC, ENTER = "\x1b[B", "\x1b[A", "\x1b", "\r"


def choosing(options, **how):
    return Terminal(CHOOSE.replace("{options!r}", repr(options)), **how)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (ENTER, "dev"),
        (DOWN + ENTER, "staging"),
        (DOWN + DOWN + UP + DOWN + ENTER, "prod"),
        (UP + ENTER, "prod"),
        ("jj" + ENTER, "prod"),
    ],
    ids=["at once", "down", "to and fro", "round the end", "j"],
)
def test_choosing_with_the_keys(keys, expected):
    with choosing(FEW) as terminal:
        terminal.see("prod")
        terminal.press(keys)
        assert terminal.end() == (0, f"chosen {expected}\n", "")
        assert terminal.screen.text.strip() == f"? Which identity? {expected}"
        assert terminal.screen.column == 0


@pytest.mark.parametrize("key", [ESC, "\x03"], ids=["Esc", "Ctrl-C"])
@pytest.mark.parametrize("options", [FEW, MANY], ids=["few", "many"])
def test_breaking_off_a_choice(key, options):
    with choosing(options) as terminal:
        terminal.see(options[2])
        started = time.monotonic()
        terminal.press(key)
        assert terminal.end() == (0, "Cancelled user aborted\n", "")
        assert time.monotonic() - started < 10
        assert terminal.screen.cursor_shown


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 20)])
def test_searching_a_long_list(columns, rows):
    with choosing(MANY, columns=columns, rows=rows) as terminal:
        terminal.see("type to search")
        terminal.press("nt-4")
        terminal.see("account-49")
        terminal.press(DOWN + ENTER)
        assert terminal.end() == (0, "chosen account-41\n", "")


def test_choosing_without_colour():
    with choosing(FEW, NO_COLOR="1") as terminal:
        terminal.see("prod")
        terminal.press(DOWN + ENTER)
        assert terminal.end() == (0, "chosen staging\n", "")
        assert not re.search(r"\x1b\[[\d;]*(3\d|4\d|9\d|10\d)m", terminal.raw)


def test_the_choice_asks_the_terminal_nothing():
    with choosing(FEW) as terminal:
        terminal.see("prod")
        terminal.press(ENTER)
        terminal.end()
        assert "\x1b[6n" not in terminal.raw


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2\n", "chosen staging"),
        ("prod\n", "chosen prod"),
        ("9\nnope\n1\n", "chosen dev"),
        ("\n", "Cancelled user aborted"),
        ("\x1b\n", "Cancelled user aborted"),
        ("\x04", "Cancelled user aborted"),
        ("\x03", "Cancelled user aborted"),
    ],
    ids=["number", "name", "again", "empty", "Esc", "end of input", "Ctrl-C"],
)
def test_choosing_by_number_on_a_dumb_terminal(typed, expected):
    with choosing(FEW, TERM="dumb") as terminal:
        terminal.see("cancels)")
        assert "  2) staging" in terminal.screen.lines
        terminal.press(typed)
        assert terminal.end() == (0, f"{expected}\n", "")
        assert "\x1b" not in terminal.raw
        # Where no Enter was typed, whose echo would have done it, we end the line.
        assert typed.endswith("\n") or terminal.screen.column == 0


def test_a_choice_where_stderr_goes_elsewhere_but_is_forced():
    body = "print(prompter(force_tty=True).choose('Which identity?', ['dev', 'prod']))"
    with Terminal(body, stderr_is_terminal=False) as terminal:
        terminal.press("2\n")
        status, out, err = terminal.end()
    assert (status, out) == (0, "prod\n")
    assert "\x1b" not in err


class Stream(io.StringIO):
    encoding = "utf-8"

    def __init__(self, *, terminal):
        super().__init__()
        self._terminal = terminal

    def isatty(self):
        return self._terminal


class StandingClock:
    def now(self):
        return 1_000.0

    def sleep(self, seconds):
        raise AssertionError("a prompter must not sleep")


def prompter(*, stdin=True, stderr=True, environ=None, **wishes):
    streams = Stream(terminal=stdin), Stream(terminal=stderr)
    return TerminalPrompter(*streams, environ or {}, StandingClock(), **wishes), streams[1]


@pytest.mark.parametrize(
    ("stdin", "stderr", "variables", "wishes", "can_ask", "can_show"),
    [
        (True, True, {}, {}, True, True),
        (True, True, {}, {"interactive": False}, False, True),
        (False, True, {}, {}, False, True),
        (True, False, {}, {}, False, False),
        (True, False, {}, {"force_tty": True}, True, True),
        (False, False, {}, {"force_tty": True}, False, True),
        (True, True, {"CI": "true"}, {}, False, True),
        (True, False, {"CI": "true"}, {"force_tty": True}, False, True),
        (False, False, {"GITHUB_ACTIONS": "true"}, {}, False, False),
    ],
)
def test_who_can_be_asked_and_shown(stdin, stderr, variables, wishes, can_ask, can_show):
    someone, _ = prompter(stdin=stdin, stderr=stderr, environ=variables, **wishes)
    assert (someone.can_ask, someone.can_show) == (can_ask, can_show)


def test_streams_that_are_gone_are_no_terminals():
    closed = Stream(terminal=True)
    closed.close()
    someone = TerminalPrompter(closed, None, {}, StandingClock())
    assert not someone.can_ask
    assert not someone.can_show


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"interactive": False}, "switched off"),
        ({"environ": {"CI": "1"}}, "continuous-integration"),
        ({"stdin": False}, "standard input"),
        ({"stderr": False}, "standard error"),
    ],
)
def test_a_question_to_nobody_says_why(how, why):
    someone, stderr = prompter(**how)
    with pytest.raises(NeedsPerson, match="Which identity") as caught:
        someone.choose("Which identity?", ["a", "b"])
    assert why in caught.value.details[0]
    assert stderr.getvalue() == ""


def test_lines_go_to_stderr_and_warnings_stand_out():
    someone, stderr = prompter()
    someone.say("one\n  two")
    someone.warn("three")
    assert stderr.getvalue() == "one\n  two\n\x1b[33m⚠ three\x1b[0m\n"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"environ": {"NO_COLOR": "1"}}, "⚠ x\n"),
        ({"environ": {"NO_COLOR": "1"}, "color": True}, "\x1b[33m⚠ x\x1b[0m\n"),
        ({"color": False}, "⚠ x\n"),
        ({"environ": {"TERM": "dumb"}}, "⚠ x\n"),
        ({"stderr": False}, "⚠ x\n"),
    ],
)
def test_colour_of_warnings(how, expected):
    someone, stderr = prompter(**how)
    someone.warn("x")
    assert stderr.getvalue() == expected


def test_waiting_without_a_terminal_is_one_plain_line():
    someone, stderr = prompter(stderr=False)
    with someone.waiting("Waiting for process 17", 1_061.0):
        assert stderr.getvalue() == "Waiting for process 17 (1m 01s left; Ctrl-C cancels)\n"
    assert stderr.getvalue().count("\n") == 1


def test_an_invitation_without_a_code_names_this_machine():
    someone, stderr = prompter(stderr=False)
    with someone.inviting(Invitation("Sign in", URL, None, 1_300.0)):
        pass
    assert "on this machine" in stderr.getvalue()
    assert "code" not in stderr.getvalue().replace(URL, "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0s"),
        (0, "0s"),
        (0.2, "1s"),
        (59.5, "1m 00s"),
        (581, "9m 41s"),
        (3600, "1h 00m"),
        (7265, "2h 01m"),
    ],
)
def test_time_left_in_words(seconds, words):
    assert time_left(seconds) == words


def test_plain_text():
    assert plain_text("a\x1b[31m\tb\r\nc\u202e\u200bd\x00") == "a[31m b  cd"
    assert plain_text("x" * 10, limit=5) == "xxxx…"
    assert plain_lines("a\n  b\x07\n \nc") == "a\n  b\n\nc"
