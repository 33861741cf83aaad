"""A project, a home and an emulator for the benchmarks."""

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from aws_emulator import Emulator

BIN = Path(sys.executable).parent
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")

CONFIGURATION = """\
auth:
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
  identities:
    base:
      kind: aws/permission-set
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
    prod:
      kind: aws/assume-role
      default: true
      via: {{ identity: base }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole" }}
"""


class Scene:
    """Where the contenders run; `environ` is clean and has a home of its own."""

    def __init__(self, folder: Path, aws: Emulator) -> None:
        self.aws = aws
        self.directory = folder / "project"
        self.directory.mkdir()
        (self.directory / "atmos.yaml").write_text(CONFIGURATION.format(url=aws.url))
        self._homes = (folder / f"home{number}" for number in itertools.count())
        self.environ = {name: os.environ[name] for name in KEPT if name in os.environ} | dict(self.fresh_home())
        # Bytecode is what an installed program runs from.
        self.environ.pop("PYTHONDONTWRITEBYTECODE", None)

    def fresh_home(self) -> Mapping[str, str]:
        """Variables of a home that nobody has used yet."""
        home = next(self._homes)
        home.mkdir()
        return {"HOME": str(home)}

    @staticmethod
    def atmos(*words: str) -> list[str]:
        """The installed console script, called with these words."""
        return [str(BIN / "atmos"), *words]


def aws_cli() -> str | None:
    """Path of an AWS CLI v2, the only one that has `configure export-credentials`; None when there is none."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), "/usr/local/bin", "/usr/bin"]
    for folder in folders:
        path = Path(folder, "aws")
        if not path.is_file():
            continue
        version = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout
        if version.startswith("aws-cli/2"):
            return str(path)
    return None


@contextmanager
def scene() -> Iterator[Scene]:
    """Set the scene up, with an emulator that approves every sign-in."""
    with tempfile.TemporaryDirectory() as folder, Emulator(auto_approve=True) as aws:
        yield Scene(Path(folder), aws)
