"""A project, a home and an emulator for the benchmarks."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from aws_emulator import Emulator
from benchmarks.figure import Broken
from benchmarks.measure import Contender
from benchmarks.processes import output

BIN = Path(sys.executable).parent
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")
LOGIN = ("auth", "login", "--force-tty", "--no-browser")
# What is asked of AWS by one sign-in along the chain below.
CALLS = ("sso-oidc:StartDeviceAuthorization", "sso:GetRoleCredentials", "sts:AssumeRole")
# Two seconds after a change nobody can tell a file from one that changes again.
SETTLED = 2.2
BARE = "python -c pass"
ROLE = "arn:aws:iam::333333333333:role/DeployRole"

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
        self.configuration = self.directory / "atmos.yaml"
        self.configuration.write_text(CONFIGURATION.format(url=aws.url))
        self._homes = (folder / f"home{number}" for number in itertools.count())
        self.environ = clean_environ() | dict(self.fresh_home())

    def fresh_home(self) -> Mapping[str, str]:
        """Variables of a home that nobody has used yet."""
        home = next(self._homes)
        home.mkdir()
        return {"HOME": str(home)}

    @staticmethod
    def atmos(*words: str) -> list[str]:
        """The installed console script, called with these words."""
        return [str(BIN / "atmos"), *words]

    def sign_in(self, *words: str, home: Mapping[str, str] | None = None, directory: Path | None = None) -> None:
        """Sign in, untimed, in the scene's own home or another one."""
        output(self.atmos(*LOGIN, *words), {**self.environ, **(home or {})}, directory or self.directory)

    def profile(self) -> Mapping[str, str]:
        """Variables that lead the AWS SDK to what was delivered."""
        folder = f"{self.environ['HOME']}/.config/atmos/aws/my-sso"
        files = {"AWS_CONFIG_FILE": f"{folder}/config", "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/credentials"}
        return {"AWS_PROFILE": "prod", **files}

    @staticmethod
    def settle() -> None:
        """Wait until all files are so old that an answer which depends on them is kept."""
        time.sleep(SETTLED)

    def changed(self) -> Mapping[str, str]:
        """Have the configuration look changed, so that nothing that is remembered of it may be used."""
        os.utime(self.configuration)
        return {}

    def forget_calls(self) -> None:
        """Begin to count what is asked of AWS."""
        self.aws.journal.clear()

    def expect_one_sign_in(self) -> None:
        """Raise `Broken` unless each call of a sign-in came exactly once since `forget_calls`."""
        found = {call: self.aws.journal.count(call) for call in CALLS}
        if set(found.values()) != {1}:
            raise Broken(f"one sign-in was expected, and AWS was asked: {found}")


def bare() -> Contender:
    """The interpreter that does nothing: what no Python program can stay below."""
    return Contender(BARE, [sys.executable, "-c", "pass"])


def clean_environ() -> dict[str, str]:
    """Return variables that have no say in what is measured; bytecode is used, as an installed program does."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


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
