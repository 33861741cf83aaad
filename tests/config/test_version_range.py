"""Which versions a range allows."""

import pytest

from atmos_auth.config.version_range import allows


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        (">=1.2", ("1.2.0", "1.10.0", "2.0.0"), ("1.1.9", "0.9.0")),
        (">1.2", ("1.3.0",), ("1.2.0", "1.2.9")),
        (">1.2.3", ("1.2.4",), ("1.2.3",)),
        ("<2", ("1.9.9",), ("2.0.0",)),
        ("<=1.2", ("1.2.9", "1.1.0"), ("1.3.0",)),
        ("<= 1.2.3", ("1.2.3",), ("1.2.4",)),
        ("1.2.3", ("1.2.3",), ("1.2.4",)),
        ("v1.2", ("1.2.0", "1.2.9"), ("1.3.0",)),
        ("1.x", ("1.0.0", "1.9.0"), ("2.0.0", "0.9.0")),
        ("*", ("0.0.0", "9.9.9"), ()),
        ("!=1.2.3", ("1.2.4",), ("1.2.3",)),
        ("~1.2.3", ("1.2.9",), ("1.3.0", "1.2.2")),
        ("~> 1.2", ("1.2.0", "1.2.9"), ("1.3.0",)),
        ("~1", ("1.9.0",), ("2.0.0",)),
        ("^1.2.3", ("1.9.0",), ("2.0.0", "1.2.2")),
        ("^0.2.3", ("0.2.9",), ("0.3.0",)),
        ("^0.0.3", ("0.0.3",), ("0.0.4",)),
        (">=1.0, <2.0 !=1.5.0", ("1.0.0", "1.6.0"), ("1.5.0", "2.0.0")),
        ("1.2 - 1.4", ("1.2.0", "1.4.9"), ("1.5.0", "1.1.0")),
        ("<1 || >=3", ("0.9.0", "3.0.0"), ("1.0.0", "2.9.0")),
        (">=1.2.3-rc.1", ("1.2.3",), ("1.2.2",)),
    ],
)
def test_what_a_range_allows(written: str, inside: tuple[str, ...], outside: tuple[str, ...]):
    assert [version for version in (*inside, *outside) if allows(written, version)] == list(inside)


def test_what_stands_behind_the_numbers_of_a_version_does_not_count():
    assert allows(">=0.2", "0.2.0.dev3+abc")


@pytest.mark.parametrize("written", ["", "new", ">=", ">=1.2.3.4", ">>1", "1 || ", "1, ,2 ?"])
def test_what_is_no_range_is_refused(written: str):
    with pytest.raises(ValueError, match=r"no version|missing"):
        allows(written, "1.0.0")
