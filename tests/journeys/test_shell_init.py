"""`atmos auth shell-init`: its functions in the real shells, in scripts under `set -eu`, and at a prompt."""

import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from person import Person

from aws_emulator import Emulator
from installed import installed

AMBIENT = """\
auth:
  identities:
    here:
      kind: ambient
      default: true
      env: [{ key: TEAM, value: "blue $x 'y'" }]
    other: { kind: ambient }
    "100%": { kind: ambient }
"""
# What a startup file holds.
LOAD = {
    "bash": 'set -eu\neval "$(atmos auth shell-init bash)"',
    "zsh": 'set -eu\neval "$(atmos auth shell-init zsh)"',
    "fish": "atmos auth shell-init fish | source",
}


@pytest.fixture(params=LOAD)
def shell(request: pytest.FixtureRequest) -> str:
    installed(request.param)
    return request.param


@pytest.fixture
def ambient(offline_machine):
    offline_machine.write(AMBIENT)
    return offline_machine


def run(machine, shell: str, script: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script in the shell; lines that begin with `?` may fail, and then print their status."""
    failing = {"bash": r"\1 || echo status $?", "zsh": r"\1 || echo status $?", "fish": r"\1; or echo status $status"}
    script = re.sub(r"^\? *(.*)$", failing[shell], script, flags=re.MULTILINE)
    program = installed(shell)
    return subprocess.run(
        [program, "-c", f"{LOAD[shell]}\n{script}"],
        cwd=machine.directory,
        env=machine.environ | {"LC_ALL": "C.UTF-8"} | (env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_identity_is_switched_in_the_shell_itself(ambient, shell: str):
    result = run(ambient, shell, 'atmos-id here\necho "$ATMOS_IDENTITY $TEAM"\natmos-id OTHER\nenv')
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("here blue $x 'y'\n")
    # What the first one brought along has gone with it.
    assert "ATMOS_IDENTITY=other\n" in result.stdout
    assert "TEAM=" not in result.stdout


def test_without_a_name_it_is_the_default_and_then_the_one_that_is_there(ambient, shell: str):
    result = run(ambient, shell, 'atmos-id\necho "$ATMOS_IDENTITY"\natmos-id other\natmos-id\necho "$ATMOS_IDENTITY"')
    assert (result.returncode, result.stdout, result.stderr) == (0, "here\nother\n", "")


def test_a_failure_leaves_the_shell_as_it_was(ambient, shell: str):
    script = 'atmos-id here\nenv >before\n? atmos-id nobody\nenv >after\necho "go on"'
    result = run(ambient, shell, script)
    assert (result.returncode, result.stdout) == (0, "status 1\ngo on\n")
    assert 'identity "nobody" not found' in result.stderr
    before, after = ((ambient.directory / name).read_text() for name in ("before", "after"))
    assert before == after


def test_unset_ends_it(ambient, shell: str):
    result = run(ambient, shell, "atmos-id here\natmos-id --unset\nenv")
    assert (result.returncode, result.stderr) == (0, "")
    assert "ATMOS_IDENTITY=" not in result.stdout
    assert "TEAM=" not in result.stdout


@pytest.mark.parametrize("words", ["here other", "--help", "-h", "--login here", "--format=json", "--unset here"])
def test_what_does_not_fit_is_refused_and_nothing_is_evaluated(ambient, shell: str, words: str):
    result = run(ambient, shell, f"? atmos-id {words}\nenv")
    assert result.stdout.startswith("status 2\n")
    assert result.stderr == "usage: atmos-id [NAME | --unset]\n"
    assert "ATMOS_IDENTITY=" not in result.stdout


def test_settings_for_auth_env_do_not_lead_astray(ambient, shell: str):
    settings = {"ATMOS_AUTH_ENV_FORMAT": "json", "ATMOS_AUTH_ENV_OUTPUT_FILE": "elsewhere"}
    result = run(ambient, shell, 'atmos-id here\necho "$ATMOS_IDENTITY"', env=settings)
    assert (result.returncode, result.stdout, result.stderr) == (0, "here\n", "")
    assert not (ambient.directory / "elsewhere").exists()


def test_it_signs_in_and_the_keys_serve_the_programs_of_the_shell(machine, shell: str, aws: Emulator):
    script = "atmos-id prod\naws sts get-caller-identity\natmos-id --unset\n? aws sts get-caller-identity"
    result = run(machine, shell, script, env={"ATMOS_FORCE_TTY": "true", "SSH_TTY": "/dev/pts/0", "AWS_PROFILE": "old"})
    assert "assumed-role/DeployRole" in result.stdout
    assert "Unable to locate credentials" in result.stderr
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_the_mode_that_a_person_likes_is_heeded(machine, shell: str):
    result = run(machine, shell, "? atmos-id prod\nenv", env={"ATMOS_AUTH_ENV_MODE": "files"})
    assert "status" in result.stdout, "nobody could sign in"
    machine.login()
    result = run(machine, shell, "atmos-id prod\nenv", env={"ATMOS_AUTH_ENV_MODE": "files"})
    assert "AWS_PROFILE=prod\n" in result.stdout
    assert "AWS_SECRET_ACCESS_KEY" not in result.stdout


def segment(machine, shell: str, script: str, env: dict[str, str]) -> str:
    """What the prompt would show, where no program can be found at all."""
    shown = "atmos-prompt" if shell == "fish" else 'atmos-prompt\nprintf %s "$atmos_prompt"'
    clear = "set PATH" if shell == "fish" else "PATH="
    result = run(machine, shell, f"{script}\n{clear}\n{shown}", env=env)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_the_segment_reads_variables_only(ambient, shell: str):
    assert segment(ambient, shell, "", {}) == ""
    assert segment(ambient, shell, "", {"ATMOS_IDENTITY": "prod"}) == "(prod) "
    percent = "(100%%) " if shell == "zsh" else "(100%) "
    assert segment(ambient, shell, "", {"ATMOS_IDENTITY": "100%"}) == percent
    odd = "$(touch pwned) `touch pwned` \\u"
    assert segment(ambient, shell, "", {"ATMOS_IDENTITY": odd}) == f"({odd}) "
    assert list(ambient.directory.rglob("pwned")) == []


@pytest.mark.parametrize("end", ["", "soon", "2026-01-02", "2026-01-02T03:04:05+02:00", "a[$(touch pwned)]", "0" * 20])
def test_an_end_that_cannot_be_read_is_left_out(ambient, shell: str, end: str):
    environ = {"ATMOS_IDENTITY": "prod", "AWS_CREDENTIAL_EXPIRATION": end}
    assert segment(ambient, shell, "", environ) == "(prod) "
    assert list(ambient.directory.rglob("pwned")) == []


def left(seconds: float) -> str:
    minutes = int(seconds // 60)
    if seconds <= 0:
        return "expired"
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h{minutes % 60}m"


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_time_that_is_left_is_right_on_every_day(ambient, shell: str):
    installed(shell)
    start = time.time()
    now = datetime.fromtimestamp(int(start), UTC)
    spans = [timedelta(minutes=minutes) for minutes in (-5, 0, 1, 42, 59, 60, 61, 719, 720)]
    # Around the ends of months and years, leap days, and daylight saving anywhere.
    spans += [timedelta(days=days, hours=days % 24, seconds=30) for days in range(1, 2000, 23)]
    ends = [now + span for span in spans] + [datetime(y, 2, 28, 23, 59, 59, tzinfo=UTC) for y in (2028, 2100, 2400)]
    ends += [datetime(2028, 2, 29, tzinfo=UTC), datetime(2000, 2, 29, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)]
    script = "".join(
        f'AWS_CREDENTIAL_EXPIRATION={end:%Y-%m-%dT%H:%M:%S}{zone}\natmos-prompt\necho "$atmos_prompt"\n'
        for number, end in enumerate(ends)
        for zone in (("Z", "+00:00")[number % 2],)
    )
    result = run(ambient, shell, script, env={"ATMOS_IDENTITY": "prod", "TZ": "America/New_York"})
    finish = time.time()
    shown = [line.removeprefix("(prod ").removesuffix(") ") for line in result.stdout.splitlines()]
    assert len(shown) == len(ends), result.stderr
    for end, text in zip(ends, shown, strict=True):
        moments = range(int(start) - 1, int(finish) + 2)
        assert text in {left(end.timestamp() - moment) for moment in moments}, end


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_line_for_a_startup_file_works_and_keeps_the_status(ambient, shell: str):
    """It is the comment above the function."""
    installed(shell)
    printed = ambient.atmos("auth", "shell-init", shell).stdout
    (line,) = re.findall(rf"^# {shell}: (P.*atmos_prompt.*|precmd.*)$", printed, re.MULTILINE)
    name, before, more = {
        "bash": (".bashrc", "PS1='$? mine> '", ""),
        "zsh": (".zshrc", "PROMPT='%? mine> '", "unsetopt zle prompt_sp"),
    }[shell]
    load = f'eval "$(atmos auth shell-init {shell})"'
    (ambient.home / name).write_text(f"{before}\n{load}\n{line}\n{more}\n")
    environ = {"AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"}
    person = Person(ambient.in_terminal([str(shutil.which(shell)), "-i"], env=environ))
    person.sees("0 mine> ")
    person.types("atmos-id 100%\r")
    person.sees("(100% expired) 0 mine> ")
    person.types("sh -c 'exit 42'\r")
    person.sees("(100% expired) 42 mine> ")
    person.types("atmos-id --unset\r")
    person.sees("atmos-id --unset", "0 mine> ")
    person.types("exit\r")
    person.ends()
    assert "(" not in person.screen.rpartition("--unset")[2]


def test_powershell_gets_functions_too(ambient):
    printed = ambient.atmos("auth", "shell-init", "powershell")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert "function global:atmos-id {" in printed.stdout
    assert "function global:atmos-prompt {" in printed.stdout
    program = shutil.which("pwsh")
    if program is None:
        pytest.skip("pwsh is not installed: only the text was looked at")
    script = (
        "atmos auth shell-init powershell | Out-String | Invoke-Expression; atmos-id here; $env:ATMOS_IDENTITY; "
        "atmos-id nobody; $env:ATMOS_IDENTITY; atmos-prompt; atmos-id --unset; [bool]$env:ATMOS_IDENTITY"
    )
    result = subprocess.run(
        [program, "-NoProfile", "-NonInteractive", "-Command", script],
        cwd=ambient.directory, env=ambient.environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.stdout.splitlines() == ["here", "here", "(here) ", "False"]


def test_the_other_command_calls_itself(ambient):
    for name in ("bash", "zsh", "fish", "powershell"):
        printed = ambient.run("atmos-auth", "shell-init", name).stdout
        assert " atmos-auth env --format=" in printed
        assert " atmos auth env" not in printed


def test_no_configuration_is_needed_and_a_broken_one_does_no_harm(offline_machine):
    offline_machine.write("auth: [\n")
    assert offline_machine.atmos("auth", "shell-init", "bash").returncode == 0


@pytest.mark.parametrize("words", [(), ("tcsh",), ("bash", "zsh")])
def test_an_unknown_shell_names_those_that_there_are(ambient, words: tuple[str, ...]):
    result = ambient.atmos("auth", "shell-init", *words)
    assert (result.returncode, result.stdout) == (1, "")
    assert "shell-init" in result.stderr
