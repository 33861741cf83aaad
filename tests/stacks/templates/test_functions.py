"""What the reference says of the functions is so."""

import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.functions.function import ACCEPTS
from atmos_auth.stacks.templates.functions.layouts import written
from atmos_auth.stacks.templates.functions.names import FROM_OUTSIDE
from atmos_auth.stacks.templates.functions.table import LOUD, TABLE, THEMES
from atmos_auth.stacks.templates.functions.world import clock_functions
from atmos_auth.stacks.templates.template import Template

ROOT = Path(__file__).parents[3]


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch):
    """The page's generator; `docs` is a package of the repository, not of the installation."""
    monkeypatch.syspath_prepend(str(ROOT))
    for name in [name for name in sys.modules if name == "docs" or name.startswith("docs.")]:
        monkeypatch.delitem(sys.modules, name)
    from docs import template_reference

    return template_reference


def test_every_example_prints_what_the_page_says(reference):
    examples = {example: gives for rows in reference.words().values() for _, example, gives in rows.values() if example}
    assert len(examples) > 200
    assert {example: reference.printed(example) for example in examples} == examples


def test_the_page_has_every_function_once_and_no_other(reference):
    described = [name for rows in reference.words().values() for name in rows]
    there = [function.name for functions in reference.THEMES.values() for function in functions]
    assert sorted(described) == sorted(set(described))
    assert sorted(described) == sorted(there)


def test_all_but_few_functions_have_an_example_that_calls_them(reference):
    without = []
    for rows in reference.words().values():
        without += [name for name, (_, example, _) in rows.items() if name not in example]
    assert without == ["dateModify", "date_modify", "unixEpoch"]


def test_no_name_is_in_two_themes():
    names = [function.name for functions in THEMES.values() for function in functions]
    assert len(names) == len(set(names))
    assert len(TABLE) == len(names) + len(LOUD)


def test_every_parameter_is_of_a_known_kind():
    for function in TABLE.values():
        words = function.takes.split()
        assert {word.rstrip("…?") for word in words} <= set(ACCEPTS), function.name
        assert not any("…" in word for word in words[:-1]), function.name


def test_what_is_said_to_come_from_outside_is_in_no_table():
    assert not FROM_OUTSIDE & set(TABLE)


MOMENT = datetime(2026, 3, 1, 9, 5, 7, 60_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("2006-01-02T15:04:05Z07:00", "2026-03-01T09:05:07Z"),
        ("Mon Jan _2 15:04:05 2006", "Sun Mar  1 09:05:07 2026"),
        ("Monday, 02-Jan-06 15:04:05 MST", "Sunday, 01-Mar-26 09:05:07 UTC"),
        ("Mon, 02 Jan 2006 15:04:05 -0700", "Sun, 01 Mar 2026 09:05:07 +0000"),
        ("3:04PM", "9:05AM"),
        ("03:04:05.000 pm", "09:05:07.060 am"),
        ("15:04:05.99 002", "09:05:07.06 060"),
        ("20060102150405", "20260301090507"),
        ("2006_01", "2026_03"),
        ("", ""),
    ],
)
def test_layouts(layout: str, text: str):
    assert written(layout, MOMENT) == text


def test_a_zone_without_a_name_is_written_as_its_offset():
    moment = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert written("15:04 -0700 -07:00 Z07:00 MST", moment) == "14:35 +0530 +05:30 +05:30 +0530"
    assert written("-07 MST", MOMENT.astimezone(timezone(timedelta(hours=-3)))) == "-03 -03"


def test_the_local_zone_is_that_of_the_clock():
    clock = clock_functions(lambda: MOMENT.astimezone(timezone(timedelta(hours=2))))
    template = Template("{{ date `15:04` 0 }} {{ now | date `15:04` }}", Place("f", 1, 1))
    assert template.render({}, functions=clock) == "02:00 11:05"
