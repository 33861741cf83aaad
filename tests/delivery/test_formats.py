"""Every format read back by what reads it: the real shells, where they are installed, and the rules of the others."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.delivery.formats import FORMATS, render, require_unsetting
from atmos_auth.domain.errors import InvalidSetting, UsageError

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
    "X_LINES": "a\nb\r\nc\n",
    "HISTORY": "!! !$",
    "COMMENT": "# no",
    "TOKEN": "IQoJb3JpZ2lu+/abc==",
    "UNICODE": "ünï 日本 \u2028 \x85",
    "CONTROL": "\x01\x1b[31m\x7f",
    "EQUALS": "a=b=c",
}


LEADING_DASH = {"DASH": "-n", "DASHES": "--", "PLUS": "+x", "TILDE": "~/x", "GLOB": "*.py", "BRACES": "{a,b}"}
HOSTILE |= LEADING_DASH | {
    "TYPOGRAPHIC": "\u2018\u2019\u201a\u201b \u201c\u201d\u201e",
    "ASTRAL": "😀",
    "TABS": "\t\x0b\x0c",
}
# Written by the last process that a shell starts, so that it is no matter how a shell handles output.
DUMP = "import os, sys; open(sys.argv[1], 'wb').write(b'\\0'.join(k + b'=' + v for k, v in os.environb.items()))"


class Reading:
    """How one shell is told to evaluate a text: arguments, with the text in a file and its name in `$1` or `$env:1`."""

    def __init__(self, shell: str, text_format: str, *words: str, script: str) -> None:
        self.shell, self.text_format, self.words, self.script = shell, text_format, words, script

    def __str__(self) -> str:
        return " ".join((self.shell, *self.words[:-1], self.text_format))


# What the documentation tells people to type.
READINGS = [
    Reading("bash", "bash", "-c", script='eval "$(cat "$TEXT")"; "$PYTHON" -c "$DUMP" "$OUT"'),
    Reading("bash", "bash", "--posix", "-euc", script='eval "$(cat "$TEXT")"; "$PYTHON" -c "$DUMP" "$OUT"'),
    Reading("bash", "bash", "-H", "-c", script='. "$TEXT"; "$PYTHON" -c "$DUMP" "$OUT"'),
    Reading("dash", "bash", "-euc", script='eval "$(cat "$TEXT")"; "$PYTHON" -c "$DUMP" "$OUT"'),
    Reading("zsh", "zsh", "-f", "-euc", script='eval "$(cat "$TEXT")"; "$PYTHON" -c "$DUMP" "$OUT"'),
    Reading("zsh", "zsh", "-f", "-i", "-c", script='eval "$(cat "$TEXT")"; "$PYTHON" -c "$DUMP" "$OUT"'),
    Reading("fish", "fish", "-N", "-c", script="cat $TEXT | source; $PYTHON -c $DUMP $OUT"),
    Reading("fish", "fish", "-N", "-c", script="eval (cat $TEXT); $PYTHON -c $DUMP $OUT"),
    Reading(
        "pwsh", "powershell", "-NoProfile", "-NonInteractive", "-Command",
        script="Get-Content $env:TEXT | Out-String | Invoke-Expression; & $env:PYTHON -c $env:DUMP $env:OUT",
    ),
]  # fmt: skip


@pytest.fixture(params=READINGS, ids=str)
def reading(request: pytest.FixtureRequest) -> Reading:
    if shutil.which(request.param.shell) is None:
        pytest.skip(f"{request.param.shell} is not installed")
    return request.param


def read_back(
    reading: Reading, folder: Path, variables: dict[str, str], unset: tuple[str, ...] = (), **environ: str
) -> dict[str, str]:
    """What a real shell's children find after it has evaluated the text."""
    text, out = folder / "text", folder / "out"
    text.write_bytes(render(reading.text_format, variables, unset).encode("utf-8", "surrogateescape"))
    environ |= {"TEXT": str(text), "OUT": str(out), "DUMP": DUMP, "PYTHON": sys.executable}
    environ |= {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    program = shutil.which(reading.shell)
    assert program
    out.unlink(missing_ok=True)
    result = subprocess.run(
        [program, *reading.words, reading.script], env=environ, cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, b"")
    return dict(entry.split("=", 1) for entry in out.read_bytes().decode("utf-8", "surrogateescape").split("\0"))


def meant(reading: Reading, variables: dict[str, str]) -> dict[str, str]:
    """PowerShell before 7.5 has no empty variables."""
    if reading.shell == "pwsh":
        return {name: value for name, value in variables.items() if value}
    return variables


def test_hostile_values_survive_a_shell(reading: Reading, tmp_path: Path):
    found = read_back(reading, tmp_path, HOSTILE)
    assert {name: found.get(name) for name in meant(reading, HOSTILE)} == meant(reading, HOSTILE)
    assert list(tmp_path.rglob("pwned")) == []


@given(variables=VARIABLES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_survives_a_shell(reading: Reading, tmp_path: Path, variables: dict[str, str]):
    found = read_back(reading, tmp_path, variables)
    assert {name: found.get(name) for name in meant(reading, variables)} == meant(reading, variables)


def test_a_path_that_is_not_utf_8_survives_a_shell(reading: Reading, tmp_path: Path):
    if reading.shell == "pwsh":
        pytest.skip("PowerShell holds UTF-16 and no bytes")
    value = b"/caf\xe9/\xff\x80".decode("utf-8", "surrogateescape")
    assert read_back(reading, tmp_path, {"FOLDER": value})["FOLDER"] == value


def test_a_shell_unsets_what_it_is_told_to(reading: Reading, tmp_path: Path):
    found = read_back(reading, tmp_path, {"KEPT": "new"}, ("NEVER_SET", "OLD"), OLD="stale", KEPT="old")
    assert found["KEPT"] == "new"
    assert "OLD" not in found
    found = read_back(reading, tmp_path, {}, ("NEVER_SET", "OLD"), OLD="stale", KEPT="old")
    assert found["KEPT"] == "old"
    assert "OLD" not in found


def test_bash_lines_are_sorted_and_quoted_as_people_know_them():
    lines = render("bash", {"B": 'x"y', "A": "1"}, unset=["D", "C"])
    assert lines == 'unset C\nunset D\nexport A="1"\nexport B="x\\"y"\n'
    assert lines == render("zsh", {"B": 'x"y', "A": "1"}, unset=["D", "C"])
    assert [render(name, {}) for name, chosen in FORMATS.items() if not chosen.any_name] == [""] * (len(FORMATS) - 1)


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
    assert undotenv(render("dotenv", variables)) == variables


def test_dotenv_leaves_plain_values_plain():
    plain = {"A": "IQoJb3JpZ2lu+/abc==", "B": "https://x:1/y", "C": ""}
    assert render("dotenv", plain, unset=["D"]) == "A=IQoJb3JpZ2lu+/abc==\nB=https://x:1/y\nC=\n"


def test_dotenv_takes_single_quotes_where_it_can():
    assert render("dotenv", {"A": "$HOME `id` \\"}) == "A='$HOME `id` \\'\n"
    assert render("dotenv", {"A": "it's $5"}) == 'A="it\'s \\$5"\n'


def test_hostile_values_survive_dotenv_and_json():
    assert undotenv(render("dotenv", HOSTILE)) == HOSTILE
    assert json.loads(render("json", HOSTILE)) == HOSTILE


@given(VARIABLES)
def test_json_is_json(variables):
    text = render("json", variables, unset=["NAME"])
    assert json.loads(text) == variables
    assert list(json.loads(text)) == sorted(variables)
    assert text.endswith("}\n")


@pytest.mark.parametrize("name", FORMATS)
def test_what_no_environment_can_hold_is_refused_by_name_and_not_by_value(name: str):
    if not FORMATS[name].any_name:
        for bad in ("A B", "1A", "A;id", "A\n", "É", ""):
            with pytest.raises(InvalidSetting, match="cannot be the name of a variable") as caught:
                render(name, {bad: "x"})
            assert caught.value.hints
        with pytest.raises(InvalidSetting, match="the value of SECRET holds a NUL") as caught:
            render(name, {"SECRET": "s3cr\0t"})
        assert "s3cr" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name, chosen in FORMATS.items() if not chosen.unsets])
def test_what_is_no_shell_cannot_be_told_to_unset(name: str):
    with pytest.raises(UsageError, match=f"--unset cannot be written as {name}") as caught:
        require_unsetting(name)
    assert "--format fish" in caught.value.hints[0]


def test_every_shell_can_be_told_to_unset():
    able = {name for name, chosen in FORMATS.items() if chosen.unsets}
    assert able == {"bash", "zsh", "fish", "powershell", "cmd"}
    for name in able:
        require_unsetting(name)
        assert "OLD" in render(name, {}, unset=["OLD"])
