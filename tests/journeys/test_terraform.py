"""Real Terraform for components of stacks, as their identities."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from aws_emulator import Emulator
from conftest import BIN, Machine, operations
from installed import installed, terraform

ATMOS_YAML = """\
stacks: {{ base_path: stacks, included_paths: ["deploy/**/*"], name_pattern: "{{tenant}}-{{stage}}" }}
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
DEV = """\
vars: { tenant: plat, stage: dev }
components:
  terraform:
    who: { vars: { label: dev } }
    who-prod:
      metadata: { component: who }
      vars: { label: prod }
      auth: { identities: { prod: { default: true } } }
    base: { metadata: { type: abstract, component: who } }
    locked: { metadata: { component: who, locked: true }, vars: { label: x } }
    off: { metadata: { component: who, enabled: false } }
    lost: { metadata: { component: nowhere } }
"""
# What runs in the plan asks AWS who it is, as a provider would.
MAIN = """\
variable "label" { type = string }
variable "stage" { type = string }
variable "tenant" { type = string }
resource "terraform_data" "who" {
  triggers_replace = timestamp()
  provisioner "local-exec" {
    command = "aws sts get-caller-identity --query Arn --output text >> ${path.module}/who.txt"
  }
}
output "label" { value = var.label }
output "workspace" { value = terraform.workspace }
"""
DEV_ARN = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdminAccess"
PROD_ARN = "arn:aws:sts::333333333333:assumed-role/DeployRole/terraform"


@pytest.fixture
def repository(offline_machine: Machine, aws: Emulator, tmp_path: Path) -> Machine:
    machine = offline_machine
    machine.write(ATMOS_YAML.format(url=aws.url, terraform=terraform(tmp_path)))
    machine.write(DEV, "stacks/deploy/dev.yaml")
    machine.write(MAIN, "components/terraform/who/main.tf")
    empty = machine.write("", "terraformrc")
    machine.environ |= {"TF_CLI_CONFIG_FILE": str(empty), "CHECKPOINT_DISABLE": "1"}
    return machine


def code_of(machine: Machine) -> Path:
    return machine.directory / "components" / "terraform" / "who"


def test_apply_runs_as_the_components_identity(repository: Machine, aws: Emulator):
    repository.login()
    for component in ("who", "who-prod"):
        applied = repository.atmos("terraform", "apply", component, "-s", "plat-dev", "-auto-approve", "-no-color")
        assert applied.returncode == 0, applied.stdout + applied.stderr
    dev, prod = (code_of(repository) / "who.txt").read_text().splitlines()
    assert dev.startswith(DEV_ARN)
    assert prod == PROD_ARN
    assert operations(aws).count("sso-oidc:StartDeviceAuthorization") == 1
    assert aws.journal.count("sts:AssumeRole") == 1


def test_each_instance_has_a_workspace_of_its_own_and_output_is_data_alone(repository: Machine):
    repository.login()
    for component, workspace in (("who", "plat-dev"), ("who-prod", "plat-dev-who-prod")):
        assert repository.atmos("terraform", "deploy", component, "-s", "plat-dev").returncode == 0
        output = repository.atmos("terraform", "output", component, "-s", "plat-dev", "-json")
        assert json.loads(output.stdout)["workspace"]["value"] == workspace
    assert (code_of(repository) / "terraform.tfstate.d" / "plat-dev" / "terraform.tfstate").is_file()


@pytest.mark.parametrize(
    ("words", "variables"), [(("--identity", "prod"), {}), (("-iprod",), {}), ((), {"ATMOS_IDENTITY": "prod"})]
)
def test_an_identity_may_be_named(repository: Machine, words, variables):
    repository.login()
    applied = repository.atmos("terraform", "deploy", "who", "-s", "plat-dev", *words, env=variables)
    assert applied.returncode == 0, applied.stderr
    assert (code_of(repository) / "who.txt").read_text().strip() == PROD_ARN


@pytest.mark.parametrize(
    ("words", "variables"), [(("--identity=false",), {}), (("-i", "off"), {}), ((), {"ATMOS_IDENTITY": "false"})]
)
def test_without_authentication_the_environment_decides(repository: Machine, aws: Emulator, words, variables):
    plan = repository.atmos("terraform", "plan", "who", "-s", "plat-dev", *words, env=variables)
    assert plan.returncode == 0, plan.stderr
    assert aws.journal.entries() == []


def test_variables_of_other_identities_do_not_get_through(repository: Machine):
    repository.login()
    other = {"AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "x", "AWS_PROFILE": "other"}
    applied = repository.atmos("terraform", "deploy", "who", "-s", "plat-dev", env=other)
    assert applied.returncode == 0, applied.stderr
    assert (code_of(repository) / "who.txt").read_text().startswith(DEV_ARN)


def test_nobody_signs_in_for_what_cannot_be_run(repository: Machine, aws: Emulator):
    for component, message in (
        ("lost", 'the component "lost" points to the code "nowhere", which does not exist'),
        ("base", "abstract component cannot be provisioned"),
        ("locked", "locked component cannot be provisioned"),
        ("whoo", "Could not find the component `whoo` in the stack `plat-dev`."),
    ):
        result = repository.atmos("terraform", "apply", component, "-s", "plat-dev", "--force-tty")
        (finding,) = repository.findings(result.stderr)
        assert (result.returncode, result.stdout) == (1, "")
        assert finding.message.startswith(message)
    off = repository.atmos("terraform", "apply", "off", "-s", "plat-dev")
    assert (off.returncode, off.stderr) == (0, 'Component "off" of plat-dev is not enabled and skipped\n')
    assert aws.journal.entries() == []


def test_nobody_signs_in_where_there_is_no_terraform(repository: Machine, aws: Emulator):
    lacking = {"ATMOS_COMPONENTS_TERRAFORM_COMMAND": "no-such-terraform"}
    result = repository.atmos("terraform", "plan", "who", "-s", "plat-dev", "--force-tty", env=lacking)
    (finding,) = repository.findings(result.stderr)
    assert (result.returncode, finding.message) == (127, "command not found: no-such-terraform")
    assert "or name another program in atmos.yaml: `components.terraform.command: tofu`" in finding.hints
    assert aws.journal.entries() == []
    assert repository.atmos("terraform", "plan", "who", "-s", "plat-dev", "--dry-run", env=lacking).returncode == 0


def test_a_sign_in_that_fails_starts_no_terraform(repository: Machine):
    result = repository.atmos("terraform", "plan", "who", "-s", "plat-dev")
    assert result.returncode == 2
    assert "needs a person" in repository.findings(result.stderr)[0].message
    assert [path.name for path in code_of(repository).iterdir()] == ["main.tf"], "nothing was written"


def test_a_dry_run_signs_nobody_in_and_writes_nothing(repository: Machine, aws: Emulator):
    dry = repository.atmos("terraform", "plan", "who-prod", "-s", "plat-dev", "--dry-run", "-lock=false")
    lines = dry.stdout.splitlines()
    assert lines[0] == f"cd {code_of(repository)}"
    assert [line.split("terraform", 1)[1].strip() for line in lines[1:]] == [
        "init",
        "workspace select -or-create plat-dev-who-prod",
        "plan -var-file plat-dev-who-prod.terraform.tfvars.json -out plat-dev-who-prod.planfile -lock=false",
    ]
    assert aws.journal.entries() == []
    assert [path.name for path in code_of(repository).iterdir()] == ["main.tf"]


def test_a_stored_plan_is_applied_and_gone(repository: Machine):
    repository.login()
    assert repository.atmos("terraform", "plan", "who", "-s", "plat-dev").returncode == 0
    assert (code_of(repository) / "plat-dev-who.planfile").is_file()
    applied = repository.atmos("terraform", "apply", "who", "-s", "plat-dev", "--from-plan")
    assert applied.returncode == 0, applied.stderr
    left = {path.name for path in code_of(repository).iterdir()}
    assert left == {"main.tf", ".terraform", "terraform.tfstate.d", "who.txt", "plat-dev-who.terraform.tfvars.json"} - (
        {"plat-dev-who.terraform.tfvars.json"}
    )


def test_terraforms_status_is_ours(repository: Machine):
    plan = ("terraform", "plan", "who", "-s", "plat-dev", "--identity=false", "-detailed-exitcode")
    assert repository.atmos(*plan).returncode == 2
    broken = repository.atmos(*plan, "-var", "label=x", "-target=nothing[")
    assert broken.returncode == 1
    assert "Error" in broken.stderr
    repository.write("this is no terraform", "components/terraform/who/broken.tf")
    assert repository.atmos(*plan).returncode == 1


def test_a_backend_file_is_written_where_it_is_wanted(repository: Machine):
    stack = DEV + "terraform: { backend_type: local, backend: { local: { path: kept.tfstate } } }\n"
    repository.write(stack, "stacks/deploy/dev.yaml")
    words = ("terraform", "plan", "who", "-s", "plat-dev", "--identity=false", "--auto-generate-backend-file=true")
    assert repository.atmos(*words).returncode == 0
    written = json.loads((code_of(repository) / "backend.tf.json").read_text())
    assert written == {"terraform": {"backend": {"local": {"path": "kept.tfstate"}}}}
    repository.write(DEV, "stacks/deploy/dev.yaml")
    (finding,) = repository.findings(repository.atmos(*words).stderr)
    assert finding.message == 'backend_type is required for component "who" of stack "plat-dev"'
    assert (finding.place or "").endswith("dev.yaml:4:5")


def test_init_asks_nobody_to_copy_local_state_onto_itself(repository: Machine):
    """With `-reconfigure` Terraform does, as soon as there are workspaces."""
    text = repository.atmos_yaml.read_text()
    settings = "auto_generate_backend_file: true, init_run_reconfigure: true, "
    repository.write(text.replace("base_path: comp", f"{settings}base_path: comp"))
    local = "terraform: { backend_type: local, backend: { local: { path: terraform.tfstate } } }\n"
    repository.write(DEV + local, "stacks/deploy/dev.yaml")
    for words in (("deploy",), ("plan",), ("workspace",), ("workspace", "list"), ("output",)):
        ran = repository.atmos("terraform", *words, "who", "-s", "plat-dev", "--identity=false")
        assert "Do you want to migrate" not in ran.stdout + ran.stderr
        assert ran.returncode == 0 or words == ("deploy",), ran.stderr


@pytest.mark.parametrize("words", [("who", "-s", "plat-dev"), ("who",), ("-s", "plat-dev"), ()], ids=" ".join)
def test_what_is_cleaned_where_state_is_local_can_be_planned_again(repository: Machine, words: tuple[str, ...]):
    """Terraform would ask whether to migrate the workspaces, had it forgotten where they are."""
    repository.write(
        repository.atmos_yaml.read_text().replace(
            "base_path: comp", "auto_generate_backend_file: true, base_path: comp"
        )
    )
    local = "terraform: { backend_type: local, backend: { local: { path: terraform.tfstate } } }\n"
    repository.write(DEV + local, "stacks/deploy/dev.yaml")
    repository.write('resource "terraform_data" "x" {}', "components/terraform/who/main.tf")
    data = code_of(repository) / ".terraform"
    command = ("who", "-s", "plat-dev", "--identity=false")
    assert repository.atmos("terraform", "deploy", *command).returncode == 0
    assert repository.atmos("terraform", "clean", *words, "--force").returncode == 0
    assert [path.name for path in data.iterdir()] == ["terraform.tfstate"]
    planned = repository.atmos("terraform", "plan", *command)
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert "No changes" in planned.stdout
    assert repository.atmos("terraform", "clean", "who", "-s", "plat-dev", "--force", "--everything").returncode == 0
    assert not data.exists()
    again = repository.atmos("terraform", "plan", *command)
    assert "1 to add" in again.stdout, again.stdout + again.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no command given"),
        (("plna", "who"), '"plna" is not a command of Terraform'),
        (("plan", "who"), "stack is required; specify it on the command line using the flag --stack <stack>"),
        (("plan", "-s", "plat-dev"), "component is required"),
        (("plan", "who", "-s", "plat-dve"), "Stack `plat-dve` not found"),
        (("plan", "who", "-s", "plat-dev", "--unheard"), "unknown flag --unheard"),
        (("plan", "who", "-s", "plat-dev", "--identity", "ghost"), 'identity "ghost" not found'),
        (("plan", "who", "-s", "plat-dev", "--skip-planfile=perhaps"), "--skip-planfile is 'perhaps'"),
    ],
)
def test_what_is_typed_wrongly_is_explained(repository: Machine, words, message):
    result = repository.atmos("terraform", *words)
    assert result.returncode == 1
    assert message in repository.findings(result.stderr)[0].message


@pytest.mark.parametrize("flag", ["--target=x", "-not-known"])
def test_a_flag_that_nobody_knows_is_answered_with_where_it_goes(repository: Machine, flag: str):
    result = repository.atmos("terraform", "plan", "who", "-s", "plat-dev", flag)
    (finding,) = repository.findings(result.stderr)
    assert (result.returncode, finding.message) == (1, f"unknown flag {flag}")
    assert "a flag of Terraform's has one dash; one that is not known here goes behind `--`" in finding.hints


def test_who_is_missing_is_asked_at_a_terminal(repository: Machine):
    terminal = repository.terminal("terraform", "plan", "--identity=false", "--dry-run")
    terminal.expect("Choose a stack")
    terminal.send("\r")
    terminal.expect("Choose a component")
    terminal.send("\x1b[B" * 4 + "\r")
    terminal.expect("plat-dev-who")
    terminal.wait()
    assert terminal.exitstatus == 0


def test_terraform_knows_where_it_is_and_what_surprises_is_said(repository: Machine):
    repository.write(
        'resource "terraform_data" "e" {\n  provisioner "local-exec" { command = "env > ${path.module}/env.txt" }\n}\n',
        "components/terraform/who/main.tf",
    )
    result = repository.atmos(
        "terraform", "deploy", "who", "-s", "plat-dev", "--identity=false", env={"TF_VAR_label": "x", "KEPT": "yes"}
    )
    assert result.returncode == 0, result.stderr
    assert "TF_VAR_label is set, and changes what Terraform does" in result.stderr
    found = dict(
        line.split("=", 1) for line in (code_of(repository) / "env.txt").read_text().splitlines() if "=" in line
    )
    assert found["ATMOS_BASE_PATH"] == found["ATMOS_CLI_CONFIG_PATH"] == str(repository.directory)
    assert (found["KEPT"], found["TF_IN_AUTOMATION"], found["ATMOS_SHLVL"]) == ("yes", "true", "1")
    assert os.path.isdir(found["TF_PLUGIN_CACHE_DIR"])


@pytest.mark.parametrize("older", [None, 0o644], ids=["the first plan", "over a readable one"])
def test_a_stored_plan_is_readable_by_its_owner_alone(repository: Machine, older: int | None):
    plan = code_of(repository) / "plat-dev-who.planfile"
    if older is not None:
        plan.touch()
        plan.chmod(older)
    assert repository.atmos("terraform", "plan", "who", "-s", "plat-dev", "--identity=false").returncode == 0
    assert plan.stat().st_size > 0
    assert oct(plan.stat().st_mode & 0o777) == "0o600"


def test_a_plan_that_fails_leaves_no_empty_one(repository: Machine):
    repository.write("resource broken", "components/terraform/who/main.tf")
    assert repository.atmos("terraform", "plan", "who", "-s", "plat-dev", "--identity=false").returncode == 1
    assert not (code_of(repository) / "plat-dev-who.planfile").exists()


def test_what_terraform_can_make_again_goes_when_somebody_agrees(repository: Machine):
    deploy = ("terraform", "plan", "who", "-s", "plat-dev", "--identity=false")
    assert repository.atmos(*deploy).returncode == 0
    code = code_of(repository)
    clean = ("terraform", "clean", "who", "-s", "plat-dev")
    made = [".terraform", "plat-dev-who.planfile", "plat-dev-who.terraform.tfvars.json"]
    shown = repository.atmos(*clean, "--dry-run").stdout.splitlines()
    assert shown == [f"components/terraform/who/{name}" for name in (made[0], made[2], made[1])]
    refused = repository.atmos(*clean)
    assert (refused.returncode, refused.stdout) == (0, "")
    assert "Nothing was deleted" in refused.stderr
    assert (code / ".terraform").is_dir()
    terminal = repository.terminal(*clean)
    terminal.expect_exact("components/terraform/who/.terraform")
    terminal.expect("Delete this?")
    terminal.send("y\r")
    terminal.expect_exact("Deleted components/terraform/who/plat-dev-who.planfile")
    terminal.wait()
    assert not [name for name in made if (code / name).exists()]
    assert repository.atmos(*clean, "--force").stderr == "Nothing to delete\n"


@pytest.mark.parametrize("words", [("-s", "plat-dev"), ("who-prod", "-s", "plat-dev"), ("who-prod",)])
def test_clean_of_a_stack_leaves_what_other_stacks_have(repository: Machine, words: tuple[str, ...]):
    repository.write(
        DEV.replace("stage: dev", "stage: prod").replace("who-prod", "who-more"), "stacks/deploy/prod.yaml"
    )
    names = ("plat-dev-who-prod", "plat-prod-who-more", "plat-prod-who")
    for name in names:
        (code_of(repository) / f"{name}.planfile").touch()
    assert repository.atmos("terraform", "clean", *words, "--force").returncode == 0
    assert [name for name in names if (code_of(repository) / f"{name}.planfile").exists()] == list(names[1:])


def test_clean_of_all_components_takes_what_may_be_secret(repository: Machine):
    folder = code_of(repository)
    secret = ("plat-dev-who.planfile", "gone-who.planfile", "plat-dev-who.terraform.tfvars.json")
    own = ("main.tf", "terraform.tfvars.json", "planfile", "own.auto.tfvars.json")
    for name in (*secret, *own):
        (folder / name).touch()
        repository.write("", f"components/terraform/deep/er/{name}")
    shown = repository.atmos("terraform", "clean", "--dry-run").stdout.splitlines()
    assert len(shown) == 2 * len(secret)
    assert repository.atmos("terraform", "clean", "--force").returncode == 0
    for left in (folder, folder.parent / "deep" / "er"):
        assert {path.name for path in left.iterdir()} == set(own)


@pytest.mark.parametrize("settings", ["", "plugin_cache_dir: kept/plugins, "])
def test_clean_of_the_cache_takes_providers_and_leaves_all_else(repository: Machine, settings: str):
    repository.write(repository.atmos_yaml.read_text().replace("base_path: comp", f"{settings}base_path: comp"))
    cache = repository.directory / "kept/plugins" if settings else repository.home / ".cache/atmos/terraform/plugins"
    provider = cache / "registry.terraform.io" / "hashicorp" / "null" / "3.2.0" / "linux_amd64" / "provider"
    others = [cache / "notes.txt", cache / ".hidden.d" / "x", cache / "folder" / "x"]
    for path in (provider, *others, code_of(repository) / ".terraform" / "x"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    refused = repository.atmos("terraform", "clean", "--cache")
    assert (refused.returncode, provider.exists()) == (0, True)
    (finding,) = repository.findings(repository.atmos("terraform", "clean", "who", "--cache", "--force").stderr)
    assert finding.message == "--cache deletes what all components share, and takes none of them"
    shown = repository.atmos("terraform", "clean", "--cache", "--dry-run").stdout
    assert os.path.normpath(repository.directory / shown.strip()) == str(cache / "registry.terraform.io")
    cleaned = repository.atmos("terraform", "clean", "--cache", "--force")
    assert (cleaned.returncode, provider.exists()) == (0, False)
    assert all(path.exists() for path in (*others, code_of(repository) / ".terraform" / "x"))
    assert repository.atmos("terraform", "clean", "--cache", "--force").stderr == "Nothing to delete\n"


def test_state_goes_only_when_everything_is_to_go(repository: Machine):
    assert repository.atmos("terraform", "deploy", "who", "-s", "plat-dev", "--identity=false").returncode == 1
    state = code_of(repository) / "terraform.tfstate.d" / "plat-dev"
    assert state.is_dir()
    assert repository.atmos("terraform", "clean", "--force").returncode == 0
    assert not (code_of(repository) / ".terraform").exists()
    assert state.is_dir()
    assert repository.atmos("terraform", "clean", "--force", "--everything").returncode == 1
    assert repository.atmos("terraform", "clean", "who", "--force", "--everything").returncode == 0
    assert not state.exists()


def test_files_may_be_written_alone(repository: Machine, aws: Emulator):
    written = repository.atmos("terraform", "generate", "varfile", "who", "-s", "plat-dev")
    assert written.stderr == "✓ Wrote components/terraform/who/plat-dev-who.terraform.tfvars.json\n"
    looked = repository.atmos("terraform", "generate", "varfile", "who", "-s", "plat-dev", "--logs-level", "debug")
    assert '"label": "dev"' in looked.stderr
    varfile = json.loads((code_of(repository) / "plat-dev-who.terraform.tfvars.json").read_text())
    assert varfile == {"label": "dev", "stage": "dev", "tenant": "plat"}
    assert (
        json.loads(repository.atmos(*["terraform", "generate", "varfile", "who", "-s", "plat-dev", "-f", "-"]).stdout)
        == varfile
    )
    backend = repository.atmos(*["terraform", "generate", "backend", "who", "-s", "plat-dev", "--file", "b.json"])
    assert "backend_type is required" in repository.findings(backend.stderr)[0].message
    assert aws.journal.entries() == []


PUT_OUT = """\
variable "label" { type = string }
output "label" { value = var.label }
output "password" {
  value     = "p$(touch x)'\\nw"
  sensitive = true
}
output "tags" { value = { Name = "a b" } }
"""
OUTPUT = ("terraform", "output", "who", "-s", "plat-dev", "--identity=false")


def test_output_in_a_format_is_data_for_programs(repository: Machine, tmp_path: Path):
    repository.write(PUT_OUT, "components/terraform/who/main.tf")
    assert repository.atmos("terraform", "deploy", "who", "-s", "plat-dev", "--identity=false").returncode == 0
    values = {"label": "dev", "password": "p$(touch x)'\nw", "tags": {"Name": "a b"}}
    whole = repository.atmos(*OUTPUT, "--format", "json")
    assert (whole.returncode, json.loads(whole.stdout)) == (0, values)
    assert "Initializing" in whole.stderr
    one = repository.atmos(*OUTPUT, "tags", "-f", "yaml")
    assert (one.returncode, one.stdout) == (0, "Name: a b\n")
    kept = tmp_path / "outputs.sh"
    written = repository.atmos(*OUTPUT, "-f", "bash", "-u", "--flatten", "-o", str(kept))
    assert (written.returncode, written.stdout) == (0, "")
    assert kept.stat().st_mode & 0o777 == 0o600
    script = f'. {kept}; printf "%s|%s|%s" "$LABEL" "$PASSWORD" "$TAGS_NAME"'
    assert (
        subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
        == "dev|p$(touch x)'\nw|a b"
    )
    lost = repository.atmos(*OUTPUT, "lable", "--format", "json")
    (finding,) = [one for one in repository.findings(lost.stderr) if "output" in one.message]
    assert (lost.returncode, lost.stdout, finding.message) == (1, "", 'there is no output "lable"')
    assert finding.hints == ('did you mean "label"?', "there is: label, password, tags")


def test_output_for_a_github_job_is_appended_and_secrets_are_masked(repository: Machine, tmp_path: Path):
    repository.write(PUT_OUT, "components/terraform/who/main.tf")
    assert repository.atmos("terraform", "deploy", "who", "-s", "plat-dev", "--identity=false").returncode == 0
    job = tmp_path / "job"
    job.write_text("earlier=1\n")
    variables = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(job)}
    given = repository.atmos(*OUTPUT, "--format", "github", env=variables)
    assert given.returncode == 0, given.stderr
    assert job.read_text().startswith("earlier=1\nlabel=dev\npassword<<")
    assert given.stdout == "::add-mask::p$(touch x)'\n::add-mask::w\n"
    shown = repository.atmos(*OUTPUT, "--format", "json", env=variables)
    assert "::add-mask::w\n" in shown.stderr
    json.loads(shown.stdout)


def test_what_is_below_a_command_is_a_command_of_its_own(repository: Machine):
    for words in (("terraform", "clean"), ("terraform", "generate", "varfile"), ("terraform", "generate", "backend")):
        assert repository.atmos(*words, "--help").stdout.startswith(f"usage: atmos {' '.join(words)} ")
    result = repository.atmos("terraform", "generate", "nothing", "-s", "plat-dev")
    assert '"generate" is not a command of Terraform' in repository.findings(result.stderr)[0].message


ORDERED = """\
vars: { tenant: plat, stage: dev }
components:
  terraform:
    one: { metadata: { component: who }, vars: { label: x }, settings: { depends_on: { 1: { component: two } } } }
    two:
      metadata: { component: who, labels: { team: web, tier: 1 } }
      vars: { label: x }
      auth: { identities: { prod: { default: true } } }
    base: { metadata: { type: abstract, component: who } }
"""


def test_several_components_run_in_their_order_each_as_its_own_identity(repository: Machine, aws: Emulator):
    repository.write(ORDERED, "stacks/deploy/dev.yaml")
    repository.login()
    applied = repository.atmos("terraform", "deploy", "--all", "-s", "plat-dev")
    assert applied.returncode == 0, applied.stderr
    prod, dev = (code_of(repository) / "who.txt").read_text().splitlines()
    assert prod == PROD_ARN
    assert dev.startswith(DEV_ARN)
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


@pytest.mark.timeout(400)
def test_one_sign_in_is_enough_for_thirty_components(repository: Machine, aws: Emulator):
    component = "    c{number}: {{ metadata: {{ component: who }}, vars: {{ label: x }}{more} }}\n"
    components = [component.format(number=number, more="") for number in range(29)]
    components += component.format(number=29, more=", auth: { identities: { prod: { default: true } } }")
    heading = "vars: { tenant: plat, stage: dev }\ncomponents:\n  terraform:\n"
    repository.write("".join([heading, *components]), "stacks/deploy/dev.yaml")
    # Nobody has signed in before: the first component that needs it has the person asked.
    words = ("terraform", "apply", "--all", "-s", "plat-dev", "-auto-approve", "-no-color", "--force-tty")
    child = repository.start(*words, "--no-browser")
    stdout, stderr = child.communicate(timeout=300)
    assert child.returncode == 0, stdout + stderr
    assert stdout.count("Apply complete!") == 30
    arns = (code_of(repository) / "who.txt").read_text().splitlines()
    assert [arn.startswith(DEV_ARN) for arn in arns].count(True) == 29
    assert arns.count(PROD_ARN) == 1
    # Thirty runs asked AWS who they are; to get there took one sign-in, one set of keys, and one role on top of it.
    calls = [operation for operation in operations(aws) if operation != "sts:GetCallerIdentity"]
    assert operations(aws).count("sts:GetCallerIdentity") == 30
    for operation in ("sso-oidc:StartDeviceAuthorization", "sso:GetRoleCredentials", "sts:AssumeRole"):
        assert calls.count(operation) == 1, operation


def test_several_components_stop_at_a_failure(repository: Machine):
    repository.write(ORDERED.replace("label: x }\n", "label: [x] }\n"), "stacks/deploy/dev.yaml")
    result = repository.atmos("terraform", "plan", "--all", "-s", "plat-dev", "--identity=false")
    assert result.returncode == 1
    assert "plan `two` in `plat-dev` has failed with exit code 1; 1 more were not begun" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--all",), "Would plan `two` in `plat-dev` (dry run)\nWould plan `one` in `plat-dev` (dry run)\n"),
        (("--components", "one"), "Would plan `one` in `plat-dev` (dry run)\n"),
        (("-q", '.atmos_component == "two"'), "Would plan `two` in `plat-dev` (dry run)\n"),
        (("--tags", "nothing"), "No components matched\n"),
        (("--labels", "team=web, tier=1"), "Would plan `two` in `plat-dev` (dry run)\n"),
        (("--labels", "team=web,tier=2"), "No components matched\n"),
    ],
)
def test_a_dry_run_of_several_says_which(repository: Machine, words, said):
    repository.write(ORDERED, "stacks/deploy/dev.yaml")
    result = repository.atmos("terraform", "plan", *words, "--dry-run")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", said)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("who", "--all"), "--all can't be used with the name of a component: it is for bulk operations"),
        (("who", "--labels", "a=b"), "--labels can't be used with the name of a component"),
        (("--labels", "team"), "--labels takes names with values, not 'team'"),
        (("--all", "--from-plan"), "--planfile and --from-plan can't be used with --all: bulk operations"),
    ],
)
def test_what_several_cannot_have(repository: Machine, words, message):
    (finding,) = repository.findings(repository.atmos("terraform", "apply", *words).stderr)
    assert finding.message.startswith(message)


def test_a_shell_is_ready_for_terraform_by_hand(repository: Machine):
    repository.login()
    words = ("terraform", "shell", "who-prod", "-s", "plat-dev", "--shell", "sh")
    shell = repository.terminal(*words, env={"PS1": "ready> "})
    shell.expect_exact("This sh is for `who-prod` in `plat-dev`")
    for command, answer in (
        # It is a login shell, whose profile decides about PATH.
        (f"{BIN / 'aws'} sts get-caller-identity --query Arn --output text", PROD_ARN),
        ("echo in:$(basename $PWD):$ATMOS_TERRAFORM_WORKSPACE", "in:who:plat-dev-who-prod"),
        (f"{terraform_of(repository)} plan -no-color -input=false | tail -3", "label     = "),
    ):
        shell.sendline(command)
        shell.expect_exact(answer)
    shell.sendline("exit 7")
    shell.wait()
    assert shell.exitstatus == 7


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "sh"])
def test_a_shell_has_the_prompt_of_the_project(repository: Machine, name: str):
    program = installed(name)
    text = repository.atmos_yaml.read_text().replace(
        "base_path: comp", "shell: { prompt: '[{{ .Component }}|{{ .Stack }}]: ' }, base_path: comp"
    )
    repository.write(text)
    for startup in (".bashrc", ".bash_profile", ".zshrc"):
        (repository.home / startup).write_text("PS1='theirs> '\n")
    words = ("terraform", "shell", "who", "-s", "plat-dev", "--identity=false", "--shell", program)
    shell = repository.terminal(*words, env={"LC_ALL": "C.UTF-8"})
    shell.expect_exact("[who|plat-dev]: ")
    shell.send("echo $ATMOS_TERRAFORM_WORKSPACE; exit 7\r")
    shell.wait()
    assert shell.exitstatus == 7


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("[x]", "components.terraform.shell.prompt takes text"),
        ("'{{ .Component'", "this action is not closed"),
        ("'{{ .Who }}'", "Who"),
    ],
)
def test_a_prompt_that_is_none_is_said_before_anybody_signs_in(
    repository: Machine, aws: Emulator, prompt: str, message: str
):
    repository.write(
        repository.atmos_yaml.read_text().replace("base_path: comp", f"shell: {{ prompt: {prompt} }}, base_path: comp")
    )
    result = repository.atmos("terraform", "shell", "who", "-s", "plat-dev", "--force-tty")
    (finding,) = repository.findings(result.stderr)
    assert (result.returncode, result.stdout) == (1, "")
    assert message in finding.message
    assert "atmos.yaml" in (finding.place or "")
    assert aws.journal.entries() == []


def terraform_of(machine: Machine) -> str:
    return machine.atmos_yaml.read_text().partition('command: "')[2].partition('"')[0]


def test_a_shell_that_is_not_there_is_said_first(repository: Machine, aws: Emulator):
    result = repository.atmos("terraform", "shell", "who", "-s", "plat-dev", "--shell", "no-such-shell")
    assert "--shell names no-such-shell" in repository.findings(result.stderr)[0].message
    assert aws.journal.entries() == []
