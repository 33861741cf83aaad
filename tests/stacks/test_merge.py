"""What comes of parts that are laid over each other."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.compose import compose
from atmos_auth.config.tree import planted
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.merge import APPENDING, MERGE, REPLACE, STRATEGIES, merged, settled

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abc"), below), max_leaves=12
)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3).map(
    lambda value: planted(value, Place("f", 1, 1))
)


def read(text: str, name: str = "f.yaml"):
    return compose(text, name)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (REPLACE, {"a": [{"y": 2}], "b": {"x": 1, "y": 3}, "c": None}),
        (APPENDING, {"a": [{"x": 1}, 5, {"y": 2}], "b": {"x": 1, "y": 3}, "c": None}),
        (MERGE, {"a": [{"x": 1, "y": 2}, 5], "b": {"x": 1, "y": 3}, "c": None}),
    ],
)
def test_what_becomes_of_lists_mappings_and_null(strategy, expected):
    weaker = read("a: [{ x: 1 }, 5]\nb: { x: 1, y: 2 }\nc: { z: 1 }")
    stronger = read("a: [{ y: 2 }]\nb: { y: 3 }\nc: null")
    assert merged([weaker, stronger], strategy) == expected


def test_append_and_unset_say_so_themselves():
    layers = [read("a: [1]\nb: { x: 1, y: 2 }"), read("a: !append [2]\nb: { x: !unset }"), read("a: !append [3]")]
    assert settled(merged(layers)) == {"a": [1, 2, 3], "b": {"y": 2}}
    assert settled(merged([read("a: !append [1]"), read("a: !append [2]")])) == {"a": [1, 2]}
    assert settled(read("a: !unset\nb: [{ c: !unset }]")) == {"b": [{}]}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["a: { x: 1 }", "a: !unset", "a: { y: 2 }"], {"a": {"y": 2}}),
        (["a: { x: 1 }", "a: !unset", "a: { y: 2 }", "a: { z: 3 }"], {"a": {"y": 2, "z": 3}}),
        (["a: { x: 1 }", "a: !unset", "a: 3"], {"a": 3}),
        (["a: [1]", "a: !unset", "a: !append [2]"], {"a": [2]}),
        (["a: [1]", "a: !unset", "a: !append [2]", "a: !append [3]"], {"a": [2, 3]}),
        (["a: [1]", "a: !append [2]", "a: !append [3]"], {"a": [1, 2, 3]}),
        (["a: [1]", "a: !append [2]", "a: !unset"], {}),
        (["a: { x: 1, y: 1 }", "a: { x: !unset }", "a: { z: 3 }"], {"a": {"y": 1, "z": 3}}),
        (["a: { x: { p: 1 } }", "a: { x: !unset }", "a: { x: { q: 1 } }"], {"a": {"x": {"q": 1}}}),
    ],
)
def test_what_is_taken_away_stays_away_however_layers_are_grouped(written, expected):
    layers = [read(text) for text in written]
    for split in range(len(layers)):
        grouped = [*layers[:split], merged(layers[split:])]
        assert settled(merged(grouped)) == expected, f"the last {len(layers) - split} at once"


def test_an_element_of_a_list_cannot_be_taken_away():
    with pytest.raises(ConfigError, match="!unset takes away a key of a mapping") as caught:
        settled(read("a:\n- 1\n- !unset"))
    assert str(caught.value.place) == "f.yaml:3:3"


def test_case_of_keys_matters():
    assert merged([read("a: { Name: 1 }"), read("a: { name: 2 }")]) == {"a": {"Name": 1, "name": 2}}


def test_values_know_where_they_were_written():
    result = merged([read("a: { x: 1,\n y: 2 }", "one.yaml"), read("a: { y: 3 }", "two.yaml")])
    assert result["a"].value_places == {"x": Place("one.yaml", 1, 9), "y": Place("two.yaml", 1, 9)}


@given(st.lists(MAPPINGS, max_size=4), st.sampled_from(STRATEGIES))
def test_what_is_merged_does_not_change(layers, strategy):
    before = copy.deepcopy([dict(layer) for layer in layers])
    first = merged(layers, strategy)
    again = merged([*layers, planted({"a": {"z": 1}, "b": [9]}, Place("g", 1, 1))], strategy)
    assert [dict(layer) for layer in layers] == before
    assert merged(layers, strategy) == first, "nor does what came of it"
    assert again is not first


@given(MAPPINGS, MAPPINGS, MAPPINGS, st.sampled_from(STRATEGIES))
def test_layers_may_be_merged_in_groups(one, two, three, strategy):
    all_at_once = merged([one, two, three], strategy)
    assert merged([merged([one, two], strategy), three], strategy) == all_at_once


@given(MAPPINGS, st.sampled_from(STRATEGIES))
def test_every_place_has_its_value(layer, strategy):
    result = merged([layer, layer], strategy)
    assert set(result) == set(result.key_places) == set(result.value_places)
