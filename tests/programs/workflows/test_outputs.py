"""Which steps want to know what others have printed."""

import pytest

from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.programs.workflows.outputs import Wanted, beginning, needs_of, wanted_by
from atmos_auth.stacks.templates.template import Template

PLACE = Place("f.yaml", 1, 1)
BEFORE = ("one", "two", "a b")


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("plain {{ .env.X }}", ()),
        ("{{ .steps.one.value }}", ("one",)),
        ("{{ .steps.two.value | default .steps.one.value }}", ("one", "two")),
        ('{{ (index .steps "a b").value }}', ("a b",)),
        ("{{ range .steps }}{{ .value }}{{ end }}", BEFORE),
        ("{{ if true }}{{ .steps.one.value }}{{ end }}", ("one",)),
    ],
)
def test_whose_output_a_template_wants(text, needs):
    wanted = wanted_by(text, Template(text, PLACE).looked_at())
    assert needs_of([(Wanted(), None), (wanted, PLACE)], BEFORE, "it") == needs


@pytest.mark.parametrize(
    ("before", "hint"), [(("on", "one"), "steps before it: on, one"), ((), "no step comes before it")]
)
def test_a_step_that_does_not_come_before_is_named(before, hint):
    with pytest.raises(InvalidSetting, match='it wants the output of step "onee"') as caught:
        needs_of([(Wanted(frozenset({"onee"})), PLACE)], before, "it")
    assert (caught.value.place, caught.value.hints) == (PLACE, (hint,))


@pytest.mark.parametrize(
    ("needs", "at", "first"),
    [
        ({}, "c", "c"),
        ({"c": ["b"]}, "c", "b"),
        ({"c": ["b"]}, "d", "d"),
        ({"d": ["b"]}, "c", "b"),
        ({"d": ["b"], "b": ["a"]}, "c", "a"),
        ({"d": ["a", "c"]}, "d", "a"),
    ],
)
def test_a_run_begins_where_all_that_is_wanted_is_made(needs, at, first):
    assert beginning(["a", "b", "c", "d"], lambda name: needs.get(name, ()), at) == first
