"""`atmos auth shell`, as a person in a terminal has it: real shells, their prompts, and the way out of them."""

import re
import shutil
import signal
import subprocess

import pytest
from person import Person

from aws_emulator import Emulator
from installed import installed

AMBIENT = """\
env: { FROM_CONFIG: "yes" }
auth:
  identities:
    here:
      kind: ambient
      default: true
      env: [{ key: TEAM, value: blue }]
    other: { kind: ambient }
    "odd $(touch pwned) `touch pwned` %F{red}": { kind: ambient }
"""
ODD = "odd $(touch pwned) `touch pwned` %F{red}"
# A shell that tells how it was started.
TELL = '#!/bin/sh\necho "arguments: $*"\nenv | sort\nexit 5\n'
SHELLS = ("bash", "zsh", "fish")
# What a person's startup file does, and the name of that file.
STARTUP = {
    "bash": (".bash_profile", "PS1='mine> '; STARTED=yes"),
    "zsh": (".zshrc", "PROMPT='mine> '; STARTED=yes; unsetopt zle prompt_sp"),
    "fish": (".config/fish/config.fish", "function fish_prompt; echo -n 'mine> '; end; set STARTED yes"),
}


@pytest.fixture
def ambient(offline_machine):
    offline_machine.write(AMBIENT)
    return offline_machine


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    installed(request.param)
    return request.param


@pytest.fixture
def tell(ambient) -> str:
    path = ambient.write(TELL, "tell")
    path.chmod(0o755)
    return str(path)


def told(stdout: str) -> tuple[str, dict[str, str]]:
    first, _, rest = stdout.partition("\n")
    return first, dict(line.split("=", 1) for line in rest.splitlines() if "=" in line)


def with_startup_file(machine, shell: str, more: str = "") -> None:
    name, text = STARTUP[shell]
    path = machine.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n{more}\n", encoding="utf-8")


def started(machine, shell: str, *words: str, env: dict[str, str] | None = None) -> Person:
    environ = {"SHELL": str(shutil.which(shell)), "LC_ALL": "C.UTF-8", **(env or {})}
    return Person(machine.terminal("auth", "shell", *words, env=environ, columns=120))


def test_the_prompt_shows_the_identity_and_the_way_out_is_said(ambient, shell: str):
    with_startup_file(ambient, shell)
    person = started(ambient, shell)
    person.sees(
        f'This {shell} is "here".', "Provider", "ambient", "Leave it with `exit` or Ctrl-D.", "(here) ", "mine> "
    )
    person.types("echo $TEAM-$ATMOS_IDENTITY-$ATMOS_SHLVL-$STARTED-$FROM_CONFIG.\r")
    person.sees("blue-here-1-yes-yes.", "(here) ", "mine> ")
    # It follows the variable, and so `atmos-id` and `auth env`.
    person.types("set -gx ATMOS_IDENTITY other\r" if shell == "fish" else "export ATMOS_IDENTITY=other\r")
    person.sees("(other) ", "mine> ")
    person.types("exit 7\r")
    person.sees('You have left the shell of "here" (provider ambient).')
    assert person.ends() == 7


def test_no_name_means_anything_in_a_prompt(ambient, shell: str):
    with_startup_file(ambient, shell, "setopt prompt_subst" if shell == "zsh" else "")
    person = started(ambient, shell, ODD)
    person.sees(f"({ODD}) ", "mine> ")
    person.types("exit\r")
    assert person.ends() == 0
    assert list(ambient.directory.rglob("pwned")) == list(ambient.home.rglob("pwned")) == []


@pytest.mark.parametrize(("words", "env"), [(("--no-prompt",), {}), ((), {"ATMOS_SHELL_PROMPT": "false"})])
def test_the_prompt_can_be_left_alone(ambient, shell: str, words: tuple[str, ...], env: dict[str, str]):
    with_startup_file(ambient, shell)
    person = started(ambient, shell, *words, env=env)
    person.sees("Leave it", "mine> ")
    person.types("exit\r")
    person.ends()
    assert "(here)" not in person.screen


@pytest.mark.parametrize(
    ("shell", "theirs"),
    [
        ("bash", "starship_precmd() { PS1='starship> '; }; PROMPT_COMMAND=\"starship_precmd;$PROMPT_COMMAND\""),
        ("bash", "PS1='${atmos_prompt}starship> '"),
        ("zsh", "p10k() { :; }; PROMPT='starship> '"),
        ("zsh", "setopt prompt_subst; atmos_prompt=; PROMPT='${atmos_prompt}starship> '"),
        ("fish", "function fish_prompt; echo -n 'starship> '; end"),
        ("fish", "function fish_prompt; atmos-prompt; echo -n 'starship> '; end; function atmos-prompt; end"),
    ],
)
def test_what_shows_the_identity_by_itself_keeps_its_prompt(ambient, shell: str, theirs: str):
    installed(shell)
    with_startup_file(ambient, shell, theirs)
    person = started(ambient, shell)
    for _ in range(2):
        person.sees("starship> ")
        person.types("\r")
    person.sees("starship> ")
    person.types("exit\r")
    person.ends()
    assert "(here)" not in person.screen


def test_the_status_of_the_last_command_still_reaches_the_persons_prompt(ambient, shell: str):
    prompts = {
        "bash": "PROMPT_COMMAND=\"$PROMPT_COMMAND; last=\\$?\"; PS1='[$last]> '",
        "zsh": "precmd_functions+=(mine); mine() { last=$? }; setopt prompt_subst; PROMPT='[$last]> '",
        "fish": 'function fish_prompt; echo -n "[$status|$pipestatus]> "; end',
    }
    with_startup_file(ambient, shell, prompts[shell])
    person = started(ambient, shell)
    person.sees("]> ")
    person.types("sh -c 'exit 42'\r")
    person.sees("(here) ", "[42")
    person.types("exit 0\r")
    assert person.ends() == 0


def test_nothing_of_ours_is_left_in_the_environment_of_programs(ambient, shell: str):
    with_startup_file(ambient, shell)
    person = started(ambient, shell, env={"ZDOTDIR": str(ambient.home)} if shell == "zsh" else None)
    person.sees("(here) ", "mine> ")
    person.types("echo; env | sort; echo that is all\r")
    person.sees("that is all\r\n")
    person.types("exit\r")
    person.ends()
    found = set(re.findall(r"^(\w+)=", person.screen.replace("\r", ""), re.MULTILINE))
    ours = {"ATMOS_IDENTITY", "ATMOS_SHLVL", "TEAM", "FROM_CONFIG"}
    shells_own = {
        "SHELL",
        "LC_ALL",
        "TERM",
        "SHLVL",
        "OLDPWD",
        "PWD",
        "LOGNAME",
        "USER",
        "_",
        "MAIL",
        "LS_COLORS",
        "LANG",
    }
    assert ours <= found
    assert found - ambient.environ.keys() - ours - shells_own - {"ZDOTDIR"} == set()
    assert ("ZDOTDIR" in found) is (shell == "zsh")


@pytest.mark.parametrize("there", [True, False])
def test_zsh_reads_the_persons_files_from_where_they_are(ambient, there: bool):
    installed("zsh")
    folder = ambient.home / ".zsh"
    folder.mkdir()
    for name in (".zshenv", ".zprofile", ".zshrc", ".zlogin"):
        (folder / name).write_text(f"READ+='{name} '; PROMPT='mine> '; unsetopt zle prompt_sp\n")
    if not there:
        # As many people have it: the one file at home that says where the others are.
        (ambient.home / ".zshenv").write_text("READ+='home '; export ZDOTDIR=$HOME/.zsh\n")
    person = started(ambient, "zsh", env={"ZDOTDIR": str(folder)} if there else None)
    person.sees("(here) mine> ")
    person.types("echo $READ$ZDOTDIR\r")
    person.sees(f"{'.zshenv' if there else 'home'} .zprofile .zshrc .zlogin {folder}")
    person.types("exit\r")
    assert person.ends() == 0


def test_bash_keeps_a_prompt_command_that_was_exported(ambient):
    with_startup_file(ambient, "bash")
    person = started(ambient, "bash", env={"PROMPT_COMMAND": "echo theirs"})
    person.sees("theirs", "(here) mine> ")
    person.types("bash --norc --noprofile\r")
    person.sees("theirs")
    person.types("exit\r")
    person.sees("theirs", "(here) mine> ")
    person.types("exit\r")
    assert person.ends() == 0


def test_it_is_a_login_shell_unless_arguments_are_given(ambient, tell: str):
    result = ambient.atmos("auth", "shell", "--shell", tell)
    words, environ = told(result.stdout)
    assert (words, result.returncode) == ("arguments: -l", 5)
    assert (environ["ATMOS_IDENTITY"], environ["ATMOS_SHLVL"], environ["TEAM"]) == ("here", "1", "blue")
    result = ambient.atmos("auth", "shell", "other", "--shell", tell, "--", "-x", "a b", "--", "--shell", "z")
    words, environ = told(result.stdout)
    assert (words, environ["ATMOS_IDENTITY"]) == ("arguments: -x a b -- --shell z", "other")


@pytest.mark.parametrize("name", ["ATMOS_SHELL", "SHELL"])
def test_the_flag_wins_over_the_variables_and_ours_over_everybodys(ambient, tell: str, name: str):
    missing = {"ATMOS_SHELL": "SHELL", "SHELL": "OTHER"}[name]
    result = ambient.atmos("auth", "shell", env={name: tell, missing: "/no/such/shell"})
    assert told(result.stdout)[0] == "arguments: -l"
    flag = ambient.atmos("auth", "shell", "--shell", "sh", "--", "-c", "echo $0", env={name: tell})
    assert (flag.returncode, flag.stdout) == (0, f"{shutil.which('sh')}\n")


@pytest.mark.parametrize(("words", "env"), [(("--shell", "no-such"), {}), ((), {"ATMOS_SHELL": "/no/such"})])
def test_a_shell_that_is_not_there_is_said_before_anybody_signs_in(machine, aws: Emulator, words, env):
    result = machine.atmos("auth", "shell", "--force-tty", *words, env=env)
    assert (result.returncode, result.stdout) == (127, "")
    assert "which is not there or cannot be run" in result.stderr
    assert aws.journal.entries() == []


def test_words_that_fit_nowhere_are_refused_with_advice(ambient):
    for words in (("here", "ls"), ("-c", "ls"), ("here", "--login")):
        result = ambient.atmos("auth", "shell", *words)
        assert (result.returncode, result.stdout) == (1, "")
        assert "put them after `--`" in result.stderr
        assert "--shell NAME" in result.stderr
    zsh = ambient.atmos("auth", "shell", "zsh")
    assert zsh.returncode == 1
    assert "atmos auth shell --shell zsh" in zsh.stderr
    two = ambient.atmos("auth", "shell", "here", "--identity", "other")
    assert "name two identities" in two.stderr


def test_one_shell_in_another_says_whose(ambient, tell: str):
    result = ambient.atmos("auth", "shell", "other", env={"ATMOS_SHLVL": "1", "ATMOS_IDENTITY": "here", "SHELL": tell})
    assert 'You are inside the shell of "here" already' in result.stderr
    assert 'You are in the shell of "here" again.' in result.stderr
    assert told(result.stdout)[1]["ATMOS_SHLVL"] == "2"
    odd = ambient.atmos("auth", "shell", env={"ATMOS_SHLVL": "many", "SHELL": tell})
    assert "inside" not in odd.stderr
    assert told(odd.stdout)[1]["ATMOS_SHLVL"] == "1"


@pytest.mark.parametrize("env", [{}, {"ATMOS_IDENTITY": "off"}])
def test_switched_off_it_is_a_plain_shell(ambient, tell: str, env: dict[str, str]):
    words = () if env else ("--identity=false",)
    given = {"AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": "AKIA", **env}
    result = ambient.atmos("auth", "shell", *words, "--shell", tell, env=given)
    first, environ = told(result.stdout)
    assert (first, result.returncode) == ("arguments: -l", 5)
    assert (environ["AWS_PROFILE"], environ["AWS_ACCESS_KEY_ID"], environ["FROM_CONFIG"]) == ("mine", "AKIA", "yes")
    assert {"ATMOS_SHLVL", "TEAM"} & environ.keys() == set()
    assert "Authentication is switched off" in result.stderr


def test_the_identity_is_what_every_tool_in_it_works_as(machine):
    machine.write(machine.atmos_yaml.read_text() + "  realm: acme\n")
    stale = {"AWS_ACCESS_KEY_ID": "old", "AWS_ROLE_ARN": "old", "AWS_WEB_IDENTITY_TOKEN_FILE": "/old"}
    script = "aws sts get-caller-identity; env"
    words = ("auth", "shell", "--force-tty", "--no-browser", "--shell", "sh", "--", "-c", script)
    result = machine.atmos(*words, env=stale)
    assert result.returncode == 0, result.stderr
    assert "assumed-role/DeployRole" in result.stdout
    assert stale.keys() & told(result.stdout)[1].keys() == set()
    # Both banners name the provider and the realm, the first one the end.
    entering, leaving = result.stderr.split("Leave it with")
    for banner in (entering, leaving):
        assert "my-sso" in banner
        assert "acme" in banner
        assert '"prod"' in banner
    assert re.search(r"Expires +\d{4}-\d\d-\d\d .* \(\d+m", entering)


@pytest.mark.parametrize("flag", ["--refresh", "--refresh=endpoint"])
def test_a_shell_that_outlives_its_credentials_can_have_them_renewed(machine, flag: str):
    """The profile runs us, or programs ask us, so that what is renewed meanwhile is found."""
    machine.login()
    script = "sed -i s/expiration=[^' ']*/expiration=2020-01-01T01:00:00Z/ $KEPT; aws sts get-caller-identity"
    kept = {"KEPT": str(machine.credentials())}
    result = machine.atmos("auth", "shell", flag, "--shell", "sh", "--", "-c", script, env=kept)
    assert "assumed-role/DeployRole" in result.stdout, result.stderr
    assert re.search(r"Expires .*, and is renewed$", result.stderr, re.MULTILINE)
    assert "have expired" not in result.stderr
    assert "2020-01-01" not in machine.credentials().read_text()


def test_without_a_person_no_shell_is_started(machine):
    result = machine.atmos("auth", "shell", "--shell", "sh", "--", "-c", "echo started")
    assert (result.returncode, result.stdout) == (2, "")
    assert "atmos auth login" in result.stderr


def test_signals_reach_the_shell_and_its_answer_counts(ambient):
    script = "trap 'echo terminated; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
    process = ambient.start("auth", "shell", "--shell", "sh", "--", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=30)
    assert (stdout, process.returncode) == ("terminated\n", 5)
    assert "You have left the shell" in stderr


def test_ctrl_c_and_job_control_are_the_shells_own(ambient):
    with_startup_file(ambient, "bash")
    person = started(ambient, "bash")
    person.sees("mine> ")
    person.types("sleep 100\r")
    person.types("\x1a")
    person.sees("Stopped", "mine> ")
    person.types("fg\r")
    person.sees("sleep 100\r\n")
    person.types("\x03")
    person.sees("mine> ")
    person.types("echo $?.\r")
    person.sees("130.")
    person.types("sh -c 'exit 9'\r\x04")
    person.sees("You have left")
    assert person.ends() == 9


def test_commands_from_a_pipe_are_run_and_their_status_is_ours(ambient):
    argv = ambient.command("atmos", "auth", "shell", "--shell", "bash")
    where = {"cwd": ambient.directory, "env": ambient.environ}
    result = subprocess.run(
        argv, **where, input="echo $ATMOS_IDENTITY; exit 4\n", capture_output=True, text=True, timeout=30, check=False
    )
    assert (result.stdout, result.returncode) == ("here\n", 4)
