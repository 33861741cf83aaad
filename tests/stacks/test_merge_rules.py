"""Merge rules, as a component shows them: mappings, lists, `!append`, `!unset`, null, types."""

import json
from textwrap import indent

import pytest

CATALOG = """\
components:
  terraform:
    vpc:
      vars:
{vars}
"""


@pytest.fixture
def laid(repository_of):
    """Give the `vars` of a component that a catalog and a stack define, below those of the whole stack."""

    def read(catalog: str, own: str, *, common: str = "", config: str = "", of_type: str = "") -> dict:
        atmos = f'stacks: {{ base_path: stacks, included_paths: ["dev*"] }}\n{config}\n'
        stack = "import: [catalog]\nname: dev\n"
        stack += f"vars:\n{indent(common, '  ')}\n" if common else ""
        stack += f"terraform:\n  vars:\n{indent(of_type, '    ')}\n" if of_type else ""
        files = {
            "atmos.yaml": atmos,
            "stacks/catalog.yaml": CATALOG.format(vars=indent(catalog, "        ")),
            "stacks/dev.yaml": stack + CATALOG.format(vars=indent(own, "        ")),
        }
        return repository_of(files).component("vpc", "dev").sections["vars"]

    return read


def test_mappings_merge_recursively_and_other_types_replace(laid):
    assert laid("a: { b: { x: 1, y: 2 } }\nc: { d: 1 }\ne: 1", "a: { b: { y: 3 } }\nc: 5\ne: { f: 1 }") == {
        "a": {"b": {"x": 1, "y": 3}},
        "c": 5,
        "e": {"f": 1},
    }


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("", [{"b": 2}]),
        ("settings: { list_merge_strategy: replace }", [{"b": 2}]),
        ("settings: { list_merge_strategy: append }", [{"a": 1}, 9, {"b": 2}]),
        ("settings: { list_merge_strategy: merge }", [{"a": 1, "b": 2}, 9]),
    ],
)
def test_lists_merge_as_the_strategy_says(laid, strategy, expected):
    assert laid("l: [{ a: 1 }, 9]", "l: [{ b: 2 }]", config=strategy) == {"l": expected}


def test_append_extends_what_every_weaker_layer_gave(laid):
    assert laid("l: !append [2]", "l: !append [3]", common="l: [0]", of_type="l: !append [1]") == {"l": [0, 1, 2, 3]}


@pytest.mark.parametrize(
    ("catalog", "own", "expected"),
    [
        ("a: 1", "a: !unset", {}),
        ("a: !unset", "b: 1", {"b": 1}),
        ("a: !unset", "a: { z: 3 }", {"a": {"z": 3}}),
        ("b: 1", "a: { x: !unset }", {"a": {"y": 2}, "b": 1}),
        ("a: { x: !unset }", "a: { z: 3 }", {"a": {"y": 2, "z": 3}}),
        ("a: { z: 3 }", "a: { x: !unset }", {"a": {"y": 2, "z": 3}}),
    ],
)
def test_unset_takes_away_what_any_weaker_layer_gave(laid, catalog, own, expected):
    assert laid(catalog, own, common="a: { x: 1, y: 2 }") == expected


def test_unset_of_a_section_a_component_or_a_single_value(repository_of):
    repository = repository_of(
        {
            "stacks/catalog.yaml": """\
                vars: { tenant: t, stage: s, a: 1 }
                terraform: { vars: { b: 2 }, backend_type: s3, overrides: { vars: { o: 1 } } }
                components:
                  terraform:
                    vpc: { vars: { c: 3 }, command: tofu, metadata: { inherits: [base], locked: true } }
                    base: { vars: { d: 4 } }
                    gone: {}
            """,
            "stacks/deploy/dev.yaml": """\
                import: [catalog]
                terraform: { overrides: !unset, backend_type: !unset }
                components:
                  terraform:
                    vpc: { vars: !unset, command: !unset, metadata: { inherits: !unset, locked: !unset } }
                    gone: !unset
            """,
        }
    )
    assert repository.components("t-s") == ["base", "vpc"]
    vpc = repository.component("vpc", "t-s")
    assert (vpc.sections["vars"], vpc.bases, vpc.metadata) == ({}, (), {})
    assert "command" not in vpc.sections
    assert vpc.sections["backend_type"] == ""
    assert repository.component("base", "t-s").sections["vars"] == {"tenant": "t", "stage": "s", "a": 1, "b": 2, "d": 4}


def test_unset_reaches_the_names_of_stacks(repository_of):
    repository = repository_of(
        {
            "stacks/catalog.yaml": "vars: { tenant: t, stage: s }",
            "stacks/deploy/dev.yaml": """\
                import: [catalog]
                terraform: { vars: { stage: !unset } }
                components: { terraform: { a: {}, b: { vars: { stage: own } } } }
            """,
        }
    )
    assert (repository.stacks(), repository.components("t-own")) == (["t-own"], ["b"])


def test_null_replaces_by_null(laid):
    assert laid("a: { x: 1 }\nb: 1", "a: null\nb: ~") == {"a": None, "b": None}


def test_types_of_yaml_stay_as_they_are(laid):
    found = laid('a: "000123"\nb: 1', 'c: 1.5\nd: true\ne: "true"\nf: 1e3\ng: 0o17')
    assert json.dumps(found) == '{"a": "000123", "b": 1, "c": 1.5, "d": true, "e": "true", "f": 1000.0, "g": 15}'


def test_a_strategy_of_one_component_is_that_of_no_other(repository_of):
    repository = repository_of(
        {
            "stacks/deploy/dev.yaml": """\
                vars: { tenant: t, stage: s, l: [1] }
                components:
                  terraform:
                    appends: { vars: { l: [2] }, settings: { list_merge_strategy: append } }
                    replaces: { vars: { l: [2] } }
            """
        }
    )
    assert repository.component("appends", "t-s").sections["vars"]["l"] == [1, 2]
    assert repository.component("replaces", "t-s").sections["vars"]["l"] == [2]
