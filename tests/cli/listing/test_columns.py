from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from atmos_auth.cli.listing.columns import cut, folded, hanging, padded, pieces, width

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=30)


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("plain", 5), ("日本", 4), ("cafe\u0301", 4), ("שלום", 4), ("🚀", 2), ("●✓…", 3)]
)
def test_width(text, columns):
    assert width(text) == columns == get_cwidth(text)


@given(words, st.integers(1, 20))
@settings(deadline=None)
def test_what_is_cut_fits_and_says_so(text, columns):
    shown = cut(text, columns)
    assert width(shown) <= max(columns, 3)
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@given(words, st.integers(2, 20))
@settings(deadline=None)
def test_pieces_are_the_word_again(text, columns):
    found = list(pieces(text, columns))
    assert "".join(found) == text
    assert all(width(piece) <= columns for piece in found)


@given(st.lists(words.filter(bool), min_size=1), st.integers(1, 40))
@settings(deadline=None)
def test_folded_lines_hold_every_word_once_and_fit(some, columns):
    lines = folded(some, columns)
    assert [index for line in lines for index in line] == list(range(len(some)))
    for line in lines:
        assert len(line) == 1 or width(" ".join(some[index] for index in line)) <= columns
    # Nothing that would have fitted went to the next line.
    for line, after in pairwise(lines):
        assert width(" ".join(some[index] for index in [*line, after[0]])) > columns


def test_hanging_lines_are_set_in():
    assert hanging("one two three four", 9) == "one two\n  three\n  four"
    assert hanging("one two three four", None) == "one two three four"
    assert padded("日本", 5) == "日本 "
