"""Values in Terraform's own language."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.cli.outputs.hcl import hcl
from atmos_auth.config.hcl import read_hcl
from atmos_auth.config.tree import Map, Seq
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("# a\n// b\n/* c\n d */\n", {}),
        ("a = 1\nb=-2\nc = 1.5\nd = 2e3\n", {"a": 1, "b": -2, "c": 1.5, "d": 2000.0}),
        ("a = true # yes\r\nb = false\r\nc = null", {"a": True, "b": False, "c": None}),
        (r'a = "q\" b\\ t\t n\n u\u00e9 \U0001F642"', {"a": 'q" b\\ t\t n\n u\u00e9 \U0001f642'}),
        ('a = "# no comment // nor /* this"', {"a": "# no comment // nor /* this"}),
        ('a = "$${b} %%{c} $5 100% {}"', {"a": "${b} %{c} $5 100% {}"}),
        ("a = []\nb = {}", {"a": [], "b": {}}),
        ('a = [1, "x",\n  [true],\n]', {"a": [1, "x", [True]]}),
        (
            'a = { b = 1, "c d" : 2\n  e-f = { g = [{}] }\n 3 = 4 }',
            {"a": {"b": 1, "c d": 2, "e-f": {"g": [{}]}, "3": 4}},
        ),
        ('a = <<EOT\n x\n\ty \\n "q"\nEOT\nb = 1', {"a": ' x\n\ty \\n "q"\n', "b": 1}),
        ("a = <<-EOT\n    x\n      y\n    EOT\n", {"a": "x\n  y\n"}),
        ("a = [<<E\nx\nE\n, 1]", {"a": ["x\n", 1]}),
        ("a = <<E\r\nx\r\nE\r\n", {"a": "x\n"}),
        ("größe = 1", {"größe": 1}),
        ("a = 012345678901\nb = 123456789012", {"a": "012345678901", "b": "123456789012"}),
        (f"a = {'9' * 5000}", {"a": "9" * 5000}),
    ],
)
def test_values_are_read(text, expected):
    assert read_hcl(text, "f.tfvars") == expected


def test_values_know_where_they_are_written():
    tree = read_hcl("/* two\nlines */ a = [\n  1, { b = <<E\nx\nE\n c = 2 }]\n", "f.tfvars")
    inner = tree["a"][1]
    assert (type(tree["a"]), type(inner)) == (Seq, Map)
    assert tree.key_places["a"] == Place("f.tfvars", 2, 10)
    assert tree["a"].value_places[0] == Place("f.tfvars", 3, 3)
    assert inner.value_places["c"] == Place("f.tfvars", 6, 6)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a = var.b", "1:5", "`var` would have to be worked out"),
        ('a = upper("x")', "1:5", "`upper` would have to be worked out"),
        ('a = "x-${b}"', "1:5", "the text is a template"),
        ('a = "%{ if b }"', "1:5", "the text is a template"),
        ("a = <<E\n${b}\nE\n", "1:5", "the text is a template"),
        ('block "x" {\n}', "1:1", "`block` begins a block"),
        ("a = 1 + 2", "1:7", "only values are read"),
        ("a = 1 2", "1:7", "the end of the line is expected"),
        ("a = (1)", "1:5", "only values are read"),
        ("a = ", "1:5", "a value is expected"),
        ("a = \nb = 1", "1:5", "a value is expected"),
        ("= 1", "1:1", "a name is expected"),
        ("a = [1 2]", "1:8", "`,` or `]` is expected"),
        ("a = [1,,2]", "1:8", "a value is expected"),
        ("a = [1", "1:7", "`,` or `]` is expected"),
        ("a = { b 1 }", "1:9", "`=` is expected"),
        ("a = { b = 1 c = 2 }", "1:13", "a new line or `}` is expected"),
        ("a = { b = 1", "1:12", "a new line or `}` is expected"),
        ("a = 1\na = 2", "2:1", "`a` has a value already"),
        ('a = "open\n"', "1:5", "only values are read"),
        (r'a = "\d"', "1:5", r"`\d`, which means nothing"),
        (r'a = "\UFFFFFFFF"', "1:5", "which means nothing"),
        (r'a = "\ud800"', "1:5", "which means nothing"),
        ("a = <<E\nx\n", "1:5", "only values are read"),
        ("/* open", "1:1", "only values are read"),
        ("a = " + "[" * 200, "1:106", "nested too deeply"),
    ],
)
def test_what_is_no_value_is_refused_where_it_stands(text, place, words):
    with pytest.raises(ConfigError, match=re.escape(words)) as refused:
        read_hcl(text, "f.tfvars")
    assert str(refused.value.place) == f"f.tfvars:{place}"


SINGLE = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SINGLE, lambda below: st.lists(below) | st.dictionaries(st.text(), below, max_size=3), max_leaves=8
)


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_-]*", fullmatch=True), VALUES, max_size=3))
def test_what_is_put_out_is_read_back(values):
    assert read_hcl(hcl(values), "f.tfvars") == values


@settings(deadline=None)
@given(st.text('a=[]{}",\n<E-#/*${1 ', max_size=30))
def test_any_text_is_read_or_refused(text):
    with suppress(ConfigError):
        assert isinstance(read_hcl(text, "f.tfvars"), Map)
