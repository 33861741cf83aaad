"""`!terraform.state` where states are in S3: read as whoever may, and never taken for missing where they may not."""

import configparser
import json
from collections.abc import Iterator

import pytest
from buckets import Buckets

from aws_emulator import Emulator
from conftest import CHAIN, Machine

SETTINGS = """\
stacks: { base_path: stacks, included_paths: ["*"], name_pattern: "{stage}" }
components: { terraform: { base_path: code } }
"""
STACK = """\
vars: {{ stage: dev }}
terraform:
  backend_type: s3
  backend: {{ s3: {{ bucket: states, region: us-east-1, key: t.tfstate, endpoints: {{ s3: "{url}" }} }} }}
components:
  terraform:
    vpc: {{}}
    own: {{ backend: {{ s3: {{ bucket: others, workspace_key_prefix: kept }} }}, {own} }}
    role: {{ backend: {{ s3: {{ bucket: others, assume_role: {{ role_arn: "{role}" }} }} }} }}
    # Where its state is stands in the state of another one.
    far: {{ backend: {{ s3: {{ bucket: !terraform.state vpc bucket }} }} }}
    app: {{ vars: {{ read: !terraform.state {words} }} }}
"""
OWN = "auth: { identities: { staging: { default: true } } }"
ROLE = "arn:aws:iam::333333333333:role/DeployRole"


@pytest.fixture
def buckets() -> Iterator[Buckets]:
    with Buckets() as buckets:
        yield buckets


@pytest.fixture
def project(machine: Machine, buckets: Buckets) -> Machine:
    machine.write(CHAIN.format(url=machine.url).replace("default: true", "") + SETTINGS)
    for identity, bucket in (("base", "states"), ("staging", "others")):
        machine.login(identity)
        buckets.open_to(bucket, access_key(machine, identity))
    buckets.put("/states/vpc/dev/t.tfstate", state(id="vpc-1", bucket="states"))
    buckets.put("/states/far/dev/t.tfstate", state(id="far-1"))
    buckets.put("/others/kept/dev/t.tfstate", state(id="own-1"))
    return machine


def state(**outputs: str) -> bytes:
    return json.dumps({"version": 4, "outputs": {name: {"value": value} for name, value in outputs.items()}}).encode()


def access_key(machine: Machine, identity: str) -> str:
    found = configparser.ConfigParser()
    for provider in ("my-sso", "other-sso"):
        found.read(machine.credentials(provider))
    return found[identity]["aws_access_key_id"]


def read(machine: Machine, buckets: Buckets, words: str, *flags: str, own: str = OWN):
    machine.write(STACK.format(url=buckets.url, own=own, role=ROLE, words=words), "stacks/dev.yaml")
    return machine.atmos("describe", "component", "app", "-s", "dev", "-q", ".vars.read", *flags)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("vpc id", "vpc-1"),
        ("vpc dev id", "vpc-1"),
        ("vpc missing", "null"),
        ("own id", "own-1"),
        ("far id", "far-1"),
        ("own '.missing // \"none\"'", "none"),
    ],
    ids=["run", "named-stack", "no-such-output", "own-default", "nested", "default"],
)
def test_nested_auth_reads_a_state_as_whoever_may(project: Machine, buckets: Buckets, words: str, expected: str):
    result = read(project, buckets, words, "-i", "base")
    assert (result.stdout, result.stderr) == (f"{expected}\n", "")
    assert len(buckets.asked) == len(set(buckets.asked)), "each state is read once"


@pytest.mark.parametrize("words", ["own id", "own '.id // \"none\"'"], ids=["plain", "with-a-default"])
def test_nested_inheritance_never_takes_a_refusal_for_a_missing_value(project: Machine, buckets: Buckets, words: str):
    result = read(project, buckets, words, "-i", "base", own="")
    (finding,) = project.findings(result.stderr)
    assert (result.returncode != 0, result.stdout) == (True, "")
    assert "AccessDenied" in "".join((finding.message, *finding.details))
    assert any("needed by !terraform.state at" in detail for detail in finding.details)


def test_a_state_that_is_not_there_is_named_unless_there_is_a_value_for_that(project: Machine, buckets: Buckets):
    buckets.open_to("others", access_key(project, "base"))
    result = read(project, buckets, "own id", "-i", "base", own="vars: {}, metadata: { component: other }")
    (finding,) = project.findings(result.stderr)
    assert finding.message == 'component "own" of stack "dev" is not provisioned: it has no state yet'
    elsewhere = read(project, buckets, "own '.id // 1'", "-i", "base", own="metadata: { component: other }")
    assert (elsewhere.stdout, elsewhere.stderr) == ("1\n", "")


def test_the_role_of_the_backend_is_taken_by_whoever_reads(project: Machine, buckets: Buckets, aws: Emulator):
    result = read(project, buckets, "role id", "-i", "base")
    assert result.returncode != 0
    assert aws.journal.count("sts:AssumeRole") == 1
    (asked,) = buckets.asked
    assert asked[0] not in (access_key(project, "base"), access_key(project, "staging"))


def test_without_an_identity_the_environment_decides(project: Machine, buckets: Buckets):
    keys = {"AWS_ACCESS_KEY_ID": "AKIAMINE", "AWS_SECRET_ACCESS_KEY": "secret"}
    buckets.open_to("states", "AKIAMINE")
    project.environ |= keys
    assert read(project, buckets, "vpc id", "--identity=false").stdout == "vpc-1\n"
    assert {key for key, _ in buckets.asked} == {"AKIAMINE"}
    for name in keys:
        del project.environ[name]
    (finding,) = project.findings(read(project, buckets, "vpc id", "--identity=false").stderr)
    assert finding.message == "there are no credentials to read the state with"
    assert finding.hints == ("name an identity: --identity NAME",)
