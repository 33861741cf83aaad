"""`atmos auth list`: how providers and identities hang together, without network and without secrets."""

import json
import re
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import headless_chromium
import pexpect
import pseudo_terminal
import pytest
import yaml
from lxml import html
from playwright.sync_api import Page, sync_playwright

from aws_emulator import Emulator
from installed import in_chromium, installed

CONFIG = """\
auth:
  providers:
    corp:
      kind: aws/iam-identity-center
      default: true
      region: us-east-1
      start_url: https://corp.awsapps.com/start
      session: { duration: 1h }
      spec: { files: { base_path: ~/aws } }
      tags: [blue]
    Other:
      kind: aws/iam-identity-center
      region: eu-west-1
      start_url: https://other.awsapps.com/start
  identities:
    dev:
      kind: aws/permission-set
      default: true
      alias: Development
      via: { provider: corp }
      principal: { name: AdminAccess, account: { name: development } }
      client_secret: do-not-show
      tags: [Blue, test]
    prod:
      kind: aws/assume-role
      via: { identity: DEV }
      principal: { assume_role: "arn:aws:iam::333333333333:role/DeployRole", external_id: "\\e[31mred" }
    here: { kind: ambient }
"""
TREE = """\
Authentication Configuration
├── corp (aws/iam-identity-center) [DEFAULT]
│   ├── Region: us-east-1
│   ├── Start URL: https://corp.awsapps.com/start
│   ├── Session
│   │   └── Duration: 1h
│   ├── Spec
│   │   └── Files
│   │       └── Base path: ~/aws
│   ├── Tags: blue
│   └── dev (aws/permission-set) [DEFAULT] [ALIAS: Development]
│       ├── Principal
│       │   ├── Name: AdminAccess
│       │   └── Account
│       │       └── Name: development
│       ├── Client secret: ***REDACTED***
│       ├── Tags: Blue, test
│       └── prod (aws/assume-role)
│           └── Principal
│               ├── Assume role: arn:aws:iam::333333333333:role/DeployRole
│               └── External ID: [31mred
├── Other (aws/iam-identity-center)
│   ├── Region: eu-west-1
│   └── Start URL: https://other.awsapps.com/start
└── here (ambient)
"""
TABLE = """\
PROVIDERS
  NAME   KIND                     REGION     START URL / URL                  DEFAULT
  corp   aws/iam-identity-center  us-east-1  https://corp.awsapps.com/start   ✓
  Other  aws/iam-identity-center  eu-west-1  https://other.awsapps.com/start  -

IDENTITIES
  NAME  KIND                VIA PROVIDER  VIA IDENTITY  DEFAULT  ALIAS        EXPIRES
  dev   aws/permission-set  corp          -             ✓        Development  -
  here  ambient             -             -             -        -            -
  prod  aws/assume-role     -             DEV           -        -            -
"""


def listed(machine, *words: str, env: dict[str, str] | None = None) -> str:
    result = machine.atmos("auth", "list", *words, env=env)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_tree_and_table(offline_machine):
    offline_machine.write(CONFIG)
    assert listed(offline_machine) == TREE
    assert listed(offline_machine, "--format", "tree") == TREE
    assert listed(offline_machine, "-f", "table") == TABLE


def test_json_and_yaml_hold_the_settings_and_no_secret(offline_machine):
    offline_machine.write(CONFIG)
    text = listed(offline_machine, "-f", "json")
    body = json.loads(text)
    assert list(body) == ["providers", "identities"]
    assert list(body["identities"]) == ["dev", "here", "prod"]
    assert body["identities"]["dev"]["client_secret"] == "***REDACTED***"
    assert body["providers"]["Other"] == {
        "kind": "aws/iam-identity-center",
        "region": "eu-west-1",
        "start_url": "https://other.awsapps.com/start",
    }
    assert "do-not-show" not in text
    assert yaml.safe_load(listed(offline_machine, "-f", "yaml")) == body


def test_filters_name_what_is_shown(offline_machine):
    offline_machine.write(CONFIG)

    def names(*words: str) -> dict[str, list[str]]:
        body = json.loads(listed(offline_machine, "-f", "json", *words))
        return {section: list(entries) for section, entries in body.items()}

    assert names("--providers") == {"providers": ["corp", "Other"]}
    assert names("--providers=other") == {"providers": ["Other"]}
    assert names("--identities", "prod,DEV") == {"identities": ["prod", "dev"]}
    assert names("--tags", "blue") == {"providers": ["corp"], "identities": ["dev"]}
    assert names("--tags=nothing,TEST") == {"identities": ["dev"]}
    assert names("--providers", "--tags=blue") == {"providers": ["corp"]}
    # What it hangs from is not shown, and drawn as such.
    tree = listed(offline_machine, "--identities=prod").splitlines()
    assert tree[1:4] == ["└── corp (filtered)", "    └── dev (filtered)", "        └── prod (aws/assume-role)"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--providers=crop"], ("provider not found: crop", 'did you mean "corp"?')),
        (["--identities=prodd,nobody"], ("identity not found: prodd, nobody", 'did you mean "prod"?')),
        (["--tags", "tset"], ("no providers or identities match the specified tags: tset", 'did you mean "test"?')),
        (
            ["--tags", "zzz"],
            ("no providers or identities match the specified tags: zzz", "tags of providers or identities: Blue, test"),
        ),
        (
            ["--identities=prod", "--tags=test"],
            ("no identities match the specified tags: test", "identities: Blue, test"),
        ),
        (["--tags="], ("--tags names no tag",)),
        (["--providers="], ("--providers names nobody",)),
        (["--providers", "--identities"], ("mutually exclusive flags provided: --providers and --identities",)),
        (["-f", "xml"], ("invalid format: unsupported format: xml", "markdown, html, dot, md")),
        (["--open", "-f", "json"], ("--open shows a page, not json",)),
        (["--output-file", "no/such/folder/x"], ("cannot write no/such/folder/x: No such file or directory",)),
    ],
)
def test_what_cannot_be_listed_is_an_error_with_a_way_out(offline_machine, words, said):
    offline_machine.write(CONFIG)
    result = offline_machine.atmos("auth", "list", *words)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    for part in said:
        assert part in result.stderr


def test_circles_and_dead_ends_are_drawn_and_not_followed(offline_machine):
    offline_machine.write(
        "auth: { identities: { a: { kind: x, via: { identity: b } }, b: { kind: x, via: { identity: a } },"
        " c: { kind: x, via: { provider: gone } } } }\n"
    )
    tree = listed(offline_machine)
    assert "a (cycle)" in tree
    assert "├── gone (not configured)\n│   └── c (x) ✗ broken\n" in tree


def test_what_is_broken_keeps_nothing_else_from_being_listed(offline_machine):
    offline_machine.write(
        CONFIG + "    text: only\n    failing: { kind: aws/user, region: !exec exit 3 }\n    odd: { kind: no/such }\n"
    )
    body = json.loads(listed(offline_machine, "-f", "json"))
    assert list(body["identities"]) == ["dev", "failing", "here", "odd", "prod", "text"]
    assert {name: status["state"] for name, status in body["status"]["identities"].items()} == {
        "failing": "broken",
        "odd": "broken",
        "text": "broken",
    }
    for form in "tree", "table", "yaml", "graphviz", "mermaid", "markdown", "html":
        text = listed(offline_machine, "-f", form)
        assert "prod" in text
        assert "failing" in text


def test_an_empty_configuration_is_told_beside_the_data(offline_machine):
    offline_machine.write("auth: {}\n")
    for form, data in ("tree", ""), ("table", ""), ("json", "{}\n"), ("yaml", "{}\n"), ("md", "# Authentication "):
        result = offline_machine.atmos("auth", "list", "-f", form)
        assert (result.returncode, result.stdout[: len(data)], bool(data)) == (0, data, bool(result.stdout))
        assert result.stderr == "No providers or identities configured.\n"


def test_a_role_that_nobody_has_is_told_beside_the_data(offline_machine):
    offline_machine.write("auth: { identities: { here: { kind: ambient } } }\n")
    result = offline_machine.atmos("auth", "list", "--providers")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "No providers configured.\n")


def test_where_nothing_is_configured_but_there_are_profiles_they_are_named(offline_machine):
    offline_machine.write("logs: {}\n")
    offline_machine.write(CONFIG, "profiles/developer/auth.yaml")
    result = offline_machine.atmos("auth", "list")
    assert (result.returncode, result.stdout) == (1, "")
    assert "No providers or identities configured." in result.stderr
    assert "atmos auth list --profile developer" in result.stderr
    assert listed(offline_machine, "--profile", "developer") == TREE


def test_the_time_left_is_shown_without_a_request(machine, aws: Emulator):
    machine.login()
    aws.journal.clear()
    assert re.search(r"prod \(aws/assume-role\) \[DEFAULT\] ● (1h0m|59m)\n", listed(machine))
    rows = listed(machine, "-f", "table", "--identities").splitlines()
    assert re.fullmatch("(59m|1h0m) (59m|1h0m) -", " ".join(row.split()[-1] for row in rows[2:]))
    machine.expire_credentials()
    assert "prod (aws/assume-role) [DEFAULT] ○ expired" in listed(machine)
    assert aws.journal.entries() == []


SECRETS = """\
auth:
  providers:
    idp: { kind: aws/saml, region: us-east-1, url: "https://me:CANARY-1@idp.example/app", password: CANARY-2 }
  identities:
    user:
      kind: aws/user
      credentials: { access_key_id: CANARY-3, secret_access_key: !env CANARY, mfa_arn: "arn:aws:iam::1:mfa/me" }
      env: [{ key: API_TOKEN, value: CANARY-4 }]
      spec: { token: { inner: [CANARY-5] }, private-key: CANARY-6, apiKey: !exec "echo CANARY-7" }
"""


@pytest.mark.parametrize("form", ["tree", "table", "json", "yaml", "graphviz", "mermaid", "markdown", "html"])
def test_no_format_shows_a_secret(offline_machine, form):
    offline_machine.write(SECRETS)
    text = listed(offline_machine, "-f", form, env={"CANARY": "CANARY-8"})
    assert "user" in text
    assert re.findall("CANARY-.", text) == []


def test_other_programs_read_what_is_written(offline_machine):
    offline_machine.write(CONFIG)
    markdown = listed(offline_machine, "-f", "md")
    mermaid = listed(offline_machine, "-f", "mermaid")
    assert f"```mermaid\n{mermaid}```\n" in markdown
    assert html.document_fromstring(listed(offline_machine, "-f", "html")).xpath("//h1/text()") == ["Authentication"]
    dot = listed(offline_machine, "-f", "dot")
    assert dot == listed(offline_machine, "--format=GRAPHVIZ")
    installed("dot")
    svg = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True, check=True).stdout
    assert svg.count('class="edge"') == 2


def test_a_file_is_written_for_its_owner_alone(offline_machine):
    offline_machine.write(CONFIG)
    for form, name in ("html", "list.html"), ("table", "list.txt"):
        assert listed(offline_machine, "-f", form, "--output-file", name) == ""
        path = offline_machine.directory / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        first = path.read_text(encoding="utf-8")
        assert "corp" in first
        # Again, shorter: nothing of before is left behind it.
        assert listed(offline_machine, "-f", form, "-o", name, "--providers=other") == ""
        assert "corp" not in path.read_text(encoding="utf-8")
    assert listed(offline_machine, "-f", "table", "-o", "/dev/stdout") == TABLE


def test_a_stream_without_unicode_gets_what_readers_still_understand(offline_machine):
    offline_machine.write(CONFIG.replace("Development", "München"))
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    whole = json.loads(listed(offline_machine, "-f", "json"))
    assert json.loads(listed(offline_machine, "-f", "json", env=ascii_only)) == whole
    assert yaml.safe_load(listed(offline_machine, "-f", "yaml", env=ascii_only)) == whole
    assert whole["identities"]["dev"]["alias"] == "München"
    page = listed(offline_machine, "-f", "html", env=ascii_only)
    assert page.isascii()
    assert "München" in html.document_fromstring(page).text_content()


def seen(machine, *words: str, columns: int = 80, env: dict[str, str] | None = None) -> tuple[list[str], str]:
    """Return the lines that a person sees, and what was sent to the terminal."""
    child = machine.terminal("auth", "list", *words, columns=columns, env=env)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    screen = pseudo_terminal.Screen(columns, 24)
    screen.feed(child.before)
    # The terminal itself had to break no line.
    assert not any(screen.joined)
    return [line for line in ("".join(cells).rstrip() for cells in screen.cells) if line], child.before


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize("form", ["tree", "table"])
def test_the_screen_is_not_too_narrow(machine, form, columns):
    machine.login()
    lines, sent = seen(machine, "-f", form, columns=columns)
    assert any("prod" in line for line in lines)
    assert "\x1b[32m" in sent
    plain, sent = seen(machine, "-f", form, columns=columns, env={"NO_COLOR": "1"})
    assert plain == lines
    assert "\x1b[" not in sent
    plain, sent = seen(machine, "-f", form, columns=columns, env={"TERM": "dumb"})
    assert plain == lines
    assert "\x1b[" not in sent


def test_a_thousand_identities_are_listed(machine):
    """Nobody measures here: what is quadratic takes more than the minute that a journey may take."""
    machine.login()
    text = machine.atmos_yaml.read_text()
    wide = "".join(
        f"    wide{n}: {{ kind: aws/permission-set, via: {{ provider: my-sso }}, tags: [t{n % 7}],"
        f" principal: {{ name: AdminAccess, account: {{ name: development }} }} }}\n"
        for n in range(500)
    )
    role = "principal: { assume_role: 'arn:aws:iam::333333333333:role/DeployRole' }"
    deep = "".join(
        f"    deep{n}: {{ kind: aws/assume-role, via: {{ identity: {f'deep{n - 1}' if n else 'base'} }}, {role} }}\n"
        for n in range(500)
    )
    machine.write(text + wide + deep)
    for form in "table", "tree", "json", "html":
        assert "deep499" in listed(machine, "-f", form)
    body = json.loads(listed(machine, "-f", "json", "--tags=t3"))
    assert len(body["identities"]) == 71
    assert list(json.loads(listed(machine, "-f", "json"))["status"]["identities"]) == ["base", "prod"]


# --- the page in a browser -------------------------------------------------------------------------------------


@contextmanager
def page_of(profile: Path) -> Iterator[Page]:
    """Give the page of the browser that was opened with the profile, and end that browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{headless_chromium.port_below(profile)}")
        context = browser.contexts[0]
        page = next((page for page in context.pages if page.url.startswith("file:")), None)
        page = page or context.wait_for_event("page")
        page.set_default_timeout(20_000)
        try:
            yield page
        finally:
            browser.new_browser_cdp_session().send("Browser.close")


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files; its path is short, for Chromium has a socket there (108 bytes, sun_path)."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@in_chromium
def test_the_page_is_opened_in_the_browser(machine, aws: Emulator, tmp_path: Path, temporary: Path):
    machine.login()
    aws.journal.clear()
    profile = tmp_path / "profile"
    program = headless_chromium.program(tmp_path, flags=f'--no-sandbox --user-data-dir="{profile}"')
    result = machine.atmos("auth", "list", "--open", env={"BROWSER": program, "TMPDIR": str(temporary)})
    assert (result.returncode, result.stdout) == (0, "")
    (folder,) = temporary.glob("atmos-list-*")
    (path,) = folder.iterdir()
    assert result.stderr == f"✓ Opened {path} in the browser\n"
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(path.stat().st_mode)) == (0o700, 0o600)
    with page_of(profile) as page:
        page.locator("h1").wait_for()
        assert page.url == path.as_uri()
        names = page.locator("table[aria-labelledby=identities] .name").all_inner_texts()
        assert names == ["base", "prod", "staging"]
        assert re.fullmatch(
            r"● (1h0m|59m\d+s) left", page.locator("#entry-4 .left").locator("..").inner_text().splitlines()[0]
        )
    assert aws.journal.entries() == []


def test_where_no_browser_can_be_opened_the_page_is_named(offline_machine, temporary: Path):
    offline_machine.write(CONFIG)
    result = offline_machine.atmos("auth", "list", "--open", env={"CI": "true", "TMPDIR": str(temporary)})
    assert (result.returncode, result.stdout) == (0, "")
    (path,) = temporary.glob("atmos-list-*/atmos-auth.html")
    assert result.stderr == f"⚠ No browser could be opened here. Open this page in one: {path}\n"
    named = offline_machine.directory / "mine.html"
    result = offline_machine.atmos("auth", "list", "--open", "-o", "mine.html", env={"CI": "true"})
    assert str(named) in result.stderr
    assert "corp" in named.read_text(encoding="utf-8")


# --- what the guide shows --------------------------------------------------------------------------------------

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "see-what-is-configured.md"


def test_the_guide_shows_what_is_printed(offline_machine):
    text = GUIDE.read_text(encoding="utf-8")
    offline_machine.write(re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1])
    shown = [
        (command, output)
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
        if output
    ]
    assert len(shown) == 5
    for command, output in shown:
        program, *words = command.split()
        assert program == "atmos"
        assert offline_machine.atmos(*words).stdout == output
