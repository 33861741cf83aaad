"""Python programs that use the library as they are written on its page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aws_emulator import Emulator
from conftest import Machine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "use-from-python.md"
TUTORIAL = ROOT / "docs" / "tutorial" / "first-sign-in.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
ROLE = "arn:aws:sts::333333333333:assumed-role/DeployRole/tutorial"
WITHOUT_SIGN_IN = 'credentials for identity "deploy" are not at hand\natmos auth login --identity deploy\n'
SAYS = {
    "be asked": f"{ROLE}\n",
    "not be asked": "",
    "run for days": f"{ROLE}\n",
    "several identities": "deploy 333333333333\ndev-admin 111111111111\n",
    "other programs": "deploy\n",
    "an event loop": f"ASIA {ROLE}\n",
    "AWS_PROFILE": "",
}
IDS = dict(zip(SAYS, PROGRAMS, strict=True))


@pytest.fixture
def tutorial(offline_machine: Machine, aws: Emulator) -> Machine:
    """The folder of the tutorial, with the emulator on a port of its own."""
    (written,) = re.findall(r"^```yaml\n(auth:.*?)^```", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    offline_machine.write(written.replace("http://127.0.0.1:8765", aws.url))
    return offline_machine


def run(machine: Machine, program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return machine.run("python", "-W", "error", "-c", program, env=variables)


@pytest.mark.parametrize("name", list(SAYS)[1:])
def test_the_pages_programs_run(tutorial: Machine, name: str):
    tutorial.login()
    result = run(tutorial, IDS[name])
    assert (result.stdout, result.stderr, result.returncode) == (SAYS[name], "", 0)


def test_a_program_may_ask_at_its_terminal(tutorial: Machine, aws: Emulator):
    terminal = tutorial.in_terminal(tutorial.command("python", "-c", IDS["be asked"]), env={"BROWSER": "false"})
    terminal.expect("Sign in to")
    terminal.expect_exact(ROLE)
    terminal.wait()
    assert terminal.exitstatus == 0
    assert aws.journal.count("sso-oidc:StartDeviceAuthorization") == 1


def test_a_service_is_told_what_to_type(tutorial: Machine, aws: Emulator):
    result = run(tutorial, IDS["not be asked"])
    assert (result.stdout, result.stderr) == (WITHOUT_SIGN_IN, "")
    assert aws.journal.entries() == []


def test_with_nobody_there_a_sign_in_is_an_error_and_not_a_wait(tutorial: Machine):
    result = run(tutorial, IDS["be asked"])
    assert "NeedsPerson: " in result.stderr
    assert result.returncode == 1


def test_a_program_under_exec_renews_its_profile_in_its_own_process(tutorial: Machine, aws: Emulator):
    """The keys of the profile are dead before it begins; only what renews itself gets further."""
    tutorial.login()
    program = IDS["AWS_PROFILE"] + 'print(session.client("sts").get_caller_identity()["Arn"])\n'
    plain = 'import boto3\nprint(boto3.client("sts").get_caller_identity()["Arn"])\n'
    spoiling = (
        "import glob, os, re\n"
        "for path in glob.glob(os.environ['HOME'] + '/.config/atmos/aws/*/credentials'):\n"
        "    text = re.sub(r'expiration=\\S+', 'expiration=2020-01-01T01:00:00Z', open(path).read())\n"
        "    text = re.sub(r'aws_session_token.*', 'aws_session_token = dead', text)\n"
        "    open(path, 'w').write(re.sub(r'issued=\\S+', 'issued=2020-01-01T00:00:00Z', text))\n"
    )
    renewed = tutorial.atmos("auth", "exec", "--", *tutorial.command("python", "-c", spoiling + program))
    assert (renewed.stdout, renewed.returncode) == (f"{ROLE}\n", 0), renewed.stderr
    stuck = tutorial.atmos("auth", "exec", "--", *tutorial.command("python", "-c", spoiling + plain))
    assert stuck.returncode != 0


def test_the_pages_programs_have_sound_types(tmp_path: Path):
    """A program that is checked strictly finds our types."""
    for number, program in enumerate(PROGRAMS):
        (tmp_path / f"program_{number}.py").write_text(program, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-boto3.*]\nignore_missing_imports = true\n")
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", os.devnull, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_importing_the_package_loads_nothing_of_it(tutorial: Machine):
    program = "import sys, atmos_auth; print(sorted(m for m in sys.modules if m.startswith('atmos_auth')))"
    assert run(tutorial, program).stdout == "['atmos_auth']\n"
