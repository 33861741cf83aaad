"""Tools for integrations, with nothing real behind them but files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from atmos_auth.config.check import check, convert
from atmos_auth.domain.integration import IntegrationTools
from atmos_auth.testing import FakeClock, FakeConnections


@pytest.fixture
def connections() -> FakeConnections:
    return FakeConnections()


@pytest.fixture
def build(tmp_path: Path, connections: FakeConnections) -> Callable[..., Any]:
    """Return a kind built from settings, as a configuration has them."""
    tools = IntegrationTools(
        clock=FakeClock(),
        environ={},
        aws=connections,
        home=str(tmp_path / "home"),
        directory=str(tmp_path),
        docker_folder=str(tmp_path / "docker"),
        kubeconfig=str(tmp_path / "kube" / "config"),
        locks=str(tmp_path / "locks"),
        own_command=lambda *words: ["python", "-m", "atmos_auth", *words, "--chdir=/project"],
        own_variables={"ATMOS_PROFILE": "team"},
    )

    def make(kind: type[Any], settings: dict[str, Any], **changes: Any) -> Any:
        misfits = check(settings, kind.settings_type, subject="test")
        assert ([e.message for e in misfits.errors], misfits.unknown) == ([], [])
        return kind("sample", convert(settings, kind.settings_type), tools._replace(**changes))

    return make
