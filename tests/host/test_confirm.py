import os
import time

import pytest
from pseudo_terminal import COLOUR, CTRL_C, CTRL_D, ENTER, ESC, Terminal

from atmos_auth.domain.errors import NeedsPerson
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.prompts import TerminalPrompter

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

QUESTION = "Remove the stored keys of dev-admin?"
SCREENS = pytest.mark.parametrize("term", ["xterm-256color", "dumb"])


def asking(*, default=False, question=QUESTION, **how):
    return Terminal(f"ask(lambda prompter: prompter.confirm({question!r}, default={default}))", **how)


@SCREENS
@pytest.mark.parametrize(
    ("keys", "default", "expected"),
    [
        ("y\r", False, True),
        ("n\r", True, False),
        ("N\r", True, False),
        ("Y\r", False, True),
        ("\r", False, False),
        ("\r", True, True),
    ],
)
def test_yes_or_no(term, keys, default, expected):
    with asking(default=default, TERM=term) as terminal:
        terminal.see("(Y/n)" if default else "(y/N)")
        terminal.press(keys)
        assert terminal.end() == (0, f"answer {expected}\nsettings kept\n", "")
        assert terminal.screen.column == 0
        assert terminal.screen.cursor_shown
        if term != "dumb":
            assert terminal.screen.text == f"? {QUESTION} {'Yes' if expected else 'No'}\n"


def test_minds_may_change():
    with asking() as terminal:
        terminal.see("(y/N)")
        terminal.press("y")
        terminal.see("Yes")
        terminal.press("xn" + ENTER)
        assert terminal.end()[1] == "answer False\nsettings kept\n"


def test_words_on_a_dumb_terminal():
    with asking(TERM="dumb") as terminal:
        terminal.see("(y/N)")
        terminal.press("maybe\n")
        terminal.see("Type y for yes or n for no.\n")
        terminal.press(" YES \n")
        assert terminal.end() == (0, "answer True\nsettings kept\n", "")
        assert "\x1b" not in terminal.raw


@SCREENS
@pytest.mark.parametrize("key", [CTRL_C, CTRL_D, ESC], ids=["Ctrl-C", "Ctrl-D", "Esc"])
def test_breaking_off(term, key):
    with asking(TERM=term, default=True) as terminal:
        terminal.see("(Y/n)")
        terminal.press(key + (ENTER if (term, key) == ("dumb", ESC) else ""))
        assert terminal.end() == (0, "Cancelled user aborted\nsettings kept\n", "")
        assert terminal.screen.cursor_shown
        assert terminal.screen.column == 0


def test_on_a_narrow_screen_words_stay_whole():
    with asking(columns=40, rows=20) as terminal:
        terminal.see("(y/N)")
        terminal.press("y")
        terminal.see("Yes")
        assert terminal.screen.lines == ["? Remove the stored keys of", "dev-admin? (y/N) Yes"]
        terminal.press(ENTER)
        assert terminal.end()[1] == "answer True\nsettings kept\n"


def test_without_colour():
    with asking(NO_COLOR="1") as terminal:
        terminal.see("(y/N)")
        terminal.press("y" + ENTER)
        assert terminal.end()[1] == "answer True\nsettings kept\n"
        assert not COLOUR.search(terminal.raw)


def test_where_stderr_goes_elsewhere_but_is_forced():
    body = "print(prompter(force_tty=True).confirm('Sure?'))"
    with Terminal(body, stderr_is_terminal=False) as terminal:
        time.sleep(1)
        terminal.press("y\n")
        status, out, err = terminal.end()
    assert (status, out) == (0, "True\nsettings kept\n")
    assert err == "Sure? (y/N) "


class NoTerminal:
    encoding = "utf-8"

    def isatty(self):
        return False


def test_nobody_to_ask():
    nobody = TerminalPrompter(NoTerminal(), NoTerminal(), {}, SystemClock())
    with pytest.raises(NeedsPerson, match="Sure"):
        nobody.confirm("Sure?")
