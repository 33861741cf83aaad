"""Terraform's flags among ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.programs.terraform.vocabulary import STAND_ALONE, TAKE_VALUE, told_apart


@pytest.mark.parametrize(
    ("words", "ours", "theirs"),
    [
        ("plan vpc -s dev", "plan vpc -s dev", ""),
        ("plan -destroy vpc -s dev", "plan vpc -s dev", "-destroy"),
        ("plan vpc -target x.y -s dev", "plan vpc -s dev", "-target x.y"),
        ("plan vpc -target=x.y -s dev -lock=false", "plan vpc -s dev", "-target=x.y -lock=false"),
        ("apply -var a=-1 vpc -sdev", "apply vpc -sdev", "-var a=-1"),
        ("plan vpc -out -s dev", "plan vpc -s dev", "-out"),
        ("plan vpc -state=x -iprod", "plan vpc -iprod", "-state=x"),
        ("plan vpc --dry-run --target", "plan vpc --dry-run --target", ""),
        ("plan vpc -unheard", "plan vpc -unheard", ""),
    ],
)
def test_each_word_goes_to_whom_it_belongs(words, ours, theirs):
    assert told_apart(words.split()) == (ours.split(), theirs.split())


def test_no_flag_is_of_both_kinds():
    assert not TAKE_VALUE & STAND_ALONE
    assert all(len(flag) > 2 for flag in TAKE_VALUE | STAND_ALONE), "one letter is ours"


@given(st.lists(st.sampled_from(["a", "-s", "-var", "-var=x", "-lock", "--x", "-", "-x=1", ""])))
def test_no_word_is_lost_and_none_changes(words):
    ours, theirs = told_apart(words)
    assert sorted([*ours, *theirs]) == sorted(words)
    for part in (ours, theirs):
        remaining = iter(words)
        assert all(word in remaining for word in part), "the order stays"
