"""A running emulator, real connections to it, and an environment that would lead botocore astray."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from atmos_auth.aws_api.connections import BotocoreConnections
from atmos_auth.testing import RecordingLog
from aws_emulator import Emulator


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(auto_approve=True) as emulator:
        yield emulator


@pytest.fixture
def log() -> RecordingLog:
    return RecordingLog()


@pytest.fixture(scope="session")
def shared_connections() -> BotocoreConnections:
    """One botocore session for many tests: loading its models is what takes time."""
    return BotocoreConnections(environ={}, user_agent="atmos-auth/test", log=RecordingLog())


@pytest.fixture
def connections(
    log: RecordingLog, shared_connections: BotocoreConnections, request: pytest.FixtureRequest
) -> BotocoreConnections:
    """Real connections; among hostile settings, or where the log is read, they are new."""
    if {"hostile", "own_connections"}.isdisjoint(request.fixturenames):
        return shared_connections
    return BotocoreConnections(environ={}, user_agent="atmos-auth/test", log=log)


@pytest.fixture
def own_connections() -> None:
    """For tests that share no botocore session with others."""


@pytest.fixture
def hostile(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything a person may have set for the AWS SDK; none of it is meant for signing in."""
    folder = home / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text("[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = file\n")
    (folder / "config").write_text(
        "[default]\nregion = ap-southeast-2\nendpoint_url = http://127.0.0.1:9\nignore_configured_endpoint_urls = no\n"
        "retry_mode = adaptive\nmax_attempts = 1\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n"
    )
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAHOSTILE",
        "AWS_SECRET_ACCESS_KEY": "hostile",
        "AWS_SESSION_TOKEN": "hostile",
        "AWS_PROFILE": "nonexistent",
        "AWS_DEFAULT_PROFILE": "nonexistent-either",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_SSO": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:9",
        "AWS_REGION": "ap-northeast-1",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_STS_REGIONAL_ENDPOINTS": "legacy",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/Hostile",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
