"""A small world of files, variables, folders and a clock: each question has a full answer, and may have a warm one."""

import io
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from atmos_auth.cli import warm
from atmos_auth.cli.call import Call
from atmos_auth.cli.main import options
from atmos_auth.cli.parsing import parse
from atmos_auth.cli.warm import STDOUT, Answer
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.testing.clock import FakeClock
from atmos_auth.testing.samples import aws_credentials
from atmos_auth.wiring import Project, Streams

CONFIGURATION = """\
auth:
  providers:
    sso: {{ kind: aws/iam-identity-center, region: us-east-1, start_url: "https://example.awsapps.com/start" }}
  identities:
    dev:
      kind: aws/permission-set
      default: {dev}
      via: {{ provider: sso }}
      principal: {{ name: Admin, account: {{ id: "{account}" }} }}
      env: {own}
    prod:
      kind: aws/assume-role
      default: {prod}
      via: {{ identity: dev }}
      principal: {{ assume_role: "arn:aws:iam::222222222222:role/Deploy" }}
"""


def configuration(dev="true", prod="false", account="111111111111", own="[]", more=""):
    return CONFIGURATION.format(dev=dev, prod=prod, account=account, own=own) + more


SEEN_IN_A_REGION = configuration(own="[{ key: AWS_REGION, value: !env SEEN }]")
MAIN = (
    configuration(),
    configuration(dev="false", prod="true"),
    configuration(dev="true", prod="true"),
    configuration(account="333333333333"),
    configuration(own='[{ key: TEAM, value: "blue" }]'),
    configuration(own='[{ key: TEAM, value: "red $HOME \\"x\\"" }, { key: TOKEN, value: !env SEEN }]'),
    configuration(own="[{ key: TEAM, value: !include team.yaml }]"),
    SEEN_IN_A_REGION,
    configuration(own='[{ key: TEAM, value: !exec "date +%N" }]'),
    configuration(more="env: { TF_IN_AUTOMATION: 1, AWS_PROFILE: other, ATMOS_AUTH_ENV_FORMAT: dotenv }\n"),
    configuration(more="profiles: { default: office }\n"),
    configuration() + "  realm: acme\n",
    configuration() + "  logs: { level: Debug }\n",
    "auth: { identities: { dev: { kind: nonsense } } }\n",
    "auth: [\n",
    "",
)
# So many of them, from the first on, are answered.
SOUND = 8
ELSEWHERE = (
    "",
    "auth: { identities: { prod: { default: true } } }\n",
    "auth: { identities: { dev: { default: false } } }\n",
    'auth: { identities: { dev: { env: [{ key: AWS_REGION, value: "sa-east-1" }] } } }\n',
    "env: { COLOUR: blue }\n",
    "commands: [{ name: build, description: Build it, steps: [make] }]\n",
)
TEAM = ("blue\n", "green\n", "")
# Relative to the world's root; each is a file that may be there or not, and what may stand in it.
FILES = {
    "project/atmos.yaml": MAIN,
    "project/atmos.yml": MAIN[:2],
    "project/team.yaml": TEAM,
    "project/.atmos.d/more.yaml": ELSEWHERE,
    "project/atmos.d/deep/more.yaml": ELSEWHERE,
    "project/profiles/office/a.yaml": ELSEWHERE,
    "project/sub/atmos.yaml": MAIN[:3],
    "home/.atmos/atmos.yaml": ELSEWHERE,
    "atmos.yaml": ELSEWHERE,
    "project/.git/HEAD": ("ref: refs/heads/main\n",),
}
VARIABLES = {
    "ATMOS_IDENTITY": ("dev", "PROD", "nobody", "false", ""),
    "ATMOS_AUTH_ENV_FORMAT": ("fish", "json", "nonsense"),
    "ATMOS_AUTH_ENV_MODE": ("files", "keys"),
    "ATMOS_PROFILE": ("office", "none"),
    "ATMOS_AUTH_REALM": ("acme", "Bad Realm"),
    "ATMOS_BASE_PATH": ("sub",),
    "ATMOS_LOGS_LEVEL": ("Debug", "Off"),
    "ATMOS_CLI_CONFIG_PATH": ("sub",),
    "ATMOS_GIT_ROOT_BASEPATH": ("false",),
    "ATMOS_KEYRING_TYPE": ("memory",),
    "AWS_PROFILE": ("mine", "other"),
    "AWS_ACCESS_KEY_ID": ("AKIAEXAMPLE",),
    "AWS_SESSION_TOKEN": ("old", "older"),
    "AWS_CREDENTIAL_EXPIRATION": ("2026-01-01T00:00:00Z",),
    "GITHUB_ACTIONS": ("true",),
    "SEEN": ("eu-one-1", "eu-two-1"),
    "TEAM": ("blue", "red"),
    "UNRELATED": ("a", "b"),
    "LC_ALL": ("C",),
}
DIRECTORIES = ("project", "project/sub", "home", "")
SECRET, TOKEN = "secret+key/{:04d}", "token=={:06d}"


class World:
    """What a call may depend on; `asked` and `answered` count the questions, and those that had a warm answer."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.environ = {"HOME": str(self.home), "PATH": os.environ["PATH"]}
        # Ahead of the file system's clock: what is written now was written a while ago.
        self.clock = FakeClock(time.time() + 60)
        self.directory = "project"
        self.secrets: list[str] = []
        self.asked = self.answered = 0
        self._serial = 0
        for folder in DIRECTORIES:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self.write("project/atmos.yaml", MAIN[0])
        self.deliver("dev", 3600)
        self.deliver("prod", 3600)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self._tick()

    def mend(self, choice: int) -> None:
        """Without this, most walks would end in a project that nothing can be said about."""
        for name in FILES:
            (self.root / name).unlink(missing_ok=True)
        self.write("project/atmos.yaml", MAIN[choice])
        self.write("project/team.yaml", TEAM[0])
        self.forget_all_variables()
        for identity in ("dev", "prod"):
            self.deliver(identity, 3600)

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)
        self._tick()

    def remove_folder(self, name: str) -> None:
        if name != self.directory:
            shutil.rmtree(self.root / name, ignore_errors=True)
            self.home.mkdir(exist_ok=True)
            (self.root / "project/sub").mkdir(exist_ok=True)
            self._tick()

    def export(self, name: str, choice: int) -> None:
        values = VARIABLES[name]
        self.environ[name] = values[choice % len(values)]
        if name in ("ATMOS_BASE_PATH", "ATMOS_CLI_CONFIG_PATH"):
            self.environ[name] = str(self.root / "project" / values[0])

    def forget_all_variables(self) -> None:
        for name in VARIABLES:
            self.environ.pop(name, None)

    def let_pass(self, seconds: float) -> None:
        self.clock = FakeClock(self.clock.now() + seconds)

    def deliver(self, identity: str, seconds: float) -> None:
        """Somebody signed in, or another process renewed the keys."""
        now = int(self.clock.now())
        self._serial += 1
        self.secrets += [SECRET.format(self._serial), TOKEN.format(self._serial)]
        keys = aws_credentials(
            access_key_id=f"ASIA{self._serial:016d}",
            secret_access_key=SECRET.format(self._serial),
            session_token=TOKEN.format(self._serial),
            expires_at=float(now + seconds),
            issued_at=float(now),
        )
        try:
            project = self._project(["auth", "env"], io.StringIO(), io.StringIO())
            project.profiles.write(project.operations.chain(identity), keys)
        except AtmosAuthError:
            return
        self._tick()

    def log_out(self, identity: str) -> None:
        try:
            project = self._project(["auth", "env"], io.StringIO(), io.StringIO())
            project.profiles.remove(project.operations.chain(identity))
        except AtmosAuthError:
            return
        self._tick()

    def warm(self, words: Sequence[str]) -> str | None:
        """Return what is answered at once, if anything is."""
        answer = self._again(words)
        return None if answer is None else answer.text.decode()

    def _again(self, words: Sequence[str]) -> Answer | None:
        return warm.again(words, self.environ, str(self.root / self.directory), self.clock.now())

    def ask(self, words: Sequence[str]) -> None:
        """Ask twice: whenever there is a warm answer, it is the full one."""
        for _ in range(2):
            self.asked += 1
            given, full = self._again(words), self.full(words)
            if given is not None:
                self.answered += 1
                text = given.text.decode()
                assert full == ((0, text, "") if given.stream == STDOUT else (0, "", text))

    def full(self, words: Sequence[str]) -> tuple[int, str, str]:
        stdout, stderr = io.StringIO(), io.StringIO()
        invocation = parse(words)
        invocation.arguments.call = Call(words, dict(self.environ), str(self.root / self.directory))
        try:
            status = invocation.module.run(invocation.arguments, self._project(words, stdout, stderr))
        except AtmosAuthError as error:
            return error.exit_code, stdout.getvalue(), error.message
        return status, stdout.getvalue(), stderr.getvalue()

    def records(self) -> list[Path]:
        folder = self.home / ".cache/atmos/auth/answers"
        return [path for path in folder.glob("*") if path.name != warm.KEY]

    def _project(self, words: Sequence[str], stdout: io.StringIO, stderr: io.StringIO) -> Project:
        return Project(
            options(parse(words)),
            environ=self.environ,
            directory=str(self.root / self.directory),
            streams=Streams(io.StringIO(), stdout, stderr),
            clock=self.clock,
        )

    def _tick(self) -> None:
        """Wait until the file system's clock has moved: what changes twice within one tick is not trusted anyway."""
        probe = self.root / "tick"
        probe.write_text("")
        before = probe.stat().st_mtime_ns
        while probe.stat().st_mtime_ns == before:
            probe.write_text("")
