"""What a template must not be able to do: reach into Python, run for ever, fill the memory."""

import os
import re
import time
from contextlib import suppress

import pytest

from atmos_auth.domain.errors import InvalidTemplate
from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.functions.function import Function
from atmos_auth.stacks.templates.functions.table import TABLE
from atmos_auth.stacks.templates.template import Template


class Loaded:
    """An object that nobody should have put into the data."""

    secret = "hunter2"

    def __str__(self) -> str:
        raise AssertionError("a template made it print itself")

    __repr__ = __str__


def refused(text: str, data: object = None, **options) -> InvalidTemplate:
    with pytest.raises(InvalidTemplate) as caught:
        Template(text, Place("f", 1, 1)).render({} if data is None else data, **options)
    return caught.value


ATTRIBUTES = (
    "__class__",
    "__init__",
    "__globals__",
    "__subclasses__",
    "mro",
    "format",
    "keys",
    "items",
    "upper",
    "secret",
)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize(
    "value",
    ["text", 5, 1.5, True, [1], (1, 2), b"x", {1, 2}, os, Loaded(), print, Loaded],
    ids=lambda value: type(value).__name__,
)
def test_no_attribute_of_a_python_object_is_reached(value: object, attribute: str):
    for text in (
        f"{{{{ .x.{attribute} }}}}",
        f"{{{{ $x := .x }}}}{{{{ $x.{attribute} }}}}",
        f"{{{{ (.x).{attribute} 1 }}}}",
    ):
        error = refused(text, {"x": value})
        assert "hunter2" not in str(error)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_a_map_has_its_keys_and_nothing_else(attribute: str):
    assert Template(f"{{{{ .{attribute} }}}}", Place("f", 1, 1)).render({"a": 1}) == "<no value>"


@pytest.mark.parametrize(
    "text",
    [
        "{{ .x }}",
        "{{ .l }}",
        "{{ print .x }}",
        "{{ toJson .x }}",
        "{{ toJson .l }}",
        "{{ toYaml .x }}",
        "{{ printf `%v %s` .x .x }}",
        "{{ quote .l }}",
        "{{ toString .x }}",
        "{{ join `,` .l }}",
        "{{ deepEqual .l .l }}",
    ],
)
@pytest.mark.parametrize("value", [os, Loaded(), print, b"x", object()], ids=lambda value: type(value).__name__)
def test_what_is_no_value_of_a_template_is_never_printed(value: object, text: str):
    error = refused(text, {"x": value, "l": [value]})
    assert re.search("templates cannot|cannot write", error.message)


def test_a_callable_in_the_data_is_not_called():
    called: list[int] = []
    for text in ("{{ .f }}", "{{ .f 1 }}", "{{ 1 | .f }}", "{{ (.f) }}"):
        refused(text, {"f": called.append})
    refused("{{ call .f 1 }}", {"f": called.append})
    assert called == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}",
        "{{ range 10000000000 }}{{ end }}",
        '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
        '{{ define "a" }}{{ template "b" . }}{{ end }}{{ define "b" }}{{ template "a" }}{{ end }}{{ template "a" }}',
        '{{ repeat 1000000000 "x" }}',
        '{{ repeat 100000 (repeat 100000 "x") }}',
        "{{ until 1000000000 }}",
        "{{ untilStep 0 1000000000 1 }}",
        "{{ seq 1 1000000000 }}",
        '{{ indent 1000000000 "x" }}',
        '{{ replace "" (repeat 10000 "x") (repeat 10000 "y") }}',
        '{{ printf "%1000000000d" 1 }}',
        '{{ printf "%*d" 1000000000 1 }}',
        '{{ printf "%.1000000000f" 1.0 }}',
        "{{ $x := `x` }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = concat $x $x }}{{ end }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ $x }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ toYaml $x }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ deepCopy $x }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ printf `%d` $x }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ deepEqual $x (list $x) }}",
        "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ coll.Flatten $x }}",
        "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ $d }}",
        "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ toJson $d }}",
        "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ toYaml $d }}",
        "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ deepCopy $d }}",
        "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ merge $d (dict `d` $d) }}",
        "{{ $d := dict }}{{ $_ := set $d `d` $d }}{{ $e := dict }}{{ $_ := set $e `d` $e }}{{ deepEqual $d $e }}",
        "{{ range until 200000 }}{{ repeat 10000 `x` }}{{ end }}",
        "{{" + "(" * 1000 + "1" + ")" * 1000 + "}}",
        "{{ if 1 }}" * 1000 + "{{ end }}" * 1000,
        "{{ regexFind (repeat 5000 `(a*)*`) (repeat 5000 `a`) }}",
        "{{ regexFind `((((a{100}){100}){100}){100})` `a` }}",
        "{{ regexFind (repeat 1000 `(`) `a` }}",
        "{{ wrap 1 (repeat 10000000 `x y `) }}",
        "{{ printf `%1000000d` (until 200000) }}",
        "{{ join (repeat 16000000 `x`) (until 200000) }}",
        f"{{{{ $x := repeat 16000000 `x` }}}}{{{{ print {'$x ' * 1000} }}}}",
        f"{{{{ $x := repeat 16000000 `x` }}}}{{{{ quote {'$x ' * 1000} }}}}",
        f"{{{{ $x := repeat 16000000 `x` }}}}{{{{ cat {'$x ' * 1000} }}}}",
        f"{{{{ $x := repeat 16000000 `x` }}}}{{{{ list {'$x ' * 1000} | toJson }}}}",
        f"{{{{ $x := repeat 16000000 `x` }}}}{{{{ list {'$x ' * 1000} | toYaml }}}}",
        f"{{{{ $x := repeat 16000000 `x` }}}}{{{{ list {'$x ' * 1000} }}}}",
        "{{ regexReplaceAll `x` (repeat 100000 `x`) (repeat 100000 `y`) }}",
        "{{ replace `x` (repeat 100000 `y`) (repeat 100000 `x`) }}",
        "{{ until 100000 | data.ToJSONPretty (repeat 10000 ` `) }}",
        "{{ splitList `` (repeat 1000000 `x`) }}",
    ],
)
def test_what_would_never_end_ends_with_an_error(text: str):
    started = time.monotonic()
    error = refused(text)
    assert error.message
    assert error.place is not None
    # Not a measurement: without a bound these run for years.
    assert time.monotonic() - started < 60


def test_large_texts_and_lists_that_are_no_bombs_are_welcome():
    text = "{{ replace `-` `_` (repeat 100000 `ab-`) | len }} {{ join `,` (until 100000) | splitList `,` | len }}"
    assert Template(text, Place("f", 1, 1)).render({}) == "300000 100000"


def test_numbers_stay_within_64_bits():
    text = "{{ $x := 3 }}{{ range until 1000 }}{{ $x = mul $x $x }}{{ end }}{{ $x }}"
    assert abs(int(Template(text, Place("f", 1, 1)).render({}))) < 2**63


def test_a_pattern_that_others_choke_on_takes_no_time():
    text = "{{ regexMatch `^(a+)+$` (print (repeat 5000 `a`) `b`) }}"
    assert Template(text, Place("f", 1, 1)).render({}) == "false"


def test_deep_data_is_refused_and_not_a_traceback():
    deep: object = 1
    for _ in range(50_000):
        deep = [deep]
    for text in ("{{ .x }}", "{{ toJson .x }}", "{{ toYaml .x }}", "{{ $_ := set . `y` 1 }}", "{{ printf `%v` .x }}"):
        assert "nested too deeply" in refused(text, {"x": deep}).message


def test_no_function_of_the_table_lets_an_error_of_python_through():
    values = [
        "",
        "a%d",
        0,
        -1,
        2**63 - 1,
        10**400,
        1.5e25,
        float("inf"),
        None,
        [],
        [1, "a", None],
        {"a": {"b": 1}},
        object(),
    ]
    pairs = [(first, second) for first in values for second in values]
    for function in TABLE.values():
        for arguments in ("", ".a", ".a .b", ".b .a .b", ".a .b .a .b"):
            template = Template(f"{{{{ {function.name} {arguments} }}}}", Place("f", 1, 1))
            for first, second in pairs if ".b" in arguments else pairs[:: len(values)]:
                with suppress(InvalidTemplate):
                    template.render({"a": first, "b": second})


def test_a_handed_in_function_is_not_reached_by_another_name():
    function = Function("atmos.Component", "text", lambda name: {"name": name})
    for text in ("{{ atmos }}", "{{ atmos.Nope }}", "{{ (atmos).Component `x` }}", "{{ .atmos.Component `x` }}"):
        refused(text, functions=[function])
