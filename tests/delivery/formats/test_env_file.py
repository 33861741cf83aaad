import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.delivery.formats.env_file import text
from atmos_auth.domain.errors import InvalidSetting


@given(st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=20))
def test_a_value_stands_as_it_is(value: str):
    assert text({"A": value, "B": "x"}) == f"A={value}\nB=x\n"


@pytest.mark.parametrize("value", ["two\nlines", "cr\rlf", "end\n"])
def test_a_line_break_is_refused_by_name_and_not_by_value(value: str):
    with pytest.raises(InvalidSetting, match="the value of NAME has a line break") as caught:
        text({"FINE": "x", "NAME": value})
    assert value.strip() not in caught.value.message
    assert caught.value.hints
