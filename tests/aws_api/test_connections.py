import os
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from atmos_auth.aws_api.connections import BotocoreConnections
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.testing import RecordingLog


@pytest.fixture
def user(aws) -> AwsCredentials:
    """The long-lived keys of the emulator's first user."""
    user = next(iter(aws.state.users.values()))
    return AwsCredentials(user.access_key_id, user.secret_access_key)


def test_a_call_is_signed_with_the_credentials_it_is_given(aws, connections, user):
    client = connections.client("sts", region="us-east-1", endpoint_url=aws.url, credentials=user)
    assert ":user/" in client.get_caller_identity()["Arn"]


@pytest.mark.usefixtures("hostile")
def test_the_persons_own_aws_settings_are_not_heeded(aws, connections, user):
    client = connections.client("sts", region="us-east-1", endpoint_url=aws.url, credentials=user)
    assert ":user/" in client.get_caller_identity()["Arn"]
    assert client.meta.region_name == "us-east-1"


@pytest.mark.usefixtures("hostile")
def test_without_credentials_nothing_is_signed_whatever_the_environment_holds(aws, connections):
    client = connections.client("sso-oidc", region="us-east-1", endpoint_url=aws.url)
    assert client.register_client(clientName="x", clientType="public", scopes=["sso:account:access"])["clientId"]
    unsigned = connections.client("sts", region="us-east-1", endpoint_url=aws.url)
    with pytest.raises(ClientError, match="MissingAuthenticationToken"):
        unsigned.get_caller_identity()


@pytest.mark.usefixtures("hostile")
def test_the_endpoint_of_aws_itself_is_the_one_of_the_region(connections):
    client = connections.client("sts", region="eu-west-1", endpoint_url="https://sts.eu-west-1.amazonaws.com")
    assert client.meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"


@pytest.mark.usefixtures("own_connections")
def test_the_log_names_the_endpoint_and_no_secret(aws, connections, user, log):
    connections.client("sts", region="us-east-1", endpoint_url=aws.url, credentials=user)
    assert aws.url in log.text
    assert user.secret_access_key not in log.text


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_ca_bundle_of_ones_own_is_used(tmp_path, environ, name):
    bundle = str(tmp_path / "ca.pem")
    connections = BotocoreConnections(environ=environ | {name: bundle}, user_agent="x", log=RecordingLog())
    client = connections.client("sts", region="us-east-1", endpoint_url="https://127.0.0.1:9")
    assert client._endpoint.http_session._verify == bundle


# --- what the SDK finds by itself ------------------------------------------------------------------------------


def test_ambient_credentials_come_from_variables(connections, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert connections.ambient_credentials() == AwsCredentials("AKIA", "secret", "token", region="eu-north-1")


def test_ambient_credentials_come_from_shared_files(connections, home: Path, monkeypatch):
    (home / ".aws").mkdir()
    (home / ".aws" / "credentials").write_text("[team]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n")
    (home / ".aws" / "config").write_text("[profile team]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert os.environ["HOME"] == str(home)
    assert connections.ambient_credentials() == AwsCredentials("AKIA", "secret", region="eu-north-1")


def test_where_there_are_none_there_are_none(connections):
    assert connections.ambient_credentials() is None


def test_ambient_settings_that_contradict_themselves_are_an_error_in_words(connections, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nonexistent")
    with pytest.raises(AtmosAuthError, match="nonexistent"):
        connections.ambient_credentials()
