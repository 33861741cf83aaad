"""What may be typed after `atmos terraform`, and what of it is refused before anything is run."""

import pytest
from recorder import PLAN, SELECT, STACK, VARS, Call, Recorder

from aws_emulator import Emulator
from conftest import operations

# --- command line --------------------------------------------------------------------------------------------


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


# --- flags ---------------------------------------------------------------------------------------------------


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
    for plan in ("dev-vpc.planfile", "kept"):
        recorder.machine.write("", f"code/vpc/{plan}")
    assert recorder.words(*typed.split()) == expected


@pytest.mark.parametrize(
    ("typed", "name", "first"),
    [
        ("apply vpc --from-plan", "dev-vpc.planfile", "plan vpc -s dev"),
        ("deploy infra/dns --from-plan", "dev-infra-dns.planfile", "plan infra/dns -s dev"),
        ("deploy vpc --planfile kept", "kept", "plan vpc -s dev -out kept"),
        ("show vpc --from-plan=kept", "kept", "plan vpc -s dev -out kept"),
    ],
)
def test_flags_for_a_plan_that_is_not_stored_sign_nobody_in(recorder: Recorder, aws: Emulator, typed, name, first):
    refused = recorder.machine.atmos("terraform", *typed.split(), "-s", "dev", "--force-tty")
    (finding,) = recorder.machine.findings(refused.stderr)
    assert (refused.returncode, recorder.calls(), operations(aws)) == (1, [], [])
    assert finding.message.startswith("there is no stored plan for component ")
    assert finding.message.endswith(f"/{name}")
    assert finding.hints == (f"run `atmos terraform {first}` first",)


@pytest.mark.parametrize(
    ("variable", "expected"), [("ATMOS_SKIP_INIT", [f"{SELECT} dev", "validate"]), ("ATMOS_DRY_RUN", [])]
)
def test_flags_as_variables(recorder: Recorder, variable: str, expected: list[str]):
    assert recorder.words("validate", "vpc", "-s", "dev", **{variable: "true"}) == expected


def test_the_user_agent(recorder: Recorder):
    recorder.words("validate", "vpc", "-s", "dev", "--append-user-agent", "ours/1")
    assert recorder.environment()["TF_APPEND_USER_AGENT"] == "ours/1"


# --- preconditions on the component --------------------------------------------------------------------------


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
