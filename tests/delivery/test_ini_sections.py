import configparser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.delivery import ini_sections
from atmos_auth.delivery.ini_sections import MARKER

# What a name or value may hold: anything printable, spaces inside, and characters some think of as line ends.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from(
    ";#=%:\\\"'\x0b\x0c\x1c\x85\u2028"
)
NAMES = st.text(LETTERS.filter(lambda c: c not in "[]"), min_size=1, max_size=12).filter(
    lambda name: name == name.strip()
)
VALUES = st.text(LETTERS, min_size=1, max_size=30).filter(lambda value: value == value.strip())
KEYS = st.dictionaries(
    st.sampled_from(["aws_access_key_id", "aws_secret_access_key", "region", "x"]), VALUES, min_size=1
)
MARKERS = st.none() | st.text(st.sampled_from("abc=; %"), min_size=1, max_size=20).filter(lambda m: m == m.strip())

OTHERS = (
    "# written by hand\r\n"
    "[someone else]\n"
    "aws_access_key_id=AKIA   \n"
    "  nested = yes\n"
    "odd\x0bvalue = \x85 \u2028 end\n"
    "\n"
    "; a remark on the next\n"
    "[another]\n"
    "region = mars"
)


@given(NAMES, KEYS, MARKERS)
def test_what_is_written_is_found(name, keys, marker):
    text = ini_sections.replace("", name, keys, marker)
    assert ini_sections.find(text, name) == (marker, keys)
    assert ini_sections.headers(text) == [(name, marker)]


@given(st.dictionaries(NAMES, st.tuples(KEYS, MARKERS), max_size=4), st.data())
def test_sections_do_not_touch_each_other(sections, data):
    text = ""
    for name, (keys, marker) in sections.items():
        text = ini_sections.replace(text, name, keys, marker)
    order = data.draw(st.permutations(list(sections)))
    for name in order:
        new = data.draw(KEYS)
        text = ini_sections.replace(text, name, new, sections[name][1])
        sections[name] = (new, sections[name][1])
    assert {name: ini_sections.find(text, name) for name in sections} == {
        name: (marker, keys) for name, (keys, marker) in sections.items()
    }
    for name in order:
        text = ini_sections.remove(text, name)
        assert ini_sections.find(text, name) is None
    assert text == ""


@given(NAMES, KEYS, KEYS, MARKERS)
def test_what_others_wrote_stays_byte_for_byte(name, keys, new, marker):
    if name in ("someone else", "another"):
        return
    with_ours = ini_sections.replace(OTHERS, name, keys, marker)
    assert with_ours.startswith(OTHERS + "\n")
    assert ini_sections.remove(with_ours, name) == OTHERS + "\n"
    assert ini_sections.replace(with_ours, name, new, None).startswith(OTHERS + "\n")


@given(KEYS, MARKERS)
def test_a_section_in_the_middle_is_replaced_in_its_place(keys, marker):
    text = ini_sections.replace("", "ours", {"a": "1"}, "m=1") + "\n" + OTHERS
    replaced = ini_sections.replace(text, "ours", keys, marker)
    assert replaced.endswith(OTHERS + "\n")
    assert ini_sections.find(replaced, "ours") == (marker, keys)
    assert ini_sections.remove(replaced, "ours") == OTHERS + "\n"


def test_a_comment_above_the_next_section_belongs_to_it():
    text = "[ours]\na = 1\n\n# theirs\n; all of it\n[theirs]\nb = 2\n"
    assert ini_sections.remove(text, "ours") == "# theirs\n; all of it\n[theirs]\nb = 2\n"
    assert ini_sections.replace(text, "ours", {"a": "3"}) == "[ours]\na = 3\n\n# theirs\n; all of it\n[theirs]\nb = 2\n"


def test_the_marker_of_the_next_section_is_not_ours():
    text = ini_sections.replace(ini_sections.replace("", "a", {"x": "1"}, "m=a"), "b", {"x": "2"}, "m=b")
    assert ini_sections.find(ini_sections.remove(text, "a"), "b") == ("m=b", {"x": "2"})
    assert ini_sections.find(ini_sections.replace(text, "a", {"x": "3"}), "b") == ("m=b", {"x": "2"})


def test_removing_what_is_not_there_changes_nothing():
    assert ini_sections.remove(OTHERS, "nobody") == OTHERS
    assert ini_sections.remove("", "nobody") == ""


def test_headers_tell_markers_from_other_comments():
    text = f"{MARKER} chain=1\n[a]\n; remark\n[b]\n{MARKER} chain=3\n\n[c]\n"
    assert ini_sections.headers(text) == [("a", "chain=1"), ("b", None), ("c", None)]


def test_comments_nested_lines_and_lines_without_a_sign_are_no_keys():
    text = "[a]\n# x = 1\n; y = 2\n  nested = 3\n\tnested = 4\nlonely\nz = 5\n"
    assert ini_sections.find(text, "a") == (None, {"z": "5"})


@pytest.mark.parametrize(
    ("header", "value", "marker"),
    [("a", "x\ny", None), ("a", "x\ry", None), ("a\nb", "x", None), ("a", "x", "m\n[b]"), ("a", "x\r\n[b]", None)],
)
def test_nothing_may_break_its_line(header, value, marker):
    with pytest.raises(ValueError, match="may not break its line"):
        ini_sections.replace("", header, {"k": value}, marker)


def test_a_nested_value_is_written_as_aws_wants_it():
    text = ini_sections.replace("", "services x", {"sts": "\n  endpoint_url = http://127.0.0.1:1"})
    assert text == "[services x]\nsts =\n  endpoint_url = http://127.0.0.1:1\n"


@given(NAMES.filter(lambda name: name != "DEFAULT"), KEYS, MARKERS)
def test_pythons_own_parser_reads_the_same(name, keys, marker):
    parser = configparser.RawConfigParser()
    parser.read_string(ini_sections.replace("", name, keys, marker))
    assert parser.sections() == [name]
    assert dict(parser[name]) == keys


@given(
    st.lists(st.sampled_from(["[a]", "[b]", "[ c ]", "; atmos: x=1", "; remark", "# other", "", "k = v", "  deep = 1"]))
)
def test_all_sections_at_once_are_the_ones_found_one_by_one(lines):
    text = "\n".join(lines) + "\n"
    sections = ini_sections.sections(text)
    assert list(sections) == list(dict.fromkeys(header for header, _ in ini_sections.headers(text)))
    for header, section in sections.items():
        assert ini_sections.find(section, header) == ini_sections.find(text, header)
