"""Signing in through SAML in a browser: at an identity provider that others wrote, and by a local port."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import headless_chromium
import pytest
import simplesamlphp
from playwright.sync_api import Page, sync_playwright

from aws_emulator import Emulator
from aws_emulator.saml_directory import SamlProvider
from installed import in_chromium

COMPANY = "arn:aws:iam::111111111111:saml-provider/Example"
ADMIN, READER = (f"arn:aws:iam::111111111111:role/{name}" for name in ("SamlAdmin", "SamlReadOnly"))
CONFIGURATION = """\
auth:
  providers:
    company:
      kind: aws/saml
      region: us-east-1
      url: "{idp}"
      driver: Browser
      {more}
      spec: {{ endpoint_url: "{aws}" }}
  identities:
    admin:
      kind: aws/assume-role
      default: true
      via: {{ provider: company }}
      principal: {{ assume_role: "{admin}" }}
    reader:
      kind: aws/assume-role
      via: {{ provider: company }}
      principal: {{ assume_role: "{reader}" }}
    deploy:
      kind: aws/assume-role
      via: {{ identity: admin }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/SamlDeployRole", session_name: journey }}
"""
WHOAMI = ("aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text")
WITHOUT_PLAYWRIGHT = """\
import importlib.machinery
find = importlib.machinery.PathFinder.find_spec
importlib.machinery.PathFinder.find_spec = lambda name, *more: None if name == "playwright" else find(name, *more)
"""
PASSWORD = "canary: of jane's 100%"

pytestmark = in_chromium
with_simplesamlphp = pytest.mark.skipif(simplesamlphp.missing() is not None, reason=str(simplesamlphp.missing()))


class Window:
    """A machine whose browser has no window, and the person who uses its pages nevertheless."""

    def __init__(self, machine, aws: Emulator, idp: str, folder: Path) -> None:
        self.machine = machine
        self.aws = aws
        program = headless_chromium.program(folder)
        self.configure(idp, f"browser_executable_path: {program}")

    def configure(self, idp: str, more: str) -> None:
        text = CONFIGURATION.format(idp=idp, aws=self.aws.url, more=more, admin=ADMIN, reader=READER)
        self.machine.write(text)

    @property
    def profiles(self) -> Path:
        return self.machine.home / ".cache" / "atmos" / "auth" / "browser-profiles"

    def login(self, *words: str, act: Callable[[Page], None] | None = None) -> subprocess.CompletedProcess[str]:
        """Sign in; the person does `act` in the browser, or nothing is to be done."""
        words = ("auth", "login", *words, "--force-tty")
        if act is None:
            return self.machine.atmos(*words)
        with headless_chromium.person(self.profiles, act):
            return self.machine.atmos(*words)

    def arn(self, identity: str) -> str:
        return self.machine.atmos("auth", "exec", "-i", identity, "--", *WHOAMI).stdout.strip()


def type_into_simplesamlphp(page: Page, password: str = PASSWORD) -> None:
    page.fill("#username", "jane")
    page.fill("#password", password)
    page.click("#submit_button")


def wrong_then_right(page: Page) -> None:
    type_into_simplesamlphp(page, "wrong")
    page.get_by_text("Incorrect username or password", exact=True).wait_for()
    type_into_simplesamlphp(page)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[simplesamlphp.IdentityProvider]:
    roles = (f"{ADMIN},{COMPANY}", f"{COMPANY},{READER}")
    with simplesamlphp.identity_provider(tmp_path / "idp", {"jane": simplesamlphp.User(PASSWORD, roles)}) as idp:
        yield idp


@pytest.fixture
def window(machine, aws: Emulator, company: simplesamlphp.IdentityProvider, tmp_path: Path) -> Window:
    """The emulator's IAM knows SimpleSAMLphp's certificate, and no other."""
    aws.state.saml_providers[COMPANY] = SamlProvider(company.entity_id, [company.certificate])
    return Window(machine, aws, company.url, tmp_path)


@with_simplesamlphp
def test_a_real_password_page_leads_to_a_role_and_on(window: Window):
    result = window.login(act=wrong_then_right)
    assert result.returncode == 0, result.stderr
    assert "Authentication successful!" in result.stderr
    assert window.arn("admin") == "arn:aws:sts::111111111111:assumed-role/SamlAdmin/jane@example.org"
    # The window's profile remembers the identity provider's session: nobody types anything for the second role.
    second = window.login("reader")
    assert second.returncode == 0, second.stderr
    assert window.arn("reader") == "arn:aws:sts::111111111111:assumed-role/SamlReadOnly/jane@example.org"
    assert window.arn("deploy") == "arn:aws:sts::333333333333:assumed-role/SamlDeployRole/journey"
    operations = [entry.operation for entry in window.aws.journal.entries()]
    assert operations.count("AssumeRoleWithSAML") == 2
    # Neither the password nor an assertion is on the disk; the browser's own files are its own.
    for path in window.machine.files():
        content = path.read_bytes()
        assert PASSWORD.encode() not in content, path
        assert b"SAMLResponse" not in content or window.profiles in path.parents, path


@with_simplesamlphp
def test_logging_out_of_the_provider_forgets_the_session(window: Window):
    assert window.login(act=type_into_simplesamlphp).returncode == 0
    assert any(window.profiles.iterdir())
    gone = window.machine.atmos("auth", "logout", "--provider", "company")
    assert gone.returncode == 0, gone.stderr
    assert 'browser sign-in of provider "company"' in gone.stderr
    asked: list[str] = []

    def asked_again(page: Page) -> None:
        page.wait_for_selector("#password")
        asked.append(page.url)
        type_into_simplesamlphp(page)

    assert window.login(act=asked_again).returncode == 0
    assert len(asked) == 1


@with_simplesamlphp
def test_starting_from_scratch_asks_again(window: Window):
    assert window.login(act=type_into_simplesamlphp).returncode == 0
    assert window.login("--force", act=wrong_then_right).returncode == 0


@with_simplesamlphp
def test_a_certificate_that_aws_does_not_know_is_explained(window: Window, aws: Emulator):
    aws.state.saml_providers[COMPANY] = SamlProvider()
    result = window.login(act=type_into_simplesamlphp)
    (finding,) = window.machine.findings(result.stderr)
    assert result.returncode == 1
    assert "AssumeRoleWithSAML failed with InvalidIdentityToken" in finding.message
    assert any("metadata anew" in hint for hint in finding.hints)


@with_simplesamlphp
def test_closing_the_window_ends_the_sign_in(window: Window):
    def leave(page: Page) -> None:
        page.wait_for_selector("#password")
        page.close()

    result = window.login(act=leave)
    assert result.returncode == 1
    assert "the browser was closed before the sign-in was finished" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def adfs(machine, aws: Emulator, tmp_path: Path) -> Window:
    """The emulator's own pages, in the looks of ADFS."""
    url = f"{aws.url}/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices"
    return Window(machine, aws, url, tmp_path)


def test_pages_like_adfss_in_a_window(adfs: Window):
    def act(page: Page) -> None:
        page.fill("[name=UserName]", "ann@example.com")
        page.fill("[name=Password]", "example-password-of-ann")
        page.press("[name=Password]", "Enter")

    result = adfs.login(act=act)
    assert result.returncode == 0, result.stderr
    assert adfs.arn("admin") == "arn:aws:sts::111111111111:assumed-role/SamlAdmin/ann@example.com"


@pytest.mark.parametrize("what", ["missing", "not executable", "not a browser"])
def test_a_browser_that_is_none_is_named(adfs: Window, tmp_path: Path, what: str):
    program = tmp_path / "browser"
    if what != "missing":
        program.write_text("#!/bin/sh\nexit 3\n")
        program.chmod(0o755 if what == "not a browser" else 0o644)
    adfs.configure(f"{adfs.aws.url}/idp/sso", f"browser_executable_path: {program}")
    result = adfs.login()
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert str(program) in result.stderr
    assert "💡" in result.stderr


def test_nobody_sees_a_window(adfs: Window):
    result = adfs.machine.atmos("auth", "login")
    assert result.returncode == 2
    assert "needs a person at a browser" in result.stderr


class OwnBrowser:
    """A person whose own browser is no business of ours: BROWSER only notes the address."""

    def __init__(self, machine, aws: Emulator) -> None:
        self.machine = machine
        self.aws = aws
        self.noted = machine.directory / "noted"
        script = machine.write(f'#!/bin/sh\nprintf %s "$1" >"{self.noted}"\n', "note")
        script.chmod(0o755)
        machine.environ["BROWSER"] = str(script)

    def address(self) -> str:
        deadline = time.monotonic() + 30
        while not (self.noted.exists() and self.noted.read_text()):
            assert time.monotonic() < deadline, "no address was opened"
            time.sleep(0.02)
        return self.noted.read_text()


def test_the_persons_own_browser_answers_to_a_local_port(machine, aws: Emulator, tmp_path: Path):
    """No browser is driven: Chromium here is the person's own, which posts to 127.0.0.1."""
    own = OwnBrowser(machine, aws)
    port = free_port()
    acs = f"http://127.0.0.1:{port}/saml"
    text = CONFIGURATION.format(
        idp=f"{aws.url}/idp/sso?acs={acs}", aws=aws.url, more=f"callback_port: {port}", admin=ADMIN, reader=READER
    )
    machine.write(text)
    process = machine.start("auth", "login", "--force-tty")
    address = own.address()
    # A page of somebody else that posts first is not heeded: it does not know the RelayState.
    assert post(acs, f"SAMLResponse={aws.saml_response('ben@example.com')}&RelayState=guessed") == 400
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=headless_chromium.program(tmp_path), headless=True)
        page = browser.new_page()
        page.goto(address)
        page.fill("[type=email]", "ann@example.com")
        page.fill("[type=password]", "example-password-of-ann")
        page.press("[type=password]", "Enter")
        page.get_by_text("You are signed in").first.wait_for()
        browser.close()
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    step = machine.atmos("auth", "exec", "--", *WHOAMI)
    assert step.stdout.strip() == "arn:aws:sts::111111111111:assumed-role/SamlAdmin/ann@example.com"


def post(url: str, form: str) -> int:
    try:
        with build_opener(ProxyHandler({})).open(Request(url, form.encode()), timeout=10) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def test_without_the_extra_the_way_out_is_named(adfs: Window):
    """A virtual environment without Playwright: the installed one, with the package hidden from view."""
    hidden = adfs.machine.directory / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(WITHOUT_PLAYWRIGHT)
    result = adfs.machine.atmos("auth", "login", "--force-tty", env={"PYTHONPATH": str(hidden)})
    assert result.returncode == 1
    assert "atmos-auth[saml]" in result.stderr
