"""IAM users by the browser: signing in, renewing for half a day, pasting over SSH, and nothing that leaks."""

import http.client
import io
import json
import os
import re
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pexpect
import pytest

from aws_emulator import Emulator
from installed import CHROMIUM, CHROMIUM_FLAGS, in_chromium

BREAKGLASS = "arn:aws:iam::111111111111:user/breakglass"
DEVICE = "arn:aws:iam::111111111111:mfa/breakglass"
KEY, SECRET = "AKIAEMULATORBREAKGLS", "example/only/for/the/emulator/0123456789"
PASSWORD = "canary-password-of-the-keyring"
TOKEN = "signin:CreateOAuth2Token"
CONFIGURATION = """\
auth:
  identities:
    me:
      kind: aws/user
      default: true
      spec: {{ endpoint_url: "{url}" }}
    role:
      kind: aws/assume-role
      via: {{ identity: me }}
      principal: {{ assume_role: "arn:aws:iam::111111111111:role/LongRole", session_name: journey }}
"""


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def fetched(url: str, form: dict[str, str] | None = None) -> str:
    """Do what a browser does with an address: follow redirects to the last page, and read it."""
    data = urlencode(form).encode() if form is not None else None
    with build_opener(ProxyHandler({})).open(Request(url, data), timeout=20) as answer:
        return answer.read().decode()


class Desk:
    """A machine whose BROWSER only notes the address: the test is the browser."""

    def __init__(self, machine, aws: Emulator) -> None:
        self.machine = machine
        self.aws = aws
        self._visit = machine.directory / "visit"
        script = machine.write(
            f'#!/bin/sh\nprintf %s "$1" >"{self._visit}.new"\nmv "{self._visit}.new" "{self._visit}"\n', "note"
        )
        script.chmod(0o755)
        machine.environ |= {
            "BROWSER": str(script),
            "ATMOS_KEYRING_TYPE": "file",
            "ATMOS_KEYRING_PASSWORD": PASSWORD,
        }
        machine.write(CONFIGURATION.format(url=aws.url))

    @property
    def opened(self) -> bool:
        return self._visit.exists()

    def address(self) -> str:
        wait_for(self._visit.exists)
        address = self._visit.read_text()
        self._visit.unlink()
        return address

    def start(self, *words: str, **options: object) -> subprocess.Popen[str]:
        return self.machine.start("auth", "--force-tty", *words, **options)

    def sign_in(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Sign in, the emulator approving."""
        process = self.start(*(words or ("login",)))
        fetched(self.address())
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return subprocess.CompletedProcess(words, 0, out, err)

    @property
    def refresh_file(self) -> Path:
        return self.machine.home / ".cache/atmos/aws-webflow/me-/refresh.json"

    def expire(self) -> None:
        """Let the quarter of an hour be over, here and at AWS."""
        self.machine.expire_credentials()
        self.aws.clock.advance(901)


@pytest.fixture
def desk(machine, aws: Emulator) -> Desk:
    return Desk(machine, aws)


# --- signing in ------------------------------------------------------------------------------------------------


def test_the_browser_signs_in_and_twelve_hours_of_renewals_ask_nobody(desk: Desk, aws: Emulator):
    process = desk.start("login")
    page = fetched(desk.address())
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert "<script" not in page
    assert "✓ Authentication successful!" in stderr
    assert re.search(r"Provider\s+aws-user\s", stderr)
    assert re.search(rf"Principal\s+{BREAKGLASS}\s", stderr)
    assert f"{aws.url}/v1/authorize?" in stderr

    folder = desk.refresh_file.parent
    assert stat.S_IMODE(desk.refresh_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    first = json.loads(desk.refresh_file.read_text())

    asked = desk.machine.atmos("auth", "exec", "--", desk.machine.command("aws")[0], "sts", "get-caller-identity")
    assert json.loads(asked.stdout)["Arn"] == BREAKGLASS
    assert aws.journal.count(TOKEN) == 1, "fifteen minutes count as warm"

    for words in (("env",), ("whoami", "--check"), ("exec", "--", "true"), ("login",)):
        desk.expire()
        done = desk.machine.atmos("auth", *words)
        assert done.returncode == 0, (words, done.stderr)
    assert not desk.opened
    grants = [e.notes["grant"] for e in aws.journal.entries() if e.operation == "CreateOAuth2Token"]
    assert grants == ["authorization_code", *["refresh_token"] * 4]
    renewed = json.loads(desk.refresh_file.read_text())
    assert renewed["refreshToken"] != first["refreshToken"]
    assert (renewed["expiresAt"], renewed["dpopKey"]) == (first["expiresAt"], first["dpopKey"])


def test_a_role_starts_at_the_sign_in(desk: Desk, aws: Emulator):
    desk.sign_in("login", "role")
    shown = desk.machine.atmos("auth", "whoami", "role", "-o", "json")
    assert json.loads(shown.stdout)["principal"] == "arn:aws:sts::111111111111:assumed-role/LongRole/journey"


def test_webflow_heeds_no_keys_and_stores_none(desk: Desk, aws: Emulator):
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    assert desk.machine.atmos("auth", "user", "configure", "--from-env", env=keys).returncode == 0
    keyring = desk.machine.home / ".local/share/atmos/keyring"
    before = {path: path.read_bytes() for path in keyring.iterdir()}
    desk.sign_in("login", "--webflow")
    assert aws.journal.count("sts:GetSessionToken") == 0
    assert aws.journal.count(TOKEN, outcome="ok") == 1
    assert {path: path.read_bytes() for path in keyring.iterdir()} == before
    role = desk.machine.atmos("auth", "login", "role", "--webflow")
    assert role.returncode == 1
    assert "--webflow requires an aws/user identity" in role.stderr


def test_webflow_switched_off_is_off(desk: Desk, aws: Emulator):
    text = desk.machine.atmos_yaml.read_text()
    desk.machine.write(
        text.replace("      default: true\n", "      default: true\n      credentials: { webflow_enabled: false }\n")
    )
    login = desk.machine.atmos("auth", "login", "--force-tty")
    assert login.returncode == 2
    assert 'aws user not configured: "me"' in login.stderr
    assert "atmos auth user configure --identity me" in login.stderr
    asked_for = desk.machine.atmos("auth", "login", "--webflow", "--force-tty")
    assert asked_for.returncode == 1
    assert "browser authentication is disabled" in asked_for.stderr
    assert not desk.opened
    assert aws.journal.entries() == []


# --- what else comes to the port -------------------------------------------------------------------------------


def test_strangers_at_the_port_do_not_end_the_wait(desk: Desk, aws: Emulator):
    process = desk.start("login")
    address = desk.address()
    asked = dict(parse_qsl(urlsplit(address).query))
    callback = urlsplit(asked["redirect_uri"])
    right = urlencode({"code": "stranger", "state": asked["state"]})

    def knock(target: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", callback.port, timeout=10)
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        assert "script" not in (answer.headers["Content-Security-Policy"] or "script"), answer.headers.items()
        connection.close()
        return answer.status, page

    assert knock("/favicon.ico")[0] == 404
    assert knock(f"/oauth/callback/x?{right}")[0] == 404
    assert knock(callback.path)[0] == 400
    assert knock(f"{callback.path}?{right}", Host="evil.example")[0] == 400
    assert knock(f"{callback.path}?{right}", method="POST")[0] == 405
    for state in ("", "other", asked["state"][:-1]):
        assert knock(f"{callback.path}?{urlencode({'code': 'stranger', 'state': state})}")[0] == 400
        assert knock(f"{callback.path}?{urlencode({'error': 'access_denied', 'state': state})}")[0] == 400
    assert process.poll() is None
    fetched(address)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert aws.journal.count(TOKEN) == 1


def test_a_refusal_in_the_browser_is_one_here(desk: Desk, aws: Emulator):
    aws.auto_approve = False
    process = desk.start("login")
    address = desk.address()
    form = dict(parse_qsl(urlsplit(address).query)) | {"decision": "deny", "user": BREAKGLASS}
    page = fetched(f"{aws.url}/v1/authorize", form)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "refused in the browser" in stderr
    assert "<script" not in page
    assert not desk.refresh_file.exists()
    assert aws.journal.count(TOKEN) == 0


def test_a_service_that_fails_is_named_and_the_token_stays(desk: Desk, aws: Emulator):
    desk.sign_in()
    desk.expire()
    before = desk.refresh_file.read_text()
    aws.faults.add(TOKEN, status=503)
    failed = desk.machine.atmos("auth", "exec", "--", "true")
    assert failed.returncode == 1
    assert TOKEN in failed.stderr
    assert desk.refresh_file.read_text() == before
    aws.faults.clear()
    assert desk.machine.atmos("auth", "exec", "--", "true").returncode == 0


@pytest.mark.parametrize("how", ["revoked", "rotated"])
def test_a_sign_in_that_aws_ended_starts_over_in_the_browser(desk: Desk, aws: Emulator, how: str):
    desk.sign_in()
    desk.expire()
    if how == "revoked":
        aws.revoke_sessions()
    else:
        aws.rotate_key(BREAKGLASS)
    silent = desk.machine.atmos("auth", "env")
    assert silent.returncode == 1
    assert "atmos auth login --identity me" in silent.stderr
    assert not desk.opened
    desk.sign_in("exec", "--", "true")


# --- where nobody is -------------------------------------------------------------------------------------------


def test_without_a_terminal_nothing_is_opened(desk: Desk, aws: Emulator):
    for words in (("login",), ("exec", "--", "true"), ("login", "--webflow")):
        done = desk.machine.atmos("auth", *words)
        assert (done.returncode, done.stdout) == (2, ""), words
        (finding,) = desk.machine.findings(done.stderr)
        assert "needs a person" in finding.message
        assert finding.hints
    assert not desk.opened
    assert aws.journal.entries() == []


def test_env_and_whoami_never_open_a_browser(desk: Desk, aws: Emulator):
    for words in (("env",), ("whoami",), ("env", "role")):
        assert desk.machine.atmos("auth", *words, "--force-tty").returncode == 1
    assert not desk.opened
    assert aws.journal.entries() == []


def test_logging_out_removes_what_renews(desk: Desk, aws: Emulator):
    desk.sign_in()
    token = json.loads(desk.refresh_file.read_text())["refreshToken"]
    planned = desk.machine.atmos("auth", "logout", "me", "--dry-run")
    assert 'browser sign-in of identity "me"' in planned.stderr
    assert desk.refresh_file.exists()
    out = desk.machine.atmos("auth", "logout", "me")
    assert out.returncode == 0, out.stderr
    assert not desk.refresh_file.exists()
    assert [path for path in desk.machine.files() if token.encode() in path.read_bytes()] == []
    assert desk.machine.atmos("auth", "env").returncode == 1


def test_a_damaged_file_is_set_aside_and_the_browser_opens(desk: Desk, aws: Emulator):
    desk.sign_in()
    desk.refresh_file.write_text("[]")
    again = desk.sign_in("login", "--force")
    assert "refresh.json.corrupt" in again.stderr


# --- on another machine ----------------------------------------------------------------------------------------


@pytest.fixture
def remote(desk: Desk) -> Iterator[pexpect.spawn]:
    """A login in an SSH session, wide enough to keep the address on one line."""
    env = {"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22", "NO_COLOR": "1"}
    terminal = desk.machine.terminal("auth", "login", env=env, columns=2000)
    terminal.logfile_read = io.StringIO()
    yield terminal
    terminal.close(force=True)


def pasteable(terminal: pexpect.spawn) -> str:
    """Read the address off the screen, and give what the page shows at the end."""
    terminal.expect(r"(http\S+/v1/authorize\?\S+)\r")
    page = fetched(terminal.match[1])
    found = re.search(r'class="paste"[^>]*>([^<]+)<', page)
    assert found is not None, page
    return unescape(found[1])


@pytest.mark.parametrize("form", ["as it is", "without padding", "as the address"])
def test_over_ssh_the_text_of_the_page_is_pasted(desk: Desk, remote: pexpect.spawn, aws: Emulator, form: str):
    from base64 import b64decode

    text = pasteable(remote)
    if form == "without padding":
        text = text.rstrip("=")
    elif form == "as the address":
        text = f"{aws.url}/v1/sessions/confirmation?{b64decode(text).decode()}"
    remote.expect_exact("Code shown at the end:")
    remote.send(f"\x1b[200~{text}\x1b[201~\r")
    remote.expect_exact("Authentication successful!")
    remote.expect(pexpect.EOF)
    remote.close()
    assert remote.exitstatus == 0
    assert text not in remote.logfile_read.getvalue()
    assert not desk.opened
    assert json.loads(desk.refresh_file.read_text())["clientId"].endswith("cross-device")
    desk.expire()
    assert desk.machine.atmos("auth", "env").returncode == 0


@pytest.mark.parametrize(
    ("pasted", "word"), [("canary", "missing authorization code"), ("code=canary&state=x", "state mismatch")]
)
def test_over_ssh_anything_else_is_refused(desk: Desk, remote: pexpect.spawn, aws: Emulator, pasted: str, word: str):
    remote.expect_exact("Code shown at the end:")
    remote.send(pasted + "\r")
    remote.expect_exact(word)
    remote.expect(pexpect.EOF)
    remote.close()
    assert remote.exitstatus == 1
    assert "canary" not in remote.logfile_read.getvalue()
    assert aws.journal.count(TOKEN) == 0


# --- many at once ----------------------------------------------------------------------------------------------


def test_twenty_processes_redeem_one_refresh_token_once(desk: Desk, aws: Emulator):
    desk.sign_in()
    desk.expire()
    aws.journal.clear()
    crowd = [desk.machine.start("auth", "exec", "--", "true") for _ in range(20)]
    outcomes = [(process.communicate(timeout=100)[1], process.returncode) for process in crowd]
    assert [code for _, code in outcomes] == [0] * 20, [error for error, code in outcomes if code][:1]
    assert aws.journal.count(TOKEN) == 1
    assert not desk.opened


def test_two_identities_of_one_user_keep_sign_ins_of_their_own(desk: Desk, aws: Emulator):
    other = f'    other: {{ kind: aws/user, spec: {{ endpoint_url: "{aws.url}" }} }}\n'
    desk.machine.write(desk.machine.atmos_yaml.read_text() + other)
    desk.sign_in()
    desk.sign_in("login", "other")
    desk.expire()
    for identity in ("me", "other"):
        assert desk.machine.atmos("auth", "env", identity).returncode == 0
    assert aws.journal.count(TOKEN, outcome="ok") == 4


# --- expired while a program runs ------------------------------------------------------------------------------


def test_a_program_that_fails_with_expired_credentials_gets_a_tip(desk: Desk, aws: Emulator):
    aws.state.sign_in_seconds = 3
    process = desk.start("exec", "--", "sh", "-c", "sleep 3.5; exit 9")
    fetched(desk.address())
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 9, stderr
    assert stderr.rstrip().endswith("atmos auth login --identity me")
    assert "Tip If credentials are expired, refresh with:" in stderr


# --- a real browser --------------------------------------------------------------------------------------------


@in_chromium
def test_in_chromium_the_person_ends_on_a_page_that_says_so(desk: Desk, aws: Emulator, tmp_path: Path):
    page = tmp_path / "page.html"
    profile = tmp_path / "chromium"
    script = desk.machine.write(
        f"""#!/bin/sh
"{CHROMIUM}" {" ".join(CHROMIUM_FLAGS)} --user-data-dir="{profile}" \\
  --dump-dom "$1" >"{page}.new" 2>"{page}.errors" && mv "{page}.new" "{page}"
""",
        "chromium-headless",
    )
    script.chmod(0o755)
    login = desk.machine.start("auth", "login", "--force-tty", env={"BROWSER": str(script)})
    _, stderr = login.communicate(timeout=100)
    assert login.returncode == 0, stderr
    assert "✓ Authentication successful!" in stderr
    wait_for(page.exists)
    shown = page.read_text()
    assert "<h1" in shown
    assert "go back to your terminal" in shown
    assert "<script" not in shown
    assert aws.journal.count(TOKEN, outcome="ok") == 1


# --- secrets ---------------------------------------------------------------------------------------------------

KEEPERS = re.compile(
    r"/\.config/atmos/aws/[^/]+/(credentials|displaced)$|/\.cache/atmos/aws-webflow/[^/]+/refresh\.json$"
)


class Watch:
    """Runs `atmos` as talkative as it gets, notes what it wrote, and looks at every command line meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.log = desk.machine.directory / "atmos.log"
        self.written: list[tuple[str, str]] = []
        self.secrets = {SECRET, PASSWORD}
        self.loud = ("--verbose", "--logs-level", "Trace", "--logs-file", str(self.log))

    def run(self, *words: str, env: dict[str, str] | None = None, text: str = "") -> int:
        process = subprocess.Popen(
            self.desk.machine.command("atmos", *self.loud, "--force-tty", "auth", *words),
            cwd=self.desk.machine.directory,
            env=self.desk.machine.environ | (env or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        visited = False
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        process.stdin = None
        while process.poll() is None:
            self.written.append((f"argv of {words}", self.command_lines(process.pid)))
            if self.desk.opened and not visited:
                visited = True
                address = self.desk.address()
                # The state is shown with the address on purpose, but the code never is.
                fetched(address)
            time.sleep(0.05)
        out, err = process.communicate(timeout=60)
        self.written.append((" ".join(words), err if words[0] == "env" else out + err))
        self.harvest()
        return process.returncode

    @staticmethod
    def command_lines(pid: int) -> str:
        """Give the arguments of a process and of what it started."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if pid in (int(folder.name), parent):
                    found.append((folder / "cmdline").read_text(errors="replace"))
            except (OSError, IndexError, ValueError):
                continue
        return "\n".join(found)

    def harvest(self) -> None:
        for path in self.desk.machine.files():
            if KEEPERS.search(str(path)):
                text = path.read_text(errors="replace")
                self.secrets |= set(re.findall(r"aws_(?:secret_access_key|session_token) = (\S+)", text))
                self.secrets |= set(re.findall(r'"(?:refreshToken|dpopKey)": "([^"]+)"', text))

    def leaks(self) -> list[str]:
        texts = [*self.written, (str(self.log), self.log.read_text(errors="replace"))]
        texts += [
            (str(path), path.read_bytes().decode(errors="replace"))
            for path in self.desk.machine.files()
            if not KEEPERS.search(str(path))
        ]
        return [f"{where}: {secret[:12]}..." for where, text in texts for secret in self.secrets if secret in text]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="command lines are read from /proc")
def test_a_tour_of_keys_codes_and_the_browser_leaks_nothing(desk: Desk, aws: Emulator):
    watch = Watch(desk)
    code = desk.machine.directory.parent / "code"
    command = desk.machine.write(f"#!/bin/sh\ncat {code}\n", "show-code")
    command.chmod(0o755)

    assert watch.run("login") == 0
    desk.expire()
    assert watch.run("env") == 0
    desk.expire()
    aws.faults.add(TOKEN, code="INSUFFICIENT_PERMISSIONS")
    assert watch.run("exec", "--", "true") == 1
    aws.faults.clear()
    assert watch.run("login", "--webflow") == 0
    sign_ins = len(watch.secrets)

    stored = {"access_key_id": KEY, "secret_access_key": SECRET, "mfa_arn": DEVICE}
    assert watch.run("user", "configure", "--stdin", text=json.dumps(stored)) == 0
    assert watch.run("user", "configure", "--stdin", text=json.dumps(stored | {"session_token": SECRET})) == 1
    assert watch.run("user", "configure", "--stdin", text=json.dumps(stored)[:-2]) == 1
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_MFA_ARN": DEVICE}
    assert watch.run("user", "configure", "--from-env", env=keys) == 0

    text = desk.machine.atmos_yaml.read_text()
    with_command = text.replace("default: true\n", f"default: true\n      credentials: {{ mfa_command: {command} }}\n")
    desk.machine.write(with_command)
    code.write_text(aws.totp(BREAKGLASS))
    watch.secrets.add(code.read_text())
    assert watch.run("login") == 0
    assert watch.run("whoami") == 0
    assert watch.run("login", "role") == 0
    code.write_text("12345")
    assert watch.run("login") == 1
    assert watch.run("env", "--mode", "files", env={"ATMOS_KEYRING_PASSWORD": PASSWORD[::-1]}) == 0
    watch.secrets.add(PASSWORD[::-1])
    assert watch.run("login", env={"ATMOS_KEYRING_PASSWORD": PASSWORD[::-1]}) == 1
    code.write_text(f"{(int(aws.totp(BREAKGLASS)) + 1) % 10**6:06}")
    aws.revoke_key(KEY)
    assert watch.run("login") == 1
    assert watch.run("logout", "--all") == 0
    assert sign_ins >= 8
    assert watch.leaks() == []
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in desk.machine.files()}
    assert {path: oct(mode) for path, mode in modes.items() if mode != 0o600} == {}
    assert os.path.getsize(watch.log) > 500
