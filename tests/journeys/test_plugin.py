"""The example of a plug-in, as its README tells one to install and use it; and plug-ins that are broken."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from aws_emulator import Emulator

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugin"
KIND = "acme/credential-process"
# What a vendor's program may be: it has keys of its own, and prints a session.
VENDOR = """\
#!{python}
import json, sys
from botocore.session import Session
assert sys.argv[1:] == ["--role", "admin"], sys.argv
sys.stderr.write("the vendor's program was here\\n")
sts = Session().create_client(
    "sts",
    region_name="us-east-1",
    endpoint_url={url!r},
    aws_access_key_id="AKIAEMULATORBREAKGLS",
    aws_secret_access_key="example/only/for/the/emulator/0123456789",
)
{before}
keys = sts.get_session_token(DurationSeconds=3600)["Credentials"]
keys["Expiration"] = keys["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")
print(json.dumps(keys | {{"Version": 1}}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder into which the plug-in was installed from a wheel, without any network."""
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("site")
    installing = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"),
            *("--disable-pip-version-check", "--target", str(target), str(source)),
        ],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert installing.returncode == 0, installing.stderr
    return target


@pytest.fixture
def vendor(machine, aws: Emulator, site):
    """Writes the vendor's program, and the configuration of the README, with the emulator in the place of AWS."""
    machine.environ["PYTHONPATH"] = str(site)
    programs = machine.home / "bin"
    programs.mkdir()
    machine.environ["PATH"] = os.pathsep.join((str(programs), machine.environ["PATH"]))

    def write(before: str = "") -> None:
        program = programs / "vendor-credentials"
        program.write_text(VENDOR.format(python=sys.executable, url=aws.url, before=before))
        program.chmod(0o700)

    (block,) = re.findall(r"```yaml\n(.*?)```", (EXAMPLE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    configuration = yaml.safe_load(block)
    configuration["auth"]["identities"]["vendor"]["spec"] = {"endpoint_url": aws.url}
    del configuration["auth"]["identities"]["deploy"]["principal"]["assume_role"]
    # The role of the README trusts a permission set; this one trusts the user whose keys the vendor has.
    configuration["auth"]["identities"]["deploy"]["principal"]["assume_role"] = (
        "arn:aws:iam::111111111111:role/LongRole"
    )
    machine.write(yaml.safe_dump(configuration))
    write()
    return write


def caller(machine, identity: str) -> str:
    result = machine.atmos("auth", "exec", "-i", identity, "--", *machine.command("aws", "sts", "get-caller-identity"))
    assert result.returncode == 0, result.stderr
    arn: str = json.loads(result.stdout)["Arn"]
    return arn


def test_what_was_installed_is_a_kind(machine, vendor):
    result = machine.atmos("auth", "validate", "--verbose")
    assert result.returncode == 0, result.stderr
    listed = machine.atmos("auth", "list", "--format", "json")
    assert listed.returncode == 0, listed.stderr
    assert KIND in listed.stdout


def test_it_is_used_like_any_other_kind(machine, vendor, aws: Emulator):
    login = machine.atmos("auth", "login", "vendor")
    assert login.returncode == 0, login.stderr
    assert "✓ Authentication successful!" in login.stderr
    assert "the vendor's program was here" in login.stderr
    assert (login.stdout, caller(machine, "vendor")) == ("", "arn:aws:iam::111111111111:user/breakglass")


def test_a_chain_starts_from_it_and_the_program_runs_once(machine, vendor, aws: Emulator):
    assert "assumed-role/LongRole/" in caller(machine, "deploy")
    aws.journal.clear()
    assert "assumed-role/LongRole/" in caller(machine, "deploy")
    assert caller(machine, "vendor").endswith("user/breakglass")
    assert aws.journal.count("sts:GetSessionToken") == 0


def test_logging_out_takes_its_credentials(machine, vendor):
    assert machine.atmos("auth", "login", "vendor").returncode == 0
    result = machine.atmos("auth", "logout", "vendor")
    assert result.returncode == 0, result.stderr
    assert 'removed credentials of identity "vendor"' in result.stderr


def test_a_program_that_fails_is_an_error_with_its_link(machine, vendor):
    vendor(before="sys.exit('the vendor is closed today')")
    result = machine.atmos("auth", "login", "vendor")
    assert result.returncode == 1
    assert "the vendor is closed today" in result.stderr
    (finding,) = machine.findings(result.stderr)
    assert finding.message == "vendor-credentials failed with status 1"
    assert any(detail.startswith('link: identity "vendor"') for detail in finding.details)


def test_a_wrong_setting_is_found_at_its_place(machine, vendor):
    text = machine.atmos_yaml.read_text()
    machine.write(text.replace("timeout: 30s", "timeout: soon").replace("region: us-east-1", "regoin: us-east-1"))
    result = machine.atmos("auth", "validate")
    assert result.returncode == 1
    messages = " ".join(finding.message for finding in machine.findings(result.stderr))
    assert 'timeout is "soon"' in messages
    assert "regoin" in messages


def test_without_the_package_the_kind_is_unknown(machine, vendor):
    del machine.environ["PYTHONPATH"]
    result = machine.atmos("auth", "login", "vendor")
    assert result.returncode == 1
    assert f'unsupported identity kind: "{KIND}"' in result.stderr


def test_its_own_tests_pass_where_it_is_installed(site, tmp_path, environ):
    tests = tmp_path / "tests"
    shutil.copytree(EXAMPLE / "tests", tests, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(EXAMPLE / "pyproject.toml", tmp_path)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tests)],
        cwd=tmp_path,
        env=environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    assert re.search(r"^\d+ passed", result.stdout.splitlines()[-1]), result.stdout
    assert "TestContract" in (EXAMPLE / "tests" / "test_credential_process.py").read_text(encoding="utf-8")


# --- broken ones -----------------------------------------------------------------------------------------------

BROKEN = {
    "cannot-be-imported": ("import acme_needs_this\n", "ModuleNotFoundError: No module named 'acme_needs_this'"),
    "is-no-python": ("class Kind(:\n", "SyntaxError"),
    "leaves": ("raise SystemExit(0)\n", "SystemExit: 0"),
    "has-another-name": ("class Other: ...\n", "AttributeError"),
    "is-no-kind": ("class Kind: ...\n", "has no `needs`, no `gives`, no `settings_type`, no `authenticate`"),
    "is-a-function": ("def Kind(): ...\n", "has no `needs`"),
}
WRONG_AT_WORK = """\
from atmos_auth.config.settings import IdentitySettings
from atmos_auth.domain.credentials import AwsCredentials


class Settings(IdentitySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    \"\"\"None.\"\"\"


class Kind:
    needs = ()
    gives = AwsCredentials
    settings_type = Settings

    def __init__(self, name, settings, tools):
        pass

    def authenticate(self, previous):
        {body}
"""


def add_package(folder: Path, name: str, source: str) -> None:
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    metadata = folder / f"{module}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        f"[atmos_auth.kinds]\nidentity:broken/{name} = {module}:Kind\n", encoding="utf-8"
    )


@pytest.fixture
def broken(machine, vendor, tmp_path):
    """Installs a package with a kind `broken/NAME`, and configures an identity of it, beside those that are whole."""
    folder = tmp_path / "broken"
    folder.mkdir()
    machine.environ["PYTHONPATH"] += os.pathsep + str(folder)

    def install(name: str, source: str) -> None:
        add_package(folder, name, source)
        text = machine.atmos_yaml.read_text()
        machine.write(text.replace("  identities:\n", f"  identities:\n    bad:\n      kind: broken/{name}\n", 1))

    return install


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plug_in_is_an_error_that_names_it_and_the_others_work(machine, broken, name):
    source, why = BROKEN[name]
    broken(name, source)
    for words in (("validate",), ("login", "bad"), ("env", "-i", "bad"), ("whoami", "bad")):
        result = machine.atmos("auth", *words)
        assert result.returncode == 1, words
        assert "Traceback" not in result.stderr
        finding = next(f for f in machine.findings(result.stderr) if f"broken/{name}" in f.message)
        assert f"of the package {name} 1.0" in finding.message
        assert why in finding.message
        assert finding.place is not None
        assert finding.place.endswith("atmos.yaml:4:13"), words
        assert f"pip install --upgrade {name}" in finding.hints[0]
    assert machine.atmos("auth", "list").returncode == 0
    assert caller(machine, "vendor").endswith("user/breakglass")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("return {'AccessKeyId': 'x'}", 'identity "bad" (broken/at-work) gave dict, which is no credential'),
        ("return None", 'identity "bad" (broken/at-work) gave NoneType, which is no credential'),
        ("raise KeyError('x')", "internal error: KeyError"),
    ],
)
def test_a_plug_in_that_is_wrong_at_work_is_named_as_well(machine, broken, body, why):
    broken("at-work", WRONG_AT_WORK.format(body=body))
    assert machine.atmos("auth", "validate").returncode == 0
    result = machine.atmos("auth", "login", "bad")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert why in result.stderr
    assert '"bad" (broken/at-work)' in result.stderr
    assert caller(machine, "vendor").endswith("user/breakglass")
