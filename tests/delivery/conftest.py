"""AWS files below a folder of their own, and botocore as the reader whose word counts."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from atmos_auth.delivery.aws_files import AwsFiles, ProfileLocation
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Chain, Link
from atmos_auth.host.paths import Paths
from atmos_auth.testing import FakeClock, chain

# What tests share: `loopback_client`, `running_endpoint`.
sys.path += [str(Path(__file__).parents[1] / "host"), str(Path(__file__).parent)]

PORTAL = Link("portal", PROVIDER, "aws/iam-identity-center", {})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def files(tmp_path: Path, clock: FakeClock) -> AwsFiles:
    return AwsFiles(Paths({"HOME": str(tmp_path)}), clock=clock, config_directory=str(tmp_path))


@pytest.fixture
def chain_to() -> Callable[..., Chain]:
    """Return the chain of one identity behind a portal; other settings make another chain."""

    def make(name: str, *, root: Link = PORTAL, **settings: Any) -> Chain:
        return chain(root, Link(name, IDENTITY, "aws/permission-set", settings))

    return make


class Sdk:
    """What an unmodified botocore makes of a profile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def session(self, location: ProfileLocation) -> Any:
        from botocore.session import Session

        self._monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", location.credentials_file)
        self._monkeypatch.setenv("AWS_CONFIG_FILE", location.config_file)
        self._monkeypatch.setenv("AWS_PROFILE", location.profile)
        return Session()

    def keys(self, location: ProfileLocation) -> tuple[str, str, str | None]:
        found = self.session(location).get_credentials()
        return found.access_key, found.secret_key, found.token

    def region(self, location: ProfileLocation) -> str:
        return self.session(location).get_config_variable("region")

    def sts_endpoint(self, location: ProfileLocation) -> str:
        return self.session(location).create_client("sts").meta.endpoint_url

    def section(self, location: ProfileLocation) -> Mapping[str, Any]:
        return self.session(location).full_config["profiles"][location.profile]


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Sdk:
    return Sdk(monkeypatch)
