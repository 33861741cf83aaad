import pytest

from atmos_auth.delivery.aws_files import Delivered
from atmos_auth.usecases.still_valid import StillValid, left_in_environment, still_valid

NOW = 1_000_000.0
FOLDER = "/home/me/.config/atmos/aws/portal"
DEV = Delivered(FOLDER, "dev", "ASIADEV", NOW + 60)


def test_each_identity_is_named_once_with_its_last_end():
    found = [
        DEV,
        DEV._replace(expires_at=NOW + 3600),
        Delivered(FOLDER, "ops", "ASIAOPS", NOW - 1),
        Delivered(FOLDER, "forever", "AKIA", None),
        Delivered(FOLDER, "brink", "ASIABRINK", NOW),
    ]
    assert still_valid(found, NOW) == [StillValid("dev", NOW + 3600), StillValid("forever", None)]


def test_an_environment_of_nothing_of_ours_is_no_matter():
    environ = {"AWS_PROFILE": "mine", "AWS_CONFIG_FILE": "/home/me/.aws/config", "AWS_SESSION_TOKEN": ""}
    assert left_in_environment(environ, [DEV]) == []
    assert left_in_environment({}, []) == []


@pytest.mark.parametrize(("key_id", "words"), [("ASIADEV", 'credentials of identity "dev"'), ("AKIA", "holds cred")])
def test_keys_are_told_of_and_whose_they_are(key_id, words):
    environ = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    (left,) = left_in_environment(environ, [DEV])
    assert left.variables == ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    assert words in left.why
    assert "t" not in left.why.split()


def test_pointers_at_what_went_are_told_of_with_the_profile():
    environ = {"AWS_SHARED_CREDENTIALS_FILE": f"{FOLDER}/credentials", "AWS_PROFILE": "dev", "AWS_CONFIG_FILE": "/else"}
    (left,) = left_in_environment(environ, [DEV])
    assert left.variables == ("AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE")
    assert left_in_environment(environ, []) == []
