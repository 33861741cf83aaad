"""What runs a thousand times a day must not load what it does not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aws_emulator import Emulator

# Nothing of these is needed to read a delivered profile.
FORBIDDEN = (
    "asyncio",
    "atmos_auth.aws_api",
    "atmos_auth.identities",
    "atmos_auth.programs.terraform",
    "atmos_auth.providers",
    "atmos_auth.stacks",
    "atmos_auth.stores",
    "boto3",
    "botocore",
    "copy",
    "cryptography",
    "dataclasses",
    "filelock",
    "http.client",
    "inspect",
    "jsonschema_rs",
    "keyring",
    "logging",
    "msgspec",
    "pydantic",
    "questionary",
    "requests",
    "rich",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "threading",
    "urllib3",
)
CONFIGURATION = """\
auth:
  providers:
    sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
  identities:
    dev:
      kind: aws/permission-set
      default: true
      via: {{ provider: sso }}
      principal: {{ name: AdminAccess, account: {{ id: "111111111111" }} }}
"""
# Runs one command line and reports, on a file of its own, what was imported and which paths were touched.
PROBE = """\
import json, os, sys
touched, events = set(), ("open", "os.listdir", "os.scandir")
sys.addaudithook(lambda event, given: touched.add(str(given[0])) if event in events else None)
from atmos_auth.cli.main import main
words, report = json.loads(sys.argv[1]), sys.argv[2]
status = main(words)
sys.stdout.flush()
paths = sorted(touched)
with open(report, "w") as file:
    json.dump([status, sorted(sys.modules), paths], file)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def run(words: list[str], project: Path, environ: dict[str, str]) -> tuple[int, list[str]]:
    """Return the status of a command line, and the modules that it loaded."""
    return probed(words, project, environ)[:2]


def probed(words: list[str], project: Path, environ: dict[str, str]) -> tuple[int, list[str], list[str]]:
    """Return the status of a command line, the modules that it loaded, and the paths that it opened or listed."""
    report = project / "modules.json"
    subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(words), str(report)],
        cwd=project,
        env=environ,
        check=True,
        capture_output=True,
    )
    status, loaded, paths = json.loads(report.read_text())
    return status, loaded, paths


INTEGRATIONS = """\
  integrations:
    images:
      kind: aws/ecr
      via: {{ identity: dev }}
      spec: {{ endpoint_url: "{url}", registry: {{ account_id: "111111111111", region: us-east-1 }} }}
    cluster:
      kind: aws/eks
      via: {{ provider: sso }}
      spec: {{ endpoint_url: "{url}", cluster: {{ name: main, region: us-east-1 }} }}
"""


def test_what_integrations_have_done_is_seen_at_a_glance(project: Path, environ: dict[str, str]):
    with Emulator(auto_approve=True) as aws:
        (project / "atmos.yaml").write_text((CONFIGURATION + INTEGRATIONS).format(url=aws.url))
        assert run(["auth", "login", "--force-tty", "--no-browser"], project, environ)[0] == 0
        assert aws.journal.count("eks:DescribeCluster", outcome="ok") == 1
        status, loaded = run(["auth", "exec", "--", "true"], project, environ)
        assert aws.journal.count("eks:DescribeCluster") == 1
    assert status == 0
    heavy = [m for m in loaded if any(m == name or m.startswith(f"{name}.") for name in FORBIDDEN)]
    assert heavy == []
    assert [m for m in loaded if m.startswith("atmos_auth.integrations")] == []


# What is read where a portal's identities are wanted, and never elsewhere.
PROVISIONED = {"atmos_auth.stores", "atmos_auth.stores.provisioned_files"}


@pytest.mark.parametrize(
    "words",
    [
        ["auth", "env", "-i", "staging/AdminAccess"],
        ["auth", "exec", "-i", "Staging/adminaccess", "--", "true"],
        ["auth", "exec", "--", "true"],
        ["auth", "list"],
    ],
    ids=" ".join,
)
def test_identities_that_were_found_are_read_with_little(words: list[str], project: Path, environ: dict[str, str]):
    wanted = CONFIGURATION.replace("      spec:", "      auto_provision_identities: true\n      spec:")
    with Emulator(auto_approve=True) as aws:
        (project / "atmos.yaml").write_text(wanted.format(url=aws.url))
        for identity in ("dev", "staging/AdminAccess"):
            assert run(["auth", "login", identity, "--force-tty", "--no-browser"], project, environ)[0] == 0
        status, loaded = run(words, project, environ)
    assert status == 0
    heavy = [m for m in loaded if any(m == name or m.startswith(f"{name}.") for name in FORBIDDEN)]
    assert set(heavy) == PROVISIONED


@pytest.mark.parametrize(
    "words",
    [
        ["auth", "env", "-i", "dev"],
        ["auth", "env", "--mode", "files"],
        ["auth", "env", "--format", "dotenv"],
        ["auth", "env", "--format", "fish"],
        ["auth", "env", "--unset"],
        ["auth", "exec", "--", "true"],
        ["auth", "credential-process", "dev"],
        ["auth", "whoami", "--offline"],
        ["auth", "list"],
    ],
    ids=" ".join,
)
def test_a_warm_call_loads_nothing_it_does_not_need(words: list[str], project: Path, environ: dict[str, str]):
    with Emulator(auto_approve=True) as aws:
        (project / "atmos.yaml").write_text(CONFIGURATION.format(url=aws.url))
        assert run(["auth", "login", "--force-tty", "--no-browser"], project, environ)[0] == 0
        status, loaded = run(words, project, environ)
    assert status == 0
    heavy = [m for m in loaded if any(m == name or m.startswith(f"{name}.") for name in FORBIDDEN)]
    assert heavy == []


# Nobody could read this one, and nobody tries to.
MANIFEST = "vars: [\n"
STACKS = """\
components: { terraform: { base_path: components/terraform } }
stacks: { base_path: stacks, included_paths: ["**/*"], name_pattern: "{stage}" }
"""


@pytest.mark.parametrize(
    "words",
    [
        ["auth", "login", "--force-tty", "--no-browser"],
        ["auth", "env"],
        ["auth", "exec", "--", "true"],
        ["auth", "credential-process"],
        ["auth", "whoami"],
        ["auth", "list"],
        ["auth", "validate"],
        ["auth", "logout", "dev"],
        ["completion", "zsh", "--", "atmos", "auth", "login", ""],
    ],
    ids=" ".join,
)
def test_who_signs_in_reads_no_stack(words: list[str], project: Path, environ: dict[str, str]):
    (project / "stacks").mkdir()
    (project / "stacks" / "dev.yaml").write_text(MANIFEST)
    with Emulator(auto_approve=True) as aws:
        (project / "atmos.yaml").write_text(CONFIGURATION.format(url=aws.url) + STACKS)
        assert run(["auth", "login", "--force-tty", "--no-browser"], project, environ)[0] == 0
        status, loaded, paths = probed(words, project, environ)
    assert status == 0
    assert [
        module for module in loaded if module.startswith(("atmos_auth.stacks", "atmos_auth.programs.terraform"))
    ] == []
    assert str(project / "atmos.yaml") in paths  # else nothing was seen at all
    assert [path for path in paths if path.startswith(str(project / "stacks"))] == []
