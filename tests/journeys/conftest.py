"""The installed `atmos` as a subprocess, against an emulator of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from aws_emulator import Emulator

BIN = Path(sys.executable).parent

CHAIN = """\
auth:
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
    other-sso:
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
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole", session_name: journey }}
    staging:
      kind: aws/permission-set
      via: {{ provider: other-sso }}
      principal: {{ name: ReadOnlyAccess, account: {{ id: "222222222222" }} }}
"""


class Machine:
    """A directory with an atmos.yaml, an environment, and the programs of the virtual environment."""

    def __init__(self, directory: Path, environ: dict[str, str], url: str) -> None:
        self.directory = directory
        self.environ = environ
        self.url = url
        self.home = Path(environ["HOME"])

    @property
    def atmos_yaml(self) -> Path:
        return self.directory / "atmos.yaml"

    def write(self, text: str, name: str = "atmos.yaml") -> Path:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def command(self, program: str, *words: str) -> list[str]:
        return [str(BIN / program), *words]

    def start(self, *words: str, env: dict[str, str] | None = None, **options: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command("atmos", *words),
            cwd=self.directory,
            env=self.environ | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            **options,  # type: ignore[call-overload]
        )

    def atmos(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        process = self.start(*words, env=env)
        stdout, stderr = process.communicate(timeout=60)
        return subprocess.CompletedProcess(words, process.returncode, stdout, stderr)

    def run(self, program: str, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(program, *words),
            cwd=self.directory,
            env=self.environ | (env or {}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def login(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Sign in where a person would see the code (the emulator approves)."""
        result = self.atmos("auth", "login", "--force-tty", "--no-browser", *words)
        assert result.returncode == 0, result.stderr
        return result

    def files(self) -> list[Path]:
        return sorted(path for path in self.home.rglob("*") if path.is_file())

    def credentials(self, provider: str = "my-sso") -> Path:
        return self.home / ".config" / "atmos" / "aws" / provider / "credentials"

    def tokens(self) -> list[Path]:
        return sorted((self.home / ".cache" / "atmos" / "aws-sso" / "sessions").glob("*.json"))


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(auto_approve=True) as emulator:
        yield emulator


@pytest.fixture
def machine(tmp_path: Path, environ: dict[str, str], aws: Emulator) -> Machine:
    directory = tmp_path / "project"
    directory.mkdir()
    environ["PATH"] = os.pathsep.join((str(BIN), environ.get("PATH", "")))
    machine = Machine(directory, environ, aws.url)
    machine.write(CHAIN.format(url=aws.url))
    return machine


def operations(aws: Emulator) -> Sequence[str]:
    return [f"{entry.service}:{entry.operation}" for entry in aws.journal.entries()]
