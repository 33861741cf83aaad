import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.scalars import integer, plain

# The regular expressions of the YAML 1.2.2 core schema (chapter 10.3.2).
NULL = re.compile(r"null|Null|NULL|~|")
BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITY = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)")
NOT_A_NUMBER = re.compile(r"\.nan|\.NaN|\.NAN")


def core_schema(text):
    if NULL.fullmatch(text):
        return None
    if BOOL.fullmatch(text):
        return text.lower() == "true"
    if INTEGER.fullmatch(text):
        return int(text)
    if OCTAL.fullmatch(text):
        return int(text, 0)
    if HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if INFINITY.fullmatch(text):
        return -math.inf if text[0] == "-" else math.inf
    if NOT_A_NUMBER.fullmatch(text):
        return math.nan
    if FLOAT.fullmatch(text):
        return float(text)
    return text


def may_be_an_account_id(text):
    digits = text.lstrip("+-")
    return INTEGER.fullmatch(text) and (len(digits) == 12 or (len(digits) > 1 and digits[0] == "0"))


looks_like_a_number = st.text(alphabet="0123456789+-.eEoxabcfinNa_:,T", max_size=14)


@given(st.one_of(looks_like_a_number, st.text(max_size=14), st.from_regex(FLOAT, fullmatch=True)))
def test_agrees_with_the_core_schema_but_for_account_ids(text):
    expected = text if may_be_an_account_id(text) else core_schema(text)
    found = plain(text)
    assert type(found) is type(expected)
    assert found == expected or (math.isnan(found) and math.isnan(expected))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123456789012", "123456789012"),
        ("012345678901", "012345678901"),
        ("000000000000", "000000000000"),
        ("0777", "0777"),
        ("00", "00"),
        ("-012", "-012"),
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("12345678901", 12345678901),
        ("1234567890123", 1234567890123),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("12:30", "12:30"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("0o17", 15),
        ("0o18", "0o18"),
        ("0x1F", 31),
        ("0x", "0x"),
        ("-0x1F", "-0x1F"),
        ("2024-01-31", "2024-01-31"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("infinity", "infinity"),
        ("nan", "nan"),
        ("~", None),
        ("", None),
        ("null", None),
        ("nULL", "nULL"),
        ("٣", "٣"),
        ("²", "²"),
        ("-", "-"),
        (".", "."),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_unquoted_scalars(text, value):
    found = plain(text)
    assert found == value
    assert type(found) is type(value)


def test_more_digits_than_python_converts_stay_text():
    assert plain("9" * 5000) == "9" * 5000
    assert plain("0x" + "f" * 5000) == "0x" + "f" * 5000
    assert integer("-" + "9" * 5000) == "-" + "9" * 5000
