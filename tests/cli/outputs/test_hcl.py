import json
import os
import subprocess
from pathlib import Path

from atmos_auth.cli.outputs.hcl import hcl
from installed import terraform

NASTY = {
    "template": "${x} $${x} $$$${x} \\${x}",
    "directive": "%{if} %%{x} %%%{",
    "single": "$",
    "quoted": '$"\\" \\b \\f',
    "control": "\n\r\t\b\f\x01\\n",
    "unicode": "é\u2028😀",
    "nested": ["a", 1, True, None, {"a.b": "x", "${k}": "%{v}"}, [], {}],
    "number": 123456789012345678901234567890,
    "_hidden": {"x-y": 1.5},
    "da-sh": "x",
}


def test_terraform_reads_what_it_has_put_out(tmp_path: Path, environ: dict[str, str]):
    program = terraform(tmp_path)
    code = "".join(f'variable "{name}" {{ type = any }}\noutput "{name}" {{ value = var.{name} }}\n' for name in NASTY)
    (tmp_path / "main.tf").write_text(code)
    (tmp_path / "all.tfvars").write_text(hcl(NASTY))
    quiet = environ | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    words = [program, "apply", "-auto-approve", "-var-file", "all.tfvars"]
    applied = subprocess.run(words, cwd=tmp_path, env=quiet, capture_output=True, text=True, check=False)
    assert applied.returncode == 0, applied.stderr
    said = subprocess.run([program, "output", "-json"], cwd=tmp_path, env=quiet, capture_output=True, check=True).stdout
    assert {name: output["value"] for name, output in json.loads(said).items()} == NASTY
