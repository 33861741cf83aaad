"""`atmos terraform apply` that takes longer than credentials live."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from long_runs import S3, make_bucket, s3_of

from aws_emulator import Emulator
from conftest import Machine
from installed import terraform

# By our own reckoning keys are over when a tenth of this is left.
LIFE_SECONDS = 16
LIFETIMES = 3

SETTINGS = """\
stacks: {{ base_path: stacks, included_paths: ["*"], name_pattern: "{{stage}}" }}
components:
  terraform: {{ base_path: components/terraform, command: "{terraform}", auto_generate_backend_file: true }}
"""
# The lock and the state are written at its end, with what the backend was given at its beginning, if nothing renews it.
STACK = """\
vars: {{ stage: prod, seconds: {seconds} }}
terraform:
  backend_type: s3
  backend:
    s3:
      bucket: {bucket}
      key: long/terraform.tfstate
      region: us-east-1
      use_path_style: true
      use_lockfile: true
      endpoints: {{ s3: "{s3}", sts: "{sts}" }}
components: {{ terraform: {{ long: {{}} }} }}
"""
MAIN = """\
variable "stage" { type = string }
variable "seconds" { type = number }
resource "terraform_data" "long" {
  provisioner "local-exec" {
    command = <<-SCRIPT
      end=$(( $(date +%s) + ${var.seconds} ))
      while [ "$(date +%s)" -lt "$end" ]; do
        aws sts get-caller-identity --query Arn --output text >who.txt || exit 1
        sleep 1
      done
      echo "was never refused"
    SCRIPT
  }
}
output "stage" { value = var.stage }
"""
APPLY = ("terraform", "apply", "long", "-s", "prod", "-auto-approve", "-no-color")


@pytest.fixture
def s3(aws: Emulator) -> Iterator[S3]:
    if find_spec("moto") is None:
        pytest.skip("moto is not installed")
    with s3_of(aws) as store:
        yield store


@pytest.fixture
def long_machine(machine: Machine, aws: Emulator, tmp_path: Path) -> Machine:
    """Signed in, where no key lives for long."""
    command = terraform(tmp_path)
    aws.state.longest_key_seconds = LIFE_SECONDS
    machine.write(machine.atmos_yaml.read_text() + SETTINGS.format(terraform=command))
    machine.write(MAIN, "components/terraform/long/main.tf")
    empty = machine.write("", "terraformrc")
    machine.environ |= {"TF_CLI_CONFIG_FILE": str(empty), "CHECKPOINT_DISABLE": "1"}
    machine.login()
    return machine


def write_stack(machine: Machine, s3: S3, aws: Emulator, seconds: int) -> None:
    machine.write(STACK.format(seconds=seconds, bucket=s3.bucket, s3=s3.url, sts=aws.url), "stacks/prod.yaml")
    make_bucket(s3, machine)
    aws.journal.clear()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("way", ["process", "endpoint"])
def test_an_apply_outlives_its_credentials(long_machine: Machine, aws: Emulator, s3: S3, way: str):
    write_stack(long_machine, s3, aws, LIFETIMES * LIFE_SECONDS + 2)
    child = long_machine.start(*APPLY, f"--refresh={way}")
    stdout, stderr = child.communicate(timeout=200)
    assert child.returncode == 0, stdout + stderr
    assert "(local-exec): was never refused" in stdout
    assert "Apply complete! Resources: 1 added" in stdout
    assert s3.refused == []
    assert [entry for entry in aws.journal.entries() if entry.outcome != "ok"] == []
    assert aws.journal.count("sts:AssumeRole") >= LIFETIMES
    # Nobody was asked, and the one session served for all of it.
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 0
    output = long_machine.atmos("terraform", "output", "long", "-s", "prod", "-raw", "stage")
    assert (output.returncode, output.stdout) == (0, "prod"), output.stderr


@pytest.mark.timeout(240)
def test_without_refresh_an_apply_is_refused_in_the_middle(long_machine: Machine, aws: Emulator, s3: S3):
    """The journey above proves nothing unless this one fails."""
    write_stack(long_machine, s3, aws, LIFE_SECONDS + 4)
    child = long_machine.start(*APPLY)
    stdout, stderr = child.communicate(timeout=200)
    assert child.returncode == 1
    assert "(local-exec): was never refused" not in stdout
    assert "ExpiredToken" in stdout + stderr
    tip = 'the credentials of "prod" have run out meanwhile; have them renewed the next time: '
    assert f"💡 {tip}atmos terraform apply long -s prod --refresh\n" in stderr
    assert s3.refused != []
