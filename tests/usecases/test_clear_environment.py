import pytest

from atmos_auth.delivery.aws_files import ProfileLocation
from atmos_auth.delivery.environment import EVER_SET, with_files, with_keys
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.domain.env_names import CONFLICTING_WITH_PROFILE
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.testing import aws_credentials
from atmos_auth.usecases.clear_environment import cleared, left_by

LOCATION = ProfileLocation("dev", "/atmos/credentials", "/atmos/config")
KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"}


def dev(**settings: object) -> Chain:
    portal = Link("sso", PROVIDER, "aws/iam-identity-center", {"spec": {"endpoint_url": "http://127.0.0.1:1"}})
    own = {"env": [{"key": "TEAM", "value": "blue"}], "region": "eu-west-1", **settings}
    return Chain((portal, Link("dev", IDENTITY, "aws/permission-set", own)), ("", "fingerprint"))


def test_all_that_is_ever_set_or_unset_is_known():
    keys = with_keys("dev", aws_credentials(endpoint_url="http://127.0.0.1:1"), {})
    files = with_files("dev", LOCATION, "eu-west-1", {})
    for environment in (keys, files):
        assert environment.variables.keys() | set(environment.unset) <= set(EVER_SET)
    assert set(cleared(dev(), {}, {}).unset) == {*EVER_SET, "TEAM"}
    assert set(cleared(None, {}, {}).unset) == set(EVER_SET)
    assert cleared(dev(), {}, {"TEAM": "x", "KUBECONFIG": "/mine"}).variables == {}
    assert set(CONFLICTING_WITH_PROFILE) <= set(EVER_SET)


def test_of_a_list_of_paths_those_of_others_stay():
    ours = {"KUBECONFIG": "/ours", "DOCKER_CONFIG": "/docker"}
    environment = cleared(dev(), ours, {"KUBECONFIG": "/mine:/ours:/other", "DOCKER_CONFIG": "/docker"})
    assert environment.variables == {"KUBECONFIG": "/mine:/other"}
    assert "DOCKER_CONFIG" in environment.unset
    assert "KUBECONFIG" not in environment.unset
    for present in ({"KUBECONFIG": "/ours"}, {}):
        assert {"KUBECONFIG", "DOCKER_CONFIG"} <= set(cleared(dev(), ours, present).unset)
    left = left_by(dev(), [LOCATION], ours, {"KUBECONFIG": "/mine:/ours", "DOCKER_CONFIG": "/docker"})
    assert left == ("DOCKER_CONFIG",)


def test_what_is_left_of_an_identity_is_recognised_by_its_value():
    files = with_files("dev", LOCATION, "eu-west-1", {"TEAM": "blue"}).variables
    assert set(left_by(dev(), [LOCATION], {}, files)) == set(files)
    present = files | {"TEAM": "mine", "AWS_REGION": "us-east-1", "AWS_PROFILE": "mine", "OTHER": "x"}
    assert set(left_by(dev(), [LOCATION], {}, present)) == set(files) - {"TEAM", "AWS_REGION", "AWS_PROFILE"}
    assert left_by(dev(), [LOCATION], {}, {}) == ()


def test_an_endpoint_of_ours_is_left_by_its_identity_and_one_of_others_stays():
    served = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/atmos/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/run/token",
    }
    assert set(left_by(dev(), [LOCATION], {}, served)) == set(served)
    theirs = served | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"}
    assert left_by(dev(), [LOCATION], {}, theirs) == ()
    assert set(served) <= set(EVER_SET)


def test_every_place_where_a_profile_may_be_is_known():
    other = ProfileLocation("dev", "/dev/null", "/atmos/refreshing/x.config")
    files = with_files("dev", other, None, {}).variables
    assert "AWS_CONFIG_FILE" not in left_by(dev(), [LOCATION], {}, files)
    assert set(left_by(dev(), [LOCATION, other], {}, files)) == set(files)


def test_keys_with_an_end_beside_an_identity_are_ours_whatever_their_value():
    keys = with_keys("dev", aws_credentials(endpoint_url="http://127.0.0.1:1"), {}).variables
    assert set(left_by(dev(), [LOCATION], {}, keys)) == set(keys)
    assert set(keys) > KEYS
    # Without an end they are the person's own long-lived ones.
    del keys["AWS_CREDENTIAL_EXPIRATION"]
    assert not KEYS & set(left_by(dev(), [LOCATION], {}, keys))


def test_an_own_list_that_cannot_be_read_is_an_error():
    for call in (lambda c: cleared(c, {}, {}), lambda c: left_by(c, LOCATION, {}, {})):
        with pytest.raises(InvalidSetting, match="env"):
            call(dev(env="TEAM=blue"))
