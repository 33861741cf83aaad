"""A configuration may say which versions of ours it is for."""

import pytest

from atmos_auth import __version__
from atmos_auth.domain.errors import InvalidSetting

OURS, OTHERS = f">={__version__}", ">=99.0"


def written(required: str, more: str = "") -> str:
    return f'version: {{ constraint: {{ require: "{required}", {more} }} }}'


@pytest.mark.parametrize(
    ("text", "environ", "warns"),
    [
        ("version: {}", {}, False),
        (written(OURS), {}, False),
        (written(OTHERS, "enforcement: silent"), {}, False),
        (written(OTHERS), {}, True),
        (written(OTHERS, "enforcement: warn"), {}, True),
        (written(OTHERS, "enforcement: fatal"), {"ATMOS_VERSION_ENFORCEMENT": "warn"}, True),
        (written(OTHERS, "enforcement: warn"), {"ATMOS_VERSION_ENFORCEMENT": "silent"}, False),
    ],
)
def test_version_constraint_that_does_not_end_it(project, text: str, environ: dict[str, str], warns: bool):
    path = project.write("atmos.yaml", text)
    expected = (f"{path}:1:35: atmos {OTHERS} is required, and this is {__version__}",) if warns else ()
    assert project.load(environ).warnings == expected


@pytest.mark.parametrize("environ", [{}, {"ATMOS_VERSION_ENFORCEMENT": "fatal"}])
def test_version_constraint_that_ends_it(project, environ: dict[str, str]):
    path = project.write("atmos.yaml", written(OTHERS, 'message: "ask the platform team", enforcement: fatal'))
    with pytest.raises(InvalidSetting) as caught:
        project.load(environ)
    assert str(caught.value) == f"{path}:1:35: atmos {OTHERS} is required, and this is {__version__}"
    assert caught.value.details == ("ask the platform team",)
    assert "ATMOS_VERSION_ENFORCEMENT=warn" in caught.value.hints[-1]


@pytest.mark.parametrize(
    ("text", "environ", "says"),
    [
        (written("newest"), {}, "version.constraint.require is \"newest\": 'newest' is no version"),
        ("version: { constraint: 3 }", {}, "version.constraint needs `require`"),
        ("version: { constraint: { enforcement: warn } }", {}, "version.constraint needs `require`"),
        (written(OURS, "enforcement: loud"), {}, 'enforcement is one of fatal, warn, silent, not "loud"'),
        (written(OURS), {"ATMOS_VERSION_ENFORCEMENT": "no"}, 'ENFORCEMENT is one of fatal, warn, silent, not "no"'),
    ],
)
def test_version_constraint_that_is_none(project, text: str, environ: dict[str, str], says: str):
    project.write("atmos.yaml", text)
    with pytest.raises(InvalidSetting) as caught:
        project.load(environ)
    assert says in caught.value.message
