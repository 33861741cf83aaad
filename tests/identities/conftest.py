"""A running emulator, credentials it honours, and tools that reach it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from atmos_auth.aws_api.connections import BotocoreConnections
from atmos_auth.config.check import convert
from atmos_auth.domain.credentials import AwsCredentials, SsoToken
from atmos_auth.domain.ports import Tools
from atmos_auth.identities.aws.permission_set import PermissionSet, PermissionSetSettings
from atmos_auth.providers.aws.iam_identity_center import IamIdentityCenter, IamIdentityCenterSettings
from atmos_auth.testing import FakeClock, RecordingLog, tools
from aws_emulator import Emulator


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(auto_approve=True) as emulator:
        yield emulator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(time.time())


def connect() -> BotocoreConnections:
    return BotocoreConnections(environ={}, user_agent="atmos-auth/test", log=RecordingLog())


@pytest.fixture(scope="session")
def shared_connections() -> BotocoreConnections:
    """One botocore session for many tests: loading its models is what takes time."""
    return connect()


@pytest.fixture
def tools_of(
    environ: dict[str, str],
    clock: FakeClock,
    shared_connections: BotocoreConnections,
    request: pytest.FixtureRequest,
) -> Callable[..., Tools]:
    """Return fakes, but real connections; among hostile settings those are new."""
    log = RecordingLog()
    connections = connect() if "hostile" in request.fixturenames else shared_connections

    def make(**overrides: Any) -> Tools:
        return tools(**{"clock": clock, "aws": connections, "log": log, "environ": environ} | overrides)

    return make


@pytest.fixture
def token(aws: Emulator, tools_of: Callable[..., Tools]) -> SsoToken:
    """A portal session of the emulator's person."""
    settings = {
        "kind": "aws/iam-identity-center",
        "start_url": aws.start_url,
        "region": "us-east-1",
        "login_flow": "device",
        "spec": {"endpoint_url": aws.url},
    }
    provider = IamIdentityCenter("portal", convert(settings, IamIdentityCenterSettings), tools_of())
    return provider.authenticate(None)


@pytest.fixture
def keys_of(token: SsoToken, tools_of: Callable[..., Tools]) -> Callable[..., AwsCredentials]:
    """Return keys of a permission set of the person."""

    def make(account: str, name: str = "AdminAccess") -> AwsCredentials:
        settings = {"kind": "aws/permission-set", "principal": {"name": name, "account": {"id": account}}}
        return PermissionSet("base", convert(settings, PermissionSetSettings), tools_of()).authenticate(token)

    return make


@pytest.fixture
def hostile(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person may have set for the AWS SDK; none of it is meant for signing in."""
    config = home / "hostile-config"
    config.write_text("[default]\nregion = ap-southeast-2\nendpoint_url = http://127.0.0.1:9\n")
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAHOSTILE",
        "AWS_SECRET_ACCESS_KEY": "hostile",
        "AWS_PROFILE": "nonexistent",
        "AWS_CONFIG_FILE": str(config),
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_REGION": "ap-northeast-1",
    }.items():
        monkeypatch.setenv(name, value)
