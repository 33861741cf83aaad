"""The repositories in `examples`, as a newcomer runs them."""

import json
import re
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
    words = line.split()[1:]
    result = machine.atmos(*words, *(["--force-tty"] if words[0] == "terraform" else []))
    assert result.returncode == 0, f"{line}\n{result.stdout}{result.stderr}"
    return result.stdout


def shown_in(machine: Machine) -> list[tuple[str, str]]:
    """Return the commands of ours that the example's README shows, each with what it prints, if it says so."""
    text = (machine.directory / "README.md").read_text(encoding="utf-8")
    parts = [part for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL) for part in block.split("$ ")[1:]]
    return [
        (line, printed) for line, _, printed in (part.partition("\n") for part in parts) if line.startswith("atmos")
    ]


def test_one_component(example_of, aws: Emulator):
    machine = example_of("one-component")
    *others, (output, _) = shown_in(machine)
    assert len(others) == 2
    for line, _ in others:
        run(machine, line)
    assert json.loads(run(machine, output))["greeting"]["value"] == "Hello from a stack, in dev"
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_a_catalog_with_an_identity_for_one_component(example_of, aws: Emulator):
    machine = example_of("catalog")
    for line, printed in shown_in(machine):
        found = run(machine, line)
        assert not printed or found == printed
    app = machine.directory / "components" / "terraform" / "app"
    assert (app / "dev.txt").read_text().startswith(DEV)
    assert (app / "prod.txt").read_text().startswith(PROD)
    summary = json.loads(run(machine, "atmos terraform output app -s acme-prod -json"))["summary"]["value"]
    assert summary == {"network": "acme-prod-network-3", "replicas": 3}
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1
    assert aws.journal.count("sts:AssumeRole") == 1
