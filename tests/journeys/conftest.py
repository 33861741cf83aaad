"""The installed `atmos` as a subprocess, against an emulator of its own."""

import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pexpect
import pytest

from aws_emulator import Emulator

if TYPE_CHECKING:
    from recorder import Recorder

# What journeys share: `person`, `simplesamlphp`.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "host")]

BIN = Path(sys.executable).parent

# A way to sign in; what follows may be another one, or who one becomes.
PORTAL = """\
auth:
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
"""
CHAIN = (
    PORTAL
    + """\
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
)


# Nobody listens there: port 9 is reserved, and needs a privilege to be opened.
DEAD_ENDPOINT = "http://127.0.0.1:9"


class Finding(NamedTuple):
    """One error as a person reads it: what, `line:column` with its file before, and the lines that help."""

    message: str
    place: str | None
    details: tuple[str, ...]
    hints: tuple[str, ...]


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

    def terminal(
        self, *words: str, env: dict[str, str] | None = None, rows: int = 24, columns: int = 80
    ) -> pexpect.spawn:
        """Start `atmos` in a terminal of its own: stdin, stdout and stderr are all that terminal."""
        return self.in_terminal(self.command("atmos", *words), env=env, rows=rows, columns=columns)

    def in_terminal(
        self, argv: Sequence[str], env: dict[str, str] | None = None, rows: int = 24, columns: int = 80
    ) -> pexpect.spawn:
        return _spawn(
            list(argv), self.directory, self.environ | {"TERM": "xterm-256color"} | (env or {}), rows, columns
        )

    @staticmethod
    def findings(stderr: str) -> list[Finding]:
        """Read the errors off the screen, in order."""
        found: list[Finding] = []
        for line in stderr.splitlines():
            if line.startswith(("✗ ", "⚠ ")):
                found.append(Finding(line[2:], None, (), ()))
            elif found and line.startswith("  at "):
                found[-1] = found[-1]._replace(place=line.removeprefix("  at "))
            elif found and line.startswith("💡 "):
                found[-1] = found[-1]._replace(hints=(*found[-1].hints, line[2:].strip()))
            elif found and line.startswith("  "):
                found[-1] = found[-1]._replace(details=(*found[-1].details, line.strip()))
        return found

    def login(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Sign in where a person would see the code (the emulator approves)."""
        result = self.atmos("auth", "login", "--force-tty", "--no-browser", *words)
        assert result.returncode == 0, result.stderr
        return result

    def files(self) -> list[Path]:
        return sorted(path for path in self.home.rglob("*") if path.is_file())

    def credentials(self, provider: str = "my-sso") -> Path:
        return self.home / ".config" / "atmos" / "aws" / provider / "credentials"

    def expire_access_tokens(self) -> None:
        """Let the access tokens on disk have run out an hour ago; their refresh tokens live on."""
        for path in self.tokens():
            token = json.loads(path.read_text())
            path.write_text(
                json.dumps(token | {"issuedAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-01T01:00:00Z"})
            )

    def expire_credentials(self) -> None:
        """Let every delivered profile have run out long ago."""
        for path in self.home.glob(".config/atmos/aws/*/credentials"):
            text = re.sub(r"expiration=\S+", "expiration=2020-01-01T01:00:00Z", path.read_text())
            path.write_text(re.sub(r"issued=\S+", "issued=2020-01-01T00:00:00Z", text))

    def tokens(self) -> list[Path]:
        return sorted((self.home / ".cache" / "atmos" / "aws-sso" / "sessions").glob("*.json"))


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(auto_approve=True) as emulator:
        yield emulator


def _spawn(argv: list[str], directory: Path, env: dict[str, str], rows: int, columns: int) -> pexpect.spawn:
    with warnings.catch_warnings():
        # pexpect forks, and the emulator serves in a thread of this process.
        warnings.simplefilter("ignore", DeprecationWarning)
        return pexpect.spawn(
            argv[0],
            argv[1:],
            cwd=str(directory),
            env=env,
            encoding="utf-8",
            timeout=30,
            dimensions=(rows, columns),
            use_poll=True,
        )


@pytest.fixture
def offline_machine(tmp_path: Path, environ: dict[str, str]) -> Machine:
    """A machine whose configuration a test writes, and for which no service is there."""
    directory = tmp_path / "project"
    directory.mkdir()
    environ["PATH"] = os.pathsep.join((str(BIN), environ.get("PATH", "")))
    return Machine(directory, environ, DEAD_ENDPOINT)


@pytest.fixture
def machine(tmp_path: Path, environ: dict[str, str], aws: Emulator) -> Machine:
    directory = tmp_path / "project"
    directory.mkdir()
    environ["PATH"] = os.pathsep.join((str(BIN), environ.get("PATH", "")))
    machine = Machine(directory, environ, aws.url)
    machine.write(CHAIN.format(url=aws.url))
    return machine


@pytest.fixture
def recorder(machine: Machine) -> "Recorder":
    """A project in which every run of Terraform is written down."""
    from recorder import Recorder

    return Recorder(machine)


@pytest.fixture
def answering(recorder: "Recorder") -> "Recorder":
    """Such a project, whose components have values of each other that say who asked for them."""
    from recorder import ANSWERING, NESTED

    recorder.machine.write(ANSWERING, "terraform")
    recorder.machine.write(NESTED, "stacks/dev.yaml")
    return recorder


def operations(aws: Emulator) -> Sequence[str]:
    return [f"{entry.service}:{entry.operation}" for entry in aws.journal.entries()]
