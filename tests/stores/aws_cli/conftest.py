import json
import os
from pathlib import Path
from typing import Any

import pytest

from atmos_auth.domain.timestamps import to_text
from atmos_auth.stores.aws_cli.folder import CliFolder
from atmos_auth.testing import NOW, FakeClock, RecordingLog

PORTAL = {"startUrl": "https://example.awsapps.com/start", "region": "us-east-1"}


class Desk:
    """The folder of the AWS CLI, a clock, and what was said."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.clock = FakeClock()
        self.log = RecordingLog()
        self.warnings: list[str] = []
        self.names: list[str] = ["demo"]
        self.folder = self.over()

    def over(self, endpoint: str | None = None) -> CliFolder:
        return CliFolder(
            str(self.path),
            endpoint=endpoint,
            names=lambda token: self.names,
            clock=self.clock,
            log=self.log,
            warn=self.warnings.append,
        )

    def put(self, name: str = "cli.json", *, written: float = NOW - 600, **changes: Any) -> Path:
        """Write a session as the AWS CLI does; what is changed to None is left out."""
        body = {
            **PORTAL,
            "accessToken": "cli-access-token",
            "expiresAt": to_text(NOW + 3000),
            "clientId": "cli-client",
            "clientSecret": "cli-client-secret",
            "registrationExpiresAt": to_text(NOW + 86400),
            "refreshToken": "cli-refresh-token",
        } | changes
        return self.put_bytes(
            json.dumps({key: value for key, value in body.items() if value is not None}).encode(), name, written
        )

    def put_bytes(self, content: bytes, name: str = "cli.json", written: float = NOW - 600) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
        os.utime(path, (written, written))
        return path

    def state(self) -> dict[str, tuple[bytes, int]]:
        """All that a look must leave as it is."""
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in self.path.iterdir()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "cache")
