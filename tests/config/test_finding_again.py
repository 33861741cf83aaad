"""A program that we start finds the same configuration, wherever it stands."""

import pytest

from atmos_auth.config.finding_again import variables_to_find_again
from atmos_auth.config.load import load

AUTH = "auth: { realm: REALM }\nbase_path: .\n"


@pytest.fixture
def written(project):
    for name in ("here/atmos.yaml", "named/other.yaml", "directory/atmos.yaml", "here/profiles/ci/a.yaml"):
        project.write(name, AUTH.replace("REALM", name.partition("/")[0]))
    project.directory("elsewhere")
    return project


@pytest.mark.parametrize(
    ("environ", "choices", "expected"),
    [
        ({}, {}, {"ATMOS_CLI_CONFIG_PATH": "here", "ATMOS_BASE_PATH": "here"}),
        (
            {"ATMOS_CONFIG_PATH": "../directory"},
            {"config_files": ("../named/other.yaml",)},
            {"ATMOS_CONFIG": "named/other.yaml", "ATMOS_CONFIG_PATH": "", "ATMOS_BASE_PATH": "named"},
        ),
        (
            {"ATMOS_CONFIG_PATH": "../directory"},
            {},
            {"ATMOS_CONFIG": "", "ATMOS_CONFIG_PATH": "directory", "ATMOS_BASE_PATH": "directory"},
        ),
        (
            {"ATMOS_CLI_CONFIG_PATH": "../directory"},
            {"profiles": ("ci",), "base_path": "../elsewhere"},
            {"ATMOS_CLI_CONFIG_PATH": "directory", "ATMOS_BASE_PATH": "elsewhere", "ATMOS_PROFILE": "ci"},
        ),
    ],
    ids=["discovered", "flags", "variables", "chosen"],
)
def test_discovery_leads_to_the_same_from_elsewhere(written, environ, choices, expected):
    written.write("directory/profiles/ci/a.yaml", "{}")
    request = written.request(environ, "here", **choices)
    config = load(request)
    found = variables_to_find_again(request, config)
    paths = {
        name: value if name == "ATMOS_PROFILE" or not value else f"{written.root}/{value}"
        for name, value in expected.items()
    }
    assert found == paths
    again = written.load({**environ, **found}, "elsewhere")
    assert (again.tree, again.base_path) == (config.tree, config.base_path)


def test_discovery_of_several_files_is_left_as_it_is(project):
    """The variable would leave out what stands above, and so the configuration would be another one."""
    project.directory(".git")
    project.write("atmos.yaml", "auth: { realm: root }")
    project.write("below/atmos.yaml", "stacks: { base_path: stacks }")
    project.directory("below/here")
    request = project.request({}, "below/here")
    assert variables_to_find_again(request, load(request)) == {}


def test_discovery_without_any_file_leads_nowhere(project):
    request = project.request()
    assert variables_to_find_again(request, load(request)) == {}
