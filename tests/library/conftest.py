"""A configuration, an emulated AWS, and the library as a program without a terminal has it."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from atmos_auth import Auth
from atmos_auth.testing import FakeClock
from atmos_auth.wiring import Options, Project, Streams
from aws_emulator import Emulator

CONFIGURATION = """\
auth:
  providers:
    Portal:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
  identities:
    base:
      kind: aws/permission-set
      via: {{ provider: portal }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
    Prod:
      kind: aws/assume-role
      default: true
      via: {{ identity: base }}
      env: [{{ key: TEAM, value: blue }}]
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole", session_name: me, region: eu-west-1 }}
    none:
      kind: ambient
"""


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(auto_approve=True) as emulator:
        yield emulator


@pytest.fixture
def clock(aws: Emulator) -> FakeClock:
    return FakeClock(time.time(), on_sleep=aws.clock.advance)


@pytest.fixture
def auth_of(tmp_path: Path, environ: dict[str, str], aws: Emulator, clock: FakeClock) -> Callable[..., Auth]:
    """Make the library of a program; nobody is at its terminal unless told so."""
    (tmp_path / "atmos.yaml").write_text(CONFIGURATION.format(url=aws.url), encoding="utf-8")

    def make(*, person: bool = False, **variables: str) -> Auth:
        def new_project() -> Project:
            options = Options(force_tty=person, browser=False)
            streams = Streams(io.StringIO(), io.StringIO(), io.StringIO())
            surroundings = environ | variables
            return Project(options, environ=surroundings, directory=str(tmp_path), streams=streams, clock=clock)

        return Auth(new_project)

    return make


@pytest.fixture
def signed_in(auth_of, aws: Emulator) -> Auth:
    """The library after a login by somebody else; the journal starts anew."""
    auth_of(person=True).login("prod")
    aws.journal.clear()
    return auth_of()
