import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain.chain import IDENTITY, Link
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.usecases.own_variables import own_variables


def link(env) -> Link:
    return Link("dev", IDENTITY, "ambient", {"env": env}, Place("atmos.yaml", 4, 5))


@pytest.mark.parametrize("env", [None, []])
def test_nothing_said_is_nothing_brought(env):
    assert own_variables(link(env)) == {}
    assert own_variables(Link("dev", IDENTITY, "ambient", {})) == {}


def test_entries_become_variables_in_order_and_the_later_one_wins():
    env = [{"key": "A", "value": "1"}, {"key": "_b2", "value": ""}, {"key": "A", "value": "two\nlines"}]
    assert list(own_variables(link(env)).items()) == [("A", "two\nlines"), ("_b2", "")]


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ("A=1", "env is not a list"),
        ({"A": "1"}, "env is not a list"),
        (5, "env is not a list"),
        (["A=1"], r"env\[0\] is not a mapping"),
        ([{"value": "1"}], r"env\[0\].key is not a variable's name"),
        ([{"key": "", "value": "1"}], "is not a variable's name"),
        ([{"key": "1A", "value": "1"}], "is not a variable's name"),
        ([{"key": "A-B", "value": "1"}], "is not a variable's name"),
        ([{"key": "A=B", "value": "1"}], "is not a variable's name"),
        ([{"key": "Ä", "value": "1"}], "is not a variable's name"),
        ([{"key": 5, "value": "1"}], "is not a variable's name"),
        ([{"key": "A", "value": "1"}, {"key": "B"}], r"env\[1\].value is not text \(variable B\)"),
        ([{"key": "A", "value": None}], r"env\[0\].value is not text"),
        ([{"key": "A", "value": 8080}], "is not text"),
        ([{"key": "A", "value": True}], "is not text"),
        ([{"key": "A", "value": ["x"]}], "is not text"),
        ([{"key": "A", "value": "x\0y"}], "is not text"),
    ],
)
def test_what_is_no_variable_is_an_error_with_a_place_and_without_the_value(env, words):
    with pytest.raises(InvalidSetting, match=words) as caught:
        own_variables(link(env))
    assert caught.value.place == Place("atmos.yaml", 4, 5)
    assert "8080" not in caught.value.message
    assert caught.value.hints


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "value", "x"]), inner),
    max_leaves=8,
)


@given(_JSON)
def test_anything_gives_variables_that_a_program_can_get_or_a_sentence(env):
    try:
        variables = own_variables(link(env))
    except InvalidSetting:
        return
    assert all(key.isidentifier() and "\0" not in value for key, value in variables.items())
