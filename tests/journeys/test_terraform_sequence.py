"""What Terraform is run with, word by word and variable by variable."""

from pathlib import Path

import pytest
from recorder import PLAN, PROD, PROGRAM, SELECT, SETTINGS, STACK, VARS, Call, Recorder

from aws_emulator import Emulator
from conftest import CHAIN, operations

# --- exact sequence for one component ------------------------------------------------------------------------


def test_exact_sequence_for_one_component(recorder: Recorder):
    recorder.machine.login(PROD)
    result = recorder.machine.atmos("terraform", "deploy", "vpc", "-s", "dev")
    assert result.returncode == 0, result.stderr
    assert recorder.calls() == [
        Call("vpc", "init"),
        Call("vpc", f"{SELECT} dev"),
        Call("vpc", f"apply {VARS} -auto-approve"),
    ]
    assert recorder.beside() == {"main.tf", "dev-vpc.terraform.tfvars.json"}
    # What is no answer of the command itself is no data.
    assert (result.stdout, result.stderr) == ("out: apply\n", "out: init\nerr: init\nerr: apply\n")


@pytest.mark.parametrize(
    ("failing", "status", "expected"),
    [
        ("init", 3, ["init"]),
        ("workspace-select", 7, ["init", f"{SELECT} dev"]),
        ("plan", 2, ["init", f"{SELECT} dev", f"plan {VARS} {PLAN}"]),
    ],
)
def test_exact_sequence_ends_with_what_fails(recorder: Recorder, failing: str, status: int, expected: list[str]):
    recorder.ends(failing, status)
    result = recorder.machine.atmos("terraform", "plan", "vpc", "-s", "dev", "--identity=false")
    assert result.returncode == status
    assert [call.words for call in recorder.calls()] == expected
    # What fails is shown, also that of which nothing is shown when it goes well.
    assert f"err: {failing.partition('-')[0]}" in result.stderr


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("plan vpc -s dev", {"dev-vpc.terraform.tfvars.json", "dev-vpc.planfile"}),
        ("show vpc -s dev", {"dev-vpc.terraform.tfvars.json", "dev-vpc.planfile"}),
        ("validate vpc -s dev", {"dev-vpc.terraform.tfvars.json"}),
        ("deploy vpc -s dev", set()),
        ("deploy vpc -s dev --from-plan", set()),
        ("deploy vpc -s dev --planfile main.tf", {"dev-vpc.planfile"}),
        ("workspace list vpc -s dev", set()),
    ],
)
def test_exact_sequence_and_what_is_left_behind(recorder: Recorder, typed: str, left: set[str]):
    code = recorder.machine.directory / "code" / "vpc"
    (code / "dev-vpc.planfile").touch()
    recorder.words(*typed.split())
    assert {path.name for path in code.iterdir()} - {"main.tf"} == left


def test_a_failure_leaves_everything_where_it_is(recorder: Recorder):
    recorder.ends("apply", 1)
    (recorder.machine.directory / "code/vpc/dev-vpc.planfile").touch()
    assert recorder.machine.atmos("terraform", "deploy", "vpc", "-s", "dev", "--identity=false").returncode == 1
    left = {path.name for path in (recorder.machine.directory / "code" / "vpc").iterdir()}
    assert left == {"main.tf", "dev-vpc.planfile", "dev-vpc.terraform.tfvars.json"}


DESCRIBED = """\
    described:
      metadata: { component: vpc }
      generate:
        context.auto.tfvars.json: { stack: "{{ .atmos_stack }}", size: "{{ .vars.size }}" }
        notes/README.md: "of {{ .atmos_component }}\\n"
      vars: { size: 9 }
"""
GENERATED = {
    "context.auto.tfvars.json": '{\n  "size": "9",\n  "stack": "dev"\n}\n',
    "notes/README.md": "of described\n",
}


@pytest.mark.parametrize("templates", ["", "templates: { settings: { enabled: true } }\n"], ids=["off", "on"])
def test_generated_files_that_a_component_describes_are_there_if_they_are_wanted(recorder: Recorder, templates: str):
    recorder.machine.write(STACK + DESCRIBED, "stacks/dev.yaml")
    code = recorder.machine.directory / "code" / "vpc"
    recorder.words("validate", "described", "-s", "dev")
    assert not [name for name in GENERATED if (code / name).exists()]
    recorder.configure("auto_generate_files: true")
    with recorder.machine.atmos_yaml.open("a") as file:
        file.write(templates)
    recorder.words("validate", "described", "-s", "dev")
    assert {name: (code / name).read_text() for name in GENERATED} == GENERATED
    cleaned = recorder.machine.atmos("terraform", "clean", "described", "-s", "dev", "--force")
    assert cleaned.returncode == 0, cleaned.stderr
    assert not [name for name in GENERATED if (code / name).exists()]


@pytest.mark.parametrize("words", [("described", "-s", "dev"), ("--all",), ("--all", "-s", "dev")])
def test_generated_files_may_be_written_and_deleted_alone(recorder: Recorder, aws: Emulator, words: tuple[str, ...]):
    recorder.machine.write(STACK + DESCRIBED, "stacks/dev.yaml")
    code = recorder.machine.directory / "code" / "vpc"
    verb = ("terraform", "generate", "files", *words)
    dry = recorder.machine.atmos(*verb, "--dry-run")
    assert dry.stdout == "".join(f"code/vpc/{name}\n" for name in GENERATED)
    assert not [name for name in GENERATED if (code / name).exists()]
    written = recorder.machine.atmos(*verb)
    assert written.stderr == "".join(f"✓ Wrote code/vpc/{name}\n" for name in GENERATED)
    assert {name: (code / name).read_text() for name in GENERATED} == GENERATED
    cleaned = recorder.machine.atmos(*verb, "--clean")
    assert cleaned.stderr == "".join(f"✓ Deleted code/vpc/{name}\n" for name in GENERATED)
    assert (recorder.calls(), operations(aws)) == ([], [])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "no component named"),
        (("vpc",), "stack is required"),
        (("vpc", "--all"), "--all can't be used with the name of a component"),
        (("own", "-s", "dev"), 'generate: "../x" is no name of a file'),
    ],
)
def test_generated_files_that_cannot_be_are_refused(recorder: Recorder, words: tuple[str, ...], message: str):
    recorder.machine.write(STACK.replace("own: {", "own: { generate: { ../x: y },"), "stacks/dev.yaml")
    for more in ((), ("--dry-run",), ("--clean",)):
        refused = recorder.machine.atmos("terraform", "generate", "files", *words, *more)
        (finding,) = recorder.machine.findings(refused.stderr)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert finding.message.startswith(message)


# --- environment of terraform children -----------------------------------------------------------------------


def test_environment_of_terraform_children(recorder: Recorder):
    recorder.machine.login(PROD)
    given = {"BOTH": "shell", "GONE": "shell", "KEPT": "shell", "AWS_PROFILE": "shell", "AWS_ACCESS_KEY_ID": "AKIA"}
    assert recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", env=given).returncode == 0
    seen = recorder.environment()
    assert {name: seen.get(name) for name in ("FROM_CONFIG", "BOTH", "GONE", "KEPT", "NUMBER", "SWITCH", "LIST")} == {
        "FROM_CONFIG": "configured",
        "BOTH": "component",
        "GONE": None,
        "KEPT": "shell",
        "NUMBER": "7",
        "SWITCH": "true",
        "LIST": '["a", 1]',
    }
    # Neither those of the shell nor those of a stack win over the identity.
    assert (seen["AWS_PROFILE"], "AWS_ACCESS_KEY_ID" in seen) == (PROD, False)
    assert seen["ATMOS_BASE_PATH"] == seen["ATMOS_CLI_CONFIG_PATH"] == str(recorder.machine.directory)
    assert (seen["TF_IN_AUTOMATION"], seen["ATMOS_SHLVL"]) == ("true", "1")
    assert seen["TF_APPEND_USER_AGENT"].startswith("atmos-auth/")
    assert seen["PWD"] == str(recorder.machine.directory / "code" / "vpc")


@pytest.mark.parametrize(
    ("written", "is_ours"), [("", True), ("relative", True), ("/", True), ("/somewhere/plugins", False)]
)
def test_environment_of_terraform_children_and_the_cache_of_plugins(recorder: Recorder, written: str, is_ours: bool):
    recorder.words("validate", "vpc", "-s", "dev", TF_PLUGIN_CACHE_DIR=written)
    seen = recorder.environment()
    assert (seen["TF_PLUGIN_CACHE_DIR"] != written) == is_ours
    assert ("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE" in seen) == is_ours
    recorder.configure("plugin_cache: false")
    recorder.words("validate", "vpc", "-s", "dev", TF_PLUGIN_CACHE_DIR=written)
    assert recorder.environment()["TF_PLUGIN_CACHE_DIR"] == written


def test_environment_of_terraform_children_in_a_home_that_is_read_only(recorder: Recorder, tmp_path: Path):
    # A file cannot be a folder, for root neither.
    (tmp_path / "file").touch()
    words = ("terraform", "validate", "--components", "vpc,infra/dns", "--identity=false")
    result = recorder.machine.atmos(*words, env={"XDG_CACHE_HOME": str(tmp_path / "file")})
    assert result.returncode == 0, result.stderr
    assert not {"TF_PLUGIN_CACHE_DIR", "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"} & set(recorder.environment())
    (warning,) = recorder.machine.findings(result.stderr)
    assert warning.message.startswith(f"cannot create the folder {tmp_path / 'file'}")
    assert "providers are kept for each component alone" in warning.message


def test_environment_of_terraform_children_and_a_cache_of_the_projects_own(recorder: Recorder):
    for written, folder in (
        ("kept/here", recorder.machine.directory / "kept/here"),
        ("~/kept", recorder.machine.home / "kept"),
    ):
        recorder.configure(f"plugin_cache_dir: {written}")
        recorder.words("validate", "vpc", "-s", "dev")
        assert recorder.environment()["TF_PLUGIN_CACHE_DIR"] == str(folder)
        assert folder.is_dir()


@pytest.mark.parametrize(
    ("stack", "more"),
    [
        ("env: {{ PATH: '{folder}:{path}' }}\n", ""),
        ("env: {{ PATH: !exec \"printf '%s' '{folder}'\" }}\n", ""),
        (
            "settings: {{ at: '{folder}' }}\nenv: {{ PATH: '{{{{ .settings.at }}}}' }}\n",
            "templates: {{ settings: {{ enabled: true }} }}\n",
        ),
        ("", "env: {{ PATH: '{folder}:{path}' }}\n"),
    ],
    ids=["stack", "function", "template", "configuration"],
)
def test_environment_of_terraform_children_decides_where_terraform_is(recorder: Recorder, stack: str, more: str):
    machine = recorder.machine
    folder = machine.directory / "programs"
    folder.mkdir()
    (machine.directory / "terraform").rename(folder / "kept-terraform")
    filled = {"folder": folder, "path": machine.environ["PATH"]}
    settings = SETTINGS[: SETTINGS.index("env:")].format(program="kept-terraform", more="") + more.format(**filled)
    machine.write(CHAIN.format(url=machine.url) + settings)
    machine.write(STACK + stack.format(**filled), "stacks/dev.yaml")
    # It is a script, whose programs are found along the same PATH.
    (folder / "kept-terraform").write_text(PROGRAM.replace("\nenv ", "\nPATH=/usr/bin:/bin\nenv ", 1))
    (folder / "kept-terraform").chmod(0o755)
    assert recorder.words("validate", "vpc", "-s", "dev") == ["init", f"{SELECT} dev", "validate"]
    (folder / "kept-terraform").unlink()
    refused = machine.atmos("terraform", "validate", "vpc", "-s", "dev", "--identity=false")
    (finding,) = machine.findings(refused.stderr)
    assert (refused.returncode, finding.message) == (127, "command not found: kept-terraform")


@pytest.mark.parametrize("variable", ["TF_CLI_ARGS", "TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_VAR_size"])
def test_environment_of_terraform_children_that_surprises_is_said(recorder: Recorder, variable: str):
    words = ("terraform", "validate", "vpc", "-s", "dev", "--identity=false")
    said = recorder.machine.atmos(*words, env={variable: "x"})
    assert f"⚠ {variable} is set, and changes what Terraform does\n" in said.stderr
    assert recorder.environment()[variable] == "x"


def test_environment_of_an_import_has_a_region(recorder: Recorder):
    for command, region in (("import", "eu-west-1"), ("validate", None)):
        recorder.words(command, "vpc", "-s", "dev")
        assert recorder.environment().get("AWS_REGION") == region
    recorder.words("import", "vpc", "-s", "dev", AWS_REGION="us-east-2")
    assert recorder.environment()["AWS_REGION"] == "us-east-2"


def test_a_toolchain_that_nothing_installs_is_said_where_another_program_runs(recorder: Recorder):
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(f"{text}toolchain: {{ versions_file: .tool-versions }}\n")
    result = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", "--identity=false")
    assert (result.returncode, result.stdout) == (0, "out: validate\n")
    assert "⚠ toolchain in atmos.yaml is not supported" in result.stderr


# --- init ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "typed", "init"),
    [
        ("", "deploy", "init"),
        ("deploy_run_init: true", "deploy", "init"),
        ("deploy_run_init: false", "deploy", None),
        ("deploy_run_init: false", "validate", "init"),
        ("init_run_reconfigure: true", "validate", "init -reconfigure"),
        ("init: { pass_vars: true }", "validate", f"init {VARS}"),
        ("", "fmt", None),
        ("", "workspace", "init -reconfigure"),
    ],
)
def test_init(recorder: Recorder, settings: str, typed: str, init: str | None):
    recorder.configure(settings)
    words = [words for words in recorder.words(typed, "vpc", "-s", "dev") if words.startswith("init")]
    assert words == ([init] if init else [])


def test_init_forgets_the_workspace_of_another_backend(recorder: Recorder):
    for folder, variables in ((".terraform", {}), ("elsewhere", {"TF_DATA_DIR": "elsewhere"})):
        note = recorder.machine.write("old", f"code/vpc/{folder}/environment")
        recorder.words("validate", "vpc", "-s", "dev", **variables)
        assert not note.exists()


@pytest.mark.parametrize(
    ("wanted", "noted", "init"),
    [
        ("local", '{ "backend": { "type": "local", "config": { "path": null } } }', "init"),
        ("local", '{ "backend": { "type": "local", "config": { "path": "other" } } }', "init -reconfigure"),
        ("local", '{ "backend": { "type": "s3", "config": {} } }', "init -reconfigure"),
        ("s3", '{ "backend": { "type": "local", "config": {} } }', "init -reconfigure"),
        ("local", '{ "backend": { "type": "local", "config": [] } }', "init -reconfigure"),
        ("local", "[broken", "init -reconfigure"),
        ("local", "{}", "init -reconfigure"),
    ],
)
@pytest.mark.parametrize("data", [".terraform", "elsewhere"])
def test_init_of_state_that_stays_local_forgets_nothing(recorder: Recorder, wanted, noted: str, init: str, data: str):
    recorder.machine.write(f"{STACK}terraform: {{ backend_type: {wanted} }}\n", "stacks/dev.yaml")
    recorder.machine.write(noted, f"code/vpc/{data}/terraform.tfstate")
    words = ("workspace", "list", "vpc", "-s", "dev")
    assert recorder.words(*words, TF_DATA_DIR=data) == [init, "workspace list"]


def test_init_alone(recorder: Recorder):
    assert recorder.words("init", "vpc", "-s", "dev", "-upgrade") == ["init -upgrade"]
    assert "dev-vpc.terraform.tfvars.json" in recorder.beside()


# --- workspace -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("workspace vpc", ["init -reconfigure", f"{SELECT} dev"]),
        ("workspace list vpc", ["init -reconfigure", "workspace list"]),
        ("workspace show vpc", ["init -reconfigure", "workspace show"]),
        ("workspace new vpc", ["init -reconfigure", "workspace new dev"]),
        ("workspace delete own", ["init -reconfigure", "workspace delete dev-own"]),
        ("providers vpc", ["init", "providers"]),
        ("providers schema vpc -json", ["init", "providers schema -json"]),
        ("validate own", ["init", f"{SELECT} dev-own", "validate"]),
    ],
)
def test_workspace(recorder: Recorder, typed: str, expected: list[str]):
    assert recorder.words(*typed.split(), "-s", "dev") == expected


def test_workspace_of_the_shell_or_of_nobody(recorder: Recorder):
    assert recorder.words("validate", "vpc", "-s", "dev", TF_WORKSPACE="mine") == ["init", "validate"]
    recorder.configure("workspaces_enabled: false")
    assert recorder.words("validate", "vpc", "-s", "dev") == ["init", "validate"]


def test_workspace_that_cannot_be_selected_is_made(recorder: Recorder):
    recorder.ends("workspace-select", 1)
    assert recorder.words("validate", "vpc", "-s", "dev") == ["init", f"{SELECT} dev", "workspace new dev", "validate"]
    recorder.ends("workspace-new", 1)
    failed = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", "--identity=false")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "out: workspace\nerr: workspace\n" in failed.stderr


def test_workspace_that_is_in_use_already_will_do(recorder: Recorder):
    recorder.ends("workspace-select", 1)
    recorder.ends("workspace-new", 1)
    recorder.machine.write("dev\n", "code/vpc/.terraform/environment")
    words = ("terraform", "validate", "vpc", "-s", "dev", "--identity=false", "--skip-init")
    goes_on = recorder.machine.atmos(*words)
    assert (goes_on.returncode, goes_on.stdout) == (0, "out: validate\n")
    assert "⚠ the workspace dev could be neither selected nor made, but is the one in use" in goes_on.stderr
    recorder.machine.write("other\n", "code/vpc/.terraform/environment")
    assert recorder.machine.atmos(*words).returncode == 1


# --- arguments of the final call -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("apply vpc -auto-approve", f"apply {VARS} -auto-approve"),
        ("deploy vpc -auto-approve", f"apply {VARS} -auto-approve"),
        ("deploy vpc --from-plan -lock=false", "apply -lock=false dev-vpc.planfile"),
        ("destroy vpc -auto-approve", f"destroy {VARS} -auto-approve"),
        ("refresh vpc", f"refresh {VARS}"),
        ("test vpc", f"test {VARS}"),
        ("output vpc -raw name", "output -raw name"),
        ("show vpc", "show"),
        ("show vpc kept -json", "show -json kept"),
        ("validate vpc", "validate"),
        ("taint vpc a.b", "taint a.b"),
        ("graph vpc", "graph"),
        ("console vpc", "console"),
        ("get vpc", "get"),
        ("untaint vpc a.b", "untaint a.b"),
        ("modules vpc -json", "modules -json"),
        ("metadata functions vpc -json", "metadata functions -json"),
        ("providers mirror vpc -platform linux_arm64 there", "providers mirror -platform linux_arm64 there"),
        ("state show vpc a.b", "state show a.b"),
        ("login vpc app.terraform.io", "login app.terraform.io"),
        ("fmt vpc -recursive", "fmt -recursive"),
    ],
)
def test_arguments_of_the_final_call(recorder: Recorder, typed: str, last: str):
    recorder.machine.write("", "code/vpc/dev-vpc.planfile")
    assert recorder.words(*typed.split(), "-s", "dev")[-1] == last


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("output vpc --format xml", '"xml" is not a format'),
        ("output vpc --flatten", "--flatten needs --format"),
        ("output vpc --output-file x", "--output-file needs --format"),
        ("plan vpc --format json", "--format can't be used with `plan`: it is for what a component has put out"),
        ("state list vpc --uppercase", "--uppercase can't be used with `state list`"),
        ("output vpc --format json -raw", "-raw can't be used with --format"),
        ("output vpc one two --format json", "unexpected 'two': --format writes all outputs, or one"),
        ("output --all --format json", "--format can't be used with bulk operations"),
    ],
)
def test_output_that_cannot_be_had_is_refused_first(recorder: Recorder, aws: Emulator, typed: str, message: str):
    refused = recorder.machine.atmos("terraform", *typed.split(), "-s", "dev", "--force-tty")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert (refused.returncode, refused.stdout, recorder.calls()) == (1, "", [])
    assert finding.message.startswith(message)
    assert operations(aws) == []


def test_output_in_a_format_takes_the_same_steps(recorder: Recorder):
    answer = PROGRAM.replace('echo "out: $1"', 'if [ "$1" = output ]; then echo "{}"; else echo "out: $1"; fi')
    recorder.machine.write(answer, "terraform")
    words = ("output", "vpc", "-s", "dev", "-no-color", "--format", "json", "--", "-state=kept")
    assert recorder.words(*words) == ["init", f"{SELECT} dev", "output -json -no-color -state=kept"]
    dry = ("terraform", "output", "vpc", "-s", "dev", "--format", "json", "--dry-run")
    assert recorder.machine.atmos(*dry).stdout.splitlines()[-1].endswith("terraform output -json")
    recorder.ends("output", 4)
    failed = recorder.machine.atmos("terraform", "output", "vpc", "-s", "dev", "-f", "env", "--identity=false")
    assert (failed.returncode, failed.stdout) == (4, "")
    assert failed.stderr.endswith("err: output\n")
    (recorder.folder / "exit-output").unlink()
    recorder.machine.write(PROGRAM, "terraform")
    odd = recorder.machine.atmos("terraform", "output", "vpc", "-s", "dev", "-f", "env", "--identity=false")
    assert (odd.returncode, odd.stdout) == (1, "")
    assert "✗ what Terraform has put out cannot be understood" in odd.stderr
    off = recorder.machine.atmos("terraform", "output", "off", "-s", "dev", "-f", "json", "--identity=false")
    assert (off.returncode, off.stdout) == (0, "")


def test_arguments_of_the_final_call_when_the_configuration_approves(recorder: Recorder):
    recorder.configure("apply_auto_approve: true")
    assert recorder.words("apply", "vpc", "-s", "dev")[-1] == f"apply {VARS} -auto-approve"
    recorder.machine.write("", "code/vpc/dev-vpc.planfile")
    assert recorder.words("apply", "vpc", "-s", "dev", "--from-plan")[-1] == "apply dev-vpc.planfile"


def test_a_run_that_fails_for_another_reason_blames_no_credentials(recorder: Recorder):
    recorder.machine.login(PROD)
    recorder.ends("plan", 1)
    failed = recorder.machine.atmos("terraform", "plan", "vpc", "-s", "dev")
    assert failed.returncode == 1
    assert "--refresh" not in failed.stderr


@pytest.mark.parametrize("status", [0, 1, 2, 130])
def test_exit_codes_are_terraforms(recorder: Recorder, status: int):
    recorder.ends("plan", status)
    words = ("terraform", "plan", "vpc", "-s", "dev", "--identity=false", "--", "-detailed-exitcode")
    assert recorder.machine.atmos(*words).returncode == status
