import csv
import io
import json
import string
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.cli.outputs import FORMATS, Shape, text_of
from atmos_auth.domain.errors import InvalidSetting, UsageError

VALUES = {
    "vpc_id": "vpc-1",
    "size": 3,
    "is_open": True,
    "zones": ["a", "b"],
    "tags": {"Name": "x y", "inner": {"k.1": None}},
}
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
PLAIN = ("bash", "--norc"), ("sh",)


def written(file_format: str, values: dict[str, Any] = VALUES, *, name=None, upper=False, flat=False) -> str:
    return text_of(Shape(file_format, name, None, upper, flat), values)


@pytest.mark.parametrize(
    ("file_format", "expected"),
    [
        ("json", json.dumps(VALUES, indent=2, sort_keys=True) + "\n"),
        ("yaml", yaml.safe_dump(VALUES)),
        ("hcl", 'is_open = true\nsize = 3\ntags = {\n  "Name" = "x y"\n  "inner" = {\n    "k.1" = null\n  }\n}\n'),
        ("env", 'is_open=true\nsize=3\ntags=\'{"Name": "x y", "inner": {"k.1": null}}\'\nvpc_id=vpc-1\n'),
        ("dotenv", 'is_open=true\nsize=3\ntags=\'{"Name": "x y", "inner": {"k.1": null}}\'\nvpc_id=vpc-1\n'),
        ("bash", 'export is_open="true"\nexport size="3"\nexport vpc_id="vpc-1"\n'),
        ("csv", 'key,value\nsize,3\ntags,"{""Name"": ""x y"", ""inner"": {""k.1"": null}}"\nvpc_id,vpc-1\n'),
        ("tsv", "key\tvalue\nis_open\ttrue\nsize\t3\nvpc_id\tvpc-1\n"),
        ("table", "is_open  true\nsize     3\nvpc_id   vpc-1\n"),
        ("github", "is_open=true\nsize=3\nvpc_id=vpc-1\n"),
    ],
)
def test_each_format(file_format: str, expected: str):
    shown = [name for name in VALUES if name in expected]
    assert written(file_format, {name: VALUES[name] for name in shown}) == expected


def test_a_list_and_a_text_of_many_lines():
    values = {"zones": ["a", {"b": []}], "text": "one\ntwo"}
    assert written("hcl", values) == 'text = "one\\ntwo"\nzones = [\n  "a",\n  {\n    "b" = []\n  },\n]\n'
    assert written("table", {"text": "one\n\x1b[31mtwo"}) == "text  one [31mtwo\n"
    assert "text<<ATMOS_EOF_text\none\ntwo\nATMOS_EOF_text\n" in written("github", values)


@pytest.mark.parametrize("file_format", FORMATS)
def test_nothing_put_out_is_no_error(file_format: str):
    assert written(file_format, {}) in ("", "{}\n", "key,value\n", "key\tvalue\n")


@pytest.mark.parametrize(
    ("file_format", "name", "expected"),
    [
        ("json", "zones", '[\n  "a",\n  "b"\n]\n'),
        ("json", "vpc_id", '"vpc-1"\n'),
        ("yaml", "vpc_id", "vpc-1\n"),
        ("yaml", "is_open", "true\n"),
        ("env", "vpc_id", "vpc_id=vpc-1\n"),
        ("hcl", "vpc_id", 'vpc_id = "vpc-1"\n'),
    ],
)
def test_a_single_one(file_format: str, name: str, expected: str):
    values = VALUES if file_format in ("json", "yaml") else {name: VALUES[name]}
    assert written(file_format, values, name=name) == expected


def test_names_may_be_flattened_and_in_capitals():
    flat = json.loads(written("json", flat=True, upper=True))
    others = {"VPC_ID": "vpc-1", "SIZE": 3, "IS_OPEN": True, "ZONES": ["a", "b"]}
    assert flat == {"TAGS_NAME": "x y", "TAGS_INNER_K.1": None, **others}
    assert "TAGS_INNER_K_1=''\n" in written("env", flat=True, upper=True), "what variables cannot be called becomes _"
    assert json.loads(written("json", name="tags", flat=True)) == {"Name": "x y", "inner_k.1": None}


@pytest.mark.parametrize(
    ("file_format", "values", "options"),
    [
        ("env", {"a-b": 1, "a_b": 2}, {}),
        ("json", {"a": 1, "A": 2}, {"upper": True}),
        ("json", {"a": {"b": 1}, "a_b": 2}, {"flat": True}),
    ],
)
def test_two_of_one_name_are_refused(file_format: str, values: dict[str, Any], options: dict[str, bool]):
    with pytest.raises(UsageError, match='two outputs would both be called "'):
        written(file_format, values, **options)
    assert json.loads(written("json", values)) == values


def test_a_value_that_no_variable_can_hold_is_named_and_not_shown():
    with pytest.raises(InvalidSetting, match="the value of broken holds a NUL character") as caught:
        written("bash", {"broken": "se\0cret"})
    assert "cret" not in caught.value.message


@pytest.mark.parametrize("shell", PLAIN, ids=lambda words: words[0])
@pytest.mark.parametrize("file_format", ["env", "bash"])
@settings(max_examples=25, deadline=None)
@given(value=TEXTS)
def test_a_real_shell_reads_what_was_put_out(file_format: str, shell: tuple[str, ...], value: str):
    script = written(file_format, {"kept": value, "next-one": "z"}) + 'printf "%s\\0%s" "$kept" "$next_one"'
    result = subprocess.run([*shell, "-c", script], capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert result.stdout.decode() == f"{value}\0z"
    assert result.stderr == b""


@given(values=st.dictionaries(st.text(string.ascii_letters + "_-", min_size=1), TEXTS | st.integers() | st.booleans()))
def test_rows_and_data_are_read_back(values: dict[str, Any]):
    assert json.loads(written("json", values)) == values
    assert yaml.safe_load(written("yaml", values)) == values
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    for file_format, separator in (("csv", ","), ("tsv", "\t")):
        _, *rows = csv.reader(io.StringIO(written(file_format, values), newline=""), delimiter=separator)
        assert dict(rows) == texts
