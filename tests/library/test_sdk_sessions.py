"""Sessions of the AWS SDK for Python: one identity each, renewed in this process."""

import configparser
import json
import sys
import time
from pathlib import Path

import botocore.session
import pytest
from botocore.exceptions import ClientError

from atmos_auth import CredentialsMissing, errors
from atmos_auth.library.credential_provider import METHOD, self_renewing
from atmos_auth.testing import aws_credentials

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"
ROLE = "arn:aws:sts::333333333333:assumed-role/DeployRole/me"


def caller(session) -> str:
    return session.client("sts").get_caller_identity()["Arn"]


def test_a_boto3_session_is_the_identity(signed_in):
    session = signed_in.session("prod")
    assert (caller(session), session.region_name) == (ROLE, "eu-west-1")
    assert session.get_credentials().method == METHOD


def test_a_botocore_session_is_too(signed_in):
    session = signed_in.botocore_session()
    assert session.create_client("sts").get_caller_identity()["Arn"] == ROLE


def test_nothing_around_it_gets_in(signed_in, home: Path, monkeypatch):
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text("[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAANOTHER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_PROFILE", "unheard")
    assert caller(signed_in.session("prod")) == ROLE


def test_it_goes_on_when_the_keys_have_ended(signed_in, aws, clock):
    """The SDK's clock is the system's: it is told that its keys have ended by how long they live."""
    session = signed_in.session("prod")
    client = session.client("sts")
    before = session.get_credentials().access_key
    clock.advance(3600)
    aws.clock.advance(3600)
    with pytest.raises(ClientError, match="ExpiredToken"):
        client.get_caller_identity()
    session.get_credentials()._expiry_time = session.get_credentials()._time_fetcher()
    assert client.get_caller_identity()["Arn"] == ROLE
    assert session.get_credentials().access_key != before


def test_what_needs_a_person_says_so_and_works_again_after(signed_in, auth_of, aws, clock):
    session = signed_in.session("prod")
    credentials = session.get_credentials()
    signed_in.logout("prod")
    signed_in.logout("base")
    aws.revoke_sessions()
    credentials._expiry_time = credentials._time_fetcher()
    with pytest.raises(CredentialsMissing) as missing:
        caller(session)
    assert missing.value.hints == ("atmos auth login --identity Prod",)
    auth_of(person=True).login("prod")
    assert caller(session) == ROLE


@pytest.mark.parametrize(("life", "advisory", "mandatory"), [(3600, 900, 300), (900, 225, 90), (36000, 900, 300)])
def test_short_lives_have_short_windows(life: int, advisory: int, mandatory: int):
    now = time.time()
    held = self_renewing(lambda: aws_credentials()._replace(issued_at=now, expires_at=now + life))
    assert held._advisory_refresh_timeout == advisory
    assert held._mandatory_refresh_timeout == mandatory


def test_keys_without_an_end_are_not_asked_for_again():
    calls = []

    def obtain():
        calls.append(1)
        return aws_credentials()._replace(expires_at=None)

    held = self_renewing(obtain)
    assert held.get_frozen_credentials().access_key == held.access_key
    assert len(calls) == 1


@pytest.fixture
def outside(signed_in, monkeypatch) -> botocore.session.Session:
    """A session as a program makes it that `atmos auth exec` runs."""
    for name, value in signed_in.environment("prod").items():
        monkeypatch.setenv(name, value)
    return botocore.session.Session()


def test_a_profile_of_ours_is_renewed_in_process(signed_in, outside):
    signed_in.attach(outside)
    assert outside.get_credentials().method == METHOD
    assert outside.create_client("sts").get_caller_identity()["Arn"] == ROLE


def test_a_profile_that_runs_us_is_renewed_without_running_us(signed_in, monkeypatch):
    shown = signed_in.run("prod", [sys.executable, "-c", SHOW], refresh=True, capture_output=True, text=True)
    for name, value in json.loads(shown.stdout).items():
        monkeypatch.setenv(name, value)
    session = botocore.session.Session()
    signed_in.attach(session)
    assert session.get_credentials().method == METHOD


@pytest.mark.parametrize("profile", ["mine", "Prod"])
def test_profiles_of_others_are_left_to_botocore(signed_in, home: Path, monkeypatch, profile: str):
    """One may even have the name of an identity."""
    (home / ".aws").mkdir()
    parser = configparser.ConfigParser()
    parser[profile] = {"aws_access_key_id": "AKIAMINE", "aws_secret_access_key": "x"}
    with (home / ".aws" / "credentials").open("w") as file:
        parser.write(file)
    monkeypatch.setenv("AWS_PROFILE", profile)
    session = botocore.session.Session()
    signed_in.attach(session)
    assert session.get_credentials().access_key == "AKIAMINE"


def test_without_a_profile_nothing_is_ours(signed_in, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    session = botocore.session.Session()
    signed_in.attach(session)
    assert session.get_credentials().access_key == "AKIAENV"


def test_without_boto3_it_says_what_to_do(signed_in, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(errors.ConfigError, match="boto3 is not installed") as missing:
        signed_in.session("prod")
    assert "python -m pip install boto3" in missing.value.hints
