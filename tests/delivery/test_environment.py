import pytest

from atmos_auth.delivery.aws_files import ProfileLocation
from atmos_auth.delivery.environment import (
    ServedAt,
    for_child,
    is_endpoint_of_ours,
    passing_through,
    with_endpoint,
    with_files,
    with_keys,
)
from atmos_auth.domain import env_names
from atmos_auth.testing import aws_credentials

LOCATION = ProfileLocation("dev", "/home/me/credentials", "/home/me/config")
KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"}
REGION = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}


def test_keys_are_handed_over_whole():
    assert with_keys("dev", aws_credentials(), {}).variables == REGION | {
        "AWS_ACCESS_KEY_ID": "ASIASAMPLESAMPLESAMP",
        "AWS_SECRET_ACCESS_KEY": "sample/secret/access/key",
        "AWS_SESSION_TOKEN": "sample/session/token==",
        "AWS_CREDENTIAL_EXPIRATION": "2026-01-02T04:04:05Z",
        "ATMOS_IDENTITY": "dev",
    }


def test_what_the_credentials_lack_is_not_set_but_unset():
    keys = aws_credentials(session_token=None, expires_at=None, region=None)
    environment = with_keys("dev", keys, {})
    assert set(environment.variables) == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ATMOS_IDENTITY"}
    assert {"AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_SECURITY_TOKEN"} <= set(environment.unset)


def test_keys_take_the_profile_away_that_would_win_over_them():
    assert {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"} <= set(
        with_keys("dev", aws_credentials(), {}).unset
    )


def test_an_own_endpoint_goes_along():
    environment = with_keys("dev", aws_credentials(endpoint_url="http://127.0.0.1:1"), {})
    assert environment.variables["AWS_ENDPOINT_URL_STS"] == "http://127.0.0.1:1"


def test_files_are_pointed_at_without_a_secret():
    environment = with_files("dev", LOCATION, "eu-west-1", {})
    assert environment.variables == REGION | {
        "AWS_SHARED_CREDENTIALS_FILE": "/home/me/credentials",
        "AWS_CONFIG_FILE": "/home/me/config",
        "AWS_PROFILE": "dev",
        "ATMOS_IDENTITY": "dev",
    }
    assert set(environment.unset) >= KEYS
    assert set(environment.unset) == set(env_names.CONFLICTING_WITH_PROFILE)


def test_without_a_region_none_is_set():
    assert not set(REGION) & set(with_files("dev", LOCATION, None, {}).variables)


def test_the_identitys_own_variables_win():
    own = {"AWS_REGION": "eu-north-1", "TEAM": "blue"}
    for environment in (
        with_keys("dev", aws_credentials(), own),
        with_files("dev", LOCATION, "eu-west-1", own),
        passing_through("dev", "eu-west-1", own),
    ):
        assert environment.variables["AWS_REGION"] == "eu-north-1"
        assert environment.variables["AWS_DEFAULT_REGION"] == "eu-west-1"
        assert environment.variables["TEAM"] == "blue"


def test_nothing_is_both_set_and_unset():
    own = dict.fromkeys(env_names.CONFLICTING_WITH_PROFILE, "x") | {"AWS_PROFILE": "x"}
    for environment in (with_keys("dev", aws_credentials(), own), with_files("dev", LOCATION, None, own)):
        assert not set(environment.variables) & set(environment.unset)


def test_an_ambient_identity_takes_nothing_away():
    assert passing_through("ci", None, {}) == ({"ATMOS_IDENTITY": "ci"}, ())
    assert passing_through("ci", "eu-west-1", {}).variables == REGION | {"ATMOS_IDENTITY": "ci"}


@pytest.mark.parametrize("name", env_names.CONFLICTING_WITH_PROFILE)
def test_a_child_with_a_profile_finds_no_other_credentials(name):
    child = for_child(with_files("dev", LOCATION, None, {}), {name: "old", "PATH": "/bin"}, delivered=True)
    assert name not in child
    assert child["PATH"] == "/bin"
    assert child["AWS_PROFILE"] == "dev"
    assert (child["AWS_SDK_LOAD_CONFIG"], child["AWS_EC2_METADATA_DISABLED"]) == ("1", "true")


def test_a_child_of_an_ambient_identity_keeps_what_it_has():
    ambient = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}
    child = for_child(passing_through("ci", None, {}), ambient, delivered=False)
    assert child == ambient | {"ATMOS_IDENTITY": "ci"}


def test_the_callers_environment_is_not_touched():
    environ = {"AWS_ACCESS_KEY_ID": "AKIA"}
    for_child(with_files("dev", LOCATION, None, {}), environ, delivered=True)
    assert environ == {"AWS_ACCESS_KEY_ID": "AKIA"}


def test_an_endpoint_is_pointed_at_and_no_profile_is_beside_it():
    served = ServedAt("http://127.0.0.1:4711/atmos/credentials", "/run/me/token")
    environment = with_endpoint("dev", LOCATION, served, region="eu-west-1", endpoint_url=None, extra={"TEAM": "blue"})
    assert environment.variables == REGION | {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": served.address,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": served.token_file,
        "AWS_SHARED_CREDENTIALS_FILE": "/home/me/credentials",
        "AWS_CONFIG_FILE": "/home/me/config",
        "ATMOS_IDENTITY": "dev",
        "TEAM": "blue",
    }
    assert {"AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_ACCESS_KEY_ID"} <= set(environment.unset)
    emulated = with_endpoint("dev", LOCATION, served, region=None, endpoint_url="http://127.0.0.1:1", extra={})
    assert emulated.variables["AWS_ENDPOINT_URL_STS"] == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("http://127.0.0.1:4711/atmos/credentials", True),
        ("http://127.0.0.1:4711/", False),
        ("http://169.254.170.23/v1/credentials", False),
        ("http://evil.example/http://127.0.0.1:1/atmos/credentials", False),
        ("", False),
    ],
)
def test_an_endpoint_of_ours_is_recognised(address, is_ours):
    assert is_endpoint_of_ours(address) == is_ours
