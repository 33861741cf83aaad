"""Files that a component describes, and Terraform's own language in them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from atmos_auth.config.tree import planted
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.programs.terraform.described_files import described_files, names_of
from atmos_auth.programs.terraform.hcl_text import blocks
from atmos_auth.stacks.component import Component
from installed import terraform

HERE = Place("dev.yaml", 3, 5)
DATA = {"b": [1, {"x": None}], "a": "é"}


def component(files: dict[str, Any]) -> Component:
    return Component(
        "vpc", "terraform", "dev", "vpc", (), "dev.yaml", "dev", (), planted({"generate": files}, HERE), HERE
    )


def test_each_is_written_as_its_name_ends():
    made = described_files(
        component(
            {"a.json": DATA, "b.yaml": DATA, "sub/c.yml": [1], "d.tfvars": {"x": "${y}"}, "e.md": "# é\n", "f": None}
        )
    )
    assert made.keys() == {"a.json", "b.yaml", "sub/c.yml", "d.tfvars", "e.md"}
    assert json.loads(made["a.json"]) == yaml.safe_load(made["b.yaml"]) == DATA
    assert (made["sub/c.yml"], made["d.tfvars"], made["e.md"]) == ("- 1\n", 'x = "$${y}"\n', "# é\n")


@pytest.mark.parametrize(
    ("name", "value"), [("a.md", {"x": 1}), ("a", [1]), ("a.tf", [1]), ("a.tfvars", []), ("a.json", 7), ("a.txt", True)]
)
def test_what_cannot_be_written_so_is_refused_with_its_place(name: str, value: Any):
    with pytest.raises(InvalidSetting, match="takes text") as caught:
        described_files(component({name: value}))
    assert caught.value.place == HERE
    assert ".tfvars" in caught.value.hints[0]


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b", "..", "a/", ""])
def test_no_file_is_written_elsewhere(name: str):
    for ask in (described_files, lambda one: names_of(one.sections["generate"])):
        with pytest.raises(InvalidSetting, match="is no name of a file in the component's folder"):
            ask(component({name: "x"}))


MODULE = {
    "terraform": {
        "required_version": ">= 1.0",
        "required_providers": {"aws": {"source": "hashicorp/aws"}},
        "backend": {"local": {"path": "x.tfstate"}},
    },
    "variable": {"name": {"type": "string", "default": "a"}, "data": {"default": {"data": {"lifecycle": 1}}}},
    "locals": {"data": {"a": {"b": 1}}},
    "resource": {"terraform_data": {"one": {"input": {"data": "${x}"}, "lifecycle": {"create_before_destroy": True}}}},
    "output": {"put": {"value": ["a", 1]}},
    "module": {"m": {"source": "./m"}},
}


def test_mappings_become_blocks_where_terraform_has_some(tmp_path: Path, environ: dict[str, str]):
    text = blocks(MODULE)
    assert 'backend "local" {\n    path = "x.tfstate"\n  }\n' in text
    assert "  required_providers {\n    aws = {\n" in text
    assert 'variable "name" {\n  default = "a"\n  type = string\n}\n' in text
    assert "lifecycle {\n    create_before_destroy = true\n  }\n" in text
    assert 'module "m" {\n  source = "./m"\n}\n' in text
    quiet = environ | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    # Providers would have to be fetched.
    (tmp_path / "main.tf").write_text(blocks({**MODULE, "terraform": {"required_version": ">= 1.0"}, "module": {}}))
    program = terraform(tmp_path)
    for words in (["init"], ["apply", "-auto-approve"]):
        ran = subprocess.run([program, *words], cwd=tmp_path, env=quiet, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
    state = json.loads((tmp_path / "terraform.tfstate").read_text())
    assert state["outputs"]["put"]["value"] == ["a", 1]
    assert state["resources"][0]["instances"][0]["attributes"]["input"]["value"] == {"data": "${x}"}
