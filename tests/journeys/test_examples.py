"""The repositories in `examples`, as a newcomer runs them."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from aws_emulator import Emulator
from conftest import Machine
from installed import terraform

EXAMPLES = Path(__file__).parents[2] / "examples"
DEV = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdminAccess"
PROD = "arn:aws:sts::333333333333:assumed-role/DeployRole/"


@pytest.fixture
def example_of(offline_machine: Machine, aws: Emulator, tmp_path: Path):
    """Copy an example, with the emulator on a port of its own, and Terraform on PATH."""

    def copy(name: str) -> Machine:
        shutil.copytree(EXAMPLES / name, offline_machine.directory, dirs_exist_ok=True)
        text = offline_machine.atmos_yaml.read_text()
        offline_machine.write(text.replace("http://127.0.0.1:8765", aws.url))
        folder = Path(terraform(tmp_path)).parent
        empty = offline_machine.write("", "terraformrc")
        path = f"{folder}:{offline_machine.environ['PATH']}"
        offline_machine.environ |= {"PATH": path, "TF_CLI_CONFIG_FILE": str(empty), "CHECKPOINT_DISABLE": "1"}
        return offline_machine

    return copy


def run(machine: Machine, line: str) -> str:
    """Run a line of a README; what may ask shows its code, which the emulator approves."""
    words = shlex.split(line)[1:]
    result = machine.atmos(*words, *(["--force-tty"] if words[0] in ("terraform", "workflow") else []))
    assert result.returncode == 0, f"{line}\n{result.stdout}{result.stderr}"
    return result.stdout


def follow(machine: Machine, *, cleaning: bool = False) -> list[str]:
    """Do what the example's README says, up to "Clean up" or from there, and compare what it says is printed.

    Returns the lines.
    """
    page = (machine.directory / "README.md").read_text(encoding="utf-8")
    before, _, after = page.partition("## Clean up")
    blocks = re.findall(r"```console\n(.*?)```", after if cleaning else before, re.DOTALL)
    shown = [part.partition("\n") for block in blocks for part in block.split("$ ")[1:]]
    lines = []
    for line, _, printed in shown:
        if line.startswith("atmos"):
            found = run(machine, line)
            assert not printed or found.strip() == printed.strip(), line
            lines.append(line)
    return lines


def test_one_component(example_of, aws: Emulator):
    machine = example_of("one-component")
    assert len(follow(machine)) == 3
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert len(follow(machine, cleaning=True)) == 2
    assert nothing_is_left(machine)


def test_a_catalog_with_an_identity_for_one_component(example_of, aws: Emulator):
    machine = example_of("catalog")
    assert len(follow(machine)) == 5
    app = machine.directory / "components" / "terraform" / "app"
    assert (app / "dev.txt").read_text().startswith(DEV)
    assert (app / "prod.txt").read_text().startswith(PROD)
    summary = json.loads(run(machine, "atmos terraform output app -s acme-prod -json"))["summary"]["value"]
    assert summary == {"network": "acme-prod-network-3", "replicas": 3}
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert aws.journal.count("sts:AssumeRole") == 1
    assert len(follow(machine, cleaning=True)) == 3
    assert nothing_is_left(machine)


def test_workflows_and_custom_commands(example_of, aws: Emulator):
    machine = example_of("workflows")
    assert len(follow(machine)) == 7
    myapp = machine.directory / "components" / "terraform" / "myapp"
    assert (myapp / "dev.txt").read_text().startswith(DEV)
    assert (myapp / "prod.txt").read_text().startswith(PROD)
    _, development, production = (machine.directory / "out" / "report.txt").read_text().splitlines()
    assert development.startswith(DEV)
    assert production.startswith(PROD)
    assert run(machine, "atmos who prod-admin").startswith(PROD)
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert aws.journal.count("sts:AssumeRole") == 1
    assert len(follow(machine, cleaning=True)) == 2
    assert nothing_is_left(machine)


@pytest.mark.parametrize("name", ["one-component", "catalog", "workflows"])
def test_a_repository_for_the_real_aws_differs_in_one_line_and_in_names(machine: Machine, name: str):
    """What the README says to change is enough: without `spec` everything is still there."""
    shutil.copytree(EXAMPLES / name, machine.directory, dirs_exist_ok=True)
    text = machine.atmos_yaml.read_text().replace("http://127.0.0.1:8765/start", "https://acme.awsapps.com/start")
    machine.write(re.sub(r"\n *spec: .*", "", text))
    assert "127.0.0.1" not in machine.atmos_yaml.read_text()
    assert machine.atmos("auth", "validate").returncode == 0
    assert machine.atmos("validate", "stacks").returncode == 0


def nothing_is_left(machine: Machine) -> bool:
    """Tell whether Terraform's states are empty and nobody is signed in."""
    states = list(machine.directory.rglob("terraform.tfstate"))
    assert states
    signed_in = [path for path in machine.files() if path.name == "credentials"]
    return not signed_in and not any(json.loads(path.read_text())["resources"] for path in states)
