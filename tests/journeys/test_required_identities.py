"""Identities marked `required: true`: their profiles stand in one pair of files, as provider aliases need them."""

import json
import re
from pathlib import Path

import pytest

from aws_emulator import Emulator

CALLER = """\
import json, sys
import botocore.session
print(json.dumps([
    botocore.session.Session(profile=name).create_client("sts").get_caller_identity()["Arn"] for name in sys.argv[1:]
]))
"""


@pytest.fixture
def project(machine):
    """`prod` behind one provider; `staging`, behind another, and `base` are required."""
    text = machine.atmos_yaml.read_text()
    text = re.sub(r"    other-sso:\n(.*\n)      region: us-east-1", r"    other-sso:\n\1      region: us-west-2", text)
    for name in ("base", "staging"):
        text = text.replace(f"    {name}:\n", f"    {name}:\n      required: true\n")
    machine.write(text)
    machine.write(CALLER, "caller.py")
    return machine


def run(project, *words: str, env: dict[str, str] | None = None):
    return project.atmos("auth", "exec", "--force-tty", "--no-browser", *words, env=env)


def callers(result) -> list[str]:
    """Return the role that each profile amounts to, without the hash that AWS gives reserved roles."""
    assert result.returncode == 0, result.stderr
    arns = json.loads(result.stdout.splitlines()[-1])
    return [re.sub(r".*assumed-role/(AWSReservedSSO_)?([A-Za-z]+).*", r"\2", arn) for arn in arns]


@pytest.mark.parametrize("flags", [(), ("--refresh",), ("--refresh=endpoint",)])
def test_every_profile_works_through_one_pair_of_files(project, flags):
    result = run(project, *flags, "--with-required", "--", "python", "caller.py", "prod", "base", "staging")
    assert callers(result) == ["DeployRole", "AdminAccess", "ReadOnlyAccess"]


def test_the_aws_cli_finds_a_profile_of_another_provider(project):
    script = "aws sts get-caller-identity --profile staging --query Arn --output text"
    result = run(project, "--with-required", "--", "sh", "-c", script)
    assert result.returncode == 0, result.stderr
    assert "ReadOnlyAccess" in result.stdout


def test_without_the_flag_only_the_identity_is_signed_in_to(project, aws: Emulator):
    result = run(project, "--", "true")
    assert result.returncode == 0, result.stderr
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert not project.credentials("other-sso").exists()
    assert "staging" not in project.credentials().read_text()


def test_warm_nothing_is_asked_and_nothing_written(project, aws: Emulator):
    assert run(project, "--with-required", "--", "true").returncode == 0
    aws.journal.clear()
    before = {path: path.stat().st_mtime_ns for path in project.files()}
    assert run(project, "--with-required", "--", "true").returncode == 0
    assert aws.journal.entries() == []
    assert {path: path.stat().st_mtime_ns for path in project.files()} == before


def test_the_identity_asked_for_is_the_primary_one_only_once(project, aws: Emulator):
    result = run(project, "-i", "staging", "--with-required", "--", "sh", "-c", "echo $AWS_PROFILE")
    assert (result.returncode, result.stdout) == (0, "staging\n")
    assert aws.journal.count("sso:GetRoleCredentials") == 2
    assert "[base]" in project.credentials("other-sso").read_text()


def test_one_that_fails_is_a_warning_and_the_others_follow(project):
    text = project.atmos_yaml.read_text().replace("name: AdminAccess", "name: Nobody")
    text += """\
    also:
      kind: aws/permission-set
      default: false
      required: true
      via: { provider: nowhere }
      principal: { name: ReadOnlyAccess, account: { id: "222222222222" } }
"""
    project.write(text)
    result = run(project, "-i", "staging", "--with-required", "--", "sh", "-c", "echo ran; exit 3")
    assert (result.returncode, result.stdout) == (3, "ran\n")
    assert 'required identity "also" is not there' in result.stderr
    assert 'required identity "base" is not there' in result.stderr


def test_a_primary_one_that_fails_ends_it_before_anybody_else_is_asked(project, aws: Emulator):
    project.write(project.atmos_yaml.read_text().replace("role/DeployRole", "role/NoSuchRole"))
    result = run(project, "--with-required", "--", "true")
    assert result.returncode == 1
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert not project.credentials("other-sso").exists()


def test_login_signs_in_to_all_and_says_until_when(project):
    result = project.login("--with-required")
    table = result.stderr.partition("Required identities beside it:")[2]
    assert re.findall(r"^  (\w+) +\d{4}-", table, re.MULTILINE) == ["base", "staging"]
    printed = project.atmos("auth", "env", "--mode", "files", "--format", "json")
    pointers = json.loads(printed.stdout)
    assert Path(pointers["AWS_SHARED_CREDENTIALS_FILE"]) == project.credentials()
    cli = project.run("aws", "sts", "get-caller-identity", "--profile", "staging", env=pointers)
    assert cli.returncode == 0, cli.stderr


def test_a_provider_alone_requires_nobody(project):
    result = project.atmos("auth", "login", "--provider", "my-sso", "--with-required")
    assert (result.returncode, "exclude each other" in result.stderr) == (1, True)


def test_logging_out_takes_every_copy(project):
    project.login("--with-required")
    files = (project.credentials(), project.credentials().with_name("config"))
    assert project.atmos("auth", "logout", "staging").returncode == 0
    assert [path.read_text().count("staging") for path in files] == [0, 0]
    assert not project.credentials("other-sso").exists()
    project.login("--with-required")
    for name in ("prod", "base"):
        assert project.atmos("auth", "logout", name).returncode == 0
    assert [path.exists() for path in files] == [False, False], "guests go with the last who is at home"
    assert "[staging]" in project.credentials("other-sso").read_text()


def test_an_ambient_primary_identity_has_no_files_and_that_is_said(project):
    project.write(project.atmos_yaml.read_text() + "    here: { kind: ambient }\n")
    result = run(project, "-i", "here", "--with-required", "--", "true")
    assert result.returncode == 0
    assert "no profiles of required identities can stand there" in result.stderr


@pytest.mark.parametrize("value", ['"yes"', "1", "[true]"])
def test_a_mark_that_is_neither_true_nor_false_is_an_error(project, value):
    project.write(project.atmos_yaml.read_text().replace("required: true", f"required: {value}", 1))
    result = run(project, "-i", "prod", "--with-required", "--", "true")
    assert result.returncode == 1
    assert "required is" in result.stderr
