"""Values of other components, from their state and from Terraform itself, read as whoever may."""

import json
from pathlib import Path

import pytest

from aws_emulator import Emulator
from conftest import Machine
from installed import terraform

ATMOS_YAML = """\
stacks: {{ base_path: stacks, included_paths: ["deploy/**/*"], name_pattern: "{{stage}}" }}
components: {{ terraform: {{ base_path: components/terraform, command: "{terraform}" }} }}
auth:
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
  identities:
    dev:
      kind: aws/permission-set
      default: true
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
    prod:
      kind: aws/assume-role
      via: {{ identity: dev }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole", session_name: terraform }}
"""
VPC = """\
variable "name" { type = string }
variable "stage" { type = string }
resource "terraform_data" "vpc" { input = var.name }
output "id" { value = "vpc-${var.name}" }
output "subnets" { value = ["a", "b"] }
output "nothing" { value = null }
output "who" { value = nonsensitive(try(file("${path.module}/who.txt"), "nobody")) }
"""
DEV = """\
vars: { stage: dev }
components:
  terraform:
    vpc: { vars: { name: main } }
    fixed:
      metadata: { component: vpc }
      remote_state_backend_type: static
      remote_state_backend: { static: { id: fix } }
    base: { metadata: { type: abstract } }
    app:
      metadata: { component: vpc }
      vars:
        id: !FUNCTION vpc id
        first: !FUNCTION vpc dev ".subnets[0]"
        fallback: !FUNCTION vpc ".missing // \"\"x\"\"\"
        fixed: !FUNCTION fixed id
        abstract: !FUNCTION base id
"""
EXPECTED = {"abstract": None, "fallback": "x", "first": "a", "fixed": "fix", "id": "vpc-main", "stage": "dev"}
FUNCTIONS = ("terraform.output", "terraform.state")


@pytest.fixture
def repository(offline_machine: Machine, aws: Emulator, tmp_path: Path) -> Machine:
    machine = offline_machine
    machine.write(ATMOS_YAML.format(url=aws.url, terraform=terraform(tmp_path)))
    machine.write(VPC, "components/terraform/vpc/main.tf")
    machine.environ |= {"TF_CLI_CONFIG_FILE": str(machine.write("", "terraformrc")), "CHECKPOINT_DISABLE": "1"}
    return machine


def describe(machine: Machine, component: str, *words: str):
    return machine.atmos("describe", "component", component, "-s", "dev", "-q", ".vars", "-f", "json", *words)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_of_another_component(repository: Machine, aws: Emulator, function: str):
    repository.write(DEV.replace("FUNCTION", function), "stacks/deploy/dev.yaml")
    applied = repository.atmos("terraform", "deploy", "vpc", "-s", "dev", "--identity=false")
    assert applied.returncode == 0, applied.stderr
    shown = describe(repository, "app", "--identity=false")
    assert (json.loads(shown.stdout), shown.stderr) == (EXPECTED, "")
    assert aws.journal.entries() == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_may_be_left_alone(repository: Machine, function: str):
    repository.write(DEV.replace("FUNCTION", function), "stacks/deploy/dev.yaml")
    for words in (("--process-functions=false",), ("--skip", function)):
        shown = describe(repository, "app", *words)
        assert json.loads(shown.stdout)["id"] == f"!{function} vpc id"


def test_a_component_without_state_is_named_unless_there_is_a_value_for_that(repository: Machine):
    repository.write(DEV.replace("FUNCTION", "terraform.state"), "stacks/deploy/dev.yaml")
    missing = describe(repository, "app", "--identity=false")
    (finding,) = repository.findings(missing.stderr)
    assert finding.message == 'component "vpc" of stack "dev" is not provisioned: it has no state yet'
    assert (finding.place or "").endswith("dev.yaml:13:13")
    assert "atmos terraform apply vpc -s dev" in finding.hints
    app = "{ vars: { x: !terraform.state vpc '.x // 1' } }"
    only = f"vars: {{ stage: dev }}\ncomponents: {{ terraform: {{ vpc: {{}}, app: {app} }} }}"
    repository.write(only, "stacks/deploy/dev.yaml")
    assert json.loads(describe(repository, "app").stdout)["x"] == 1


def test_components_that_need_each_other_are_named(repository: Machine):
    stack = (
        "vars: { stage: dev }\ncomponents:\n  terraform:\n"
        "    a: { vars: { x: !terraform.state b x } }\n    b: { vars: { x: !terraform.state a x } }\n"
    )
    repository.write(stack, "stacks/deploy/dev.yaml")
    (finding,) = repository.findings(describe(repository, "a", "--identity=false").stderr)
    assert finding.message == "circular dependency detected"
    assert 'needs component "a" of stack "dev"' in finding.details


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "lacks an argument"),
        ("vpc", "lacks an argument"),
        ("vpc dev id more", "at most 3"),
        ("vcp id", "Could not find the component `vcp`"),
        ("vpc dve id", "Stack `dve` not found"),
        ("vpc '.a[ // 1'", "the query `.a[ // 1` cannot be worked out"),
    ],
)
def test_functions_that_are_written_wrongly(repository: Machine, words: str, message: str):
    stack = "vars: { stage: dev }\ncomponents: { terraform: { vpc: {}, app: { vars: { x: '{}' } } } }\n"
    repository.write(stack.replace("'{}'", f'!terraform.state "{words}"'), "stacks/deploy/dev.yaml")
    result = describe(repository, "app", "--identity=false")
    assert result.returncode == 1
    assert message in repository.findings(result.stderr)[0].message


def test_terraform_that_fails_is_shown_with_what_it_said(repository: Machine):
    repository.write(DEV.replace("FUNCTION", "terraform.output"), "stacks/deploy/dev.yaml")
    repository.write("this is no terraform", "components/terraform/vpc/broken.tf")
    (finding,) = repository.findings(describe(repository, "app", "--identity=false").stderr)
    assert finding.message.startswith('Terraform cannot say what component "vpc" of stack "dev" has put out')
    assert any("broken.tf" in line for line in finding.details)


def test_another_component_is_read_as_its_own_stack_says(repository: Machine, aws: Emulator):
    """Its backend asks AWS who comes: the run is `dev`, the other stack's default is `prod`."""
    repository.login("dev")
    stack = """\
        vars: { stage: dev }
        components:
          terraform:
            shared: { metadata: { component: vpc }, vars: { name: s } }
            own: { metadata: { component: vpc }, auth: { identities: { prod: { default: true } } } }
            app: { vars: { a: !terraform.output shared id, b: !terraform.output own id } }
        """
    repository.write(stack, "stacks/deploy/dev.yaml")
    program = repository.write(
        '#!/bin/sh\n[ "$1" = output ] && { echo "{\\"id\\": {\\"value\\": \\"$AWS_PROFILE\\"}}"; }\nexit 0\n', "fake"
    )
    program.chmod(0o755)
    text = repository.atmos_yaml.read_text()
    start, end = text.index('command: "'), text.index('" } }')
    repository.write(text[:start] + f'command: "{program}' + text[end:])
    shown = describe(repository, "app")
    assert json.loads(shown.stdout) == {"a": "dev", "b": "prod", "stage": "dev"}
    without = describe(repository, "app", "--identity=false")
    assert json.loads(without.stdout) == {"a": "", "b": "", "stage": "dev"}
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_a_component_knows_whom_aws_takes_it_for(repository: Machine, aws: Emulator):
    repository.write(
        """\
        vars: { stage: dev }
        components:
          terraform:
            mine:
              vars:
                account: !aws.account_id
                arn: !aws.caller_identity_arn
                user: !aws.caller_identity_user_id
                region: !aws.region
            theirs:
              auth: { identities: { prod: { default: true } } }
              vars:
                account: !aws.account_id
        """,
        "stacks/deploy/dev.yaml",
    )
    repository.login("dev")
    mine = describe(repository, "mine")
    assert mine.returncode == 0, mine.stderr
    told = json.loads(mine.stdout)
    assert (told["account"], told["region"]) == ("111111111111", "us-east-1")
    assert ":assumed-role/" in told["arn"]
    assert told["user"]
    asked = [entry for entry in aws.journal.entries() if "GetCallerIdentity" in str(entry)]
    assert len(asked) == 1, "once for all that it says"
    assert json.loads(describe(repository, "theirs").stdout)["account"] == "333333333333"
    assert json.loads(describe(repository, "mine", "--identity", "prod").stdout)["account"] == "333333333333"


def test_without_credentials_nobody_is_asked_who_it_is(repository: Machine, aws: Emulator):
    stack = "vars: { stage: dev }\ncomponents:\n  terraform:\n    a:\n      vars:\n        x: !aws.account_id\n"
    repository.write(stack, "stacks/deploy/dev.yaml")
    result = describe(repository, "a", "--identity=false")
    (finding,) = repository.findings(result.stderr)
    assert (result.returncode, finding.message) == (1, "there are no credentials for !aws.account_id")
    assert (finding.place or "").endswith("stacks/deploy/dev.yaml:6:12")
    assert aws.journal.entries() == []
    repository.write(stack.replace("account_id", "region nowhere"), "stacks/deploy/dev.yaml")
    assert "!aws.region takes at most 0 arguments" in describe(repository, "a", "--identity=false").stderr
