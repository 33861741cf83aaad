"""How far a longer piece of work is, on screens of all kinds."""

import io
import os
import re
from functools import partial

import pseudo_terminal
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.ports import Progress
from atmos_auth.host.ascii_text import ascii_text
from atmos_auth.host.progress_line import LINE_SECONDS, drawn, now_and_then, plain_line
from atmos_auth.host.prompts import TerminalPrompter
from atmos_auth.testing import FakeClock

HALF = Progress("company-sso", 500, 1000, "accounts", "1,500 roles", 28.0)
PREAMBLE = (
    pseudo_terminal.PREAMBLE
    + """
from atmos_auth.domain.ports import Progress
HALF = Progress("company-sso", 500, 1000, "accounts", "1,500 roles", 28.0)
"""
)
Terminal = partial(pseudo_terminal.Terminal, preamble=PREAMBLE, echo=False)
WORK = """
with prompter().following(lambda: HALF) as tick:
    tick()
    sys.stdin.readline()
print("after")
"""


def line(progress: Progress, width: int, *, blocks: bool = True) -> str:
    return drawn(progress, "*", width, str if blocks else ascii_text, blocks=blocks).plain


def test_a_wide_screen_shows_everything():
    assert line(HALF, 110) == (
        "* company-sso  ████████████░░░░░░░░░░░░  500 of 1,000 accounts, 1,500 roles  28s left  Ctrl-C stops"
    )


def test_at_eighty_columns_there_is_still_a_bar():
    assert re.search("█+░+", line(HALF, 79))
    assert "28s left" in line(HALF, 79)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (62, "* company-sso  500 of 1,000 accounts, 1,500 roles  28s left"),
        (50, "* 500 of 1,000 accounts, 1,500 roles  28s left"),
        (36, "* 500 of 1,000 accounts  28s left"),
        (28, "* 500 of 1,000 accounts"),
        (10, "* 500 of 1"),
    ],
)
def test_what_matters_least_goes_first(width, shown):
    assert re.sub("  [█░]+", "", line(HALF, width)) == shown


def test_a_screen_without_block_characters_gets_others():
    assert "######......" in line(HALF, 110, blocks=False).replace("############............", "######......")
    assert line(HALF, 110, blocks=False).isascii()


@given(
    st.builds(
        Progress,
        st.text(),
        st.integers(0, 10**6),
        st.none() | st.integers(0, 10**6),
        st.sampled_from(["", "accounts"]),
        st.text(max_size=20),
        st.none() | st.floats(0, 1e6),
        st.text(max_size=20),
    ),
    st.integers(1, 200),
)
def test_it_never_wraps_and_never_moves_the_cursor(progress, width):
    text = drawn(progress, "*", width, str, blocks=True)
    assert text.cell_len <= width
    assert text.plain.isprintable()
    assert plain_line(progress).isprintable()


def test_before_anything_is_counted_it_says_what_it_does():
    assert line(Progress("corp", remark="looking for accounts"), 79).startswith("* corp  looking for accounts")
    assert plain_line(Progress("corp")) == "corp…"


def test_where_nothing_moves_a_line_comes_now_and_then():
    clock, lines = FakeClock(), []
    tick = now_and_then(lambda: HALF, clock, lines.append)
    for _ in range(50):
        clock.advance(1)
        tick()
    assert lines == ["company-sso: 500 of 1,000 accounts, 1,500 roles, 28s left"] * (1 + int(50 // LINE_SECONDS))


@pytest.mark.parametrize("environ", [{}, {"CI": "true", "TERM": "xterm"}])
def test_without_a_screen_there_are_only_plain_lines(environ):
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return bool(environ)

    stderr = Screen()
    prompter = TerminalPrompter(io.StringIO(), stderr, environ, FakeClock())
    with prompter.following(lambda: HALF) as tick:
        for _ in range(100):
            tick()
    assert stderr.getvalue() == "company-sso: 500 of 1,000 accounts, 1,500 roles, 28s left\n"


@pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
class TestInATerminal:
    def test_the_line_is_redrawn_and_wiped_away(self):
        with Terminal(WORK) as terminal:
            terminal.see("500 of 1,000 accounts")
            assert len([row for row in terminal.screen.lines if row]) == 1
            assert not terminal.screen.cursor_shown
            terminal.press("\n")
            code, out, _ = terminal.end()
            assert (code, terminal.screen.text.strip()) == (0, "")
            assert terminal.screen.cursor_shown
            assert "after" in out

    def test_a_warning_meanwhile_stands_above_the_line(self):
        body = """
p = prompter()
with p.following(lambda: HALF):
    sys.stdin.readline()
    p.warn("three accounts are missing")
    sys.stdin.readline()
"""
        with Terminal(body) as terminal:
            terminal.see("500 of 1,000")
            terminal.press("\n")
            terminal.see("three accounts are missing")
            rows = [row for row in terminal.screen.lines if row]
            assert rows[0] == "⚠ three accounts are missing"
            terminal.press("\n")
            assert terminal.end()[0] == 0

    def test_no_color_is_heeded(self):
        with Terminal(WORK, NO_COLOR="1") as terminal:
            terminal.see("500 of 1,000 accounts")
            assert not pseudo_terminal.COLOUR.search(terminal.raw)
            terminal.press("\n")
            terminal.end()

    @pytest.mark.parametrize("columns", [20, 40, 80, 200])
    def test_it_stays_on_one_line(self, columns):
        with Terminal(WORK, columns=columns) as terminal:
            terminal.see("500 of 1,000")
            terminal.read(0.6)
            assert len([row for row in terminal.screen.lines if row]) == 1
            terminal.press("\n")
            terminal.end()

    def test_ctrl_c_ends_the_work_and_leaves_a_clean_line(self):
        with Terminal(WORK.replace("with prompter", "import atexit\nwith prompter")) as terminal:
            terminal.see("500 of 1,000 accounts")
            terminal.press(pseudo_terminal.CTRL_C)
            terminal.end()
            assert terminal.screen.cursor_shown
            assert "500 of" not in terminal.screen.text
