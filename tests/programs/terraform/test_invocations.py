"""The words that Terraform is run with."""

import pytest

from atmos_auth.programs.terraform.files import Generated
from atmos_auth.programs.terraform.invocations import command_words, init_words

MADE = Generated("f.tfvars.json", "f.planfile", {})
VARIABLES = "-var-file f.tfvars.json"


@pytest.mark.parametrize(
    ("subcommand", "options", "expected"),
    [
        ("plan", {}, f"plan {VARIABLES} -out f.planfile"),
        ("plan", {"keep_plan": False}, f"plan {VARIABLES}"),
        ("plan", {"given": ["-out=mine"]}, f"plan {VARIABLES} -out=mine"),
        ("apply", {}, f"apply {VARIABLES}"),
        ("apply", {"approve": True}, f"apply {VARIABLES} -auto-approve"),
        ("apply", {"approve": True, "given": ["-auto-approve"]}, f"apply {VARIABLES} -auto-approve"),
        ("apply", {"planfile": "p", "approve": True, "given": ["-lock=false"]}, "apply -lock=false p"),
        ("deploy", {}, f"apply {VARIABLES} -auto-approve"),
        ("deploy", {"planfile": "p"}, "apply p"),
        ("destroy", {}, f"destroy {VARIABLES}"),
        ("import", {"given": ["a.b", "id"]}, f"import {VARIABLES} a.b id"),
        ("output", {"given": ["-json"]}, "output -json"),
        ("state list", {}, "state list"),
        ("workspace select", {}, "workspace select w"),
        ("workspace list", {}, "workspace list"),
        ("providers lock", {}, "providers lock"),
    ],
)
def test_what_each_command_gets(subcommand, options, expected):
    usual = {"workspace": "w", "planfile": None, "keep_plan": True, "approve": False, "given": []}
    assert command_words(subcommand.split(), MADE, **usual | options) == expected.split()


def test_init():
    assert init_words(MADE, reconfigure=False, pass_variables=False, given=[]) == ["init"]
    assert init_words(MADE, reconfigure=True, pass_variables=True, given=["-upgrade"]) == [
        *("init", "-reconfigure", "-var-file", "f.tfvars.json", "-upgrade")
    ]
    assert init_words(MADE, reconfigure=True, pass_variables=False, given=["-reconfigure"]) == ["init", "-reconfigure"]
