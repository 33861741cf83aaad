import re
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.compose import compose
from atmos_auth.config.tree import Map, Seq, Tagged
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


def failure(text):
    with pytest.raises(ConfigError) as caught:
        compose(text, "atmos.yaml")
    return caught.value


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "--- # nothing\n...\n", "~"])
def test_nothing_written_is_none(text):
    assert compose(text, "f") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": 1}),
        ("[1, '2', \"3\"]", [1, "2", "3"]),
        ("id: 012345678901", {"id": "012345678901"}),
        ("id: !!str 7", {"id": "7"}),
        ("id: ! 7", {"id": "7"}),
        ("n: !!int '7'", {"n": 7}),
        ("n: !!float 7", {"n": 7.0}),
        ("b: !!bool 'true'", {"b": True}),
        ("n: !!null ''", {"n": None}),
        ("m: !!map {a: !!seq [1]}", {"m": {"a": [1]}}),
        ("on: off\nyes: no", {"on": "off", "yes": "no"}),
        ("123456789012: x\n1.0: y\ntrue: z", {"123456789012": "x", "1.0": "y", "true": "z"}),
        ("'': x", {"": "x"}),
        ("prod.admin: {Account/Role: 1, with blank: 2}", {"prod.admin": {"Account/Role": 1, "with blank": 2}}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("&k a: 1\n*k : 2", None),
        ("&k a: 1\nb: {*k : 2}", {"a": 1, "b": {"a": 2}}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("\r\na: 1\r\n", {"a": 1}),
        ("a: äöü 🙂", {"a": "äöü 🙂"}),
    ],
)
def test_values(text, value):
    if value is None:
        assert "written twice" in failure(text).message
        return
    found = compose(text, "f")
    assert found == value
    assert repr(found) == repr(value)


def test_functions_are_left_for_later():
    tree = compose("a: !env NAME x\nb: !append [1, !env Y]\nc: !unset\nd: !thing {e: 1}\n", "f")
    assert [tree[key].tag for key in "abcd"] == ["!env", "!append", "!unset", "!thing"]
    assert tree["a"].argument == "NAME x"
    assert tree["b"].argument[0] == 1
    assert isinstance(tree["b"].argument, Seq)
    assert isinstance(tree["b"].argument[1], Tagged)
    assert tree["c"].argument == ""
    assert isinstance(tree["d"].argument, Map)
    assert tree["a"].place == Place("f", 1, 4)
    assert tree.value_places["b"] == Place("f", 2, 4)


def test_merge_keys_copy_what_is_not_written_beside_them():
    tree = compose("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\none: {<<: *x, b: 9}\nboth: {<<: [*x, *y], d: 4}\n", "f")
    assert tree["one"] == {"a": 1, "b": 9}
    assert tree["both"] == {"a": 1, "b": 1, "c": 2, "d": 4}
    assert tree["one"].key_places["a"].line == 1
    assert tree["one"].value_places["b"] == Place("f", 3, 18)


def test_a_quoted_merge_sign_is_a_key():
    assert compose("'<<': 1", "f") == {"<<": 1}


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "'a' is written twice"),
        ("a: {b: 1, b: 2}", 1, 11, "'b' is written twice"),
        ("x: &x {}\na:\n  <<: *x\n  <<: *x\n", 4, 3, "'<<' is written twice"),
        ("a:\n\tb: 1\n", 2, 1, "not valid YAML"),
        ("a: b: c", 1, 5, "not valid YAML"),
        ("a: [1, 2\n", 1, 4, "not valid YAML"),
        ("a: 'x\n", 1, 4, "not valid YAML"),
        ("a: @x", 1, 4, "not valid YAML"),
        ("a: 1\n  b: 2\n", 2, 4, "not valid YAML"),
        ("a:\n  - 1\n b: 2\n", 3, 2, "not valid YAML"),
        ('a: "\\q"', 1, 5, "not valid YAML"),
        ("a: !foo!bar x", 1, 4, "not valid YAML"),
        ("a: *missing", 1, 4, "*missing repeats a value that nothing named"),
        ("a: &a [*a]", 1, 8, "*a stands inside the value"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second YAML document"),
        ("? [1, 2]\n: x", 1, 3, "a key must be plain text"),
        ("? {a: 1}\n: x", 1, 3, "a key must be plain text"),
        ("!env A: x", 1, 1, "a key must be plain text"),
        ("? \n: x", 1, 2, "a key is missing"),
        ("a:\n  <<: 1\n", 2, 7, "`<<` takes a mapping"),
        ("a:\n  <<: [{b: 1}, 2]\n", 2, 7, "`<<` takes a mapping"),
        ("a: !!int x", 1, 4, "'x' is not what !!int announces"),
        ("a: !!int true", 1, 4, "'true' is not what !!int announces"),
        ("a: !!binary aGk=", 1, 4, "!!binary is not known"),
        ("a: !!set {b}", 1, 4, "!!set is not known"),
        ("a: !!python/object:os.system x", 1, 4, "python/object:os.system is not known"),
        ("a: !<tag:example.org,2000:x> y", 1, 4, "tag:example.org,2000:x is not known"),
        ("a: 1\nbé: \x00\n", 2, 5, "U+0000 is not allowed"),
        ("a: \x07", 1, 4, "U+0007 is not allowed"),
    ],
)
def test_bad_yaml_is_named_with_its_place(text, line, column, says):
    error = failure(text)
    assert says in error.message
    assert error.place == Place("atmos.yaml", line, column)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n\tb: 1\n", "Indent with spaces"),
        ("a: b: c", "Quote a value that holds `: `"),
        ("a: [1, 2\n", "Close the bracket"),
        ("a: 'x\n", "Close the quotation mark"),
        ("a: @x", "quotation marks around a value"),
        ("a: %x", "quotation marks around a value"),
        ('a: "\\q"', "single quotation marks"),
        ("a: *missing", "&missing"),
        ("a: 1\na: 2", "Keep one of them"),
        ("a: 1\nbc\nd: 2", "after the colon"),
    ],
)
def test_bad_yaml_comes_with_the_edit_that_mends_it(text, hint):
    assert hint in " ".join(failure(text).hints)


def test_a_duplicate_names_both_places():
    error = failure("a: 1\nb: 2\na: 3\n")
    assert error.place == Place("atmos.yaml", 3, 1)
    assert error.details == ("first at atmos.yaml:1:1",)


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "[" * 101 + "]" * 101])
def test_hostile_nesting_is_refused(text):
    started = time.monotonic()
    assert failure(text).message
    assert time.monotonic() - started < 5


def test_a_hundred_levels_are_fine():
    assert compose("[" * 100 + "]" * 100, "f")


def test_deep_nesting_never_ends_the_process():
    code = "from atmos_auth.config.compose import compose\ncompose('[' * 1000000, 'f')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    # libyaml from 0.2.6 on stops at its own limit, before the event that we would stop at.
    assert re.search(r"ConfigError: f:1:(101|1001): the nesting is deeper than 100 levels", done.stderr)


def bomb(levels, width):
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_an_alias_bomb_is_refused():
    error = failure(bomb(12, 10))
    assert "aliases of this file repeat too much" in error.message


def test_a_bomb_of_merge_keys_is_refused():
    lines = ["a0: &a0 {x: [1]}"]
    lines += [f"a{n}: &a{n} {{p: *a{n - 1}, q: *a{n - 1}, r: {{<<: *a{n - 1}}}}}" for n in range(1, 30)]
    assert "repeat too much" in failure("\n".join(lines)).message


def test_aliases_in_ordinary_numbers_are_fine():
    assert compose(bomb(4, 10), "f")


def test_a_file_may_be_long():
    text = "\n".join(f"k{n}: {{a: 1, b: [1, 2, 3]}}" for n in range(20_000))
    assert len(compose(text, "f")) == 20_000


names = st.text(alphabet="abcdefXYZ._/-", min_size=1, max_size=8).filter(lambda s: s[0].isalpha() and s[-1].isalpha())
leaves = st.one_of(st.integers(-99, 99), names, st.sampled_from(["a b", "é x", "🙂"]))
plain_trees = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.dictionaries(names, below, max_size=4, min_size=1), st.lists(below, max_size=4, min_size=1)
    ),
    max_leaves=20,
)


def written(value, indent=0):
    pad = " " * indent
    if isinstance(value, dict):
        return "".join(f"{pad}{key}:{nested(below, indent)}" for key, below in value.items())
    return "".join(f"{pad}-{nested(below, indent)}" for below in value)


def nested(value, indent):
    if isinstance(value, dict | list):
        return "\n" + written(value, indent + 2)
    return f" {value}\n"


def check_places(tree, lines):
    def text_at(place):
        return lines[place.line - 1][place.column - 1 :]

    if isinstance(tree, Map):
        for key, value in tree.items():
            assert text_at(tree.key_places[key]).startswith(key)
            if not isinstance(value, dict | list):
                assert text_at(tree.value_places[key]) == str(value)
            check_places(value, lines)
    elif isinstance(tree, Seq):
        for value, place in zip(tree, tree.value_places, strict=True):
            if not isinstance(value, dict | list):
                assert text_at(place) == str(value)
            check_places(value, lines)


@given(st.one_of(st.dictionaries(names, plain_trees, min_size=1), st.lists(plain_trees, min_size=1)))
def test_places_point_at_the_text_they_belong_to(value):
    text = written(value)
    tree = compose(text, "f")
    check_places(tree, text.split("\n"))


@given(st.text(max_size=60))
def test_any_text_gives_a_tree_or_a_config_error(text):
    with suppress(ConfigError):
        compose(text, "f")


WITHOUT_LIBYAML = """
import sys
sys.modules["yaml._yaml"] = None
from atmos_auth.config.compose import compose
from atmos_auth.domain.errors import ConfigError
tree = compose("a: &x [1, '2', !env X y]\\nb: {<<: {c: 012}, d: *x}\\n", "f")
print(tree, tree.value_places, tree["b"].key_places)
for text in ("[" * 900, "a: 1\\na: 2", "a:\\n\\tb: 1", "a: \\x00", "a: b: c"):
    try:
        compose(text, "f")
    except ConfigError as error:
        print(error.place)
"""


def test_the_slow_parser_gives_the_same():
    def output(code):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    slow = output(WITHOUT_LIBYAML)
    assert slow == output(WITHOUT_LIBYAML.replace('sys.modules["yaml._yaml"] = None', ""))
    assert slow.count("f:") == 5
