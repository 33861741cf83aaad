import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.compose import compose
from atmos_auth.config.tree import NOWHERE, Map, Seq, Tagged, lookup, place_of, planted
from atmos_auth.domain.place import Place

TEXT = """\
auth:
  identities:
    Prod:
      kind: aws/user
      via: {provider: sso}
      tags:
        - one
        - !env TWO
"""


@pytest.fixture
def tree():
    return compose(TEXT, "f.yaml")


def test_a_map_reads_like_a_dict(tree):
    assert isinstance(tree, dict)
    assert tree["auth"]["identities"]["Prod"]["via"] == {"provider": "sso"}


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ([], 1, 1),
        (["auth"], 1, 1),
        (["AUTH", "Identities", "prod"], 3, 5),
        (["auth", "identities", "prod", "kind"], 4, 13),
        (["auth", "identities", "prod", "via", "provider"], 5, 23),
        (["auth", "identities", "prod", "tags"], 6, 7),
        (["auth", "identities", "prod", "tags", 0], 7, 11),
        (["auth", "identities", "prod", "tags", 1], 8, 11),
        (["auth", "identities", "prod", "tags", 2], 6, 7),
        (["auth", "identities", "prod", "tags", "x"], 6, 7),
        (["auth", "identities", "prod", "region"], 3, 5),
        (["auth", "identities", "dev", "kind"], 2, 3),
        (["auth", "identities", "prod", "kind", "deeper"], 4, 13),
        (["nothing"], 1, 1),
    ],
)
def test_place_of_the_value_or_its_nearest_ancestor(tree, path, line, column):
    assert place_of(tree, path) == Place("f.yaml", line, column)


def test_place_of_goes_through_functions_that_were_worked_out(tree):
    included = compose("kind: x\n", "g.yaml")
    function = Tagged("!include", "g.yaml", Place("f.yaml", 1, 4))
    top = Map(Place("f.yaml", 1, 1))
    top.put("a", function, Place("f.yaml", 1, 1), function.place)
    assert place_of(top, ["a", "kind"]) == Place("f.yaml", 1, 4)
    assert place_of(top, ["a", "kind"], lambda _: included) == Place("g.yaml", 1, 7)


def test_what_no_file_holds_has_no_place():
    assert place_of(Map(), ["a"]) is None
    assert place_of({"a": 1}, ["a"]) is None
    assert Map().place == Seq().place == NOWHERE


def test_lookup_prefers_the_exact_spelling():
    mapping = planted({"Path": 1, "PATH": 2}, NOWHERE)
    assert lookup(mapping, "PATH") == ("PATH", 2)
    assert lookup(mapping, "path") == ("Path", 1)
    assert lookup(mapping, "paths") is None


@given(st.text(alphabet="abcXYZ./ -", min_size=1))
def test_lookup_knows_a_name_in_any_case_and_gives_it_as_written(name):
    mapping = planted({name: 1}, NOWHERE)
    assert lookup(mapping, name.upper()) == (name, 1)
    assert lookup(mapping, name.lower()) == (name, 1)


def test_put_and_drop_keep_places_with_keys():
    mapping = Map(NOWHERE)
    mapping.put("a", 1, Place("f", 1, 1), Place("f", 1, 4))
    mapping.drop("a")
    mapping.drop("a")
    assert not mapping
    assert not mapping.key_places
    assert not mapping.value_places


def test_planted_gives_everything_one_place():
    place = Place("f", 3, 4)
    tree = planted({"a": [1, {"b": None}]}, place)
    assert tree == {"a": [1, {"b": None}]}
    assert place_of(tree, ["a", 1, "b"]) == place
    assert isinstance(tree["a"], Seq)


def test_trees_can_be_copied(tree):
    for twin in (copy.deepcopy(tree), pickle.loads(pickle.dumps(tree["auth"]["identities"]["Prod"]["via"]))):
        assert isinstance(twin, Map)
        assert twin.value_places
    assert copy.deepcopy(tree).key_places == tree.key_places


def test_a_function_shows_itself_as_written():
    assert repr(Tagged("!env", "NAME", NOWHERE)) == "!env NAME"
    assert repr(Tagged("!unset", "", NOWHERE)) == "!unset"
