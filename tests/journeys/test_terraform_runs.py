"""What Terraform is run with, word by word and variable by variable: a program in its place writes it down."""

import json
import shlex
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

import pytest

from aws_emulator import Emulator
from conftest import CHAIN, Machine, operations

SETTINGS = """\
stacks: {{ base_path: stacks, included_paths: ["*"], name_pattern: "{{stage}}" }}
components: {{ terraform: {{ base_path: code, command: "{program}", {more} }} }}
env: {{ FROM_CONFIG: configured, BOTH: configured }}
"""
STACK = """\
vars: { stage: dev, region: eu-west-1 }
components:
  terraform:
    vpc:
      vars: { size: 9 }
      env: { BOTH: component, GONE: null, NUMBER: 7, SWITCH: true, LIST: [a, 1], AWS_PROFILE: stale }
    infra/dns: {}
    closed: { metadata: { component: vpc }, backend_type: http, backend: { http: { address: "http://x" } } }
    own: { metadata: { component: vpc }, auth: { identities: { staging: { default: true } } } }
    off: { metadata: { component: vpc, enabled: false } }
"""
# It ends as a file says that is named after its first words, and writes down what it was given.
PROGRAM = """\
#!/bin/sh
printf '%s\\n' "$PWD $*" >>"$RECORD/calls"
env >"$RECORD/environment"
ls -A >"$RECORD/beside"
if [ -t 0 ]; then echo terminal; fi
echo "out: $1"
echo "err: $1" >&2
for words in "$1-$2" "$1"; do
  if [ -e "$RECORD/exit-$words" ]; then exit "$(cat "$RECORD/exit-$words")"; fi
done
"""


class Call(NamedTuple):
    """One run: in which folder, below those of the code, and with which words."""

    folder: str
    words: str


class Recorder:
    """A project in which every run of Terraform is written down."""

    def __init__(self, machine: Machine, more: str = "") -> None:
        self.machine = machine
        self.folder = machine.directory / "recorded"
        self.folder.mkdir()
        program = machine.write(PROGRAM, "terraform")
        program.chmod(0o755)
        machine.environ["RECORD"] = str(self.folder)
        self.configure(more)
        machine.write(STACK, "stacks/dev.yaml")
        for code in ("vpc", "infra/dns"):
            machine.write("", f"code/{code}/main.tf")

    def configure(self, more: str) -> None:
        """Write the configuration, with these settings of Terraform."""
        settings = SETTINGS.format(program=self.machine.directory / "terraform", more=more)
        self.machine.write(CHAIN.format(url=self.machine.url) + settings)

    def ends(self, words: str, status: int) -> None:
        """Have the runs that begin with these words end so."""
        (self.folder / f"exit-{words}").write_text(str(status))

    def calls(self) -> list[Call]:
        """Return the runs since the last time."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        code = f"{self.machine.directory}/code/"
        split = [line.removeprefix(code).partition(" ") for line in lines]
        return [Call(folder, words) for folder, _, words in split]

    def words(self, *typed: str, **env: str) -> list[str]:
        """Run a command as nobody, and return the words of its runs."""
        result = self.machine.atmos("terraform", *typed, env={"ATMOS_IDENTITY": "false"} | env)
        assert result.returncode == 0, result.stderr
        return [call.words for call in self.calls()]

    def environment(self) -> dict[str, str]:
        """Return the variables of the last run."""
        lines = (self.folder / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def beside(self) -> set[str]:
        """Return what stood beside the code in the last run."""
        return set((self.folder / "beside").read_text().split())


@pytest.fixture
def recorder(machine: Machine) -> Recorder:
    return Recorder(machine)


SELECT = "workspace select -or-create"
VARS = "-var-file dev-vpc.terraform.tfvars.json"
PLAN = "-out dev-vpc.planfile"

# --- command line -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("plan vpc -s dev", f"plan {VARS} {PLAN}"),
        ("plan -s dev vpc", f"plan {VARS} {PLAN}"),
        ("plan --stack=dev -destroy vpc", f"plan {VARS} {PLAN} -destroy"),
        ("plan vpc -s dev -target=a -lock=false -target b", f"plan {VARS} {PLAN} -target=a -lock=false -target b"),
        ("plan vpc -s dev -- -any --thing vpc", f"plan {VARS} {PLAN} -any --thing vpc"),
        ("plan vpc -s dev -- -s other --identity x", f"plan {VARS} {PLAN} -s other --identity x"),
        ("state list vpc -s dev", "state list"),
        ("state mv vpc -s dev -- a b", "state mv a b"),
        ("providers lock vpc -s dev -platform linux_amd64", "providers lock -platform linux_amd64"),
        ("import vpc -s dev aws_vpc.a vpc-1", "import -var-file dev-vpc.terraform.tfvars.json aws_vpc.a vpc-1"),
        ("force-unlock vpc -s dev -force 1", "force-unlock -force 1"),
        ("plan infra/dns -s dev", "plan -var-file dev-infra-dns.terraform.tfvars.json -out dev-infra-dns.planfile"),
    ],
)
def test_command_line(recorder: Recorder, typed: str, last: str):
    assert recorder.words(*typed.split())[-1] == last


def test_command_line_in_short(recorder: Recorder):
    for words in (("tf",), ("--no-color", "tf"), ("--profile", "tf", "terraform"), ("--profile", "tf", "tf")):
        options = {"ATMOS_IDENTITY": "false"}
        recorder.machine.write("{}", "profiles/tf/atmos.yaml")
        assert recorder.machine.atmos(*words, "validate", "vpc", "-s", "dev", env=options).returncode == 0
        assert recorder.calls()[-1] == Call("vpc", "validate")


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("terraform validate ./code/infra/dns -s dev", "validate"),
        ("-C code/infra/dns terraform validate . -s dev", "validate"),
        ("terraform validate -s dev {folder}/code/infra/dns", "validate"),
        ("tf import ./code/infra/dns -s dev . x", "import -var-file dev-infra-dns.terraform.tfvars.json . x"),
    ],
)
def test_command_line_with_a_path_for_a_component(recorder: Recorder, typed: str, last: str):
    words = typed.format(folder=recorder.machine.directory).split()
    ran = recorder.machine.atmos(*words, "--identity=false")
    assert ran.returncode == 0, ran.stderr
    assert recorder.calls()[-1] == Call("infra/dns", last)


@pytest.mark.parametrize("words", ["describe component", "terraform generate varfile", "terraform clean"])
def test_command_line_with_a_path_is_known_to_every_verb(recorder: Recorder, words: str):
    for path, status in (("./code/infra/dns", 0), ("./code/vpc", 2)):
        result = recorder.machine.atmos(*words.split(), path, "-s", "dev")
        assert result.returncode == status, result.stderr
    (finding,) = recorder.machine.findings(result.stderr)
    assert finding.message == 'ambiguous component path: 4 components of stack "dev" have their code in ./code/vpc'
    assert finding.details == ("closed", "off", "own", "vpc")


@pytest.mark.parametrize("typed", ["version", "--version", "-version"])
def test_the_version_needs_no_stack(recorder: Recorder, aws: Emulator, typed: str):
    (recorder.machine.directory / "stacks" / "dev.yaml").write_text("{ broken")
    shown = recorder.machine.atmos("terraform", typed)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "out: version\n", "err: version\n")
    assert [call.words for call in recorder.calls()] == ["version"]
    assert operations(aws) == []


@pytest.mark.parametrize(
    "typed", ["plan -help", "state list -help", "login app.terraform.io", "logout", "version -json"]
)
def test_what_is_for_no_component_needs_none(recorder: Recorder, aws: Emulator, typed: str):
    (recorder.machine.directory / "stacks" / "dev.yaml").write_text("{ broken")
    ran = recorder.machine.atmos("terraform", *typed.split(), env={"ATMOS_STACK": "dev"})
    assert (ran.returncode, ran.stdout) == (0, f"out: {typed.split()[0]}\n")
    assert recorder.calls() == [Call(str(recorder.machine.directory), typed)]
    assert operations(aws) == []


def test_the_stack_may_come_from_a_variable(recorder: Recorder):
    assert recorder.words("validate", "vpc", ATMOS_STACK="dev")[-1] == "validate"


# --- flags --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("plan vpc -s dev --skip-init", [f"{SELECT} dev-vpc", f"plan {VARS} {PLAN}"]),
        ("plan vpc -s dev --skip-planfile", ["init", f"{SELECT} dev-vpc", f"plan {VARS}"]),
        ("plan vpc -s dev -out mine", ["init", f"{SELECT} dev-vpc", f"plan {VARS} -out mine"]),
        ("plan vpc -s dev --init-run-reconfigure", ["init -reconfigure", f"{SELECT} dev-vpc", f"plan {VARS} {PLAN}"]),
        ("init vpc -s dev --init-pass-vars", [f"init {VARS}"]),
        ("apply vpc -s dev --from-plan", ["init", f"{SELECT} dev-vpc", "apply dev-vpc.planfile"]),
        ("apply vpc -s dev --from-plan=kept", ["init", f"{SELECT} dev-vpc", "apply kept"]),
        ("deploy vpc -s dev --planfile kept", ["init", f"{SELECT} dev-vpc", "apply kept"]),
        ("deploy vpc -s dev --deploy-run-init=false", [f"{SELECT} dev-vpc", f"apply {VARS} -auto-approve"]),
    ],
)
def test_flags(recorder: Recorder, typed: str, expected: list[str]):
    expected = [words.replace("dev-vpc", "dev", 1) if words.startswith(SELECT) else words for words in expected]
    assert recorder.words(*typed.split()) == expected


@pytest.mark.parametrize(
    ("variable", "expected"), [("ATMOS_SKIP_INIT", [f"{SELECT} dev", "validate"]), ("ATMOS_DRY_RUN", [])]
)
def test_flags_as_variables(recorder: Recorder, variable: str, expected: list[str]):
    assert recorder.words("validate", "vpc", "-s", "dev", **{variable: "true"}) == expected


def test_the_user_agent(recorder: Recorder):
    recorder.words("validate", "vpc", "-s", "dev", "--append-user-agent", "ours/1")
    assert recorder.environment()["TF_APPEND_USER_AGENT"] == "ours/1"


# --- preconditions on the component -------------------------------------------------------------------------


def test_preconditions_on_the_component_with_a_backend_without_workspaces(recorder: Recorder):
    assert recorder.words("validate", "closed", "-s", "dev") == ["init", "validate"]
    refused = recorder.machine.atmos("terraform", "workspace", "closed", "-s", "dev")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert (refused.returncode, recorder.calls()) == (1, [])
    assert finding.message.endswith("keeps its state in a backend of type http, which has no workspaces")


BARRED = """\
    base: { metadata: { type: abstract, component: vpc } }
    kept: { metadata: { component: vpc, locked: true } }
    lost: { metadata: { component: nowhere } }
"""
ABSTRACT = "abstract component cannot be provisioned"
LOCKED = "locked component cannot be provisioned"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        *((f"{name} base", ABSTRACT) for name in ("plan", "apply", "deploy", "workspace", "workspace list")),
        *(
            (f"{name} kept", LOCKED)
            for name in ("apply", "deploy", "destroy", "import", "taint", "untaint", "state rm")
        ),
        ("validate lost", 'the component "lost" points to the code "nowhere", which does not exist in'),
    ],
)
def test_preconditions_on_the_component_are_looked_at_first(recorder: Recorder, aws: Emulator, typed, message: str):
    recorder.machine.write(STACK + BARRED, "stacks/dev.yaml")
    refused = recorder.machine.atmos("terraform", *typed.split(), "-s", "dev", "--force-tty")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert (refused.returncode, recorder.calls(), operations(aws)) == (1, [], [])
    assert finding.message.startswith(message)
    assert (finding.place or "").partition(":")[0].endswith("dev.yaml")
    if message == LOCKED:
        assert finding.details == ("component 'kept' cannot be modified (metadata.locked: true)",)


@pytest.mark.parametrize("typed", ["plan kept", "output kept", "validate base", "show base"])
def test_preconditions_on_the_component_let_through_what_changes_nothing(recorder: Recorder, typed: str):
    recorder.machine.write(STACK + BARRED, "stacks/dev.yaml")
    assert recorder.words(*typed.split(), "-s", "dev")[-1].startswith(typed.split()[0])


# --- identity choice for a component command ----------------------------------------------------------------

DEV, PROD, STAGING = "base", "prod", "staging"


@pytest.mark.parametrize(
    ("typed", "variable", "identity"),
    [
        ("vpc -s dev", None, PROD),
        ("vpc -s dev", "", PROD),
        ("vpc -s dev", "base", DEV),
        ("vpc -s dev --identity staging", "base", STAGING),
        ("--identity staging vpc -s dev", None, STAGING),
        ("--identity=STAGING vpc -s dev", None, STAGING),
        ("-istaging vpc -s dev", None, STAGING),
        ("-i staging vpc -s dev", None, STAGING),
        ("own -s dev", None, STAGING),
        ("own -s dev", "base", DEV),
        ("own -s dev -i prod", "base", PROD),
        ("vpc -s dev --identity base", "false", DEV),
        ("vpc -s dev --identity=false", "base", None),
        ("own -s dev --identity OFF", None, None),
        ("own -s dev -i 0", None, None),
        ("own -s dev", "No", None),
    ],
)
def test_identity_choice_for_a_component_command(recorder: Recorder, typed: str, variable: str | None, identity):
    for name in (PROD, STAGING):
        recorder.machine.login(name)
    variables = {} if variable is None else {"ATMOS_IDENTITY": variable}
    result = recorder.machine.atmos("terraform", "validate", *typed.split(), env=variables)
    assert result.returncode == 0, result.stderr
    assert recorder.environment().get("AWS_PROFILE") == (identity or (None if "own" in typed else "stale"))


@pytest.mark.parametrize("typed", ["vpc -s dev --identity", "vpc -s dev -i", "--identity= vpc -s dev", "-i -s dev vpc"])
def test_identity_choice_with_a_bare_flag_asks(recorder: Recorder, typed: str):
    recorder.machine.login(PROD)
    result = recorder.machine.atmos("terraform", "validate", *typed.split())
    (finding,) = recorder.machine.findings(result.stderr)
    assert (result.returncode, recorder.calls()) == (1, [])
    assert finding.message == "interactive identity selection: requires a TTY"
    terminal = recorder.machine.terminal("terraform", "validate", *typed.split())
    terminal.expect("Choose an identity")
    terminal.send("\x1b[B\r")
    terminal.expect("err: validate")
    terminal.wait()
    assert recorder.environment()["AWS_PROFILE"] == PROD


def test_identity_choice_without_a_default_where_nobody_can_be_asked(recorder: Recorder, aws: Emulator):
    recorder.machine.write(recorder.machine.atmos_yaml.read_text().replace("      default: true\n", ""))
    refused = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert (refused.returncode, recorder.calls(), operations(aws)) == (1, [], [])
    assert finding.message.startswith("no default identity")
    told = " ".join((*finding.details, *finding.hints))
    assert all(word in told for word in ("base", "prod", "staging", "--identity", "ATMOS_IDENTITY", "default: true"))
    assert "or run it as whoever the environment makes it: --identity=false" in finding.hints


def test_identity_choice_that_is_broken_off_ends_it(recorder: Recorder):
    terminal = recorder.machine.terminal("terraform", "validate", "vpc", "-s", "dev", "--identity")
    terminal.expect("Choose an identity")
    terminal.send("\x03")
    terminal.expect("user aborted")
    terminal.wait()
    assert (terminal.exitstatus, recorder.calls()) == (1, [])


def test_identity_choice_without_any_identities(recorder: Recorder, aws: Emulator):
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(text[text.index("stacks:") :])
    ran = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", env={"AWS_PROFILE": "mine"})
    assert ran.returncode == 0, ran.stderr
    assert recorder.environment()["AWS_PROFILE"] == "stale"
    recorder.calls()
    for words, variable in ((("-i", "x"), {}), ((), {"ATMOS_IDENTITY": "x"})):
        refused = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", *words, env=variable)
        (finding,) = recorder.machine.findings(refused.stderr)
        assert (refused.returncode, recorder.calls()) == (1, [])
        assert finding.message == "no identities are configured, and one is asked for"
    assert operations(aws) == []


def test_identity_choice_without_a_default_names_every_way_out(recorder: Recorder, aws: Emulator):
    recorder.machine.write(recorder.machine.atmos_yaml.read_text().replace("default: true", "required: false"))
    result = recorder.machine.atmos("terraform", "validate", "infra/dns", "-s", "dev")
    (finding,) = recorder.machine.findings(result.stderr)
    assert (result.returncode, recorder.calls(), operations(aws)) == (1, [], [])
    assert finding.message == "no default identity configured for authentication"
    assert finding.details == (f"identities: {DEV}, {PROD}, {STAGING}",)
    for way in ("--identity base", "ATMOS_IDENTITY=base", "`default: true`", "--identity=false"):
        assert any(way in hint for hint in finding.hints), way
    assert recorder.words("validate", "infra/dns", "-s", "dev")[-1] == "validate"


def test_identity_choice_by_a_person_is_made_once_for_several_components(recorder: Recorder):
    recorder.machine.login(PROD)
    text = recorder.machine.atmos_yaml.read_text().replace("      default: true\n", "")
    recorder.machine.write(text)
    terminal = recorder.machine.terminal("terraform", "validate", "--components", "vpc,infra/dns")
    terminal.expect("No default identity configured. Please choose an identity:")
    terminal.send("\x1b[B\r")
    terminal.expect_exact("(2/2) validate `vpc` in `dev`")
    terminal.wait()
    assert terminal.exitstatus == 0
    assert [call.words for call in recorder.calls()].count("validate") == 2
    assert recorder.environment()["AWS_PROFILE"] == PROD


def test_required_identities_stand_beside_it_and_one_that_fails_is_a_warning(recorder: Recorder, aws: Emulator):
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(text.replace("    staging:\n", "    staging:\n      required: true\n"))
    recorder.machine.login(PROD)
    assert recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev").returncode == 0
    environment = recorder.environment()
    assert environment["AWS_PROFILE"] == PROD
    assert "[staging]" in Path(environment["AWS_SHARED_CREDENTIALS_FILE"]).read_text()
    recorder.machine.write(
        text.replace("    staging:\n", "    staging:\n      required: true\n").replace("ReadOnlyAccess", "Nobodys")
    )
    failed = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev")
    assert failed.returncode == 0
    assert 'identity "staging"' in failed.stderr


# --- exact sequence for one component -----------------------------------------------------------------------


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
        ("deploy vpc -s dev --planfile other", {"dev-vpc.planfile"}),
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


# --- environment of terraform children ----------------------------------------------------------------------


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


# --- init ---------------------------------------------------------------------------------------------------


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


# --- workspace ----------------------------------------------------------------------------------------------


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


# --- arguments of the final call ----------------------------------------------------------------------------


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


# --- when authentication is triggered at all ----------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "validate vpc -s dev --identity=false",
        "validate off -s dev",
        "validate vpc -s dev --dry-run",
        "clean vpc -s dev --force",
        "generate varfile vpc -s dev",
        "generate backend closed -s dev",
        "--help",
        "version",
    ],
)
def test_when_authentication_is_triggered_at_all_it_is_not_for_these(recorder: Recorder, aws: Emulator, typed: str):
    result = recorder.machine.atmos("terraform", *typed.split(), "--force-tty")
    assert result.returncode == 0, result.stderr
    assert operations(aws) == []


@pytest.mark.parametrize(
    "typed",
    [
        "list stacks",
        "list components",
        "list workflows",
        "validate stacks",
        "describe config",
        "describe component vpc -s dev",
        "describe stacks",
        "describe stacks --identity=false",
        "workflow plain",
        "plain",
    ],
)
def test_when_authentication_is_triggered_at_all_it_is_not_to_look_or_for_steps_of_nobody(
    recorder: Recorder, aws: Emulator, typed: str
):
    """Also where stacks do not agree who is the default."""
    step = "steps: [{ command: 'test -z \"$AWS_PROFILE\"', type: shell }]"
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(f"{text}workflows: {{ plain: {{ {step} }} }}\ncommands: [{{ name: plain, {step} }}]\n")
    stacks_with(
        recorder,
        one=ONE.format(stage="one", more="") + DEFAULT_OF.format(name="staging"),
        two=ONE.format(stage="two", more="") + DEFAULT_OF.format(name="base"),
    )
    result = recorder.machine.atmos(*typed.split(), "--force-tty")
    assert result.returncode == 0, result.stderr
    assert operations(aws) == []


def test_who_cannot_be_is_said_once_whatever_the_number_of_components(answering: Recorder):
    result = answering.machine.atmos("describe", "stacks", "-i", "nobody")
    (finding,) = answering.machine.findings(result.stderr)
    assert (result.returncode, result.stdout, finding.message) == (
        1,
        "",
        'identity "nobody" not found in the configuration',
    )


def test_a_child_of_ours_runs_as_whom_we_run(recorder: Recorder):
    recorder.machine.login(STAGING)
    inner = shlex.split("auth exec -i staging -- atmos terraform validate vpc -s dev")
    assert recorder.machine.atmos(*inner).returncode == 0
    assert recorder.environment()["AWS_PROFILE"] == STAGING


# --- rules that come out of recorded defects ----------------------------------------------------------------


def stacks_with(recorder: Recorder, **texts: str) -> None:
    for name, text in texts.items():
        recorder.machine.write(text, f"stacks/{name.replace('__', '/')}.yaml")


DEFAULT_OF = "auth: {{ identities: {{ {name}: {{ default: true }} }} }}\n"
ONE = "vars: {{ stage: {stage} }}\ncomponents: {{ terraform: {{ vpc: {{}}{more} }} }}\n"


def who(recorder: Recorder, component: str, stack: str) -> str | None:
    result = recorder.machine.atmos("terraform", "validate", component, "-s", stack)
    assert result.returncode == 0, result.stderr
    return recorder.environment().get("AWS_PROFILE")


def test_a_default_of_a_stack_counts_wherever_it_is_written_and_for_that_stack_alone(recorder: Recorder):
    for name in (PROD, STAGING):
        recorder.machine.login(name)
    text = recorder.machine.atmos_yaml.read_text().replace('["*"]', '["one.yaml", "two.yaml", "three.yaml"]')
    recorder.machine.write(text)
    own = ", own: { metadata: { component: vpc }, auth: { identities: { base: { default: true } } } }"
    stacks_with(
        recorder,
        catalog__defaults=DEFAULT_OF.format(name="staging"),
        # In a file that is imported, through another one; below `terraform:`; nowhere.
        catalog__between="import: [catalog/defaults]\n",
        one="import: [catalog/between]\n" + ONE.format(stage="one", more=own),
        two="terraform: { auth: { identities: { base: { default: true } } } }\n" + ONE.format(stage="two", more=""),
        three=ONE.format(stage="three", more=""),
    )
    assert who(recorder, "vpc", "one") == STAGING
    assert who(recorder, "own", "one") == DEV, "a component's own default does not make two"
    assert who(recorder, "vpc", "two") == DEV
    assert who(recorder, "vpc", "three") == PROD, "the default of another stack is none of its business"


def test_a_marker_alone_is_no_declaration(recorder: Recorder):
    recorder.machine.login(PROD)
    stacks_with(recorder, dev=ONE.format(stage="dev", more="") + "auth: { identities: { gone: { default: false } } }\n")
    assert who(recorder, "vpc", "dev") == PROD
    stacks_with(recorder, dev=ONE.format(stage="dev", more="") + DEFAULT_OF.format(name="gone"))
    refused = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert refused.returncode != 0
    assert '"gone"' in finding.message


def test_a_profile_of_ours_may_bring_the_identity_and_one_of_aws_never_is_one(recorder: Recorder):
    recorder.machine.login(STAGING)
    recorder.machine.write(
        "auth: { identities: { prod: { default: false }, staging: { default: true } } }", "profiles/ci/atmos.yaml"
    )
    for words, variables in ((("--profile", "ci"), {}), ((), {"ATMOS_PROFILE": "ci"})):
        result = recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", *words, env=variables)
        assert result.returncode == 0, result.stderr
        assert recorder.environment()["AWS_PROFILE"] == STAGING
    recorder.machine.login(PROD)
    assert (
        recorder.machine.atmos("terraform", "validate", "vpc", "-s", "dev", env={"AWS_PROFILE": "ci"}).returncode == 0
    )
    assert recorder.environment()["AWS_PROFILE"] == PROD


def test_the_directory_that_is_changed_to_is_the_one_that_programs_see(recorder: Recorder, tmp_path: Path):
    recorder.machine.write("{}", "elsewhere/nothing.yaml")
    home, recorder.machine.directory = recorder.machine.directory, recorder.machine.directory / "elsewhere"
    result = recorder.machine.atmos(
        "terraform", "validate", "vpc", "-s", "dev", "-C", str(home), "--identity=false", env={"PWD": str(tmp_path)}
    )
    assert result.returncode == 0, result.stderr
    assert recorder.environment()["PWD"] == str(home / "code" / "vpc")


def test_components_that_are_off_are_not_worked_out(recorder: Recorder, aws: Emulator):
    text = STACK.replace("enabled: false }", 'enabled: false }, vars: { x: !exec "touch worked-out" }')
    recorder.machine.write(text, "stacks/dev.yaml")
    result = recorder.machine.atmos("terraform", "validate", "off", "-s", "dev")
    assert (result.returncode, recorder.calls()) == (0, [])
    every = recorder.machine.atmos("terraform", "validate", "--all", "--identity=false")
    assert every.returncode == 0, every.stderr
    assert not list(recorder.machine.directory.rglob("worked-out"))
    assert operations(aws) == []


def test_variables_of_the_configuration_are_there_before_the_sign_in(recorder: Recorder):
    text = recorder.machine.atmos_yaml.read_text()
    recorder.machine.write(text.replace("FROM_CONFIG: configured", "ATMOS_IDENTITY: staging"))
    recorder.machine.login(STAGING)
    assert who(recorder, "vpc", "dev") == STAGING


def test_the_variables_file_is_what_the_stack_says(recorder: Recorder):
    recorder.ends("plan", 1)
    recorder.machine.atmos("terraform", "plan", "vpc", "-s", "dev", "--identity=false")
    written = json.loads((recorder.machine.directory / "code/vpc/dev-vpc.terraform.tfvars.json").read_text())
    assert written == {"region": "eu-west-1", "size": 9, "stage": "dev"}


# It says who asks, and how often somebody has asked.
ANSWERING = """\
#!/bin/sh
printf '%s\\n' "$PWD $*" >>"$RECORD/calls"
env >"$RECORD/environment"
case "$*" in
  "output -json")
    printf '{ "who": { "value": "%s" }, "times": { "value": %s } }' "$AWS_PROFILE" "$(wc -l <"$RECORD/calls")" ;;
esac
"""
NESTED = """\
vars: { stage: dev }
components:
  terraform:
    deep: { metadata: { component: vpc } }
    own: { metadata: { component: vpc }, auth: { identities: { staging: { default: true } } } }
    middle: { metadata: { component: vpc }, vars: { deep: !terraform.output deep who } }
    app:
      metadata: { component: vpc }
      vars: { middle: !terraform.output middle who, own: !terraform.output own who }
    other:
      metadata: { component: vpc }
      vars: { deep: !terraform.output deep who }
      auth: { identities: { base: { default: true } } }
"""


@pytest.fixture
def answering(recorder: Recorder) -> Recorder:
    recorder.machine.write(ANSWERING, "terraform")
    recorder.machine.write(NESTED, "stacks/dev.yaml")
    return recorder


def variables_of(recorder: Recorder, component: str) -> dict[str, object]:
    path = recorder.machine.directory / f"code/vpc/dev-{component}.terraform.tfvars.json"
    found: dict[str, object] = json.loads(path.read_text())
    return found


def test_values_are_read_as_the_run_unless_their_own_stack_says_otherwise(answering: Recorder, aws: Emulator):
    for name in (PROD, STAGING):
        answering.machine.login(name)
    for identity in (PROD, DEV):
        result = answering.machine.atmos("terraform", "validate", "app", "-s", "dev", "-i", identity)
        assert result.returncode == 0, result.stderr
        assert variables_of(answering, "app") == {"middle": identity, "own": STAGING, "stage": "dev"}
    off = answering.machine.atmos("terraform", "validate", "app", "-s", "dev", "--identity=false")
    assert off.returncode == 0, off.stderr
    assert variables_of(answering, "app") == {"middle": "", "own": "", "stage": "dev"}
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


EACH = """\
vars: { stage: dev }
components:
  terraform:
    deep: { metadata: { component: vpc }, backend_type: local, backend: { local: {} }, env: { OF_TARGET: deep } }
    off: { metadata: { component: vpc }, vars: { enabled: false } }
    app:
      metadata: { component: vpc }
      vars: { a: !terraform.output "{{ .vars.name }} {{ .stack }} who", b: !terraform.output deep .times, name: deep }
    optional:
      metadata: { component: vpc }
      vars: { a: !terraform.output off id, b: !terraform.output 'off ".id // 5"' }
"""


@pytest.mark.parametrize(("more", "init"), [("", "init"), ("init_run_reconfigure: true", "init -reconfigure")])
def test_values_are_asked_of_terraform_once_each_by_an_exact_sequence(answering: Recorder, more: str, init: str):
    answering.configure(more)
    with answering.machine.atmos_yaml.open("a") as file:
        file.write("templates: { settings: { enabled: true } }\n")
    answering.machine.write(EACH, "stacks/dev.yaml")
    note = answering.machine.write("other", "code/vpc/.terraform/environment")
    words = ("describe", "component", "app", "-s", "dev", "-q", ".vars", "-f", "json", "--identity=false")
    surprises = dict.fromkeys(("TF_WORKSPACE", "TF_CLI_ARGS", "TF_CLI_ARGS_init", "TF_VAR_name"), "x")
    shown = answering.machine.atmos(*words, "--logs-level", "info", env={"TF_INPUT": "true", **surprises})
    environment = answering.environment()
    assert (environment["OF_TARGET"], environment["TF_INPUT"]) == ("deep", "false")
    assert not surprises.keys() & environment.keys()
    assert [call.words for call in answering.calls()] == [init, f"{SELECT} dev-deep", "output -json"]
    assert json.loads(shown.stdout) == {"a": "", "b": 3, "name": "deep", "stage": "dev"}
    assert not note.exists()
    said = [line.partition(" atmos-auth ")[2] for line in shown.stderr.splitlines()]
    assert said == ["Fetching who output from deep in dev", "Fetching .times output from deep in dev"]
    assert answering.machine.atmos(*words).stderr == ""


def test_values_of_a_component_that_is_off_are_none_without_asking_terraform(answering: Recorder):
    answering.machine.write(EACH, "stacks/dev.yaml")
    words = ("describe", "component", "optional", "-s", "dev", "-q", ".vars", "-f", "json", "--identity=false")
    shown = json.loads(answering.machine.atmos(*words).stdout)
    assert (shown["a"], shown["b"], answering.calls()) == (None, 5, [])


def test_values_that_one_identity_has_read_are_not_shown_to_another(answering: Recorder):
    answering.machine.login(PROD)
    words = ("terraform", "validate", "--components", "middle,other", "-s", "dev")
    result = answering.machine.atmos(*words)
    assert result.returncode == 0, result.stderr
    assert variables_of(answering, "middle")["deep"] == PROD
    assert variables_of(answering, "other")["deep"] == DEV


THROUGH = """\
    through:
      metadata: { component: vpc }
      auth: { identities: { staging: { default: true } } }
      remote_state_backend_type: static
      remote_state_backend: { static: { read: !terraform.output deep who } }
      vars: { read: !terraform.output deep who }
"""
TEMPLATES = "      settings: { templates: { settings: { enabled: true } } }\n"
OF_TEMPLATES = """{
        a: '{{ (atmos.Component "deep").outputs.who }}', b: '{{ (atmos.Component "own").outputs.who }}',
        c: '{{ (atmos.Component "through").vars.read }}' }"""
MINE = """\
      auth:
        identities:
          mine:
            kind: aws/permission-set
            default: true
            via: { provider: my-sso }
            principal: { name: ReadOnlyAccess, account: { id: "222222222222" } }
"""


@pytest.mark.parametrize(
    ("variables", "auth", "words", "expected"),
    [
        # In this order, and in the other: what one has read is kept for that one only.
        ("{ a: !terraform.output deep who, b: !terraform.output through read }", "", (), [PROD, STAGING]),
        ("{ a: !terraform.output through read, b: !terraform.output deep who }", "", (), [STAGING, PROD]),
        ("{ a: !terraform.output through read, b: !terraform.output deep who }", "", ("-i", DEV), [STAGING, DEV]),
        ("{ a: !terraform.output through read }", "", ("--identity=false",), [""]),
        ("{ a: !terraform.output deep who }", MINE, (), ["mine"]),
        (OF_TEMPLATES, TEMPLATES, (), [PROD, STAGING, STAGING]),
        (OF_TEMPLATES, TEMPLATES, ("-i", DEV), [DEV, STAGING, STAGING]),
    ],
    ids=["run-first", "run-last", "named", "off", "of-the-component-alone", "templates", "templates-named"],
)
def test_nested_inheritance_goes_from_whoever_reads_to_what_is_read(
    answering: Recorder, variables: str, auth: str, words: tuple[str, ...], expected: list[str]
):
    for name in (PROD, STAGING):
        answering.machine.login(name)
    app = f"    reading:\n      metadata: {{ component: vpc }}\n      vars: {variables}\n{auth}"
    answering.machine.write(NESTED + THROUGH + app, "stacks/dev.yaml")
    result = answering.machine.atmos("terraform", "validate", "reading", "-s", "dev", *words)
    assert result.returncode == 0, result.stderr
    found = variables_of(answering, "reading")
    assert [found[name] for name in ("a", "b", "c") if name in found] == expected


def test_nested_inheritance_does_not_keep_a_target_from_its_own_default(answering: Recorder):
    """The run is nobody: only the component that is read has any identities."""
    answering.machine.login(STAGING)
    auth, _, settings = answering.machine.atmos_yaml.read_text().partition("stacks:")
    answering.machine.write(f"stacks:{settings}")
    auth = auth.replace("default: true", "required: false").replace("    staging:", "    staging:\n      default: true")
    answering.machine.write(
        "vars: { stage: dev }\ncomponents:\n  terraform:\n"
        "    app: { metadata: { component: vpc }, vars: { own: !terraform.output own who } }\n"
        f"    own:\n      metadata: {{ component: vpc }}\n{indent(auth, ' ' * 6)}",
        "stacks/dev.yaml",
    )
    result = answering.machine.atmos("terraform", "validate", "app", "-s", "dev")
    assert result.returncode == 0, result.stderr
    assert variables_of(answering, "app")["own"] == STAGING


LOOKING = """\
    off: { metadata: { component: vpc, enabled: false }, vars: { x: !exec "touch worked-out" } }
    templated:
      metadata: { component: vpc }
      settings: { templates: { settings: { enabled: true } } }
      vars: { deep: '{{ (atmos.Component "deep").outputs.who }}' }
"""
AS_WRITTEN = {
    "app": {"middle": "!terraform.output middle who", "own": "!terraform.output own who"},
    "other": {"deep": "!terraform.output deep who"},
    "templated": {"deep": '{{ (atmos.Component "deep").outputs.who }}'},
}


def named(identity: str) -> dict[str, dict[str, str]]:
    return {
        "app": {"middle": identity, "own": STAGING},
        "other": {"deep": identity},
        "templated": {"deep": identity},
    }


@pytest.mark.parametrize(
    ("words", "variables", "expected"),
    [
        ((), {}, AS_WRITTEN),
        (("--identity=false",), {"ATMOS_IDENTITY": PROD}, AS_WRITTEN),
        (("--identity", PROD), {}, named(PROD)),
        ((), {"ATMOS_IDENTITY": DEV}, named(DEV)),
        (("--identity", PROD), {"ATMOS_KEYRING_TYPE": "memory"}, named(PROD)),
        (("-s", "dev", "--components", "other", "-i", PROD), {}, {"other": {"deep": PROD}}),
    ],
    ids=["nobody", "off", "flag", "variable", "in-memory", "narrowed"],
)
def test_describe_stacks_signs_in_for_a_named_identity_once_and_never_for_what_is_off(
    answering: Recorder, aws: Emulator, words: tuple[str, ...], variables: dict[str, str], expected: object
):
    answering.machine.write(NESTED + LOOKING, "stacks/dev.yaml")
    result = answering.machine.atmos(
        "describe", "stacks", "--sections", "vars", "-f", "json", "--force-tty", "--no-color", *words, env=variables
    )
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)["dev"]["components"]["terraform"]
    shown = {
        name: {k: v for k, v in found[name]["vars"].items() if k != "stage"} for name in AS_WRITTEN if name in found
    }
    assert shown == expected
    if "--components" not in words:
        assert found["off"]["vars"]["x"] == "!exec touch worked-out"
    assert not list(answering.machine.directory.rglob("worked-out"))
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == (0 if expected is AS_WRITTEN else 1)


def test_functions_of_several_components_are_worked_out_signed_in(answering: Recorder, aws: Emulator):
    result = answering.machine.atmos("terraform", "validate", "--all", "--force-tty", "--no-color")
    assert result.returncode == 0, result.stderr
    assert variables_of(answering, "app") == {"middle": PROD, "own": STAGING, "stage": "dev"}
    assert variables_of(answering, "other")["deep"] == DEV
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_values_are_read_anew_once_their_component_was_applied(answering: Recorder):
    text = NESTED.replace("deep who", "deep times").replace(
        "      auth: { identities: { base: { default: true } } }\n", ""
    )
    # By their names `deep` comes between the two that read it.
    answering.machine.write(
        text.replace("    middle:", "    before:").replace("middle who", "before who"), "stacks/dev.yaml"
    )
    words = (
        "terraform",
        "apply",
        "--components",
        "before,deep,other",
        "-s",
        "dev",
        "-auto-approve",
        "--identity=false",
    )
    result = answering.machine.atmos(*words)
    assert result.returncode == 0, result.stderr
    calls = [call.words for call in answering.calls()]
    assert calls.count("output -json") == 2


def test_a_sign_in_that_fails_is_not_taken_for_a_value_that_is_missing(answering: Recorder):
    text = NESTED.replace("!terraform.output own who", "!terraform.output own '.who // \"nobody\"'")
    answering.machine.write(text, "stacks/dev.yaml")
    answering.machine.login(PROD)
    configuration = answering.machine.atmos_yaml.read_text().replace("ReadOnlyAccess", "Nobodys")
    answering.machine.write(configuration)
    result = answering.machine.atmos("terraform", "validate", "app", "-s", "dev")
    (finding,) = answering.machine.findings(result.stderr)
    assert result.returncode != 0
    assert any("needed by !terraform.output at" in detail for detail in finding.details)
    assert [call.words for call in answering.calls()].count("validate") == 0


def test_an_identity_without_credentials_of_its_own_is_one(recorder: Recorder, aws: Emulator):
    text = recorder.machine.atmos_yaml.read_text()
    ambient = "  identities:\n    here: { kind: ambient, env: [{ key: MINE, value: here }] }\n"
    recorder.machine.write(text.replace("  identities:\n", ambient))
    words = ("terraform", "validate", "infra/dns", "-s", "dev", "-i", "here")
    result = recorder.machine.atmos(*words, env={"AWS_PROFILE": "mine"})
    assert result.returncode == 0, result.stderr
    seen = recorder.environment()
    assert (seen["AWS_PROFILE"], seen["MINE"]) == ("mine", "here")
    assert operations(aws) == []


# --- multi-component runs -----------------------------------------------------------------------------------

ORDERED = """\
vars: { stage: dev }
components:
  terraform:
    a: { metadata: { component: vpc }, settings: { depends_on: { 1: { component: b } } } }
    b: { metadata: { component: vpc }, dependencies: { components: [{ component: c }] } }
    c: { metadata: { component: vpc }, auth: { identities: { staging: { default: true } } } }
"""


@pytest.mark.parametrize(("command", "order"), [("validate", "c b a"), ("destroy", "a b c")])
def test_multi_component_runs_keep_to_the_order_of_dependencies(recorder: Recorder, command: str, order: str):
    recorder.machine.write(ORDERED, "stacks/dev.yaml")
    flags = ("-auto-approve",) if command == "destroy" else ()
    result = recorder.machine.atmos("terraform", command, "--all", "--identity=false", *flags)
    assert result.returncode == 0, result.stderr
    said = [line.partition("`")[2].partition("`")[0] for line in result.stderr.splitlines() if line.startswith("(")]
    assert said == order.split()


def test_multi_component_runs_name_what_is_spelled_wrongly(recorder: Recorder):
    words = ("terraform", "plan", "--components", "vpc,typo", "-s", "dev", "--dry-run")
    dry = recorder.machine.atmos(*words)
    said = '⚠ no component that is meant is called "typo"\nWould plan `vpc` in `dev` (dry run)\n'
    assert (dry.returncode, dry.stderr) == (0, said)


QUERIED = """\
vars: { stage: dev }
components:
  terraform:
    worked:
      metadata: { component: vpc }
      vars: { team: web, tier: !template "{{ add 1 1 }}" }
      settings: { owner: "{{ .vars.team }}-{{ .atmos_stack }}" }
    asking: { metadata: { component: vpc }, vars: { tier: !terraform.output worked tier, who: !aws.account_id } }
    broken: { metadata: { component: vpc }, vars: { tier: !exec "exit 3" } }
"""


@pytest.mark.parametrize(
    ("query", "matched"),
    [
        ('.settings.owner == "web-dev"', ["worked"]),
        (".vars.tier == 2", ["worked"]),
        (".vars.tier == null", ["broken"]),
        (".vars.tier", []),
        ('.vars.stage == "dev"', ["asking", "broken", "worked"]),
    ],
)
def test_multi_component_runs_ask_of_values_that_are_worked_out_and_sign_nobody_in(
    recorder: Recorder, aws: Emulator, query: str, matched: list[str]
):
    with recorder.machine.atmos_yaml.open("a") as file:
        file.write("templates: { settings: { enabled: true } }\n")
    recorder.machine.write(QUERIED, "stacks/dev.yaml")
    dry = recorder.machine.atmos("terraform", "plan", "-q", query, "--dry-run", "--force-tty")
    assert dry.returncode == 0, dry.stderr
    expected = "".join(f"Would plan `{name}` in `dev` (dry run)\n" for name in matched)
    assert dry.stderr == (expected or "No components matched\n")
    assert (recorder.calls(), operations(aws)) == ([], [])


def test_multi_component_runs_take_one_identity_for_all_if_one_is_named(recorder: Recorder):
    recorder.machine.write(ORDERED, "stacks/dev.yaml")
    for name in (PROD, STAGING):
        recorder.machine.login(name)
    for words, expected in (((), [STAGING, PROD, PROD]), (("-i", "base"), [DEV, DEV, DEV])):
        recorder.machine.write(PROGRAM + 'echo "$AWS_PROFILE" >>"$RECORD/calls"\n', "terraform")
        assert recorder.machine.atmos("terraform", "validate", "--all", *words).returncode == 0
        lines = [call.folder for call in recorder.calls() if not call.words]
        assert lines[::3] == expected


# --- shell --------------------------------------------------------------------------------------------------


def test_shell_has_everything_in_its_environment(recorder: Recorder):
    recorder.machine.login(PROD)
    told = recorder.machine.write('#!/bin/sh\nenv >"$RECORD/environment"; exit 5\n', "told")
    told.chmod(0o755)
    words = ("terraform", "shell", "own", "-s", "dev", "-i", PROD, "--shell", str(told))
    shell = recorder.machine.atmos(*words, env={"AWS_ACCESS_KEY_ID": "AKIA", "ATMOS_SHLVL": "2"})
    assert shell.returncode == 5, shell.stderr
    assert [call.words for call in recorder.calls()] == ["init", f"{SELECT} dev-own"]
    seen = recorder.environment()
    folder = str(recorder.machine.directory / "code" / "vpc")
    assert {name: seen.get(name) for name in seen if name.startswith(("ATMOS_", "TF_CLI_ARGS_"))} == {
        "ATMOS_BASE_PATH": str(recorder.machine.directory),
        "ATMOS_CLI_CONFIG_PATH": str(recorder.machine.directory),
        "ATMOS_COMPONENT": "own",
        "ATMOS_IDENTITY": PROD,
        "ATMOS_SHELL_WORKING_DIR": folder,
        "ATMOS_SHLVL": "3",
        "ATMOS_STACK": "dev",
        "ATMOS_TERRAFORM_WORKSPACE": "dev-own",
        **{
            f"TF_CLI_ARGS_{command}": "-var-file=dev-own.terraform.tfvars.json"
            for command in ("apply", "console", "destroy", "import", "plan", "refresh")
        },
    }
    assert (seen["AWS_PROFILE"], seen.get("AWS_ACCESS_KEY_ID"), seen["PWD"]) == (PROD, None, folder)


def test_shell_that_is_only_looked_at_is_not_started(recorder: Recorder, aws: Emulator):
    dry = recorder.machine.atmos("terraform", "shell", "own", "-s", "dev", "--dry-run")
    assert (dry.returncode, recorder.calls(), operations(aws)) == (0, [], [])
    folder = recorder.machine.directory / "code" / "vpc"
    program = recorder.machine.directory / "terraform"
    assert dry.stdout == f"cd {folder}\n{program} init\n{program} {SELECT} dev-own\n"
    assert not (folder / "dev-own.terraform.tfvars.json").exists()


@pytest.mark.parametrize(("failing", "status"), [("init", 3), ("workspace", 7)])
def test_shell_is_not_started_where_terraform_cannot_run(recorder: Recorder, failing: str, status: int):
    recorder.ends(failing, status)
    words = ("terraform", "shell", "vpc", "-s", "dev", "--identity=false", "--shell", "sh")
    shell = recorder.machine.atmos(*words)
    assert (shell.returncode, shell.stdout) == (status, "")
    assert "This sh is for" not in shell.stderr
