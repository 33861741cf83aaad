"""What is wrong in stacks is said with its place and a way out, and nothing is left beside the component."""

from pathlib import Path

import pytest

from conftest import Machine

ATMOS_YAML = """\
stacks: { base_path: stacks, included_paths: ["deploy/**/*"], name_pattern: "{tenant}-{stage}" }
components: { terraform: { base_path: components/terraform, command: PROGRAM, auto_generate_backend_file: true } }
templates: { settings: { enabled: true } }
"""
HEAD = "vars: { tenant: plat, stage: dev }\n"
VPC = "components: { terraform: { vpc: { vars: { cidr: 10.0.0.0/16 } } } }\n"
INHERITS = "components: { terraform: { vpc: { metadata: { inherits: [vpd] } }, vpe: } }\n"
BACKEND = "terraform: { backend_type: s3, backend: { s3: { bucket: b } } }\n"


@pytest.fixture
def stacks(offline_machine: Machine) -> Machine:
    """A repository that is as it should be, with a Terraform that says when it is run."""
    offline_machine.write(ATMOS_YAML.replace("PROGRAM", str(offline_machine.directory / "terraform")))
    offline_machine.write(HEAD + BACKEND + VPC, "stacks/deploy/dev.yaml")
    offline_machine.write("vars: { nat: true }\n", "stacks/catalog/vpc.yaml")
    offline_machine.write('variable "cidr" {}\n', "components/terraform/vpc/main.tf")
    program = offline_machine.write("#!/bin/sh\necho run >> ran.txt\n", "terraform")
    program.chmod(0o755)
    return offline_machine


BROKEN = {
    "a missing import": (
        {"deploy/dev.yaml": f"import:\n  - catalog/vcp\n{HEAD}{VPC}"},
        "failed to find a match for the import 'catalog/vcp'",
        "stacks/deploy/dev.yaml:2:5",
        'did you mean "catalog/vpc"?',
    ),
    "a circle of imports": (
        {"deploy/dev.yaml": f"import: [catalog/a]\n{HEAD}{VPC}", "catalog/a.yaml": "import:\n  - ../deploy/dev\n"},
        "manifests import each other in a circle",
        "stacks/catalog/a.yaml:2:5",
        "move what both need into a third manifest, and import that",
    ),
    "an import of itself": (
        {"deploy/dev.yaml": f"import: [./dev]\n{HEAD}{VPC}"},
        "the import './dev' is the manifest itself",
        "stacks/deploy/dev.yaml:1:10",
        "take the line out",
    ),
    "an import that is remote": (
        {"deploy/dev.yaml": f'import: ["git::https://host/a.git//b"]\n{HEAD}{VPC}'},
        "the import git::https://host/a.git//b is remote, and only local files are read",
        "stacks/deploy/dev.yaml:1:10",
        "keep a copy of it in the repository, and import that",
    ),
    "no YAML": (
        {"deploy/dev.yaml": f"{HEAD}components:\n  terraform: {{ vpc: [ }}\n"},
        "this is not valid YAML",
        "stacks/deploy/dev.yaml:3:23",
        None,
    ),
    "a list": ({"deploy/dev.yaml": "- a\n"}, "a stack manifest is a mapping", "stacks/deploy/dev.yaml:1:1", None),
    "a section that is none": (
        {"deploy/dev.yaml": f"{HEAD}components: {{ terraform: {{ vpc: {{ vars: 3 }} }} }}\n"},
        "`vars` is a mapping",
        "stacks/deploy/dev.yaml:2:41",
        None,
    ),
    "a template that cannot be read": (
        {"deploy/dev.yaml": HEAD + VPC.replace("10.0.0.0/16", '"{{ .vars.stage | uper }}"')},
        "the function `uper` is not known",
        "stacks/deploy/dev.yaml:2:66",
        "Did you mean",
    ),
    "a manifest that is a template that cannot be read": (
        {"deploy/dev.yaml": f"import: [catalog/t]\n{HEAD}{VPC}", "catalog/t.yaml.tmpl": "vars:\n  a: {{ if }}\n"},
        "",
        "stacks/catalog/t.yaml.tmpl:2:",
        None,
    ),
    "a base that is not there": (
        {"deploy/dev.yaml": HEAD + INHERITS},
        'component "vpc" inherits from "vpd", which its stack does not have',
        "stacks/deploy/dev.yaml:2:58",
        "did you mean",
    ),
    "a backend that nobody configured": (
        {"deploy/dev.yaml": HEAD + BACKEND.replace("backend_type: s3", "backend_type: gcs") + VPC},
        'component "vpc" of stack "plat-dev": backend_type is "gcs", and no such backend is configured',
        "stacks/deploy/dev.yaml:2:28",
        "write `backend: { gcs: ... }`",
    ),
    "a file that is not there to be included": (
        {"deploy/dev.yaml": HEAD + VPC.replace("10.0.0.0/16", "!include ./gone.yaml")},
        "this file does not exist",
        "stacks/deploy/gone.yaml:1:1",
        "Check the spelling of the path.",
    ),
    "a file from elsewhere to be included": (
        {"deploy/dev.yaml": HEAD + VPC.replace("10.0.0.0/16", '!include "https://host/a.yaml"')},
        "!include reads local files only, and https://host/a.yaml is remote",
        "stacks/deploy/dev.yaml:2:49",
        "Download the file and include the copy.",
    ),
    "metadata of one component for all": (
        {"deploy/dev.yaml": f"{HEAD}metadata: {{ component: vpc }}\n{VPC}"},
        "`metadata.component` belongs to a component",
        "stacks/deploy/dev.yaml:2:13",
        "write it into the component",
    ),
    "a local that needs itself": (
        {"deploy/dev.yaml": f'{HEAD}locals: {{ a: "{{{{ .locals.a }}}}" }}\n{VPC}'},
        "the local `a` needs itself",
        "stacks/deploy/dev.yaml:2:14",
        "write one of them without the other",
    ),
}


@pytest.mark.parametrize(("files", "message", "place", "hint"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_named_where_it_stands(stacks: Machine, files, message, place, hint):
    for name, text in files.items():
        stacks.write(text, f"stacks/{name}")
    before = _below(stacks.directory)
    for words in (("describe", "component"), ("terraform", "plan"), ("terraform", "deploy")):
        result = stacks.atmos(*words, "vpc", "-s", "plat-dev")
        assert (result.returncode, result.stdout) == (1, ""), result.stderr
        (finding,) = stacks.findings(result.stderr)
        assert finding.message.startswith(message)
        assert (finding.place or "").startswith(str(stacks.directory / place))
        if hint is not None:
            assert any(said.startswith(hint) for said in finding.hints), finding.hints
        assert finding.hints, "there is a way out"
    assert _below(stacks.directory) == before


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            ("vcp", "-s", "plat-dev"),
            "Could not find the component `vcp` in the stack `plat-dev`",
            "Did you mean `vpc`?",
        ),
        (("vpc", "-s", "plat-dve"), "Stack `plat-dve` not found", "Did you mean `plat-dev`?"),
        (("vpc", "-s", "deploy/dev"), "Stack `deploy/dev` not found", "Did you mean `plat-dev`?"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(stacks: Machine, words, message, hint):
    before = _below(stacks.directory)
    for verb in (("describe", "component"), ("terraform", "plan"), ("terraform", "shell")):
        result = stacks.atmos(*verb, *words)
        assert (result.returncode, result.stdout) == (1, ""), result.stderr
        (finding,) = stacks.findings(result.stderr)
        assert finding.message.startswith(message)
        assert finding.hints[0] == hint
    assert _below(stacks.directory) == before


def test_once_it_is_mended_it_runs(stacks: Machine):
    result = stacks.atmos("terraform", "plan", "vpc", "-s", "plat-dev")
    assert result.returncode == 0, result.stderr
    assert (stacks.directory / "components/terraform/vpc/ran.txt").exists()


def _below(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): path.read_text(encoding="utf-8")
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }
