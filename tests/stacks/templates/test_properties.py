import json
import re
import string
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.errors import InvalidTemplate
from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.regular.machine import compiled
from atmos_auth.stacks.templates.template import Template

START = Place("f", 1, 1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
fractions = st.floats(allow_nan=False, allow_infinity=False)
# Beyond that, JSON that has no point is no longer the same number.
exact = fractions.filter(lambda number: abs(number) < 2**53 or not number.is_integer())
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | exact | texts
values = st.recursive(scalars, lambda inside: st.lists(inside) | st.dictionaries(texts, inside), max_leaves=10)
PIECES = (
    "{{", "}}", "{{-", "-}}", "{{/*", "*/}}", ".", ".a", ".b", "$", "$x", ":=", "=", "|", "(", ")", ",", '"', "'", "`",
    "\\", "1", "-1", "1.5", "0x", "'c'", '"s"', "`r`", "true", "nil", "if", "else", "end", "range", "with", "define",
    "template", "block", "break", "continue", "print", "printf", "eq", "and", "or", "index", "len", "default", "dict",
    "list", "upper", '"%d"', "now.Year", "strings.ToUpper", "must", "\n", "\t", "é",
)  # fmt: skip
soups = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map(" ".join)
actions = st.lists(st.sampled_from(PIECES[5:]), max_size=12).map(lambda pieces: f"{{{{ {' '.join(pieces)} }}}}")


def render(text: str, data: object = None) -> str:
    return Template(text, START).render(data)


def place_of_failure(text: str) -> Place | None:
    try:
        render(text, {"a": 1})
    except InvalidTemplate as error:
        return error.place
    return None


@given(texts)
def test_a_text_without_actions_is_printed_as_it_is(text: str):
    assume("{{" not in text)
    assert render(text) == text


@given(texts, texts)
def test_what_stands_around_an_action_is_printed_as_it_is(before: str, after: str):
    assume("{{" not in before + "x" and "{{" not in after and not before.endswith("{"))
    assert render(f"{before}{{{{ 1 }}}}{after}") == f"{before}1{after}"


@settings(max_examples=400)
@given(soups | actions | st.text(string.printable))
def test_nothing_but_our_own_error_comes_out(text: str):
    for data in (None, {"a": {"b": [1]}, "b": "x"}):
        with suppress(InvalidTemplate):
            render(text, data)


@settings(max_examples=300)
@given(soups | actions)
def test_the_place_of_an_error_lies_within_the_text(text: str):
    place = place_of_failure(text)
    if place is not None:
        lines = text.split("\n")
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1


@given(texts)
def test_text_survives_quotes(text: str):
    assert render("{{ " + render("{{ printf `%q` . }}", text) + " }}", {}) == text


@given(texts)
def test_text_survives_printing_and_raw_quotes(text: str):
    assert render("{{ . }}", text) == render("{{ print . }}", text) == render("{{ printf `%s` . }}", text) == text
    assume("`" not in text and "\r" not in text)
    assert render(f"{{{{ `{text}` }}}}") == text


@given(values)
def test_json_is_json(value: object):
    for function in ("toJson", "toRawJson", "toPrettyJson", "data.ToJSON"):
        assert json.loads(render(f"{{{{ {function} . }}}}", value)) == value


@given(values)
def test_yaml_is_read_as_it_was_written(value: object):
    assert render("{{ deepEqual . (fromYaml (toYaml .)) }}", value) == "true"


@given(texts)
def test_base64_and_base32_bring_the_text_back(text: str):
    assert render("{{ . | b64enc | b64dec }}", text) == render("{{ . | b32enc | b32dec }}", text) == text


@given(fractions)
def test_a_fraction_is_printed_so_that_it_reads_back(number: float):
    assert float(render("{{ . }}", number)) == number
    assert float(render("{{ toJson . }}", number)) == number
    assert float(render("{{ printf `%g` . }}", number)) == number


@example(9_007_199_254_740_993, 9_007_199_254_740_994)
@example(-(2**63), -1)
@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_division_and_remainder_make_the_number_again(first: int, second: int):
    assume(second)
    text = "{{ add (mul (div .a .b) .b) (mod .a .b) }}"
    assert int(render(text, {"a": first, "b": second})) == first


@given(st.lists(texts), texts.filter(bool))
def test_what_was_joined_splits_again(parts: list[str], separator: str):
    assume(parts and not any(separator in part for part in parts))
    joined = separator.join(parts)
    assume(joined.split(separator) == parts)
    assert (
        json.loads(render("{{ splitList .by (join .by .parts) | toJson }}", {"by": separator, "parts": parts})) == parts
    )


# Patterns that mean the same to Python and to Go.
PARTS = ["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d", "a?", "b*", "(?:ab)", "(a|b)", "^", "$", r"\b", "a{2}", "b{1,2}"]
parts = st.sampled_from(PARTS)
patterns = st.lists(parts | st.builds("(?:{}|{})".format, parts, parts), max_size=5).map("".join)


@settings(max_examples=300)
@given(patterns, st.text("ab1 \n", max_size=12))
def test_patterns_match_as_those_of_python_do(pattern: str, text: str):
    ours = compiled(pattern).find(text)
    theirs = re.search(pattern.replace("$", r"\Z"), text, re.ASCII)
    assert (ours and ours[:2]) == (theirs and theirs.span())


@given(texts, texts)
def test_a_quoted_pattern_matches_itself(text: str, around: str):
    data = {"text": text, "around": around}
    assert render("{{ regexMatch (regexQuoteMeta .text) (print .around .text) }}", data) == "true"


@settings(max_examples=300)
@given(st.text("ab()[]{}*+?|\\^$-:P<>iQE1,.", max_size=15))
def test_any_text_is_a_pattern_or_refused(pattern: str):
    with suppress(InvalidTemplate):
        render("{{ regexFind . `aabb()` }}{{ regexSplit . `aabb` -1 }}{{ regexReplaceAll . `aabb` `$1` }}", pattern)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no build for this Python")
def test_mutated_bytes_find_nothing(tmp_path: Path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a").write_text('{{ range $i, $x := .l }}{{ if eq $x "a" }}{{ .b | upper }}{{ break }}{{ end }}{{ end }}')
    (corpus / "b").write_text('{{- define "t" -}}{{ printf "%5.2f|%q" 1.5 `x` }}{{ end }}{{ template "t" . }}')
    script = Path(__file__).parent / "fuzz_templates.py"
    run = subprocess.run(
        [sys.executable, script, "-max_total_time=5", "-timeout=20", corpus],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
