import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.delivery import formats

NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,6}", fullmatch=True).map(lambda name: f"X{name}")
# Everything an environment can hold, with what shells find interesting over-represented.
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from(
    "\"'\\$`!\n\r\t *?[]{}()<>|&;#~%=\x7f"
)
VALUES = st.text(CHARACTERS, max_size=25)
VARIABLES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)
HOSTILE = {
    "EMPTY": "",
    "SPACES": "  two  ",
    "QUOTES": "\"'",
    "COMMAND": "$(touch pwned) `touch pwned`",
    "VARIABLE": "$HOME ${HOME} $$ $1",
    "BACKSLASH": "\\ \\n \\\\ end\\",
    "LINES": "a\nb\r\nc\n",
    "HISTORY": "!! !$",
    "COMMENT": "# no",
    "TOKEN": "IQoJb3JpZ2lu+/abc==",
    "UNICODE": "ünï 日本 \u2028 \x85",
    "CONTROL": "\x01\x1b[31m\x7f",
    "EQUALS": "a=b=c",
}


def read_back(shell: str, text: str, names: list[str], environ: dict[str, str]) -> dict[str, str | None]:
    """What a real shell's children find after it has evaluated the text."""
    program = shutil.which(shell)
    assert program, f"{shell} is needed for this test"
    result = subprocess.run(
        [program, "-c", 'eval "$1"; env -0', shell, text], env=environ, capture_output=True, check=True
    )
    assert result.stderr == b""
    found = dict(entry.split("=", 1) for entry in result.stdout.decode().split("\0") if entry)
    return {name: found.get(name) for name in names}


@pytest.mark.parametrize("shell", ["bash", "dash"])
def test_hostile_values_survive_a_shell(shell, environ, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_back(shell, formats.bash(HOSTILE), list(HOSTILE), environ) == HOSTILE
    assert list(tmp_path.glob("pwned")) == []


@pytest.mark.parametrize("shell", ["bash", "dash"])
@given(variables=VARIABLES)
@settings(max_examples=60, deadline=None)
def test_any_value_survives_a_shell(shell, variables):
    assert read_back(shell, formats.bash(variables), list(variables), {"PATH": "/usr/bin:/bin"}) == variables


@pytest.mark.parametrize("shell", ["bash", "dash"])
def test_a_shell_unsets_what_it_is_told_to(shell, environ):
    text = formats.bash({"KEPT": "new"}, unset=["OLD", "NEVER_SET"])
    found = read_back(shell, text, ["KEPT", "OLD"], environ | {"OLD": "stale", "KEPT": "old"})
    assert found == {"KEPT": "new", "OLD": None}


def test_bash_lines_are_sorted_and_quoted_as_people_know_them():
    assert (
        formats.bash({"B": 'x"y', "A": "1"}, unset=["D", "C"]) == 'unset C\nunset D\nexport A="1"\nexport B="x\\"y"\n'
    )
    assert formats.bash({}) == ""


def undotenv(text: str) -> dict[str, str]:
    """Read a .env file by the rules that its readers share: bare, literal in single quotes, escapes in double ones."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        if not line:
            continue
        name, _, value = line.partition("=")
        if value[:1] == "'":
            assert value[-1] == "'"
            assert "'" not in value[1:-1]
            found[name] = value[1:-1]
        elif value[:1] == '"':
            assert value[-1] == '"'
            found[name] = unescaped(value[1:-1])
        else:
            assert not set(value) & set(" \t#\"'\\$`")
            found[name] = value
    return found


def unescaped(text: str) -> str:
    result, characters = "", iter(text)
    for character in characters:
        assert character != '"'
        if character == "\\":
            escaped = next(characters)
            assert escaped in 'nr\\"$`'
            result += {"n": "\n", "r": "\r"}.get(escaped, escaped)
        else:
            result += character
    return result


@given(VARIABLES)
def test_a_dotenv_reader_gets_what_was_meant(variables):
    assert undotenv(formats.dotenv(variables)) == variables


def test_dotenv_leaves_plain_values_plain():
    plain = {"A": "IQoJb3JpZ2lu+/abc==", "B": "https://x:1/y", "C": ""}
    assert formats.dotenv(plain, unset=["D"]) == "A=IQoJb3JpZ2lu+/abc==\nB=https://x:1/y\nC=\n"


def test_dotenv_takes_single_quotes_where_it_can():
    assert formats.dotenv({"A": "$HOME `id` \\"}) == "A='$HOME `id` \\'\n"
    assert formats.dotenv({"A": "it's $5"}) == 'A="it\'s \\$5"\n'


def test_hostile_values_survive_dotenv_and_json():
    assert undotenv(formats.dotenv(HOSTILE)) == HOSTILE
    assert json.loads(formats.json(HOSTILE)) == HOSTILE


@given(VARIABLES)
def test_json_is_json(variables):
    text = formats.json(variables, unset=["NAME"])
    assert json.loads(text) == variables
    assert list(json.loads(text)) == sorted(variables)
    assert text.endswith("}\n")


def test_every_format_has_its_name():
    assert {"bash", "json", "dotenv"} <= set(formats.FORMATS)
