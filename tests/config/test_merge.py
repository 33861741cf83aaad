import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.compose import compose
from atmos_auth.config.merge import lay_document
from atmos_auth.config.tree import NOWHERE, Map, Tagged, place_of, planted
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def never(tagged):
    raise AssertionError(f"{tagged!r} was asked for")


def layers(*texts, opened=never):
    tree = Map(NOWHERE)
    for number, text in enumerate(texts, 1):
        tree = lay_document(tree, compose(text, f"{number}.yaml"), opened)
    return tree


@pytest.mark.parametrize(
    ("texts", "merged"),
    [
        (["a: 1", "b: 2"], {"a": 1, "b": 2}),
        (["a: 1", "a: 2"], {"a": 2}),
        (["a: {b: 1, c: 1}", "a: {c: 2, d: 2}"], {"a": {"b": 1, "c": 2, "d": 2}}),
        (["a: [1, 2]", "a: [3]"], {"a": [3]}),
        (["a: [1]", "a: []"], {"a": []}),
        (["a: {b: 1}", "a: 2"], {"a": 2}),
        (["a: 2", "a: {b: 1}"], {"a": {"b": 1}}),
        (["a: {b: 1}", "a: [1]"], {"a": [1]}),
        (["a: {b: 1}", "a: {}"], {"a": {"b": 1}}),
        (["a: {b: 1}", "a:"], {"a": {"b": 1}}),
        (["a: 1", "a:"], {"a": None}),
        (["a: [1]", "a:"], {"a": None}),
        (["a:", "a: {b: 1}"], {"a": {"b": 1}}),
        (["prod: {a: 1}", "PROD: {b: 2}"], {"prod": {"a": 1, "b": 2}}),
        (["Account/Role: {a: 1}", "account/role: {a: 2}"], {"Account/Role": {"a": 2}}),
        (["prod.admin: {a: 1}", "prod: {admin: 2}"], {"prod.admin": {"a": 1}, "prod": {"admin": 2}}),
        (["env: {http_proxy: a}", "env: {HTTP_PROXY: b}"], {"env": {"http_proxy": "a", "HTTP_PROXY": "b"}}),
        (["ENV: {Aa: 1}", "env: {AA: 2, Aa: 3}"], {"ENV": {"Aa": 3, "AA": 2}}),
        (["Env: {x: {Y: 1}}", "env: {x: {y: 2}}"], {"Env": {"x": {"Y": 2}}}),
        (["a: [1]", "a: !append [2, 3]"], {"a": [1, 2, 3]}),
        (["a: [1]", "a: !append [2]", "a: !append [3]"], {"a": [1, 2, 3]}),
        (["a: !append [2]"], {"a": [2]}),
        (["a: 1", "a: !append [2]"], {"a": [2]}),
        (["a:", "a: !append [2]"], {"a": [2]}),
        (["a: [x]", "a: !append y"], {"a": ["x", "y"]}),
        (["a: {b: [1]}", "A: {B: !append [2]}"], {"a": {"b": [1, 2]}}),
        (["a: 1\nb: 2", "a: !unset"], {"b": 2}),
        (["a: {b: 1, c: 2}", "a: {B: !unset }"], {"a": {"c": 2}}),
        (["a: {b: 1}", "a: !unset", "a: {c: 2}"], {"a": {"c": 2}}),
        (["a: !unset"], {}),
        (["a: {b: {c: !unset }}"], {"a": {"b": {}}}),
        (["a: !unset", "a: 1"], {"a": 1}),
    ],
)
def test_what_wins(texts, merged):
    tree = layers(*texts)
    assert tree == merged
    assert list(tree) == list(merged)


def test_the_first_spelling_stays_and_the_last_writer_is_shown():
    tree = layers("Prod:\n  kind: a\n  via: x\n", "\nPROD:\n  kind: b\n")
    assert tree == {"Prod": {"kind": "b", "via": "x"}}
    assert tree.key_places["Prod"] == Place("2.yaml", 2, 1)
    assert place_of(tree, ["prod", "kind"]) == Place("2.yaml", 3, 9)
    assert place_of(tree, ["prod", "via"]) == Place("1.yaml", 3, 8)


def test_an_empty_section_does_not_claim_the_place():
    assert place_of(layers("a: {b: 1}", "a:"), ["a"]) == Place("1.yaml", 1, 1)


def test_functions_replace_and_are_replaced_without_being_worked_out():
    assert layers("a: {b: 1}", "a: !exec x")["a"].tag == "!exec"
    assert layers("a: !exec x", "a: {b: 1}") == {"a": {"b": 1}}
    assert layers("a: !include x", "a: 1") == {"a": 1}
    assert layers("a: 1", "a: !include x")["a"].tag == "!include"


INCLUDED = {"x.yaml": "b: 1\nc: 1", "y.yaml": "c: 2\nd: 2", "list.yaml": "[1]"}


def opened(tagged):
    return compose(INCLUDED[tagged.argument], tagged.argument) if isinstance(tagged, Tagged) else tagged


@pytest.mark.parametrize(
    ("texts", "merged"),
    [
        (["a: !include x.yaml", "a: {c: 3}"], {"b": 1, "c": 3}),
        (["a: {b: 0, e: 0}", "a: !include x.yaml"], {"b": 1, "e": 0, "c": 1}),
        (["a: !include x.yaml", "a: !include y.yaml"], {"b": 1, "c": 2, "d": 2}),
        (["a: !include list.yaml", "a: !append [2]"], [1, 2]),
        (["a: !include list.yaml", "a: {b: 1}"], {"b": 1}),
    ],
)
def test_included_mappings_merge_like_written_ones(texts, merged):
    assert layers(*texts, opened=opened) == {"a": merged}


@pytest.mark.parametrize("text", ["a: !append {b: 1}", "a: !append", "a: !append ''"])
def test_append_takes_a_list(text):
    with pytest.raises(ConfigError, match=r"1\.yaml:1:4: !append takes a list"):
        layers(text)


def test_append_cannot_extend_what_a_command_prints():
    with pytest.raises(ConfigError, match=r"2\.yaml:1:4: !append cannot extend a list that !exec gives"):
        layers("a: !exec x", "a: !append [1]")


def test_the_layers_stay_as_they_were():
    first, second = compose("a: {b: [1]}\nc: {d: 1}", "f"), compose("A: {b: !append [2], e: 1}", "g")
    lay_document(first, second, never)
    assert first == {"a": {"b": [1]}, "c": {"d": 1}}
    assert isinstance(second["A"]["b"], Tagged)


def test_commands_merge_by_name():
    tree = layers(
        "commands:\n  - {name: a, steps: [1], commands: [{name: x, d: 1}, {name: y}]}\n  - {name: b}\n  - {q: 1}\n",
        "Commands:\n  - name: c\n  - {name: a, d: 2, steps: [2], commands: [{name: x, d: 2}, {name: z}]}\n  - q: 1\n",
    )
    assert tree == {
        "commands": [
            {
                "name": "a",
                "steps": [2],
                "commands": [{"name": "x", "d": 2}, {"name": "y"}, {"name": "z"}],
                "d": 2,
            },
            {"name": "b"},
            {"q": 1},
            {"name": "c"},
            {"q": 1},
        ]
    }
    assert place_of(tree, ["commands", 0, "d"]).file == "2.yaml"
    assert place_of(tree, ["commands", 1, "name"]).file == "1.yaml"


@pytest.mark.parametrize("stronger", ["commands: 1", "commands: {a: 1}"])
def test_commands_that_are_no_list_are_replaced(stronger):
    assert layers("commands: [{name: a}]", stronger)["commands"] in (1, {"a": 1})


# Trees in which one key always holds one sort of value: replacing a mapping by a scalar is not associative.
names = st.sampled_from(["a", "b", "Cc", "d.e", "f/g"])
cased = names.flatmap(lambda name: st.sampled_from([name, name.upper(), name.lower()]))


def unique(mapping):
    seen = {}
    for key, value in mapping.items():
        seen.setdefault(key.lower(), (key, value))
    return dict(seen.values())


flat = st.dictionaries(cased.map("s".__add__), st.integers(), max_size=4).map(unique)
lists = st.dictionaries(cased.map("l".__add__), st.lists(st.integers(), max_size=3), max_size=3).map(unique)


def both(below):
    maps = st.dictionaries(cased.map("m".__add__), below, max_size=3).map(unique)
    return st.tuples(flat, lists, maps).map(lambda parts: parts[0] | parts[1] | parts[2])


documents = st.recursive(st.tuples(flat, lists).map(lambda parts: parts[0] | parts[1]), both, max_leaves=8)


def plain_merge(weaker, stronger):
    merged = dict(weaker)
    for key, value in stronger.items():
        same = next((known for known in merged if known.lower() == key.lower()), key)
        both_maps = isinstance(value, dict) and isinstance(merged.get(same), dict)
        merged[same] = plain_merge(merged[same], value) if both_maps else value
    return merged


def laid(weaker, stronger):
    return lay_document(weaker, stronger, never)


@given(documents, documents, documents)
def test_layers_may_be_grouped_in_any_way(one, two, three):
    one, two, three = (planted(each, Place(name, 1, 1)) for each, name in ((one, "1"), (two, "2"), (three, "3")))
    left, right = laid(laid(one, two), three), laid(one, laid(two, three))
    assert left == right
    assert left.value_places == right.value_places


@given(documents, documents)
def test_the_result_is_that_of_a_plain_deep_merge(one, two):
    assert laid(planted(one, NOWHERE), planted(two, NOWHERE)) == plain_merge(one, two)


@given(documents)
def test_a_document_over_itself_or_over_nothing_is_itself(one):
    tree = planted(one, NOWHERE)
    assert laid(tree, tree) == laid(Map(NOWHERE), tree) == laid(tree, Map(NOWHERE)) == one


@given(documents, documents)
def test_every_key_keeps_its_places(one, two):
    def check(tree):
        if isinstance(tree, Map):
            assert set(tree) == set(tree.key_places) == set(tree.value_places)
            for value in tree.values():
                check(value)

    check(laid(planted(one, NOWHERE), planted(two, NOWHERE)))


@given(documents, documents)
def test_the_case_of_the_stronger_layer_does_not_matter(one, two):
    def shouted(value):
        return {key.upper(): shouted(below) for key, below in value.items()} if isinstance(value, dict) else value

    def folded(value):
        return {key.lower(): folded(below) for key, below in value.items()} if isinstance(value, dict) else value

    quiet = laid(planted(one, NOWHERE), planted(two, NOWHERE))
    loud = laid(planted(one, NOWHERE), planted(shouted(two), NOWHERE))
    assert folded(quiet) == folded(loud)
