"""`auth serve` and `--refresh=endpoint`: who gets what, until when, and what is left behind."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aws_emulator import Emulator

ARN = "arn:aws:sts::333333333333:assumed-role/DeployRole/journey"
WHOAMI = "aws sts get-caller-identity --query Arn --output text"
URI, TOKEN_FILE = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"


class Served:
    """A running `auth serve`, and what it printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        # To the end: it must come although the process goes on.
        self.variables: dict[str, str] = json.loads(process.stdout.read() or "{}")

    @property
    def token_file(self) -> Path:
        return Path(self.variables[TOKEN_FILE])

    def ask(self) -> tuple[int, dict[str, str]]:
        return ask(self.variables)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, stderr = self.process.communicate(timeout=20)
        return self.process.returncode, stderr


def ask(variables: dict[str, str]) -> tuple[int, dict[str, str]]:
    address = urlsplit(variables[URI])
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    connection.request("GET", address.path, headers={"Authorization": Path(variables[TOKEN_FILE]).read_text()})
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response.status, body


def listens(variables: dict[str, str]) -> bool:
    address = urlsplit(variables[URI])
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port)) == 0


def eventually(holds, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def signed_in(machine):
    machine.login()
    return machine


@pytest.fixture
def serve(machine) -> Iterator:
    started: list[Served] = []

    def start(*words: str, env: dict[str, str] | None = None) -> Served:
        started.append(Served(machine.start("auth", "serve", "--format", "json", *words, env=env)))
        return started[-1]

    yield start
    for served in started:
        served.process.kill()
        served.process.communicate()


def test_what_is_printed_makes_any_sdk_the_identity(signed_in, serve):
    served = serve("prod")
    assert served.process.poll() is None
    variables = served.variables
    assert set(variables) == {
        URI,
        TOKEN_FILE,
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_ENDPOINT_URL_STS",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "ATMOS_IDENTITY",
    }
    shown = signed_in.run(*WHOAMI.split(), env=variables)
    assert shown.stdout.strip() == ARN, shown.stderr
    status, body = served.ask()
    assert (status, body["AccountId"]) == (200, "333333333333")
    assert body["AccessKeyId"] in signed_in.credentials().read_text()


def test_nothing_of_the_persons_own_files_wins(signed_in):
    own = signed_in.home / ".aws"
    own.mkdir()
    (own / "credentials").write_text("[default]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n")
    result = signed_in.atmos(
        "auth", "exec", "--refresh=endpoint", "--", "sh", "-c", WHOAMI, env={"AWS_PROFILE": "mine"}
    )
    assert (result.returncode, result.stdout.strip()) == (0, ARN), result.stderr


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="what other users see of a process stands in /proc")
def test_the_token_is_in_its_file_and_nowhere_else(signed_in, serve, tmp_path):
    log = tmp_path / "log"
    served = serve("prod", env={"ATMOS_LOGS_LEVEL": "trace", "ATMOS_LOGS_FILE": str(log)})
    token, file = served.token_file.read_text(), served.token_file
    assert len(token) == 43, "256 bits in base64url"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    served.ask()
    wrong = http.client.HTTPConnection(urlsplit(served.variables[URI]).netloc, timeout=10)
    wrong.request("GET", "/", headers={"Authorization": token[:-1]})
    assert token not in wrong.getresponse().read().decode()
    wrong.close()
    process = Path("/proc") / str(served.process.pid)
    seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    assert token.encode() not in seen
    assert token not in json.dumps(served.variables)
    status, stderr = served.end()
    assert token not in f"{stderr}{log.read_text()}"
    assert "WrongToken" in log.read_text()
    assert (status, file.exists(), file.parent.exists()) == (143, False, False)


@pytest.mark.parametrize(("number", "status"), [("SIGINT", 0), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_it_ends_by_a_signal_and_leaves_nothing(signed_in, serve, number: str, status: int):
    served = serve("prod")
    assert served.end(getattr(signal, number))[0] == status
    assert not served.token_file.parent.exists()
    assert not listens(served.variables)


def test_it_says_where_and_until_when(signed_in):
    terminal = signed_in.terminal("auth", "serve", "prod", "--format", "fish")
    terminal.expect(
        r'Serving "prod" at (http://127.0.0.1:\d+/atmos/credentials) until Ctrl-C or the end of process (\d+)'
    )
    address, process = terminal.match.groups()
    assert process == str(os.getpid())
    terminal.expect(rf"set -gx AWS_CONTAINER_CREDENTIALS_FULL_URI '?{re.escape(address)}")
    terminal.expect_exact("AWS_SHARED_CREDENTIALS_FILE")
    terminal.sendintr()
    terminal.wait()
    assert terminal.exitstatus == 0
    assert "aborted" not in terminal.before


def test_somebody_is_asked_before_it_serves(machine, serve):
    served = serve("prod", "--force-tty", "--no-browser")
    assert served.ask()[0] == 200
    assert "Check that the page shows this code" in served.end()[1]
    unasked = machine.atmos("auth", "logout", "--all")
    assert unasked.returncode == 0, unasked.stderr
    nobody = machine.atmos("auth", "serve", "prod")
    assert (nobody.returncode, nobody.stdout) == (2, "")
    assert "atmos auth login --identity prod" in nobody.stderr


BASH = """\
set -eu
eval "$(atmos auth serve prod --parent-pid $$ &)"
echo "$AWS_CONTAINER_CREDENTIALS_FULL_URI"
echo "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
aws sts get-caller-identity --query Arn --output text
"""


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_that_is_open_is_served_until_its_end(signed_in, shell: str):
    import shutil

    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [shell, "-c", BASH],
        cwd=signed_in.directory,
        env=signed_in.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    address, token_file, arn = done.stdout.splitlines()
    assert arn == ARN
    variables = {URI: address, TOKEN_FILE: token_file}
    eventually(lambda: not listens(variables) and not Path(token_file).parent.exists())


def test_who_has_lost_its_parent_already_says_what_to_type(signed_in, tmp_path):
    """As in `eval "$(atmos auth serve prod &)"`, which would otherwise serve for ever."""
    said = tmp_path / "said"
    script = f"(sleep 0.5; exec atmos auth serve prod >'{tmp_path / 'printed'}' 2>'{said}') &"
    # Of a session of its own: in a container the first process, which adopts, may be of ours.
    subprocess.run(
        ["sh", "-c", script],
        cwd=signed_in.directory,
        env=signed_in.environ,
        start_new_session=True,
        timeout=60,
        check=True,
    )
    eventually(lambda: said.exists() and said.read_text().endswith("--parent-pid $$\n"))
    assert "has ended already" in said.read_text()
    assert (tmp_path / "printed").read_text() == ""


def test_it_ends_with_the_process_that_started_it(signed_in, tmp_path):
    printed = tmp_path / "variables"
    script = (
        f"atmos auth serve prod --format json >'{printed}' & while [ ! -s '{printed}' ]; do sleep 0.05; done; sleep 0.3"
    )
    subprocess.run(["sh", "-c", script], cwd=signed_in.directory, env=signed_in.environ, timeout=60, check=True)
    variables = json.loads(printed.read_text())
    eventually(lambda: not listens(variables))
    eventually(lambda: not Path(variables[TOKEN_FILE]).parent.exists())


def test_it_ends_with_exec_even_if_that_is_killed(signed_in):
    script = "echo CHILD=$$; env; echo; exec sleep 60"
    process = signed_in.start("auth", "exec", "--refresh=endpoint", "--", "sh", "-c", script)
    variables = {}
    assert process.stdout is not None
    for line in iter(process.stdout.readline, "\n"):
        name, _, value = line.rstrip("\n").partition("=")
        variables[name] = value
    assert "AWS_PROFILE" not in variables
    assert ask(variables)[0] == 200
    process.kill()
    process.wait(timeout=20)
    assert not listens(variables), "its program lives on, and gets nothing more"
    os.kill(int(variables["CHILD"]), signal.SIGKILL)
    process.communicate()
    left = Path(variables[TOKEN_FILE]).parent
    assert left.exists()
    assert signed_in.atmos("auth", "exec", "--refresh=endpoint", "--", "true").returncode == 0
    assert not left.exists(), "what a killed run left is removed by the next one"


def test_signals_reach_the_program_beside_the_endpoints_threads(signed_in):
    script = "trap 'echo terminated; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
    process = signed_in.start("auth", "exec", "--refresh=endpoint", "--", "sh", "-c", script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    stdout, _ = process.communicate(timeout=30)
    assert (stdout, process.returncode) == ("terminated\n", 5)


def test_a_sign_in_elsewhere_is_taken_up_at_once_and_so_is_a_sign_out(signed_in, serve):
    served = serve("prod")
    before = served.ask()[1]["AccessKeyId"]
    signed_in.login("prod")
    after = served.ask()[1]["AccessKeyId"]
    assert after != before
    assert signed_in.atmos("auth", "logout", "--all").returncode == 0
    status, body = served.ask()
    assert status == 403
    assert "AccessKeyId" not in body
    assert "atmos auth login --identity prod" in body["message"]
    signed_in.login("prod")
    status, body = served.ask()
    assert (status, body.get("AccessKeyId") in signed_in.credentials().read_text()) == (200, True)


WORKER = """\
import sys, time
import boto3, botocore.exceptions
sts = boto3.client("sts")
print(sts.get_caller_identity()["Arn"], flush=True)
sys.stdin.readline()
try:
    sts.get_caller_identity()
except botocore.exceptions.CredentialRetrievalError as error:
    print(error, flush=True)
sys.stdin.readline()
print(sts.get_caller_identity()["Arn"], flush=True)
"""


def test_a_program_is_told_that_somebody_must_sign_in_and_goes_on_afterwards(signed_in, aws: Emulator):
    aws.state.longest_key_seconds = 600
    signed_in.login("prod")
    argv = signed_in.command("atmos", "auth", "exec", "--refresh=endpoint", "--", sys.executable, "-c", WORKER)
    process = subprocess.Popen(
        argv,
        cwd=signed_in.directory,
        env=signed_in.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline().strip() == ARN
    # The portal's session ends, and so do the keys.
    aws.clock.advance(9 * 3600)
    signed_in.expire_credentials()
    process.stdin.write("\n")
    process.stdin.flush()
    told = process.stdout.readline()
    assert "atmos auth login --identity prod" in told
    signed_in.login("prod")
    stdout, stderr = process.communicate("\n", timeout=60)
    assert (stdout.strip(), process.returncode) == (ARN, 0), stderr
    (said,) = re.findall(r"WARN.* could not be renewed: .*", stderr)
    assert "atmos auth login --identity prod" in said


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--port", "99999"), 1, '--port is "99999", which is not a number from 1 to 65535'),
        (("--port", "x"), 1, '--port is "x"'),
        (("--parent-pid", "0"), 1, '--parent-pid is "0"'),
        (("--parent-pid", "-1"), 1, "--parent-pid"),
        (("--parent-pid", str(2**22 + 1)), 1, f"there is no process {2**22 + 1} to end with"),
        (("--format", "xml"), 1, "unsupported format: xml"),
        (("--identity=false",), 1, "authentication is disabled"),
        (("nobody",), 1, 'identity "nobody" not found'),
    ],
)
def test_what_cannot_be_served_is_said_and_nothing_is_printed(signed_in, words, status: int, message: str):
    result = signed_in.atmos("auth", "serve", *words)
    assert (result.returncode, result.stdout) == (status, "")
    assert message in result.stderr
    assert len(signed_in.findings(result.stderr)) == 1


def test_a_port_that_is_taken_is_an_error(signed_in, serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = signed_in.atmos("auth", "serve", "prod", "--port", str(port))
    assert (result.returncode, result.stdout) == (1, "")
    assert f"cannot serve on port {port} of 127.0.0.1: Address already in use" in result.stderr
    assert urlsplit(serve("prod", "--port", str(port)).variables[URI]).port == port


def test_an_identity_that_passes_through_is_not_served(signed_in):
    signed_in.write(signed_in.atmos_yaml.read_text() + "    here: { kind: ambient }\n")
    for words in (("serve", "here"), ("exec", "-i", "here", "--refresh=endpoint", "--", "true")):
        result = signed_in.atmos("auth", *words)
        assert (result.returncode, result.stdout) == (1, "")
        assert "starts from what the environment gives" in result.stderr


def test_another_identity_clears_the_endpoint_from_a_shell(signed_in, serve):
    variables = serve("prod").variables
    other = signed_in.atmos("auth", "env", "base", env=variables)
    assert other.returncode == 0, other.stderr
    unset = re.findall(r"^unset (.*)$", other.stdout, re.MULTILINE)
    words = " ".join(unset).split()
    assert {URI, TOKEN_FILE, "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} <= set(words)
    cleared = signed_in.atmos("auth", "env", "--unset", env=variables)
    assert {URI, TOKEN_FILE, "AWS_CONFIG_FILE"} <= set(
        " ".join(re.findall(r"^unset (.*)$", cleared.stdout, re.MULTILINE)).split()
    )


def delivered(machine, *words: str, env: dict[str, str] | None = None) -> str:
    """Tell how a program gets its credentials."""
    result = machine.atmos("auth", "exec", *words, "--", "env", env=env)
    assert result.returncode == 0, result.stderr
    child = dict(line.split("=", 1) for line in result.stdout.splitlines() if "=" in line)
    if URI in child:
        return "endpoint"
    return "process" if "refreshing" in child.get("AWS_CONFIG_FILE", "") else "files"


@pytest.mark.parametrize(
    ("configured", "flags", "way"),
    [
        (None, (), "files"),
        (None, ("--refresh",), "process"),
        (None, ("--refresh=endpoint",), "endpoint"),
        (None, ("--refresh=off",), "files"),
        ("files", ("--refresh",), "process"),
        ("process", (), "process"),
        ("process", ("--refresh=endpoint",), "endpoint"),
        ("endpoint", (), "endpoint"),
        ("endpoint", ("--refresh",), "endpoint"),
        ("endpoint", ("--refresh=process",), "process"),
        ("endpoint", ("--refresh=off",), "files"),
    ],
)
def test_the_flag_wins_over_the_configuration(signed_in, configured, flags, way: str):
    if configured:
        signed_in.write(signed_in.atmos_yaml.read_text().replace("auth:\n", f"auth:\n  delivery: {configured}\n", 1))
    assert delivered(signed_in, *flags) == way


def test_what_is_configured_for_all_passes_ambient_identities_by(signed_in):
    text = signed_in.atmos_yaml.read_text().replace("auth:\n", "auth:\n  delivery: endpoint\n", 1)
    signed_in.write(text + "    here: { kind: ambient }\n")
    assert delivered(signed_in, "-i", "here") == "files"


def test_a_keyring_in_memory_can_be_served_from_this_process_only(machine):
    words = ("--force-tty", "--no-browser", "--refresh")
    memory = {"ATMOS_KEYRING_TYPE": "memory"}
    assert delivered(machine, *words, env=memory) == "endpoint"
    shown = machine.atmos("auth", "exec", *words, "--", "sh", "-c", WHOAMI, env=memory)
    assert shown.stdout.strip().endswith(ARN), shown.stderr


def test_a_delivery_that_is_none_is_an_error_with_its_place(signed_in):
    signed_in.write(signed_in.atmos_yaml.read_text().replace("auth:\n", "auth:\n  delivery: pigeon\n", 1))
    result = signed_in.atmos("auth", "exec", "--", "true")
    (finding,) = signed_in.findings(result.stderr)
    assert (result.returncode, finding.message) == (
        1,
        'auth.delivery is "pigeon", which is not one of: files, process, endpoint',
    )
    assert finding.place == f"{signed_in.atmos_yaml}:2:13"
    wrong = signed_in.atmos("auth", "exec", "--refresh=pigeon", "--", "true")
    assert (wrong.returncode, "use one of: --refresh=process" in wrong.stderr) == (1, True)


def test_a_profile_that_would_win_is_left_out(signed_in):
    text = signed_in.atmos_yaml.read_text().replace("    staging:\n", "    default:\n      required: true\n")
    signed_in.write(text)
    words = ("--force-tty", "--no-browser", "--refresh=endpoint", "--with-required")
    result = signed_in.atmos("auth", "exec", *words, "--", "sh", "-c", WHOAMI)
    assert result.stdout.strip().endswith(ARN), result.stderr
    assert "would win over the endpoint" in result.stderr
