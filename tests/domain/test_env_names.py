import pytest

from atmos_auth.domain.env_names import CONTINUOUS_INTEGRATION, is_continuous_integration


@pytest.mark.parametrize("name", CONTINUOUS_INTEGRATION)
def test_every_service_is_known_by_its_variable(name):
    assert is_continuous_integration({name: "x"})
    assert not is_continuous_integration({name: ""})


@pytest.mark.parametrize(
    ("environ", "ci"),
    [
        ({}, False),
        ({"CI": "true"}, True),
        ({"CI": "TRUE"}, True),
        ({"CI": "1"}, True),
        ({"CI": "false"}, False),
        ({"CI": ""}, False),
        ({"JENKINS_URL": "x"}, False),
        ({"JENKINS_URL": "x", "BUILD_ID": "1"}, True),
        ({"CI_NAME": "codeship"}, True),
        ({"CI_NAME": "else"}, False),
    ],
)
def test_other_signs(environ, ci):
    assert is_continuous_integration(environ) is ci
