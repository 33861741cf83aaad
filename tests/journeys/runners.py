"""Runners of continuous integration, as far as a pipeline can tell: its steps, their environment, their streams."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from aws_emulator import Emulator
    from conftest import Machine

PATH = f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What stands in for the world outside: AWS is the emulator, and Terraform asks nobody for news.
STAND_INS = {"CHECKPOINT_DISABLE": "1"}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
# Nobody waits for so long: it is there for a runner that hangs.
SECONDS = 120


class Ran(subprocess.CompletedProcess[str]):
    """A step that has run; `log` is all that a person sees of it."""

    @property
    def log(self) -> str:
        return f"{self.stdout}{self.stderr}"


class GithubRunner:
    """A runner of GitHub Actions: it reads a workflow, and gives each step what GitHub's own would.

    https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    """

    def __init__(self, machine: Machine, aws: Emulator) -> None:
        self._machine = machine
        self._aws = aws
        self._temporary = machine.directory.parent / "runner"
        self._temporary.mkdir()
        self._files = {name: self._temporary / name.lower() for name in ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT")}
        for file in self._files.values():
            file.touch()

    @property
    def base(self) -> dict[str, str]:
        """The variables of every step of every job."""
        return _base(self._machine) | {
            "GITHUB_ACTIONS": "true",
            "GITHUB_JOB": "deploy",
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": self._aws.state.github.repository,
            "GITHUB_WORKSPACE": str(self._machine.directory),
            "LANG": "C.UTF-8",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self._temporary),
            **{name: str(file) for name, file in self._files.items()},
        }

    def run(self, workflow: str) -> list[Ran]:
        """Run the steps of the only job, one after the other, up to the first that fails."""
        (job,) = yaml.safe_load(workflow)["jobs"].values()
        may_ask = (job.get("permissions") or {}).get("id-token") == "write"
        oidc = self._aws.github_environment() if may_ask else {}
        ran: list[Ran] = []
        for number, step in enumerate(job["steps"]):
            env = {name: _text(value) for name, value in (step.get("env") or {}).items()}
            environ = self.base | oidc | self._handed_on() | env
            if "run" in step:
                script = self._temporary / f"step-{number}.sh"
                script.write_text(step["run"])
                ran.append(_run(["bash", "-e", str(script)], self._machine.directory, environ))
            elif step["uses"].startswith("aws-actions/configure-aws-credentials@"):
                ran.append(self._configure_aws_credentials(step["with"], environ))
            else:
                assert step["uses"].startswith("actions/checkout@")  # it is checked out
            if ran and ran[-1].returncode != 0:
                break
        return ran

    def _handed_on(self) -> dict[str, str]:
        lines = self._files["GITHUB_ENV"].read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def _configure_aws_credentials(self, given: dict[str, str], environ: dict[str, str]) -> Ran:
        """Do what that action does: trade the job's token for a role, and hand its keys on to later steps."""
        script = f"""\
            token=$(python -c 'import json, os, urllib.request as r; print(json.load(r.urlopen(r.Request(
                os.environ["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=sts.amazonaws.com",
                headers={{"Authorization": "bearer " + os.environ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]}})))["value"])')
            aws sts assume-role-with-web-identity --role-session-name GitHubActions --output json \
                --role-arn {shlex.quote(given["role-to-assume"])} --web-identity-token "$token"
        """
        environ = environ | {"AWS_ENDPOINT_URL": self._aws.url, "AWS_REGION": given["aws-region"]}
        ran = _run(["bash", "-ec", script], self._machine.directory, environ)
        if ran.returncode == 0:
            role = json.loads(ran.stdout)["Credentials"]
            handed_on = {
                "AWS_DEFAULT_REGION": given["aws-region"],
                "AWS_REGION": given["aws-region"],
                **dict(zip(KEYS, (role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"]), strict=True)),
                # The real ones reach AWS without it.
                "AWS_ENDPOINT_URL": self._aws.url,
            }
            with self._files["GITHUB_ENV"].open("a") as file:
                file.writelines(f"{name}={value}\n" for name, value in handed_on.items())
        return ran


class GitlabRunner:
    """A runner of GitLab: all lines of a job are one script, which a shell reads, and which has nothing to read itself.

    https://docs.gitlab.com/ci/variables/predefined_variables/
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    @property
    def base(self) -> dict[str, str]:
        """The variables of every job; a small container image has no locale."""
        return _base(self._machine) | {
            "GITLAB_CI": "true",
            "CI_JOB_NAME": "deploy",
            "CI_COMMIT_BRANCH": "main",
            "CI_PROJECT_DIR": str(self._machine.directory),
        }

    def run(self, configuration: str, variables: dict[str, str]) -> Ran:
        """Run the only job; `variables` are those that somebody has set for the project."""
        (job,) = yaml.safe_load(configuration).values()
        lines = "\n".join(f"echo {shlex.quote(f'$ {line}')}\n{line}" for line in job["script"])
        script = f"set -eo pipefail\nset +o noclobber\n: | eval {shlex.quote(lines)}\nexit 0\n"
        environ = self.base | variables | {name: _text(value) for name, value in job.get("variables", {}).items()}
        return _run(["bash"], self._machine.directory, environ, script)


def _base(machine: Machine) -> dict[str, str]:
    return STAND_INS | {"PATH": PATH, "HOME": str(machine.home), "CI": "true"}


def _run(argv: list[str], directory: Path, environ: dict[str, str], given: str = "") -> Ran:
    """Run a process that has no terminal anywhere, and of which stdin is at its end once `given` is read."""
    ran = subprocess.run(
        argv,
        cwd=directory,
        env=environ,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        start_new_session=True,
        check=False,
    )
    return Ran(argv, ran.returncode, ran.stdout, ran.stderr)


def _text(value: Any) -> str:
    """Return what a runner makes of a value of YAML: `false` is a word."""
    return json.dumps(value) if isinstance(value, bool) else str(value)
