import os
import time

import pytest
from pseudo_terminal import COLOUR, CTRL_C, CTRL_D, ENTER, ESC, Terminal

from atmos_auth.domain.errors import NeedsPerson
from atmos_auth.domain.fields import Field
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.prompts import TerminalPrompter
from atmos_auth.host.wrapping import wrapped

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HEADER = "⚠ AWS credentials are required for identity: dev-admin"
FORM = """
def starts_with_akia(text):
    return None if text.startswith("AKIA") else "an access key ID starts with AKIA"
ask(lambda prompter: prompter.form("⚠ AWS credentials are required for identity: dev-admin", [
    Field("id", "AWS Access Key ID", check=starts_with_akia),
    Field("secret", "AWS Secret Access Key", secret=True),
    Field("duration", "Session Duration", required=False, default="12h"),
]))
"""
SIZES = pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 20)])
SCREENS = pytest.mark.parametrize("term", ["xterm-256color", "dumb"])


def answers(identifier=KEY, secret=SECRET, duration="12h"):
    filled_in = {"id": identifier, "secret": secret, "duration": duration}
    return f"answer {filled_in!r}\nsettings kept\n"


def one(field, header="Sign-in details"):
    return f"ask(lambda prompter: prompter.form({header!r}, [{field}]))"


def fill_in(terminal, *, identifier=KEY, secret=SECRET, duration=""):
    for question, typed in (("Access Key ID:", identifier), ("Secret Access Key:", secret), ("12h):", duration)):
        terminal.see(question)
        terminal.press(typed + ENTER)


@SIZES
def test_a_form_is_asked_field_by_field(columns, rows):
    with Terminal(FORM, columns=columns, rows=rows) as terminal:
        fill_in(terminal, duration="36h")
        assert terminal.end() == (0, answers(duration="36h"), "")
        assert terminal.screen.column == 0
        assert terminal.screen.cursor_shown
        assert terminal.screen.text.count("credentials are required") == 1
        if columns == 80:
            assert terminal.screen.lines == [
                HEADER,
                "",
                f"AWS Access Key ID: {KEY}",
                f"AWS Secret Access Key: {'*' * len(SECRET)}",
                "Session Duration (optional, default: 12h): 36h",
                "",
            ]


def test_on_a_narrow_screen_words_stay_whole():
    with Terminal(FORM, columns=40, rows=20) as terminal:
        fill_in(terminal)
        terminal.end()
        assert terminal.screen.lines[:2] == ["⚠ AWS credentials are required for", "identity: dev-admin"]
        assert terminal.screen.lines[-3:] == ["Session Duration (optional, default:", "12h):", ""]


@SCREENS
@SIZES
def test_the_secret_is_never_seen(term, columns, rows):
    with Terminal(FORM, columns=columns, rows=rows, TERM=term) as terminal:
        fill_in(terminal)
        assert terminal.end() == (0, answers(), "")
        assert SECRET not in terminal.raw
        assert not any(part in terminal.raw for part in (SECRET[:6], SECRET[10:16], SECRET[-6:]))


def test_what_is_typed_ahead_is_not_seen_either():
    with Terminal(FORM) as terminal:
        terminal.see("Access Key ID:")
        terminal.press(KEY + ENTER)
        for character in SECRET:
            terminal.press(character)
            time.sleep(0.005)
        terminal.press(ENTER + ENTER)
        assert terminal.end() == (0, answers(), "")
        assert SECRET[:4] not in terminal.raw
        assert SECRET[-4:] not in terminal.raw


@SCREENS
def test_wrong_answers_are_asked_again(term):
    with Terminal(FORM, TERM=term) as terminal:
        terminal.see("Access Key ID:")
        terminal.press(ENTER)
        terminal.see("⚠ AWS Access Key ID is required\n")
        terminal.press("nonsense" + ENTER)
        terminal.see("⚠ an access key ID starts with AKIA\n")
        terminal.press(KEY + ENTER)
        terminal.see("Secret Access Key:")
        terminal.press("  " + ENTER)
        terminal.see("⚠ AWS Secret Access Key is required\n")
        terminal.press(SECRET + ENTER)
        terminal.see("12h):")
        terminal.press(ENTER)
        assert terminal.end() == (0, answers(), "")


def test_pastes_are_trimmed_and_do_not_submit():
    with Terminal(FORM) as terminal:
        terminal.see("Access Key ID:")
        terminal.paste(f"  {KEY}\r\n")
        terminal.see(KEY)
        terminal.press(ENTER)
        terminal.see("Secret Access Key:")
        terminal.paste(f"\n\t{SECRET}\n")
        terminal.see("*" * len(SECRET))
        assert "12h" not in terminal.screen.text
        terminal.press(ENTER)
        terminal.see("12h):")
        terminal.paste("1h\u200b\n")
        terminal.press(ENTER)
        assert terminal.end() == (0, answers(duration="1h"), "")
        assert SECRET[:6] not in terminal.raw


def test_a_long_paste_is_complete():
    with Terminal(one("Field('x', 'Token', secret=True)")) as terminal:
        terminal.see("Token:")
        terminal.paste("0123456789" * 300)
        terminal.press(ENTER)
        assert terminal.end()[1] == f"answer {{'x': '{'0123456789' * 300}'}}\nsettings kept\n"


@SCREENS
@pytest.mark.parametrize("key", [CTRL_C, CTRL_D, ESC], ids=["Ctrl-C", "Ctrl-D", "Esc"])
@pytest.mark.parametrize("at_secret", [False, True], ids=["at the first", "at the secret"])
def test_breaking_off(term, key, at_secret):
    with Terminal(FORM, TERM=term) as terminal:
        terminal.see("Access Key ID:")
        if at_secret:
            terminal.press(KEY + ENTER)
            terminal.see("Secret Access Key:")
        # On a screen that takes lines only, Esc is a character like any other.
        terminal.press(key + (ENTER if (term, key) == ("dumb", ESC) else ""))
        assert terminal.end() == (0, "Cancelled user aborted\nsettings kept\n", "")
        assert terminal.screen.cursor_shown
        assert terminal.screen.column == 0


@pytest.mark.parametrize("key", [CTRL_C, ESC], ids=["Ctrl-C", "Esc"])
def test_breaking_off_in_the_middle_of_a_secret(key):
    with Terminal(FORM) as terminal:
        terminal.see("Access Key ID:")
        terminal.press(KEY + ENTER)
        terminal.see("Secret Access Key:")
        terminal.press("wJalr")
        terminal.see("*****")
        terminal.press(key)
        assert terminal.end() == (0, "Cancelled user aborted\nsettings kept\n", "")
        assert "wJalr" not in terminal.raw
        assert terminal.screen.cursor_shown
        assert terminal.screen.column == 0


def test_a_signal_breaks_off_too():
    with Terminal(FORM) as terminal:
        terminal.see("Access Key ID:")
        terminal.process.send_signal(2)
        assert terminal.end() == (0, "Cancelled user aborted\nsettings kept\n", "")


@SCREENS
def test_a_terminal_that_goes_away(term):
    with Terminal("signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + FORM, TERM=term) as terminal:
        terminal.see("Access Key ID:")
        os.close(terminal.master)
        terminal.master = os.open(os.devnull, os.O_RDONLY)
        out, _ = terminal.process.communicate(timeout=15)
        assert out.decode().startswith("Cancelled the terminal went away\n")


@SCREENS
def test_read_only_fields_are_noted(term):
    body = """
ask(lambda prompter: prompter.form("Details", [
    Field("region", "Region", default="eu-west-1", read_only=True, description="managed by Atmos configuration"),
    Field("secret", "Secret key", secret=True, default="hunter2", read_only=True),
    Field("name", "Name", description="As it stands on the badge."),
]))
"""
    with Terminal(body, TERM=term) as terminal:
        terminal.see("Name:")
        terminal.press("me" + ENTER)
        expected = {"region": "eu-west-1", "secret": "hunter2", "name": "me"}
        assert terminal.end()[1] == f"answer {expected!r}\nsettings kept\n"
        assert terminal.screen.lines == [
            "Details",
            "",
            "Region: eu-west-1 (managed by Atmos configuration)",
            "Secret key: ******",
            "As it stands on the badge.",
            "Name: me",
            "",
        ]
        assert "hunter2" not in terminal.raw


def test_the_default_of_a_secret_is_kept_but_not_shown():
    with Terminal(one("Field('secret', 'Secret key', secret=True, default='hunter2')")) as terminal:
        terminal.see("Secret key (default: ******):")
        terminal.press(ENTER)
        assert terminal.end()[1] == "answer {'secret': 'hunter2'}\nsettings kept\n"
        assert "hunter2" not in terminal.raw


@SCREENS
@SIZES
def test_other_people_s_letters(term, columns, rows):
    field = "Field('name', 'お名前', required=False, default='ü')"
    with Terminal(one(field, "Größe — 尺寸"), columns=columns, rows=rows, TERM=term) as terminal:
        terminal.see("お名前 (optional, default: ü):")
        terminal.press("日本語日本語日本語日本語" + ENTER)
        assert terminal.end()[1] == f"answer {{'name': '{'日本語' * 4}'}}\nsettings kept\n"
        assert "日本語" * 4 in "".join(terminal.screen.text.split())


def test_a_title_cannot_move_the_cursor():
    with Terminal(one("Field('x', 'evil\\x1b[2Jtitle', default='\\x07bell')", "head\x1b[2J")) as terminal:
        terminal.see("evil[2Jtitle (default: bell):")
        assert terminal.screen.lines[0] == "head[2J"


def test_without_colour():
    with Terminal(FORM, NO_COLOR="1") as terminal:
        fill_in(terminal)
        assert terminal.end() == (0, answers(), "")
        assert not COLOUR.search(terminal.raw)


def test_a_dumb_terminal_gets_no_control_codes():
    with Terminal(FORM, TERM="dumb") as terminal:
        fill_in(terminal)
        assert terminal.end() == (0, answers(), "")
        assert "\x1b" not in terminal.raw


def test_a_screen_that_knows_only_ascii():
    with Terminal(FORM, PYTHONIOENCODING="ascii") as terminal:
        fill_in(terminal)
        assert terminal.end()[0] == 0
        assert terminal.raw.isascii()
        assert terminal.screen.lines[0] == HEADER.replace("⚠", "!")


def test_the_form_asks_the_terminal_nothing():
    with Terminal(FORM) as terminal:
        fill_in(terminal)
        terminal.end()
        assert "\x1b[6n" not in terminal.raw


def test_where_stderr_goes_elsewhere_but_is_forced():
    body = "print(prompter(force_tty=True).form('Details', [Field('x', 'Token', secret=True)]))"
    with Terminal(body, stderr_is_terminal=False) as terminal:
        time.sleep(1)
        terminal.press("hunter2\n")
        status, out, err = terminal.end()
    assert (status, out) == (0, "{'x': 'hunter2'}\nsettings kept\n")
    assert err == "Details\n\nToken: \n"


def test_two_threads_ask_one_after_the_other():
    body = """
import threading
p = prompter()
said = []
def fill_in(name):
    said.append(p.form(name, [Field(name, name)]))
threads = [threading.Thread(target=fill_in, args=(name,)) for name in ("one", "two")]
[t.start() for t in threads]
[t.join() for t in threads]
print(sorted(str(answer) for answer in said))
"""
    with Terminal(body) as terminal:
        terminal.see(":")
        terminal.press("x" + ENTER + "y" + ENTER)
        status, out, _ = terminal.end()
        assert status == 0
        assert out in (
            """["{'one': 'x'}", "{'two': 'y'}"]\nsettings kept\n""",
            """["{'one': 'y'}", "{'two': 'x'}"]\nsettings kept\n""",
        )


class NoTerminal:
    encoding = "utf-8"

    def isatty(self):
        return False


def test_a_form_for_nobody_names_what_is_missing():
    nobody = TerminalPrompter(NoTerminal(), NoTerminal(), {}, SystemClock())
    with pytest.raises(NeedsPerson) as caught:
        nobody.form(HEADER, [Field("region", "Region", read_only=True), Field("id", "AWS Access Key ID")])
    assert caught.value.message == (
        "nobody can be asked here: AWS credentials are required for identity: dev-admin (AWS Access Key ID)"
    )
    assert caught.value.details == ("standard input is not a terminal",)
    with pytest.raises(NeedsPerson, match=r"^nobody can be asked here: Password$"):
        nobody.form("", [Field("password", "Password", secret=True)])


def test_a_form_may_have_no_header():
    with Terminal(one("Field('x', 'Password', secret=True)", header="")) as terminal:
        terminal.see("Password:")
        terminal.press("hunter2" + ENTER)
        assert terminal.end()[1] == "answer {'x': 'hunter2'}\nsettings kept\n"
        assert terminal.screen.text == "Password: *******\n"


def test_what_a_field_says_and_takes():
    field = Field("x", "Lifetime", required=False, default="1h", check=lambda text: None if text[0] == "1" else "no")
    assert field.label == "Lifetime (optional, default: 1h)"
    assert field._replace(default="").label == "Lifetime (optional)"
    assert field._replace(required=True).label == "Lifetime (default: 1h)"
    assert field._replace(required=True, default="").label == "Lifetime"
    assert [field.answer(typed) for typed in (" 2h ", " ", "")] == ["2h", "1h", "1h"]
    assert [field.complaint(answer) for answer in ("1h", "2h", "")] == [None, "no", None]
    assert field._replace(required=True).complaint("") == "Lifetime is required"


@pytest.mark.parametrize(
    ("text", "width", "within_words", "expected"),
    [
        ("", 5, True, [""]),
        ("aa bb cc", 5, True, ["aa bb", "cc"]),
        ("abcde fgh", 5, True, ["abcde", "fgh"]),
        ("aa bbbbbbbbb c", 5, True, ["aa bb", "bbbbb", "bb c"]),
        ("aa bbbbbbbbb c", 5, False, ["aa", "bbbbbbbbb", "c"]),
        ("a\n\nbbb bbb", 5, True, ["a", "", "bbb", "bbb"]),
        ("日本語日本語", 5, True, ["日本", "語日", "本語"]),
    ],
)
def test_wrapping(text, width, within_words, expected):
    assert wrapped(text, width, within_words=within_words) == expected
