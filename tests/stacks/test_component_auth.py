"""The identities of a component: those of the configuration, with what its stack says over them."""

import pytest

from atmos_auth.domain.errors import UnknownIdentity
from atmos_auth.stacks.component_auth import with_auth

ATMOS_YAML = """\
stacks: { base_path: stacks, included_paths: ["deploy/*"] }
auth:
  identities:
    Admin: { kind: aws/ambient, default: true }
    reader: { kind: aws/ambient, region: us-east-1 }
"""


@pytest.fixture
def identities_of(opened):
    """Return the identities that a component with this `auth` has, and which of them are defaults."""

    def read(auth: str):
        manifest = f"name: dev\ncomponents:\n  terraform:\n    c:\n      auth: {auth}\n"
        stacks = opened({"atmos.yaml": ATMOS_YAML, "stacks/deploy/dev.yaml": manifest})
        return stacks.project_of(stacks.component("c", "dev")).catalog

    return read


def test_a_stack_that_says_nothing_changes_nothing(identities_of):
    assert identities_of("{}").default_identities() == ["Admin"]


@pytest.mark.parametrize("name", ["reader", "READER"])
def test_a_default_of_the_stack_takes_the_place_of_the_configurations(identities_of, name):
    catalog = identities_of(f"{{ identities: {{ {name}: {{ default: true }} }} }}")
    assert catalog.default_identities() == ["reader"]
    assert catalog.identities() == ["Admin", "reader"]


def test_an_identity_of_the_stack_alone(identities_of):
    catalog = identities_of("{ identities: { mine: { kind: aws/ambient, default: true } } }")
    assert catalog.default_identities() == ["mine"]


def test_one_setting_of_an_identity(identities_of):
    catalog = identities_of("{ identities: { reader: { region: eu-west-1 } } }")
    assert catalog.setting("identities", "reader") == {"kind": "aws/ambient", "region": "eu-west-1"}
    assert catalog.default_identities() == ["Admin"]


def test_a_mark_on_an_identity_that_nobody_defines(identities_of):
    with pytest.raises(UnknownIdentity, match='"ghost" is marked as the default, and nothing defines it') as ghost:
        identities_of("{ identities: { ghost: { default: true } } }")
    assert (ghost.value.place.line, ghost.value.place.column) == (5, 29)
    assert identities_of("{ identities: { ghost: { default: false } } }").identities() == ["Admin", "reader"]


def test_the_configuration_itself_stays_as_it_is(identities_of, tmp_path, environ):
    from atmos_auth.wiring import Project

    identities_of("{}")
    config = Project(environ=environ, directory=str(tmp_path)).config
    from atmos_auth.config.tree import planted
    from atmos_auth.domain.place import Place

    said = planted({"identities": {"reader": {"default": True}}}, Place("f", 1, 1))
    assert with_auth(config, said).resolve(("auth", "identities", "Admin", "default")) is False
    assert config.resolve(("auth", "identities", "Admin", "default")) is True
