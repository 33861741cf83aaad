import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.delivery.formats.cmd import text
from atmos_auth.domain.errors import InvalidSetting


def test_the_lines():
    variables = {"A": "us-east-1", "B": "a b & c | d ^ (e)", "C": ""}
    assert text(variables, ["D"]) == 'set "D="\nset "A=us-east-1"\nset "B=a b & c | d ^ (e)"\nset "C="\n'


@pytest.mark.parametrize(
    ("value", "word"),
    [("a\nb", "a line break"), ("a\rb", "a line break"), ('a"&calc', "a double quote"), ("%PATH%", "a percent sign")],
)
def test_what_cannot_be_said_is_refused_by_name_and_not_by_value(value: str, word: str):
    with pytest.raises(InvalidSetting, match=f"the value of NAME holds {word}") as caught:
        text({"FINE": "x", "NAME": value})
    assert value not in caught.value.message
    assert "--format powershell" in caught.value.hints[0]


@given(st.text(st.characters(exclude_characters='\0\r\n"%', exclude_categories=["Cs"]), max_size=20))
def test_all_else_stands_between_the_quotes_as_it_is(value: str):
    assert text({"A": value}) == f'set "A={value}"\n'
