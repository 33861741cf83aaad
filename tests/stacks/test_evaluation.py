"""Templates and functions in a component's values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.compose import compose
from atmos_auth.config.tree import Map, Tagged
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place
from atmos_auth.stacks.component import Component
from atmos_auth.stacks.evaluation import Evaluation, Wish

STACK = """\
name: dev
env: { FROM_COMPONENT: own, NOTHING: null }
components:
  terraform:
    c:
      vars:
        own: !env FROM_COMPONENT
        real: !env FROM_OUTSIDE
        given: !env FROM_NOWHERE "a default"
        empty: !env FROM_NOWHERE
        listed: [!exec "echo '[1, 2]'", !unknown x y]
        literal: !literal "{{ not a template }}"
        appended: !append [1]
        unset: !unset
        file: !include ./values.json .deep.key
        whole: !include shared/values.yaml
        text: !include.raw ./values.json
"""


@pytest.fixture
def vars_of(opened):
    def read(wish=Wish(), **functions):  # noqa: B008 - immutable
        files = {
            "stacks/deploy/dev.yaml": STACK,
            "stacks/deploy/values.json": '{"deep": {"key": [true]}}',
            "shared/values.yaml": "a: !env FROM_OUTSIDE\n",
        }
        named = {f"!{name}": work for name, work in functions.items()}
        stacks = opened(files, wish=wish, functions=named, FROM_OUTSIDE="real")
        return stacks.component("c", "dev").sections["vars"]

    return read


def test_what_needs_only_this_machine(vars_of):
    found = vars_of(Wish(templates=False))
    unknown = found["listed"].pop()
    assert (type(unknown), repr(unknown)) == (Tagged, "!unknown x y")
    assert found == {
        "own": "own",
        "real": "real",
        "given": "a default",
        "empty": "",
        "listed": [[1, 2]],
        "literal": "{{ not a template }}",
        "appended": [1],
        "file": [True],
        "whole": {"a": "real"},
        "text": '{"deep": {"key": [true]}}',
    }


def test_functions_may_be_left_alone(vars_of):
    assert repr(vars_of(Wish(templates=False, functions=False))["own"]) == "!env FROM_COMPONENT"
    found = vars_of(Wish(templates=False, skipped=frozenset({"env"})))
    assert repr(found["real"]) == "!env FROM_OUTSIDE"
    assert found["listed"][0] == [1, 2]


def test_functions_of_others(vars_of):
    found = vars_of(Wish(templates=False), unknown=lambda call: {"asked": call.function.argument})
    assert found["listed"][1] == {"asked": "x y"}
    assert found["listed"][1].place.line == 11


def test_templates_come_first_and_only_where_there_are_any(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/dev.yaml": "name: dev\ncomponents:\n  terraform:\n    c:\n      vars:\n"
            '        "{{ k }}": !env "{{ x }}"\n        list: ["{{ y }}", 1]\n        plain: { a: 1 }\n'
        }
    )
    seen = []

    def render(text, place, data):
        seen.append((text, place.line))
        assert data == {"for": "c"}
        return text.replace("{{ ", "<").replace(" }}", ">")

    evaluation = Evaluation(
        functions={"!env": lambda call: f"env {call.function.argument}"},
        render=render,
        data_of=lambda component: {"for": component.name},
        wish=Wish(),
    )
    before = repository.component("c", "dev")
    after = evaluation.worked_out(before)
    assert after.sections["vars"] == {"<k>": "env <x>", "list": ["<y>", 1], "plain": {"a": 1}}
    assert after.sections["vars"]["plain"] is not None
    assert before.sections["vars"]["list"] == ["{{ y }}", 1], "what was merged does not change"
    assert sorted(seen) == [("{{ k }}", 6), ("{{ x }}", 6), ("{{ y }}", 7)]


def test_components_that_need_each_other_are_named(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/dev.yaml": "name: dev\ncomponents:\n  terraform:\n"
            "    a: { vars: { x: !other b } }\n    b: { vars: { x: !other a } }\n"
        }
    )

    def other(call):
        return evaluation.worked_out(repository.component(call.function.argument, "dev")).sections["vars"]["x"]

    evaluation = Evaluation(
        functions={"!other": other}, render=lambda text, place, data: text, data_of=lambda _: {}, wish=Wish()
    )
    with pytest.raises(ConfigError, match="circular dependency detected") as circle:
        evaluation.worked_out(repository.component("a", "dev"))
    assert circle.value.details == (
        'component "a" of stack "dev"',
        'needs component "b" of stack "dev"',
        'needs component "a" of stack "dev"',
    )


@pytest.mark.parametrize(("count", "is_too_deep"), [(64, False), (65, True)])
def test_components_that_need_each_other_too_deep_are_no_circle(opened, count, is_too_deep):
    lines = [f"    c{number}: {{ vars: {{ x: !other c{number + 1} }} }}\n" for number in range(1, count)]
    stack = "name: dev\ncomponents:\n  terraform:\n" + "".join(lines) + f"    c{count}: {{ vars: {{ x: end }} }}\n"

    def other(call):
        return stacks.component(call.function.argument, "dev").sections["vars"]["x"]

    stacks = opened({"stacks/deploy/dev.yaml": stack}, functions={"!other": other})
    if not is_too_deep:
        assert stacks.component("c1", "dev").sections["vars"]["x"] == "end"
        return
    with pytest.raises(ConfigError, match="more than 64 components need each other") as refused:
        stacks.component("c1", "dev")
    assert len(refused.value.details) == count


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("!env", "lacks an argument"),
        ("!env A B C", "at most 2"),
        ("!include ./nowhere.yaml", "does not exist"),
        ("!include ./values.json .nothing", "finds nothing"),
        ("!exec 'exit 3'", "!exec"),
    ],
)
def test_functions_that_cannot_be_worked_out(opened, value, message):
    manifest = f"name: dev\ncomponents: {{ terraform: {{ c: {{ vars: {{ x: {value} }} }} }} }}"
    stacks = opened({"stacks/deploy/dev.yaml": manifest, "stacks/deploy/values.json": "{}"})
    with pytest.raises(ConfigError, match=message) as wrong:
        stacks.component("c", "dev")
    assert "dev.yaml:2:" in " ".join((str(wrong.value.place), *wrong.value.details))


def test_what_is_included_merges_like_the_rest(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/dev.yaml": "name: dev\nvars: !include ./base.yaml\n"
            "components: { terraform: { c: { vars: { b: { y: 2 } } } } }",
            "stacks/deploy/base.yaml": "a: 1\nb: { x: 1 }\n",
            "atmos.yaml": 'stacks: { base_path: stacks, included_paths: ["deploy/dev"] }',
        }
    )
    found = repository.component("c", "dev").sections["vars"]
    assert found == {"a": 1, "b": {"x": 1, "y": 2}}
    assert found.value_places["a"] == Place(found.value_places["a"].file, 1, 4)
    assert found.value_places["a"].file.endswith("base.yaml")


# A tuple is a function; what `!twice` gets may be the text of a template.
TEXTS = st.sampled_from(["a", "b", "{{ x }}", "c {{ y }}"])
TREES = st.recursive(
    st.none() | st.integers(0, 3) | TEXTS | TEXTS.map(lambda text: ("!twice", text)) | st.just(("!unset", "")),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(TEXTS, TREES, max_size=3), st.booleans(), st.booleans())
def test_what_is_worked_out_is_what_working_out_everything_gives(tree, templates, functions):
    sections = compose(_yaml(tree), "f.yaml")
    before = _plain(sections)
    evaluation = Evaluation(
        functions={"!twice": lambda call: [call.function.argument] * 2},
        render=lambda text, place, data: text.replace("{{", "<"),
        data_of=lambda component: {},
        wish=Wish(templates, functions),
    )
    component = Component("c", "terraform", "dev", "c", (), "f.yaml", "f", (), sections, None)
    worked_out = evaluation.worked_out(component).sections
    assert _plain(worked_out) == _naive(tree, templates=templates, functions=functions)
    assert _plain(sections) == before
    assert _places_are_whole(worked_out)


def _naive(value, *, templates, functions):
    if isinstance(value, str):
        return value.replace("{{", "<") if templates else value
    if isinstance(value, tuple):
        argument = _naive(value[1], templates=templates, functions=False)
        return [argument] * 2 if functions and value[0] == "!twice" else (value[0], argument)
    if isinstance(value, dict):
        kept = {key: below for key, below in value.items() if not (functions and below == ("!unset", ""))}
        return {
            _naive(key, templates=templates, functions=False): _naive(below, templates=templates, functions=functions)
            for key, below in kept.items()
        }
    if isinstance(value, list):
        return [_naive(below, templates=templates, functions=functions) for below in value]
    return value


def _yaml(value):
    if isinstance(value, tuple):
        return f"{value[0]} {json.dumps(value[1])}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_yaml(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return json.dumps(value)


def _plain(value):
    if isinstance(value, Tagged):
        return (value.tag, value.argument)
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items()}
    return [_plain(below) for below in value] if isinstance(value, list) else value


def _places_are_whole(value):
    if isinstance(value, Map):
        has_all = set(value) == set(value.key_places) == set(value.value_places)
        return has_all and all(map(_places_are_whole, value.values()))
    return all(map(_places_are_whole, value)) if isinstance(value, list) else True
