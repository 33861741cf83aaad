"""Completion in real shells: what Tab makes of a line, and what a broken configuration does to it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from installed import installed

CONFIGURATION = """\
auth:
  providers:
    company-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: https://company.awsapps.com/start
      tags: [work]
  identities:
    dev-admin:
      kind: aws/permission-set
      via: { provider: company-sso }
      principal: { name: A, account: { name: a } }
    "team:prod":
      kind: aws/permission-set
      via: { provider: company-sso }
      principal: { name: !exec "echo ran >{directory}/ran", account: { name: a } }
stacks: { base_path: stacks, included_paths: ["*"] }
workflows: { release: { steps: [{ command: version }] } }
commands:
  - { name: greet, arguments: [{ name: who, values: [world] }], steps: [echo] }
  - name: terraform
    commands:
      - name: provision
        arguments: [{ name: component, type: component }]
        flags: [{ name: stack, shorthand: s, semantic_type: stack }]
        steps: [echo]
"""
STACK = "name: NAME\ncomponents: { terraform: { NAME-vpc: { vars: { made: !exec 'echo ran >>{directory}/ran' } } } }\n"
TAB = "\t"


@pytest.fixture
def configured(offline_machine):
    text = CONFIGURATION.replace("{directory}", str(offline_machine.directory))
    offline_machine.write(text)
    for name in ("blue", "green"):
        offline_machine.write(STACK.replace("NAME", name).replace("{directory}", "."), f"stacks/{name}.yaml")
    return offline_machine


def run(machine, argv: list[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, cwd=cwd or machine.directory, env=machine.environ, capture_output=True, text=True, timeout=60, check=False
    )


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
SOURCE = {
    "bash": 'eval "$(atmos completion bash)"',
    "zsh": 'autoload -U compinit; compinit -u; eval "$(atmos completion zsh)"',
}


class Shell:
    """A shell in a terminal, that prints what it would run instead of running it."""

    def __init__(self, machine, name: str) -> None:
        env = {
            "PS1": "ready> ",
            "PROMPT": "ready> ",
            "TERM": "dumb",
            "INPUTRC": "/dev/null",
            "ZDOTDIR": str(machine.home),
        }
        self._terminal = machine.in_terminal([shutil.which(name) or name, *START[name][1:]], env=env, columns=200)
        self._terminal.expect_exact("ready> ")
        self.run(SOURCE[name])
        # From now on the line is printed word by word when Enter is typed.
        self.run('atmos() { printf "<%s>" "$@"; echo; }')

    def run(self, line: str) -> None:
        self._terminal.sendline(line)
        self._terminal.expect_exact("ready> ")

    def completes(self, begun: str) -> list[str]:
        """Type a line, Tab and Enter; give the words that came of it."""
        self._terminal.send(begun + TAB)
        self._terminal.expect(r"\S*")
        self._terminal.send("\n")
        self._terminal.expect(r"(<[^\r\n]*>)\r?\n")
        found = self._terminal.match.group(1)
        self._terminal.expect_exact("ready> ")
        return found[1:-1].split("><")


@pytest.mark.parametrize("shell", [pytest.param(name, marks=needs(name)) for name in START])
@pytest.mark.parametrize(
    ("begun", "words"),
    [
        ("atmos auth logi", ["auth", "login"]),
        ("atmos auth login dev", ["auth", "login", "dev-admin"]),
        ("atmos auth login team", ["auth", "login", "team:prod"]),
        ("atmos auth login team:p", ["auth", "login", "team:prod"]),
        ("atmos auth login --identity dev", ["auth", "login", "--identity", "dev-admin"]),
        ("atmos auth login --identity=dev", ["auth", "login", "--identity=dev-admin"]),
        ("atmos auth login --provider comp", ["auth", "login", "--provider", "company-sso"]),
        ("atmos auth env --format dot", ["auth", "env", "--format", "dotenv"]),
        ("atmos auth login --webf", ["auth", "login", "--webflow"]),
        ("atmos workflow rel", ["workflow", "release"]),
        ("atmos gre", ["greet"]),
        ("atmos greet wor", ["greet", "world"]),
        ("atmos terraform plan bl", ["terraform", "plan", "blue-vpc"]),
        ("atmos terraform plan blue-vpc -s bl", ["terraform", "plan", "blue-vpc", "-s", "blue"]),
        (
            "atmos terraform plan --components blue-vpc,gr",
            ["terraform", "plan", "--components", "blue-vpc,green-vpc"],
        ),
        ("atmos terraform provis", ["terraform", "provision"]),
        ("atmos terraform provision --stack=gr", ["terraform", "provision", "--stack=green"]),
    ],
)
def test_tab_completes_the_line(configured, shell: str, begun: str, words: list[str]):
    assert Shell(configured, shell).completes(begun) == words
    # Names are offered without running what the entries hold.
    assert not (configured.directory / "ran").exists()


@needs("fish")
@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("atmos auth logi", ["login"]),
        ("atmos-auth logi", ["login"]),
        ("atmos auth login ", ["dev-admin", "team:prod"]),
        ("atmos auth login --identity=te", ["--identity=team:prod"]),
        ("atmos auth exec -i dev", ["dev-admin"]),
        ("atmos terraform plan ", ["blue-vpc", "green-vpc"]),
        ("atmos terraform plan -s green ", ["green-vpc"]),
        ("atmos tf provision -s ", ["blue", "green"]),
        ("atmos workflow r", ["release"]),
        ("atmos gr", ["greet"]),
    ],
)
def test_fish_offers_the_same(configured, begun: str, offered: list[str]):
    script = f"atmos completion fish | source; complete -C '{begun}'"
    result = run(configured, ["fish", "--no-config", "-c", script])
    assert result.returncode == 0, result.stderr
    assert [line.partition("\t")[0] for line in result.stdout.splitlines()] == offered
    assert result.stderr == ""


@pytest.mark.parametrize("broken", ["auth: [", "auth: 7", "auth: { identities: 3 }", None])
def test_a_broken_configuration_offers_no_names_and_says_nothing(configured, broken):
    if broken is None:
        configured.atmos_yaml.unlink()
    else:
        configured.write(broken)
    names = configured.atmos("completion", "zsh", "--", "atmos", "auth", "login", "")
    verbs = configured.atmos("completion", "zsh", "--", "atmos", "auth", "logi")
    assert (names.returncode, names.stdout, names.stderr) == (0, "", "")
    assert verbs.stdout.partition("\t")[0] == "login"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("terraform plan ", ["blue-vpc", "green-vpc"]),
        ("terraform plan -s green ", ["green-vpc"]),
        ("terraform plan --stack=green ", ["green-vpc"]),
        ("terraform generate files ", ["blue-vpc", "green-vpc"]),
        ("terraform plan -s nothing ", []),
        ("terraform plan -s ", ["blue", "green"]),
        ("terraform plan green-vpc -s ", ["green"]),
        ("tf provision blue-vpc --stack=", ["--stack=blue"]),
        ("describe component -s blue ", ["blue-vpc"]),
    ],
)
def test_stacks_and_components_that_go_together_are_offered(configured, words: str, offered: list[str]):
    found = configured.atmos("completion", "zsh", "--", "atmos", *words.split(" "))
    assert (found.stdout.splitlines(), found.stderr) == (offered, "")


def test_the_stack_may_stand_in_a_variable(configured):
    words = ("completion", "zsh", "--", "atmos", "terraform", "plan", "")
    assert configured.atmos(*words, env={"ATMOS_STACK": "blue"}).stdout == "blue-vpc\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("terraform", "plan", "-s", ""), ["blue"]),
        (("terraform", "plan", "gr"), []),
        (("terraform", "provi"), ["provision", "providers"]),
    ],
)
def test_what_is_broken_in_a_repository_hides_no_more_than_itself(configured, words, offered):
    configured.write("components: [", "stacks/green.yaml")
    found = configured.atmos("completion", "zsh", "--", "atmos", *words)
    assert (found.stdout.splitlines(), found.stderr) == (offered, "")
    configured.write("commands: [{ name: x, unheard: 1 }]\n")
    verbs = configured.atmos("completion", "zsh", "--", "atmos", "ver")
    assert (verbs.stdout.partition("\t")[0], verbs.stderr) == ("version", "")


def test_another_directory_on_the_line_is_where_names_come_from(configured, tmp_path):
    words = ("atmos", "auth", "-C", str(configured.directory), "login", "d")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = run(configured, [*configured.command("atmos", "completion", "zsh", "--", *words)], cwd=elsewhere)
    assert result.stdout.splitlines() == ["dev-admin"]


@pytest.mark.parametrize("words", [(), ("tcsh",)])
def test_an_unknown_shell_is_an_error_with_the_known_ones(configured, words):
    result = configured.atmos("completion", *words)
    assert (result.returncode, result.stdout) == (1, "")
    assert "bash, zsh, fish, powershell" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(configured, shell: str):
    installed(shell)
    script = configured.atmos("completion", shell).stdout
    path = configured.write(script, f"completion.{shell}")
    result = run(configured, [shell, "-n", str(path)])
    assert (result.returncode, result.stderr) == (0, "")
