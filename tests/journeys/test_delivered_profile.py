"""boto3, botocore and the AWS CLI, unmodified, work with what is delivered, wherever and under whatever name."""

import json
import os
from pathlib import Path

import pytest

CONFIG = """\
auth:
  providers:
    {provider}:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}"{files} }}
  identities:
    "{name}":
      kind: aws/permission-set
      default: true
      via: {{ provider: {provider} }}
      principal: {{ name: ReadOnlyAccess, account: {{ id: "222222222222" }} }}
"""
# Each says whom it takes itself for; botocore's endpoint comes from the profile alone.
CLIENTS = """\
import boto3, botocore.session
print(boto3.client("sts").get_caller_identity()["Arn"])
session = botocore.session.get_session()
print(session.create_client("sts").get_caller_identity()["Arn"])
print(session.get_credentials().method)
"""
ARN = "arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_ReadOnlyAccess"


def configured(machine, *, name: str = "dev", provider: str = "corp", files: str = "") -> None:
    machine.write(CONFIG.format(url=machine.url, name=name, provider=provider, files=files))


def pointers(machine, env: dict[str, str] | None = None) -> dict[str, str]:
    result = machine.atmos("auth", "env", "--mode", "files", "-f", "json", env=env)
    assert result.returncode == 0, result.stderr
    found: dict[str, str] = json.loads(result.stdout)
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & found.keys()
    return found


def works(machine, env: dict[str, str], method: str = "shared-credentials-file") -> None:
    sdk = machine.run("python", "-c", CLIENTS, env=env)
    assert sdk.returncode == 0, sdk.stderr
    boto3_arn, botocore_arn, used = sdk.stdout.split()
    assert boto3_arn.startswith(ARN)
    assert botocore_arn.startswith(ARN)
    assert used == method
    cli = machine.run("aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text", env=env)
    assert cli.returncode == 0, cli.stderr
    assert cli.stdout.startswith(ARN)


@pytest.mark.parametrize("name", ["dev", "default", "team a/dev b", "Core.Identity-1_x@y+z:%20"])
def test_a_profile_works_under_any_name(machine, name: str):
    configured(machine, name=name)
    machine.login()
    env = pointers(machine)
    assert env["AWS_PROFILE"] == name
    works(machine, env)


def test_the_region_is_in_the_profile_too(machine):
    configured(machine)
    machine.login()
    env = {name: value for name, value in pointers(machine).items() if "REGION" not in name}
    region = machine.run("aws", "configure", "get", "region", env=env)
    assert region.stdout == "us-east-1\n"
    works(machine, env)


def test_keys_work_where_no_file_of_ours_can_be_read(machine):
    configured(machine)
    machine.login()
    keys = json.loads(machine.atmos("auth", "env", "-f", "json").stdout)
    for path in machine.files():
        path.unlink()
    works(machine, keys, method="env")


def test_a_child_of_exec_works_although_the_shell_is_full_of_other_credentials(machine):
    configured(machine)
    machine.login()
    stale = {"AWS_ACCESS_KEY_ID": "AKIASTALE", "AWS_SECRET_ACCESS_KEY": "stale", "AWS_PROFILE": "stale"}
    result = machine.atmos("auth", "exec", "--", "aws", "sts", "get-caller-identity", "--output", "text", env=stale)
    assert ARN in result.stdout, result.stderr


@pytest.mark.parametrize(
    ("written", "folder"),
    [
        ("{tmp}/elsewhere", "{tmp}/elsewhere/corp"),
        ("~/cloud/aws", "{home}/cloud/aws/corp"),
        ("keys", "{here}/keys/corp"),
    ],
)
def test_base_path_moves_the_files(machine, tmp_path: Path, written: str, folder: str):
    configured(machine, files=f', files: {{ base_path: "{written.format(tmp=tmp_path)}" }}')
    machine.login()
    env = pointers(machine)
    expected = Path(folder.format(tmp=tmp_path, home=machine.home, here=machine.directory))
    assert Path(env["AWS_SHARED_CREDENTIALS_FILE"]) == expected / "credentials"
    assert Path(env["AWS_CONFIG_FILE"]) == expected / "config"
    assert (expected / "credentials").stat().st_mode & 0o777 == 0o600
    assert expected.stat().st_mode & 0o777 == 0o700
    assert not (machine.home / ".config" / "atmos" / "aws").exists()
    sub = machine.directory / "stacks"
    sub.mkdir()
    # The folder is the configuration's business, not the working directory's.
    assert pointers(machine, {"ATMOS_CHDIR": str(sub)}) == env
    works(machine, env)
    assert machine.atmos("auth", "logout", "--all").returncode == 0
    assert not (expected / "credentials").exists()


def test_our_own_folder_variable_wins_and_a_realm_keeps_apart(machine, tmp_path: Path):
    configured(machine, provider="corp/eu")
    env = {"ATMOS_XDG_CONFIG_HOME": str(tmp_path / "mine"), "ATMOS_AUTH_REALM": "acme"}
    assert machine.atmos("auth", "login", "--force-tty", "--no-browser", env=env).returncode == 0
    found = pointers(machine, env)
    folder = tmp_path / "mine" / "atmos" / "acme" / "aws"
    assert Path(found["AWS_SHARED_CREDENTIALS_FILE"]).is_relative_to(folder)
    # A name with a slash is one folder.
    assert len(os.listdir(folder)) == 1
    assert not (machine.home / ".config").exists()
    works(machine, found)


def test_the_users_own_aws_files_are_left_alone(machine):
    configured(machine)
    own = machine.home / ".aws"
    own.mkdir()
    for name in ("credentials", "config"):
        (own / name).write_text(
            "[default]\naws_access_key_id = AKIAOWN\naws_secret_access_key = own\nregion = eu-west-3\n"
        )
    before = {path: (path.read_text(), path.stat().st_mtime_ns) for path in own.iterdir()}
    machine.login()
    assert machine.atmos("auth", "whoami", "--check").returncode == 0
    assert machine.atmos("auth", "logout", "--all").returncode == 0
    assert {path: (path.read_text(), path.stat().st_mtime_ns) for path in own.iterdir()} == before
