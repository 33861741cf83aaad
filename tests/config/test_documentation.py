"""The examples of the reference page are configuration files that work."""

import re
from pathlib import Path

import pytest

from atmos_auth.config.compose import compose
from atmos_auth.config.observer import Observer
from atmos_auth.config.overrides import from_environment
from atmos_auth.config.record import Record
from atmos_auth.config.tags import SUPPORTED
from atmos_auth.config.well_formed import refuse_unknown_functions_and_twins

PAGE = (Path(__file__).parents[2] / "docs/reference/configuration-files.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_there_are_examples():
    assert len(EXAMPLES) > 5


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_are_well_formed(text):
    tree = compose(text, "example.yaml")
    assert tree
    refuse_unknown_functions_and_twins(tree)


@pytest.mark.parametrize("tag", SUPPORTED)
def test_every_function_is_described(tag):
    assert re.search(rf"\| `.*{re.escape(tag)}\b", PAGE)


def test_every_overriding_variable_is_described():
    record = Record()
    from_environment(Observer({}, record))
    for variable in record.variables:
        assert variable in PAGE or f"..._{variable.removeprefix('ATMOS_COMPONENTS_TERRAFORM_')}`" in PAGE


def test_the_example_of_merging_says_what_happens(project):
    home, mine = EXAMPLES[1:3]
    (project.home / ".atmos").mkdir()
    (project.home / ".atmos/atmos.yaml").write_text(home)
    project.write("atmos.yaml", mine)
    identity = project.load().resolve(["auth", "identities", "prod"])
    assert identity == {"kind": "aws/permission-set", "session": {"duration": "8h"}}
