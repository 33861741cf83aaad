"""Queries over data."""

import pytest

from atmos_auth.domain.errors import UsageError
from atmos_auth.stacks.query import queried

DATA = {"a": {"b-c": {"d-1": 5}, "n": 7, "m": 2, "l": [1, 2]}, "k e": None, "us-east-1": "here"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (".a.n", 7),
        (".a.b-c.d-1", 5),
        (".us-east-1", "here"),
        ('.a."b-c"', {"d-1": 5}),
        ('.a["b-c"]["d-1"]', 5),
        (".a.n - .a.m", 5),
        ('.["k e"]', None),
        (".nothing.at.all", None),
        ('.nothing // ".a-b"', ".a-b"),
        (".a | keys", ["b-c", "l", "m", "n"]),
        (".a.l[]", [1, 2]),
        (".a.l | map(. + 1)", [2, 3]),
        (".a.l[] | select(. > 1)", 2),
        ("empty", None),
        (".a | to_entries | map(select(.value == 7).key)", ["n"]),
    ],
)
def test_what_is_picked(expression, expected):
    assert queried(DATA, expression) == expected


@pytest.mark.parametrize("expression", [".a[", ".a | unheard", '"', ".a + 1", ""])
def test_what_cannot_be_worked_out_is_named(expression):
    with pytest.raises(UsageError, match="cannot be worked out"):
        queried(DATA, expression)
