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
TEXTS = st.sampled_from(HARD + LONG) | st.text(max_size=12) | st.text("a1:-#./@=+, \n'\"", max_size=12)
SINGLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
DATA = st.recursive(SINGLE, lambda below: st.lists(below) | st.dictionaries(TEXTS, below), max_leaves=20)


class _WithoutAliases(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    def ignore_aliases(self, data: object) -> bool:
        return True


@settings(deadline=None)
@given(DATA)
def test_it_is_what_pyyaml_writes_and_reads_back(data):
    text = yaml_text(data)
    assert text == yaml.dump(data, Dumper=_WithoutAliases, sort_keys=True, allow_unicode=True, width=10_000)
    assert yaml.safe_load(text) == data


def test_what_stands_in_two_places_is_written_twice():
    shared = {"a": [1]}
    assert yaml_text({"x": shared, "y": shared}) == "x:\n  a:\n  - 1\ny:\n  a:\n  - 1\n"


def test_numbers_truth_and_text_of_one_look_stay_apart():
    assert yaml_text([1, True, 1.0, "1"]) == "- 1\n- true\n- 1.0\n- '1'\n"


def test_what_is_no_plain_data_is_refused():
    with pytest.raises(yaml.representer.RepresenterError):
        yaml_text([object()])
