"""Data as YAML text."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.cli.yaml_text import yaml_text

# Texts that mean something else without quotation marks, and those that need more than one line.
HARD = (
    "",
    "null",
    "true",
    "1",
    "1.5",
    "0x1f",
    "2026-01-01",
    "- a",
    "a: b",
    "#",
    "!env A",
    "{{ .x }}",
    "a\nb\n",
    "é\t",
    "...",
    "no",
)
# What gets a line of its own as a key, and what is folded.
LONG = ("k" * 128, "k" * 129, "a b " * 2501, "a\n b" * 2501)
# Numbers of YAML 1.2 that PyYAML takes for texts, and words that are none to some readers.
TAKEN_FOR_MORE = (
    *("012345678901", "1e3", "1E3", "-1e-3", "1.e5", ".5e3", "0o17", "0O17", "0x1F", "0b11", "08", "+08", "1_000"),
    *("y", "Y", "n", "N", "yes", "No", "ON", "off", "tRue", "FALSE", "null", "Null", "~", ".inf", "-.INF", ".NaN"),
    *("2026-01-01", "2026-1-1"),
)
NOTHING_BUT_TEXT = (
    "1.2.3",
    "0o",
    "1e",
    "e3",
    "0xg",
    "inf",
    "yesterday",
    "10.0.0.0/16",
    "arn:aws:iam::012345678901:role/a",
)
TEXTS = st.sampled_from(HARD + LONG) | st.text(max_size=12) | st.text("a1:-#./@=+, \n'\"", max_size=12)
SINGLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
DATA = st.recursive(SINGLE, lambda below: st.lists(below) | st.dictionaries(TEXTS, below), max_leaves=20)


class _WithoutAliases(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_str(self, text):
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="'" if text in TAKEN_FOR_MORE else None)


_WithoutAliases.add_representer(str, _WithoutAliases.represent_str)


@settings(deadline=None)
@given(DATA)
def test_it_is_what_pyyaml_writes_and_reads_back(data):
    text = yaml_text(data)
    assert text == yaml.dump(data, Dumper=_WithoutAliases, sort_keys=True, allow_unicode=True, width=10_000)
    assert yaml.safe_load(text) == data


@pytest.mark.parametrize("text", TAKEN_FOR_MORE)
def test_a_text_that_any_reader_takes_for_something_else_is_quoted_as_a_key_as_well(text):
    assert yaml_text([text, {text: text}]) == f"- '{text}'\n- '{text}': '{text}'\n"
    # A key of several lines is left to PyYAML, and so is all that stands beside it.
    assert yaml_text({"\n": 0, "zz": {text: text}}).endswith(f"zz:\n  '{text}': '{text}'\n")


@pytest.mark.parametrize("text", NOTHING_BUT_TEXT)
def test_a_text_that_no_reader_takes_for_something_else_is_not_quoted(text):
    assert yaml_text({text: text}) == f"{text}: {text}\n"
    assert yaml_text({"\n": 0, "zz": text}).endswith(f"zz: {text}\n")


def test_what_stands_in_two_places_is_written_twice():
    shared = {"a": [1]}
    assert yaml_text({"v": shared, "w": shared}) == "v:\n  a:\n  - 1\nw:\n  a:\n  - 1\n"


def test_numbers_truth_and_text_of_one_look_stay_apart():
    assert yaml_text([1, True, 1.0, "1"]) == "- 1\n- true\n- 1.0\n- '1'\n"


def test_what_is_no_plain_data_is_refused():
    with pytest.raises(yaml.representer.RepresenterError):
        yaml_text([object()])
