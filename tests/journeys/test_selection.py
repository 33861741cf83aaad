"""Which identity is meant: the flag in its three modes, ATMOS_IDENTITY, the defaults, and the person who is asked."""

import json

import pexpect
import pytest

DOWN, ENTER, ESCAPE, CTRL_C = "\x1b[B", "\r", "\x1b", "\x03"

CONFIG = """\
auth:
  identities:
    Alpha: {{ kind: ambient{alpha} }}
    beta.one: {{ kind: ambient{beta} }}
    gamma/two: {{ kind: ambient }}
    delta three: {{ kind: ambient }}
"""
DEFAULT = ", default: true"
NONE, ONE, TWO = (
    CONFIG.format(alpha="", beta=""),
    CONFIG.format(alpha=DEFAULT, beta=""),
    CONFIG.format(alpha=DEFAULT, beta=DEFAULT),
)

# words after `auth`, ATMOS_IDENTITY, configuration -> the identity as it is written
CHOSEN = [
    (["env"], None, ONE, "Alpha"),
    (["env"], "beta.one", ONE, "beta.one"),
    (["env"], "", ONE, "Alpha"),
    (["env", "--identity", "gamma/two"], "beta.one", ONE, "gamma/two"),
    (["env", "--identity=gamma/two"], None, TWO, "gamma/two"),
    (["env", "-i", "delta three"], None, NONE, "delta three"),
    (["env", "-idelta three"], None, NONE, "delta three"),
    (["--identity", "ALPHA", "env"], None, NONE, "Alpha"),
    (["--identity=off", "env", "-i", "alpha"], "no", NONE, "Alpha"),
    (["env", "BETA.ONE"], "off", NONE, "beta.one"),
    (["env", "Gamma/Two", "--identity", "gamma/two"], None, NONE, "gamma/two"),
    (["env", "-i", "--"], "alpha", NONE, None),
    (["env"], "GAMMA/TWO", NONE, "gamma/two"),
    (["env", "--login"], None, ONE, "Alpha"),
    (["env", "--mode", "files", "Delta Three"], None, NONE, "delta three"),
]


@pytest.mark.parametrize(("words", "variable", "config", "identity"), CHOSEN)
def test_flag_then_variable_then_default_in_any_case(offline_machine, words, variable, config, identity):
    offline_machine.write(config)
    env = {"ATMOS_IDENTITY": variable} if variable is not None else {}
    result = offline_machine.atmos("auth", *words, "-f", "json", env=env) if "--" not in words else None
    if result is None:
        result = offline_machine.atmos("auth", *words, env=env)
        assert (result.returncode, result.stdout) == (1, "")
        assert "requires a TTY" in result.stderr
        return
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"ATMOS_IDENTITY": identity}


def test_every_verb_takes_an_identity_in_any_case_before_and_after_the_verb(offline_machine):
    offline_machine.write(NONE)
    echo = ("sh", "-c", 'echo "$ATMOS_IDENTITY $*"', "sh", "--identity", "x", "--", "-i")
    result = offline_machine.atmos("auth", "--identity", "DELTA THREE", "exec", "--", *echo)
    # What comes after `--` is the command's.
    assert result.stdout == "delta three --identity x -- -i\n", result.stderr
    for words in (("whoami", "ALPHA", "--offline"), ("-i", "alpha", "whoami", "--offline"), ("login", "ALPHA")):
        result = offline_machine.atmos("auth", *words)
        assert result.returncode == 0, result.stderr
        assert "  Alpha" in result.stderr
        assert "ambient" in result.stderr
        assert result.stdout == ""
    assert "Logged out" in offline_machine.atmos("auth", "logout", "ALPHA").stderr


@pytest.mark.parametrize("word", ["false", "FALSE", "0", "No", "off"])
def test_a_disabling_word_switches_authentication_off(offline_machine, word: str):
    offline_machine.write(ONE + 'env: { FROM_CONFIG: "yes" }\n')
    ours = {"AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": "AKIAMINE"}
    show = ("sh", "-c", 'echo "$AWS_PROFILE $AWS_ACCESS_KEY_ID $FROM_CONFIG [$ATMOS_IDENTITY]"')
    by_flag = offline_machine.atmos("auth", "exec", f"--identity={word}", "--", *show, env=ours)
    assert by_flag.stdout == "mine AKIAMINE yes []\n", by_flag.stderr
    by_variable = offline_machine.atmos("auth", "exec", "--", *show, env=ours | {"ATMOS_IDENTITY": word})
    assert by_variable.stdout == f"mine AKIAMINE yes [{word}]\n", by_variable.stderr

    assert offline_machine.atmos("auth", "env", "-i", word).stdout == ""
    assert offline_machine.atmos("auth", "env", "-i", word, "-f", "json").stdout == "{}\n"
    whoami = offline_machine.atmos("auth", "whoami", env={"ATMOS_IDENTITY": word})
    assert (whoami.returncode, whoami.stdout) == (0, "")
    assert "Authentication is disabled" in whoami.stderr
    assert json.loads(offline_machine.atmos("auth", "whoami", "-i", word, "-o", "json").stdout) == {}
    login = offline_machine.atmos("auth", "login", f"-i{word}")
    assert login.returncode == 1
    assert "authentication is disabled" in login.stderr


def test_without_a_named_identity_nothing_is_asked_of_a_script(offline_machine):
    offline_machine.write(NONE)
    for switch in ({"CI": "true"}, {"ATMOS_INTERACTIVE": "false"}, {"GITHUB_ACTIONS": "true"}):
        with offline_machine.terminal("auth", "exec", "--", "true", env=switch) as terminal:
            terminal.expect("no default identity configured")
            terminal.expect(pexpect.EOF)
        assert terminal.exitstatus == 1, switch


def choose(machine, *words: str, keys: str, title: str, last: str = "gamma/two") -> tuple[str, int]:
    terminal = machine.terminal(*words)
    terminal.expect_exact(title)
    # All is drawn when the last entry is.
    terminal.expect_exact(last)
    terminal.send(keys)
    terminal.expect(pexpect.EOF)
    terminal.close()
    return terminal.before, terminal.exitstatus if terminal.exitstatus is not None else -terminal.signalstatus


def test_a_bare_flag_shows_all_identities_to_pick_from(offline_machine):
    offline_machine.write(ONE)
    words = ("auth", "exec", "-i", "--", "sh", "-c", "echo got=$ATMOS_IDENTITY")
    screen, status = choose(offline_machine, *words, keys=DOWN + ENTER, title="Choose an identity:")
    assert status == 0
    assert "Selected identity: beta.one" in screen
    assert "got=beta.one" in screen


def test_without_a_default_all_are_shown_and_with_two_only_those(offline_machine):
    words = ("auth", "exec", "--", "sh", "-c", "echo got=$ATMOS_IDENTITY")
    offline_machine.write(NONE)
    title = "No default identity configured. Please choose an identity:"
    screen, status = choose(offline_machine, *words, keys=DOWN * 2 + ENTER, title=title)
    assert (status, "got=delta three" in screen) == (0, True), screen
    offline_machine.write(TWO)
    title = "Multiple default identities found. Please choose one:"
    screen, status = choose(offline_machine, *words, keys=DOWN * 2 + ENTER, title=title, last="beta.one")
    # Two entries, and the arrow goes round.
    assert (status, "got=Alpha" in screen) == (0, True), screen
    assert "gamma/two" not in screen


@pytest.mark.parametrize("key", [ESCAPE, CTRL_C])
def test_leaving_the_picker_leaves_the_command(offline_machine, key: str):
    offline_machine.write(NONE)
    screen, status = choose(offline_machine, "auth", "login", keys=key, title="Please choose an identity:")
    assert status == 1, screen
    assert screen.count("user aborted") == 1
    assert "Traceback" not in screen


def test_a_passive_verb_asks_nobody_even_on_a_terminal(offline_machine):
    offline_machine.write(TWO)
    for words in (("env",), ("whoami", "-o", "json")):
        with offline_machine.terminal("auth", *words) as terminal:
            terminal.expect_exact("multiple default identities found")
            terminal.expect(pexpect.EOF)
        assert terminal.exitstatus == 1


def test_what_is_evaluated_stays_clean_while_the_terminal_asks(offline_machine):
    offline_machine.write(NONE)
    script = """
        captured="$(atmos auth env -i)" || exit 9
        printf '<%s>' "$captured" >captured
        eval "$captured"
        echo "got=$ATMOS_IDENTITY"
    """
    terminal = offline_machine.in_terminal(["/bin/bash", "-c", script])
    terminal.expect_exact("gamma/two")
    terminal.send(ENTER)
    terminal.expect_exact("got=Alpha")
    terminal.expect(pexpect.EOF)
    captured = (offline_machine.directory / "captured").read_text()
    assert captured == '<export ATMOS_IDENTITY="Alpha">'


def test_a_dumb_terminal_gets_a_list_with_numbers(offline_machine):
    offline_machine.write(NONE)
    terminal = offline_machine.terminal(
        "auth", "exec", "--", "sh", "-c", "echo got=$ATMOS_IDENTITY", env={"TERM": "dumb"}
    )
    terminal.expect_exact("Number or name")
    terminal.sendline("4")
    terminal.expect_exact("got=gamma/two")
    terminal.expect(pexpect.EOF)
    assert "\x1b" not in terminal.before


def test_a_person_is_asked_what_to_log_out_of(machine):
    machine.login()
    words = ("auth", "logout")
    title = "What do you want to log out of?"
    screen, status = choose(machine, *words, keys=DOWN + ENTER, title=title, last="complete logout")
    assert (status, 'Logged out identity "prod"' in screen) == (0, True), screen
    assert "[base]" in machine.credentials().read_text()
