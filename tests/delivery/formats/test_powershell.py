"""PowerShell's own rules, read here by a small reader; where it is installed, test_formats.py runs it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.delivery.formats.powershell import text

CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from(
    "'\"`$(){}\u2018\u201d\n"
)


def understood(line: str) -> str:
    """Evaluate `$env:A = ...` as PowerShell's language specification has it, section 2.3.5.2."""
    literal = line.removeprefix("$env:A = ")
    if literal[0] == "'":
        assert re.fullmatch(r"'(?:[^']|'')*'", literal), literal
        return literal[1:-1].replace("''", "'")
    assert literal[0] == literal[-1] == '"'
    units: list[int] = []
    rest = literal[1:-1]
    while rest:
        code = re.match(r"\$\(\[char\](\d+)\)", rest)
        if code:
            units.append(int(code[1]))
            rest = rest[code.end() :]
        elif rest[0] == "`":
            # What is escaped here stands for itself; letters would not.
            assert rest[1] in '"$`'
            units.append(ord(rest[1]))
            rest = rest[2:]
        else:
            assert rest[0] not in '"$'
            units.append(ord(rest[0]))
            rest = rest[1:]
    return b"".join(unit.to_bytes(2) for unit in units).decode("utf-16-be")


@given(st.text(CHARACTERS, max_size=20))
def test_any_value_is_one_line_of_ascii_that_means_it(value: str):
    line = text({"A": value})
    assert line.isascii()
    assert line.count("\n") == 1
    assert understood(line.rstrip("\n")) == value


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("us-east-1", "'us-east-1'"),
        ("", "''"),
        ("it's $5", "'it''s $5'"),
        ("a\nb", '"a$([char]10)b"'),
        ("\u2018$x", '"$([char]8216)`$x"'),
        ("😀", '"$([char]55357)$([char]56832)"'),
    ],
)
def test_the_literals(value: str, literal: str):
    assert text({"A": value}) == f"$env:A = {literal}\n"


def test_unset_comes_first():
    assert text({"B": "2"}, ["A"]) == "$env:A = $null\n$env:B = '2'\n"
