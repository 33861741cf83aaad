"""Comments behind values: where each was written."""

import re

import pytest
import yaml

from atmos_auth.cli.provenance import with_places
from atmos_auth.cli.yaml_text import yaml_text
from atmos_auth.config.tree import NOWHERE, Map, planted
from atmos_auth.domain.place import Place
from atmos_auth.stacks.plain import plain

HERE = Place("/project/stacks/a.yaml", 7, 3)
_COMMENT = re.compile(r" +# [^\n'\"]+:7$", re.MULTILINE)


def _written(data, tree=None, **options):
    return with_places(
        data, planted(data, HERE) if tree is None else tree, folder="/project", directory="/project", **options
    )


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"a": 1, "b": {"c": [], "d": {}}},
        {"list": [1, "two", [3, [4]], {"five": 5, "six": {"seven": [8]}}, {}, []]},
        {"text": "with # a sign", "quoted": "'", "number like": "007", "empty": "", "nothing": None, "yes": True},
        {"lines": "one\ntwo\n\nthree\n", "inner": {"lines": ["a\nb", "  c\n"]}},
        {"key: with colon": {"# key": {"-": 1}}},
        {"long": "word " * 60},
    ],
)
def test_without_the_comments_it_is_what_is_written_otherwise(data):
    text = _written(data)
    assert yaml.safe_load(text) == data
    assert re.sub(_COMMENT, "", text) == yaml_text(data)


def test_a_key_that_must_stand_alone_is_read_as_it_was():
    data = {"k" * 200: {"a": 1}, "two\nlines": [1]}
    assert yaml.safe_load(_written(data)) == data


def test_comments_of_short_lines_stand_below_each_other_at_every_depth():
    text = _written({"a": {"b": {"c": 1}}, "d": 2, "list": [3]})
    assert {line.index("#") for line in text.splitlines() if "#" in line} == {42}


def test_a_value_that_no_file_holds_has_no_comment():
    tree = Map()
    tree.put("a", 1, NOWHERE, NOWHERE)
    tree.put("b", 2, HERE, HERE)
    assert _written({"a": 1, "b": 2, "c": 3}, tree).splitlines() == [
        "a: 1",
        f"{'b: 2':<40}  # stacks/a.yaml:7",
        "c: 3",
    ]


@pytest.mark.parametrize("made", [[1], [1, 2, 3], {"x": 1}, "text"])
def test_what_was_made_anew_does_not_borrow_places(made):
    assert "# " not in _written({"a": made}, planted({"a": [1, 2]}, HERE)).partition("\n")[0] or made == "text"
    assert yaml.safe_load(_written({"a": made}, planted({"a": [1, 2]}, HERE))) == {"a": made}


def test_files_elsewhere_are_named_in_full_and_cannot_draw_on_the_screen():
    tree = planted({"a": 1}, Place("/home/x\x1b[2J/atmos.yaml", 1, 1))
    assert "\x1b" not in _written({"a": 1}, tree)
    assert "/home/x" in _written({"a": 1}, tree)


def test_comments_are_dimmed_by_whoever_prints_them():
    assert _written({"a": 1}, dimmed=lambda text: f"<{text}>").endswith("  <# stacks/a.yaml:7>\n")


def test_trees_and_their_plain_data_agree():
    tree = planted({"a": [{"b": 1}]}, HERE)
    assert "- b: 1" in _written(plain(tree), tree)
