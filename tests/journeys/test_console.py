"""The web console: opened as every kind of identity, side by side, and refused where AWS would refuse."""

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import headless_chromium
import person
import pytest
from playwright.sync_api import Page, sync_playwright

from aws_emulator import Emulator
from installed import in_chromium

CONFIGURATION = """\
auth:
  {console}
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      console: {{ session_duration: 4h }}
      spec: {{ endpoint_url: "{url}" }}
    job:
      kind: github/oidc
      region: us-east-1
      spec: {{ endpoint_url: "{url}" }}
  identities:
    admin:
      kind: aws/permission-set
      default: true
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ name: development }}, region: eu-west-1 }}
    reader:
      kind: aws/permission-set
      via: {{ provider: my-sso }}
      principal: {{ name: ReadOnlyAccess, account: {{ id: "222222222222" }} }}
    deploy:
      kind: aws/assume-role
      via: {{ identity: admin }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole", session_name: journey }}
    github:
      kind: aws/assume-role
      via: {{ provider: job }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/GitHubRole", session_name: journey }}
    me:
      kind: aws/user
      spec: {{ endpoint_url: "{url}" }}
      credentials: {{ access_key_id: !env MY_KEY, secret_access_key: !env MY_SECRET }}
    long:
      kind: aws/assume-role
      via: {{ identity: me }}
      principal: {{ assume_role: "arn:aws:iam::111111111111:role/LongRole", session_name: journey }}
    here:
      kind: aws/ambient
      spec: {{ endpoint_url: "{url}" }}
    nothing:
      kind: ambient
"""
KEY, SECRET = "AKIAEMULATORBREAKGLS", "example/only/for/the/emulator/0123456789"


class Desk:
    """A machine whose BROWSER only notes the address that it is given."""

    def __init__(self, machine, aws: Emulator, folder: Path) -> None:
        self.machine = machine
        self.aws = aws
        self.folder = folder
        self._noted = machine.directory / "noted"
        script = machine.write(f'#!/bin/sh\nprintf "%s\\n" "$1" >>"{self._noted}"\n', "note")
        script.chmod(0o755)
        machine.environ |= {"BROWSER": str(script), "MY_KEY": KEY, "MY_SECRET": SECRET}
        self.configure()

    def configure(self, console: str = "") -> None:
        self.machine.write(CONFIGURATION.format(url=self.aws.url, console=console))

    @property
    def opened(self) -> list[str]:
        return self._noted.read_text().splitlines() if self._noted.exists() else []

    @property
    def profiles(self) -> list[Path]:
        return sorted((self.machine.home / ".local" / "share" / "atmos" / "console" / "sessions").glob("*"))

    def console(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return self.machine.atmos("auth", "console", *words, "--force-tty", env=env)

    def refusal(self, *words: str, status: int = 1, **env: str):
        result = self.console(*words, **env)
        assert result.returncode == status, result.stderr
        assert self.opened == []
        assert result.stdout == ""
        finding = self.machine.findings(result.stderr)[-1]
        assert finding.hints, "it says no way out"
        return finding

    def asked(self) -> list[dict[str, str]]:
        """Give what the journal notes of every token that was given."""
        return [e.notes for e in self.aws.journal.entries() if (e.operation, e.outcome) == ("GetSigninToken", "ok")]


@pytest.fixture
def desk(machine, aws: Emulator, tmp_path: Path) -> Desk:
    return Desk(machine, aws, tmp_path)


def query(url: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def shown(stderr: str) -> dict[str, str]:
    """Read the rows off the screen."""
    return dict(re.findall(r"^  (\S+(?: \S+)?) {2,}(.+)$", stderr, re.MULTILINE))


# --- as whom ------------------------------------------------------------------------------------------------


def test_a_permission_set_opens_in_the_browser(desk):
    result = desk.console()
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert "Console URL Generated" in result.stderr
    assert "Opened console in browser" in result.stderr
    rows = shown(result.stderr)
    assert (rows["Provider"], rows["Identity"], rows["Account"]) == ("my-sso", "admin", "111111111111")
    assert rows["Session Duration"] == "4h 0m"
    (url,) = desk.opened
    assert url.startswith(f"{desk.aws.url}/federation?Action=login&")
    assert query(url)["Destination"] == "https://console.aws.amazon.com/console/home?region=eu-west-1"
    assert query(url)["Issuer"] == "atmos"
    assert desk.asked() == [{"seconds": "14400"}]
    assert "SigninToken" not in result.stderr, "the address is a secret, and was opened"


def test_credentials_that_are_at_hand_are_used_again(desk):
    desk.console()
    desk.aws.journal.clear()
    assert desk.console("--issuer", "example.com").returncode == 0
    assert [entry.operation for entry in desk.aws.journal.entries()] == ["GetSigninToken"]
    assert query(desk.opened[-1])["Issuer"] == "example.com"


def test_a_role_of_a_role_lasts_as_long_as_its_credentials(desk):
    result = desk.console("deploy")
    assert result.returncode == 0, result.stderr
    assert "AWS takes no console session duration for a role that was assumed from another session" in result.stderr
    assert shown(result.stderr)["Session Duration"] in ("1h 0m", "59m 59s", "59m 58s", "59m 57s")
    assert desk.asked() == [{}]
    assert desk.aws.journal.entries()[-1].caller == "arn:aws:sts::333333333333:assumed-role/DeployRole/journey"


def test_a_user_becomes_a_federated_user(desk):
    result = desk.console("me", "--duration", "2h")
    assert result.returncode == 0, result.stderr
    notes = next(e.notes for e in desk.aws.journal.entries() if e.operation == "GetFederationToken")
    assert notes == {"name": "me", "policies": "arn:aws:iam::aws:policy/AdministratorAccess", "seconds": "7200"}
    assert shown(result.stderr)["Session Duration"] == "2h 0m"
    assert "AWS takes no" not in result.stderr
    assert desk.asked() == [{}], "AWS takes no SessionDuration for a federated user"
    assert desk.aws.journal.count("sts:GetSessionToken") == 0


def test_a_role_assumed_by_a_users_session_takes_no_duration(desk):
    assert desk.console("long", "--duration", "2h").returncode == 0
    assert desk.asked() == [{}]


def test_a_jobs_role_by_its_credentials_and_not_by_its_provider(desk):
    # No CI variables but those that the token is asked with.
    job = {name: v for name, v in desk.aws.github_environment().items() if name.startswith("ACTIONS_")}
    result = desk.console("github", "--duration", "15m", **job)
    assert result.returncode == 0, result.stderr
    assert desk.asked() == [{"seconds": "900"}]


def test_what_the_sdk_finds_if_it_is_a_roles(desk):
    desk.console("deploy")
    keys = desk.machine.atmos("auth", "env", "-i", "deploy", "--format", "dotenv").stdout
    found = dict(re.findall(r"(AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))='?([^'\n]+)'?", keys))
    assert len(found) == 3
    result = desk.console("here", "--duration", "2h", **found)
    assert result.returncode == 0, result.stderr
    # AWS is asked with a duration first, for it might be a role that takes one.
    assert "AWS takes no console session duration for these credentials" in result.stderr
    assert len(desk.opened) == 2
    assert shown(result.stderr)["Account"] == "333333333333"


def test_keys_that_the_sdk_finds_cannot_sign_in(desk):
    finding = desk.refusal("here", AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)
    assert "gives long-lived keys, and AWS lets only roles and federated users" in finding.message
    assert any("aws/user" in hint for hint in finding.hints)


def test_a_users_session_that_the_sdk_finds_cannot_sign_in(desk):
    desk.machine.atmos("auth", "login", "me")
    keys = desk.machine.atmos("auth", "env", "-i", "me", "--format", "dotenv").stdout
    found = dict(re.findall(r"(AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))='?([^'\n]+)'?", keys))
    finding = desk.refusal("here", **found)
    assert "gives a session of arn:aws:iam::111111111111:user/breakglass" in finding.message
    assert desk.aws.journal.count("federation:GetSigninToken") == 0


def test_an_identity_without_credentials(desk):
    assert 'identity "nothing" (ambient) gives no credential of its own' in desk.refusal("nothing").message


def test_a_user_without_keys(desk):
    finding = desk.refusal("me", MY_KEY="", MY_SECRET="", ATMOS_KEYRING_TYPE="memory")
    assert finding.message.startswith('"me" has no keys')
    assert "there you are this user already" in finding.hints[0]
    assert any("atmos auth user configure --identity me" in hint for hint in finding.hints)


def test_a_user_who_may_not_federate(desk):
    desk.aws.state.users["arn:aws:iam::111111111111:user/breakglass"].allows.remove("sts:GetFederationToken")
    finding = desk.refusal("me")
    assert finding.message == 'the user of "me" may not call sts:GetFederationToken'
    assert any("is not authorized to perform: sts:GetFederationToken" in detail for detail in finding.details)


def test_a_users_key_that_is_revoked_is_pointed_at(desk):
    desk.aws.revoke_key(KEY)
    finding = desk.refusal("me")
    assert 'the AWS keys of "me" in the configuration are invalid' in finding.message
    assert finding.place is not None
    assert any("MY_KEY" in hint for hint in finding.hints)


def test_credentials_that_aws_no_longer_takes(desk):
    desk.console()
    keys = desk.machine.credentials().read_text()
    desk.aws.revoke_key(re.search(r"aws_access_key_id = (\S+)", keys)[1])
    result = desk.console()
    (finding,) = desk.machine.findings(result.stderr)
    assert result.returncode == 1
    assert finding.message == "AWS does not let these credentials sign in to the web console"
    assert finding.hints == ("get new ones: atmos auth login --identity admin",)
    assert len(desk.opened) == 1


def test_nobody_is_asked_where_nobody_is(desk):
    result = desk.machine.atmos("auth", "console")
    assert result.returncode == 2
    assert "atmos auth login --identity admin" in result.stderr


def test_an_outage_is_an_outage(desk):
    desk.console()
    desk.aws.faults.add("federation:GetSigninToken", status=503)
    result = desk.console()
    (finding,) = desk.machine.findings(result.stderr)
    assert result.returncode == 1
    assert "gives no sign-in token (HTTP 503)" in finding.message


# --- what is opened -----------------------------------------------------------------------------------------


def test_only_the_address_is_printed(desk):
    desk.console()
    result = desk.console("--print-only", "--destination", "EC2")
    assert (result.returncode, result.stderr) == (0, "")
    (url,) = result.stdout.splitlines()
    assert query(url)["Destination"] == "https://console.aws.amazon.com/ec2?region=eu-west-1"
    assert len(desk.opened) == 1, "it opens nothing"


def test_the_address_is_shown_and_not_opened(desk):
    result = desk.console("--no-open")
    assert (result.returncode, result.stdout) == (0, "")
    assert re.search(r"^http\S+/federation\?Action=login&\S+SigninToken=\S+$", result.stderr, re.MULTILINE)
    assert "Keep it to yourself" in result.stderr
    assert desk.opened == []


def test_in_a_job_nothing_is_opened(desk):
    desk.console()
    for words in ((), ("--isolated",)):
        result = desk.console(*words, CI="true")
        assert result.returncode == 0, result.stderr
        assert "No browser is opened in a CI job" in result.stderr
        assert "SigninToken=" in result.stderr
    assert len(desk.opened) == 1
    assert desk.profiles == []


def test_the_log_of_a_github_job_hides_the_address(desk):
    desk.console()
    printed = desk.console("--print-only", GITHUB_ACTIONS="true")
    assert printed.stderr.replace("%25", "%") == f"::add-mask::{printed.stdout}", "as GitHub wants them"
    assert "%253A" in printed.stderr
    shown = desk.console(GITHUB_ACTIONS="true")
    assert "its log hides the address" in shown.stderr
    (masking,) = [line for line in shown.stderr.splitlines() if "SigninToken=" in line]
    assert masking.startswith("::add-mask::http")
    assert len(desk.opened) == 1


def test_where_no_browser_opens_the_address_is_shown(desk):
    result = desk.console(BROWSER="/bin/false", PATH=os.path.dirname(desk.machine.command("x")[0]))
    assert result.returncode == 0, result.stderr
    assert "⚠ No browser could be opened here" in result.stderr
    assert "SigninToken=" in result.stderr
    assert "Opened console" not in result.stderr


@pytest.mark.parametrize(("written", "seconds"), [("5m", "900"), ("13h", "43200"), ("3d", "43200")])
def test_a_duration_that_aws_does_not_allow(desk, written, seconds):
    result = desk.console("--duration", written)
    assert result.returncode == 0, result.stderr
    assert f"⚠ A console session of {written} is not possible" in result.stderr
    assert desk.asked() == [{"seconds": seconds}]


def test_wishes_that_cannot_be_granted_sign_nobody_in(desk):
    for words, message in (
        (("--duration", "soon"), "invalid duration 'soon'"),
        (("--duration", ""), "invalid duration ''"),
        (("--destination", "s33"), 'unknown destination "s33"'),
        (("--destination", "https://example.com/"), "--destination is on example.com"),
        (("deploy", "--via", "portal"), "--via portal needs a permission set"),
        (("--print-only", "--isolated"), "exclude each other"),
        (("-i", "false"), "authentication is disabled"),
        (("nobody",), 'identity "nobody" not found'),
    ):
        assert message in desk.refusal(*words).message
    assert desk.aws.journal.entries() == []
    assert "did you mean s3" in " ".join(desk.refusal("--destination", "s33").hints)


def test_a_page_of_another_partition(desk):
    finding = desk.refusal("--destination", "https://console.amazonaws-us-gov.com/ec2")
    assert finding.message == "--destination is a page of aws-us-gov, and the identity is in aws"


def test_the_portals_own_shortcut(desk):
    result = desk.console("reader", "--via", "portal", "--print-only")
    expected = f"{desk.aws.url}/start/#/console?account_id=222222222222&role_name=ReadOnlyAccess\n"
    assert (result.stdout, result.stderr) == (expected, "")
    assert desk.aws.journal.entries() == [], "it needs no credentials"
    # An account that is only named is looked up once.
    result = desk.console("admin", "--via", "portal", "--destination", "s3", "--duration", "1h")
    assert "The portal decides how long the session lasts" in result.stderr
    assert "SigninToken" not in desk.opened[0]
    assert desk.opened[0].endswith(
        "#/console?account_id=111111111111&role_name=AdminAccess"
        "&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%3Fregion%3Deu-west-1"
    )
    desk.machine.expire_credentials()
    desk.aws.journal.clear()
    desk.console("admin", "--via", "portal")
    assert desk.aws.journal.entries() == []


def test_no_log_shows_the_address(desk):
    log = desk.folder / "log"
    words = ("--logs-level=Trace", f"--logs-file={log}")
    result = desk.console(*words, "--verbose")
    assert result.returncode == 0, result.stderr
    secrets = [query(desk.opened[0])["SigninToken"]]
    keys = desk.machine.credentials().read_text()
    secrets += re.findall(r"aws_(?:secret_access_key|session_token) = (\S+)", keys)
    assert len(secrets) == 3
    written = log.read_text() + result.stderr + result.stdout
    assert not [secret for secret in secrets if secret in written]


def test_tab_completes_pages(offline_machine):
    result = offline_machine.atmos("completion", "zsh", "--", "atmos", "auth", "console", "--destination", "eC")
    assert result.stdout.split() == ["ec2", "ecr", "ecs"]


def test_a_picker_where_several_could_be_meant(desk):
    terminal = person.Person(desk.machine.terminal("auth", "console", "-i", "--no-open"))
    terminal.sees("admin", "deploy")
    assert terminal.leaves() != 0


# --- in a browser -------------------------------------------------------------------------------------------


@contextmanager
def page_in(profile: Path) -> Iterator[Page]:
    """Give the page of the browser that uses the profile, and end that browser."""
    with sync_playwright() as playwright:
        port = headless_chromium.port_below(profile)
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        context = browser.contexts[0]
        page = next((p for p in context.pages if p.url.startswith("http")), None) or context.pages[0]
        page.set_default_timeout(20_000)
        try:
            yield page
        finally:
            browser.new_browser_cdp_session().send("Browser.close")


def console_of(page: Page) -> dict[str, str]:
    page.locator("#principal").wait_for()
    return {name: page.locator(f"#{name}").inner_text() for name in ("principal", "account", "destination")}


@in_chromium
def test_the_browser_shows_the_console(desk):
    profile = desk.folder / "profile"
    browser = headless_chromium.program(desk.folder, flags=f'--no-sandbox --user-data-dir="{profile}"')
    result = desk.console("--destination", "s3", BROWSER=browser)
    assert result.returncode == 0, result.stderr
    with page_in(profile) as page:
        console = console_of(page)
    assert console["principal"].startswith("arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_AdminAccess_")
    assert console["account"] == "111111111111"
    assert console["destination"] == "https://console.aws.amazon.com/s3?region=eu-west-1"


@pytest.fixture
def chrome(desk) -> Path:
    """Have Chrome installed on the machine: Chromium without a window under its name."""
    folder = desk.folder / "chrome"
    folder.mkdir()
    headless_chromium.program(folder, flags="--no-sandbox", name="google-chrome-stable")
    desk.machine.environ["PATH"] = f"{folder}{os.pathsep}{desk.machine.environ['PATH']}"
    desk.machine.environ["DISPLAY"] = ":0"
    return folder


@in_chromium
def test_two_consoles_side_by_side(desk, chrome):
    desk.configure("console: { isolated: true }")
    first = desk.console("admin")
    assert "Opened console in browser" in first.stderr, first.stderr
    (admin,) = desk.profiles
    second = desk.console("reader", "--isolated")
    assert second.returncode == 0, second.stderr
    (reader,) = set(desk.profiles) - {admin}
    assert desk.opened == [], "the default browser is left alone"
    assert {stat.S_IMODE(os.stat(folder).st_mode) for folder in (admin, reader, admin.parent)} == {0o700}
    with page_in(reader) as theirs, page_in_same_loop(theirs, admin) as ours:
        assert "AdminAccess" in console_of(ours)["principal"]
        assert "ReadOnlyAccess" in console_of(theirs)["principal"]
        # Neither session has taken the other's place.
        ours.reload()
        assert "AdminAccess" in console_of(ours)["principal"]


@contextmanager
def page_in_same_loop(other: Page, profile: Path) -> Iterator[Page]:
    """Give a second browser's page to a test that holds one already."""
    port = headless_chromium.port_below(profile)
    browser = other.context.browser.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
    try:
        yield next(p for p in browser.contexts[0].pages if p.url.startswith("http"))
    finally:
        browser.new_browser_cdp_session().send("Browser.close")


@in_chromium
def test_logging_out_forgets_the_profile(desk, chrome):
    desk.console("reader", "--isolated")
    (profile,) = desk.profiles
    with page_in(profile) as page:
        console_of(page)
    dry = desk.machine.atmos("auth", "logout", "reader", "--dry-run")
    assert 'web console profile of identity "reader"' in dry.stderr
    assert desk.profiles == [profile]
    headless_chromium_has_ended(profile)
    gone = desk.machine.atmos("auth", "logout", "reader")
    assert gone.returncode == 0, gone.stderr
    assert desk.profiles == []


def headless_chromium_has_ended(profile: Path) -> None:
    """Wait for the browser, which writes into its profile until it has ended."""
    lock = profile / "SingletonLock"
    for _ in range(1000):
        if not lock.is_symlink():
            return
        subprocess.run(["sleep", "0.02"], check=True)
    raise AssertionError("the browser did not end")


def test_without_a_browser_for_a_profile_the_default_one_opens(desk):
    result = desk.console("--isolated")
    assert result.returncode == 0, result.stderr
    assert "⚠ No Chrome, Edge, Chromium or Firefox could be opened with a profile of its own" in result.stderr
    assert len(desk.opened) == 1
    assert desk.profiles == []


def test_with_a_keyring_in_memory_no_profile_is_left(desk):
    result = desk.console("--isolated", ATMOS_KEYRING_TYPE="memory")
    assert result.returncode == 0, result.stderr
    assert "⚠ With a keyring in memory nothing is kept" in result.stderr
    assert desk.profiles == []
    assert len(desk.opened) == 1
