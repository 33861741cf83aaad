"""A GitHub Actions job: nothing but the runner's variables, no person, and credentials for every step."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aws_emulator import Emulator

CONFIGURATION = """\
auth:
  providers:
    github-oidc:
      kind: github/oidc
      region: us-east-1
      spec: {{ endpoint_url: "{url}" }}
  identities:
    github-deploy:
      kind: aws/assume-role
      default: true
      via: {{ provider: github-oidc }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/GitHubRole", session_name: job }}
    release:
      kind: aws/assume-role
      via: {{ identity: github-deploy }}
      principal: {{ assume_role: "arn:aws:iam::222222222222:role/GitHubReleaseRole", session_name: job }}
"""
ARN = "arn:aws:sts::333333333333:assumed-role/GitHubRole/job"
MINT, TRADE = "github:CreateIdToken", "sts:AssumeRoleWithWebIdentity"
WHOAMI = ("aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text")


class Job:
    """A runner's machine: its variables, its environment file, and steps that see what earlier ones put there."""

    def __init__(self, machine, aws: Emulator) -> None:
        self.machine = machine
        self.aws = aws
        self.environment_file = machine.directory / "github_env"
        self.environment_file.touch(mode=0o644)
        machine.environ |= aws.github_environment() | {"GITHUB_ENV": str(self.environment_file)}
        machine.write(CONFIGURATION.format(url=aws.url))

    def atmos(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return self.machine.atmos(*words, env=env)

    def later_step(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a step as the runner does: with the variables that are in the environment file by then."""
        lines = self.environment_file.read_text().splitlines()
        handed_on = dict(line.split("=", 1) for line in lines)
        return self.machine.run(argv[0], *argv[1:], env=handed_on)

    def calls(self, operation: str) -> int:
        return sum(f"{e.service}:{e.operation}" == operation for e in self.aws.journal.entries())


@pytest.fixture
def job(machine, aws: Emulator) -> Job:
    return Job(machine, aws)


def test_a_job_with_nothing_but_the_runners_variables(job: Job):
    who = job.atmos("auth", "whoami")
    assert who.returncode == 0, who.stderr
    assert ARN in who.stderr
    handed = job.atmos("auth", "env", "--format", "github")
    assert handed.returncode == 0, handed.stderr
    step = job.later_step(*WHOAMI)
    assert (step.returncode, step.stdout.strip()) == (0, ARN), step.stderr
    # `whoami` obtained them; the second command found them.
    assert (job.calls(MINT), job.calls(TRADE)) == (1, 1)


def test_keys_are_masked_before_they_are_handed_on(job: Job):
    result = job.atmos("auth", "env", "--format", "github")
    masked = [line.removeprefix("::add-mask::") for line in result.stdout.splitlines()]
    handed_on = dict(line.split("=", 1) for line in job.environment_file.read_text().splitlines())
    keys = [handed_on[n] for n in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
    assert masked == keys
    assert "%" not in "".join(keys)
    assert result.stderr == ""


def test_keys_that_a_shell_takes_are_masked_beside_its_words(job: Job):
    result = job.atmos("auth", "env", "--format", "json")
    keys = json.loads(result.stdout)
    masked = [keys[n] for n in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
    assert result.stderr.splitlines() == [f"::add-mask::{value}" for value in masked]


def test_what_would_win_in_later_steps_is_named(job: Job):
    job.environment_file.write_text("LAST_LINE=without its end")
    old = {"AWS_ACCESS_KEY_ID": "AKIAOLD", "AWS_SECRET_ACCESS_KEY": "old"}
    result = job.atmos("auth", "env", "--format", "github", "--mode", "files", **old)
    assert result.returncode == 0
    assert "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY is set in this job" in result.stderr
    lines = job.environment_file.read_text().splitlines()
    assert (lines[0], "ATMOS_IDENTITY=github-deploy" in lines) == ("LAST_LINE=without its end", True)


def test_outside_of_a_job_the_format_wants_a_file(job: Job, tmp_path: Path):
    job.atmos("auth", "login")
    lost = job.atmos("auth", "env", "--format", "github", GITHUB_ENV="", GITHUB_ACTIONS="")
    assert (lost.returncode, lost.stdout) == (1, "")
    assert "GITHUB_ENV" in lost.stderr
    kept = job.atmos("auth", "env", "--format", "github", "-o", str(tmp_path / "out"), GITHUB_ACTIONS="")
    assert (kept.returncode, kept.stdout) == (0, "")
    assert "AWS_SESSION_TOKEN=" in (tmp_path / "out").read_text()


def test_a_chain_goes_on_from_the_jobs_role(job: Job):
    result = job.atmos("auth", "exec", "-i", "release", "--", *WHOAMI)
    assert result.stdout.strip() == "arn:aws:sts::222222222222:assumed-role/GitHubReleaseRole/job", result.stderr
    validated = job.atmos("auth", "validate")
    assert validated.returncode == 0, validated.stderr


@pytest.mark.parametrize(
    ("fault", "minted", "traded"),
    [
        ({"operation": MINT, "status": 503, "times": 2}, 3, 1),
        ({"operation": MINT, "drop": True, "times": 1}, 2, 1),
        ({"operation": TRADE, "code": "IDPCommunicationError", "status": 400, "times": 2}, 3, 3),
        ({"operation": TRADE, "status": 500, "times": 1}, 2, 2),
        ({"operation": TRADE, "code": "ExpiredTokenException", "status": 400, "times": 1}, 2, 2),
    ],
)
def test_a_passing_failure_is_tried_again_with_a_fresh_token(job: Job, aws, fault, minted, traded):
    aws.faults.add(**fault)
    result = job.atmos("auth", "login")
    assert result.returncode == 0, result.stderr
    assert (job.calls(MINT), job.calls(TRADE)) == (minted, traded)


def test_a_refusal_is_not_repeated(job: Job, aws: Emulator):
    aws.state.github.repository = "somebody-else/site"
    started = time.monotonic()
    result = job.atmos("auth", "login")
    assert result.returncode == 1
    assert (job.calls(MINT), job.calls(TRADE)) == (1, 1)
    # One start and two requests; a retried refusal would have paused.
    assert time.monotonic() - started < 20
    (finding,) = job.machine.findings(result.stderr)
    assert "does not trust this job" in finding.message
    assert "the token's sub: repo:somebody-else/site:ref:refs/heads/main" in finding.details
    assert any("oidc-provider/token.actions.githubusercontent.com" in hint for hint in finding.hints)


def test_a_wrong_audience_is_explained(job: Job, aws: Emulator):
    text = job.machine.atmos_yaml.read_text().replace("spec: {", "spec: { audience: sts.us-east-1.amazonaws.com,")
    job.machine.write(text)
    result = job.atmos("auth", "login")
    (finding,) = job.machine.findings(result.stderr)
    assert result.returncode == 1
    assert "Incorrect token audience" in finding.message
    assert "the token's aud: sts.us-east-1.amazonaws.com" in finding.details
    assert any("spec.audience" in hint for hint in finding.hints)


def test_an_account_without_the_provider_is_explained(job: Job, aws: Emulator):
    aws.state.oidc_providers.clear()
    (finding,) = job.machine.findings(job.atmos("auth", "login").stderr)
    assert "No OpenIDConnect provider found" in finding.message
    assert any(hint.startswith("create arn:aws:iam::333333333333:oidc-provider/") for hint in finding.hints)


def test_a_job_without_the_permission_is_told_how_to_get_it(job: Job):
    result = job.atmos("auth", "login", ACTIONS_ID_TOKEN_REQUEST_URL="")
    assert result.returncode == 1
    assert "permissions: { id-token: write, contents: read }" in result.stderr
    silent = job.atmos("auth", "env", ACTIONS_ID_TOKEN_REQUEST_URL="")
    assert (silent.returncode, silent.stdout) == (1, "")
    assert "id-token: write" in silent.stderr


def test_parallel_steps_of_one_job_trade_once(job: Job):
    crowd = [job.machine.start("auth", "exec", "--", *WHOAMI) for _ in range(8)]
    outcomes = [(process.communicate(timeout=100)[0].strip(), process.returncode) for process in crowd]
    assert outcomes == [(ARN, 0)] * 8
    assert job.calls(TRADE) == 1


LONG_JOB = """\
import sys, time, pathlib
import boto3
sts = boto3.client("sts")
for lifetime in range(3):
    print(sts.get_caller_identity()["Arn"], flush=True)
    gone = pathlib.Path(sys.argv[1]) / f"over-{lifetime}"
    while not gone.exists():
        time.sleep(0.05)
print(sts.get_caller_identity()["Arn"], flush=True)
"""


def end_of_life(job: Job) -> None:
    """Let the delivered credentials be over, for AWS and by their own word; no clock but the child's own moves."""
    text = job.machine.credentials("github-oidc").read_text()
    job.aws.revoke_key(re.findall(r"aws_access_key_id = (\S+)", text)[0])
    job.machine.expire_credentials()


def test_a_program_that_outlives_its_credentials_gets_new_ones(job: Job, aws: Emulator, tmp_path: Path):
    yaml = job.machine.atmos_yaml.read_text().replace("session_name: job }", "session_name: job, duration: 15m }")
    job.machine.write(yaml)
    child = job.machine.start("auth", "exec", "--refresh", "--", sys.executable, "-c", LONG_JOB, str(tmp_path))
    for lifetime in range(3):
        assert child.stdout is not None
        line = child.stdout.readline().strip()
        assert line == ARN, child.communicate(timeout=60)[1]
        end_of_life(job)
        (tmp_path / f"over-{lifetime}").touch()
    stdout, stderr = child.communicate(timeout=60)
    assert (child.returncode, stdout.strip()) == (0, ARN), stderr
    assert (job.calls(MINT), job.calls(TRADE)) == (4, 4)


def test_without_refresh_it_fails_as_it_must(job: Job, aws: Emulator, tmp_path: Path):
    """The journey above proves nothing unless this one fails."""
    yaml = job.machine.atmos_yaml.read_text().replace("session_name: job }", "session_name: job, duration: 15m }")
    job.machine.write(yaml)
    child = job.machine.start("auth", "exec", "--", sys.executable, "-c", LONG_JOB, str(tmp_path))
    assert child.stdout is not None
    assert child.stdout.readline().strip() == ARN
    end_of_life(job)
    (tmp_path / "over-0").touch()
    _, stderr = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "InvalidClientTokenId" in stderr


def test_a_checkout_cannot_put_itself_in_our_place(job: Job):
    """The credential process runs wherever the program stands: modules there are not ours to load."""
    checkout = job.machine.directory / "checkout"
    (checkout / "atmos_auth").mkdir(parents=True)
    for module in ("atmos_auth/__init__.py", "atmos_auth/__main__.py", "argparse.py", "json.py"):
        (checkout / module).write_text(f"open({str(checkout / 'owned')!r}, 'w').close()\n")
    shown = job.atmos("auth", "exec", "--refresh", "--", "sh", "-c", f'cd "{checkout}" && {" ".join(WHOAMI)}')
    assert (shown.returncode, shown.stdout.strip()) == (0, ARN), shown.stderr
    assert not (checkout / "owned").exists()


@pytest.mark.parametrize("name", ["dir #1", "dir ;x", 'it\'s "quoted" $HOME `x`', "two\nlines", "ünï=cödé %s"])
def test_the_directory_may_have_any_name(job: Job, name: str):
    directory = job.machine.directory / name
    directory.mkdir()
    job.machine.atmos_yaml.rename(directory / "atmos.yaml")
    job.machine.directory = directory
    shown = job.atmos("auth", "exec", "--refresh", "--", "sh", "-c", f"cd / && {' '.join(WHOAMI)}")
    assert (shown.returncode, shown.stdout.strip()) == (0, ARN), shown.stderr
    config = next(directory.parent.parent.glob("home/.config/atmos/aws/github-oidc/refreshing/*.config")).read_text()
    (line,) = (line for line in config.splitlines() if line.startswith("credential_process"))
    assert " #" not in line
    assert " ;" not in line


def test_refreshing_leaves_no_key_in_a_new_place(job: Job):
    shown = job.atmos("auth", "exec", "--refresh", "--", "env")
    assert shown.returncode == 0, shown.stderr
    environment = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    config = Path(environment["AWS_CONFIG_FILE"])
    assert "credential_process" in config.read_text()
    assert (config.stat().st_mode & 0o777, config.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & environment.keys()
    assert job.atmos("auth", "logout", "github-deploy").returncode == 0
    assert not config.exists()
