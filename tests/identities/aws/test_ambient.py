import pytest

from atmos_auth.config.check import convert
from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.identities.aws.ambient import AwsAmbient, AwsAmbientSettings
from atmos_auth.testing import FakeConnections, aws_credentials, tools


def kind(found, **settings):
    made = tools(aws=FakeConnections(ambient=found))
    return AwsAmbient("ci", convert({"kind": "aws/ambient"} | settings, AwsAmbientSettings), made)


def test_what_the_sdk_finds_is_taken_up():
    assert kind(aws_credentials()).authenticate(None) == aws_credentials()


@pytest.mark.parametrize(
    ("settings", "region"),
    [
        ({}, "eu-west-1"),
        ({"region": "eu-north-1"}, "eu-north-1"),
        ({"region": "eu-north-1", "principal": {"region": "eu-south-1"}}, "eu-south-1"),
    ],
)
def test_the_nearest_region_wins(settings, region):
    assert kind(aws_credentials(), **settings).authenticate(None).region == region


def test_an_endpoint_of_ones_own_goes_along():
    spec = {"endpoint_url": "http://127.0.0.1:1"}
    assert kind(aws_credentials(), spec=spec).authenticate(None).endpoint_url == "http://127.0.0.1:1"


def test_where_the_sdk_finds_nothing_it_is_an_error_with_a_hint():
    with pytest.raises(AuthenticationFailed, match="finds no credentials") as caught:
        kind(None).authenticate(None)
    assert caught.value.hints


def test_variables_of_the_process_are_what_counts_here(tools_of, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    found = AwsAmbient("ci", convert({"kind": "aws/ambient"}, AwsAmbientSettings), tools_of()).authenticate(None)
    assert (found.access_key_id, found.session) == ("AKIA", None)
