import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.tree import Map, Tagged
from atmos_auth.config.words import words
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def split(text, at_least=0, at_most=9):
    return words(Tagged("!f", text, Place("f", 1, 1)), at_least=at_least, at_most=at_most, form="`!f a b`")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("a  b", ["a", "b"]),
        ('a "b c"', ["a", "b c"]),
        ("a 'b c'", ["a", "b c"]),
        ("a ''", ["a", ""]),
        ('a ".x // ""d"""', ["a", '.x // "d"']),
        ('"" a ""', ["", "a", ""]),
        ('"a b"c', ["a bc"]),
        (r"C:\dir #x", [r"C:\dir", "#x"]),
        (r"'C:\dir'", [r"C:\dir"]),
        ("a;b|c", ["a;b|c"]),
    ],
)
def test_splitting(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("it's", "a quotation mark of !f is never closed"),
        ('"', "a quotation mark of !f is never closed"),
        ("", "!f lacks an argument"),
        ("a b c", "!f takes at most 2 arguments, and here are 3"),
        (Map(), "!f takes words, not a mapping or list"),
    ],
)
def test_refusals_show_the_right_form(text, says):
    with pytest.raises(ConfigError) as caught:
        split(text, 1, 2)
    assert caught.value.message == says
    assert caught.value.hints == ("Write `!f a b`.",)
    assert caught.value.place == Place("f", 1, 1)


@given(st.lists(st.text(alphabet="ab \\$;#", min_size=1), max_size=4))
def test_quoted_words_come_back_as_they_are(parts):
    assert split(" ".join(f'"{part}"' for part in parts)) == parts
