"""`atmos auth env` for every shell: what programs find after each of them has evaluated what is printed."""

import json
import subprocess

import pytest

from aws_emulator import Emulator
from installed import installed

AWKWARD = """-a "b" 'c' $HOME `id` \\ ; é 日本 !! %F{red}
line two\\"""
AMBIENT = """\
auth:
  identities:
    here:
      kind: ambient
      default: true
      env:
        - {{ key: AWKWARD, value: {value} }}
        - {{ key: EMPTY, value: "" }}
    there:
      kind: ambient
      env: [{{ key: OTHER, value: "1" }}]
"""
# How each shell is told to evaluate what a command prints.
EVALUATE = {
    "bash": 'eval "$({})"',
    "dash": 'eval "$({})"',
    "zsh": 'eval "$({})"',
    "fish": "{} | source",
}
FORMATS = {"bash": "bash", "dash": "bash", "zsh": "zsh", "fish": "fish"}
WINNING = {
    "AWS_PROFILE": "old",
    "AWS_SECURITY_TOKEN": "old",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/old",
    "AWS_SESSION_TOKEN": "old",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/old",
}


@pytest.fixture(params=EVALUATE)
def shell(request: pytest.FixtureRequest) -> str:
    installed(request.param)
    return request.param


@pytest.fixture
def ambient(offline_machine):
    offline_machine.write(AMBIENT.format(value=json.dumps(AWKWARD, ensure_ascii=False)))
    return offline_machine


def after(machine, shell: str, *commands: str, env: dict[str, str] | None = None) -> dict[str, str]:
    """Evaluate what each command prints, and return what a program finds then."""
    script = "\n".join(EVALUATE[shell].format(command) for command in commands)
    program = installed(shell)
    words = [program, "-c", f"{script}\nenv -0"] if shell == "fish" else [program, "-euc", f"{script}\nenv -0"]
    environ = machine.environ | {"LC_ALL": "C.UTF-8"} | (env or {})
    result = subprocess.run(
        words, cwd=machine.directory, env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stderr == ""
    return dict(entry.split("=", 1) for entry in result.stdout.split("\0") if entry)


def test_any_value_arrives(ambient, shell: str):
    found = after(ambient, shell, f"atmos auth env --format {FORMATS[shell]}")
    assert (found["AWKWARD"], found["EMPTY"], found["ATMOS_IDENTITY"]) == (AWKWARD, "", "here")


def test_keys_arrive_and_nothing_wins_over_them(machine, shell: str):
    machine.login()
    keys = json.loads(machine.atmos("auth", "env", "-f", "json").stdout)
    found = after(machine, shell, f"atmos auth env --format {FORMATS[shell]}", env=WINNING)
    assert {name: found[name] for name in keys} == keys
    assert WINNING.keys() & found.keys() == {"AWS_SESSION_TOKEN"}


def test_unset_leaves_nothing_of_what_any_mode_sets(machine, shell: str):
    machine.write(machine.atmos_yaml.read_text() + "      env: [{ key: TEAM, value: blue }]\n")
    machine.login("staging")
    chosen = f"--identity staging --format {FORMATS[shell]}"
    sets = [f"atmos auth env {chosen} --mode {mode}" for mode in ("keys", "files", "process")]
    before = after(machine, shell)
    found = after(machine, shell, sets[0], sets[1], sets[2])
    assert (found["TEAM"], found["ATMOS_IDENTITY"], found["AWS_PROFILE"]) == ("blue", "staging", "staging")
    # The identity is known from the shell itself, and what would win goes as well.
    clear = f"atmos auth env --unset --format {FORMATS[shell]}"
    found = after(machine, shell, *sets, clear, env=WINNING)
    assert found.keys() - before.keys() == set()
    for one in sets:
        assert after(machine, shell, one, clear).keys() - before.keys() == set()


def test_another_identity_leaves_nothing_of_the_former_one(machine, shell: str):
    yaml = machine.atmos_yaml.read_text()
    machine.write(
        yaml + "      env: [{ key: TEAM, value: blue }, { key: KEPT, value: theirs }]\n    none: { kind: ambient }\n"
    )
    machine.login("staging")
    machine.login("prod")
    of = f"atmos auth env --format {FORMATS[shell]} --identity"
    found = after(machine, shell, f"{of} staging", f"{of} prod --mode files", env={"KEPT": "mine"})
    assert (found["ATMOS_IDENTITY"], found["AWS_PROFILE"]) == ("prod", "prod")
    assert {"TEAM", "KEPT", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL_STS"} & found.keys() == set()
    # An ambient identity is what the shell was before, and not the identity in between.
    found = after(machine, shell, f"{of} staging", f"{of} none")
    assert [name for name in found if name.startswith("AWS_")] == ["AWS_EC2_METADATA_DISABLED"]
    # What the person has set to something else meanwhile is theirs.
    assert after(machine, shell, f"{of} prod", env={"ATMOS_IDENTITY": "staging", "KEPT": "mine"})["KEPT"] == "mine"


def test_unset_knows_what_to_clear_without_a_configuration_for_it(ambient):
    result = ambient.atmos("auth", "env", "--unset", env={"ATMOS_IDENTITY": "elsewhere"})
    assert result.returncode == 0
    assert "unset ATMOS_IDENTITY\n" in result.stdout
    assert "its own variables are not known, and stay" in result.stderr
    # Of the one that is named, or of the default, all is known.
    for words, env in (((), {}), (("there",), {}), ((), {"ATMOS_IDENTITY": "there"})):
        result = ambient.atmos("auth", "env", "--unset", *words, env=env)
        assert (result.returncode, result.stderr) == (0, "")
        assert ("unset OTHER\n" in result.stdout) is (words != () or env != {})
        assert ("unset AWKWARD\n" in result.stdout) is (words == () and env == {})
    wrong = ambient.atmos("auth", "env", "--unset", "nobody")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert 'identity "nobody" not found' in wrong.stderr


def test_unset_does_not_choose_among_several_identities(ambient):
    ambient.write("auth: { identities: { a: { kind: ambient }, b: { kind: ambient } } }\n")
    result = ambient.atmos("auth", "env", "--unset")
    assert (result.returncode, result.stderr) == (0, "")
    assert "unset AWS_PROFILE\n" in result.stdout


@pytest.mark.parametrize("name", ["json", "dotenv", "env", "github"])
def test_what_cannot_unset_says_so(ambient, name: str):
    result = ambient.atmos("auth", "env", "--unset", "--format", name, env={"GITHUB_ENV": "job.env"})
    assert (result.returncode, result.stdout) == (1, "")
    assert f"--unset cannot be written as {name}" in result.stderr
    assert "--format bash" in result.stderr
    assert not (ambient.directory / "job.env").exists()


def test_a_line_break_is_refused_where_it_cannot_stand(ambient):
    for name, hint in (("env", "--format json"), ("cmd", "--format powershell")):
        result = ambient.atmos("auth", "env", "--format", name)
        assert (result.returncode, result.stdout) == (1, "")
        assert "the value of AWKWARD" in result.stderr
        assert "line two" not in result.stderr
        assert hint in result.stderr
    raw = ambient.atmos("auth", "env", "there", "--format", "env")
    assert raw.stdout == "ATMOS_IDENTITY=there\nOTHER=1\n"
    assert ambient.atmos("auth", "env", "there", "--format", "cmd").stdout == (
        'set "ATMOS_IDENTITY=there"\nset "OTHER=1"\n'
    )
    assert ambient.atmos("auth", "env", "there", "--format", "powershell").stdout == (
        "$env:ATMOS_IDENTITY = 'there'\n$env:OTHER = '1'\n"
    )


def test_a_value_that_the_output_cannot_encode_is_an_error_and_no_substitute(ambient):
    narrow = {"PYTHONIOENCODING": "latin-1"}
    result = ambient.atmos("auth", "env", env=narrow)
    assert (result.returncode, result.stdout) == (1, "")
    assert "the value of AWKWARD cannot be written" in result.stderr
    assert ambient.atmos("auth", "env", "there", env=narrow).returncode == 0
    # PowerShell's lines are ASCII, so they need no such thing.
    shown = ambient.atmos("auth", "env", "-f", "powershell", env=narrow)
    assert shown.returncode == 0
    assert "$([char]26085)" in shown.stdout


def test_an_output_file_is_appended_to_in_every_format_and_a_dash_is_stdout(ambient):
    for name in ("zsh", "fish", "powershell"):
        result = ambient.atmos("auth", "env", "there", "-f", name, "-o", "out")
        assert (result.returncode, result.stdout) == (0, "")
    text = (ambient.directory / "out").read_text()
    assert text.splitlines() == [
        'export ATMOS_IDENTITY="there"',
        'export OTHER="1"',
        "set -gx ATMOS_IDENTITY 'there';",
        "set -gx OTHER '1';",
        "$env:ATMOS_IDENTITY = 'there'",
        "$env:OTHER = '1'",
    ]
    dash = ambient.atmos("auth", "env", "there", "-o", "-", env={"ATMOS_AUTH_ENV_OUTPUT_FILE": "other"})
    assert dash.stdout == 'export ATMOS_IDENTITY="there"\nexport OTHER="1"\n'
    assert not (ambient.directory / "other").exists()


def test_an_unknown_format_or_mode_names_those_that_there_are(ambient):
    wrong = ambient.atmos("auth", "env", "--format", "nushell")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "invalid format: unsupported format: nushell" in wrong.stderr
    assert "bash, zsh, fish, powershell, cmd, json, dotenv, env, github" in wrong.stderr
    wrong = ambient.atmos("auth", "env", env={"ATMOS_AUTH_ENV_MODE": "magic"})
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "keys, files, process" in wrong.stderr


def test_a_profile_that_fetches_its_credentials_needs_none_to_be_printed(machine, aws: Emulator):
    """The AWS CLI itself runs what the profile names, before and after somebody has signed in."""
    process = {"ATMOS_AUTH_ENV_MODE": "process"}
    printed = machine.atmos("auth", "env", "-f", "json", env=process)
    assert printed.returncode == 0, printed.stderr
    variables = json.loads(printed.stdout)
    assert set(variables) == {
        "ATMOS_IDENTITY",
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_SHARED_CREDENTIALS_FILE",
    }
    assert aws.journal.entries() == []
    caller = ("sts", "get-caller-identity")
    refused = machine.run("aws", *caller, env=variables)
    assert refused.returncode != 0
    assert "atmos auth login --identity prod" in refused.stderr
    machine.login()
    assert "assumed-role/DeployRole" in machine.run("aws", *caller, env=variables).stdout
    # Nobody has to print anything anew when they run out.
    machine.expire_credentials()
    assert "assumed-role/DeployRole" in machine.run("aws", *caller, env=variables).stdout
    assert machine.atmos("auth", "env", "-f", "json", "--mode", "process").stdout == printed.stdout


def test_an_ambient_identity_cannot_be_fetched_anew(ambient):
    result = ambient.atmos("auth", "env", "--mode", "process")
    assert (result.returncode, result.stdout) == (1, "")
    assert "--mode files" in result.stderr
