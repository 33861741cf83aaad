"""What a project's own commands offer at the cursor, beside ours and inside of them."""

import pytest

from atmos_auth.cli.shell_completion.candidates import candidates
from atmos_auth.cli.shell_completion.following import COMPONENTS, IDENTITIES, STACKS, Following
from atmos_auth.cli.shell_completion.of_project import with_project
from atmos_auth.config.load import load
from atmos_auth.config.request import Request
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.programs.custom_commands.found import custom_commands

NAMES = {IDENTITIES: ["dev-admin"], STACKS: ["dev", "prod"], COMPONENTS: ["vpc", "vpn"]}
SHORT = {"tp": ["terraform", "plan"], "who": ["auth", "env", "--format"], "hello": ["never"]}
COMMANDS = """\
commands:
  - name: hello
    description: Greet somebody
    arguments: [{ name: who, values: [world, moon] }, { name: component, type: component }]
    flags:
      - { name: loud, shorthand: l, type: bool, description: say it aloud }
      - { name: stack, shorthand: s, semantic_type: stack }
      - { name: tone, values: [high, low] }
      - { name: identity }
    steps: [echo]
  - name: ops
    commands: [{ name: up, steps: [echo] }, { name: down, commands: [{ name: now, steps: [echo] }] }]
  - name: two words
    steps: [echo]
  - name: auth
    commands: [{ name: extra, steps: [echo] }, { name: login, arguments: [{ name: who, values: [never] }] }]
  - name: terraform
    commands:
      - { name: provision, arguments: [{ name: component, type: component }], steps: [echo] }
      - { name: plan, arguments: [{ name: component, values: [never] }], steps: [echo] }
"""


@pytest.fixture
def offered(tmp_path, environ):
    (tmp_path / "atmos.yaml").write_text(COMMANDS)
    commands = custom_commands(load(Request(cwd=str(tmp_path), environ=environ, home=environ["HOME"])))

    def more(ours: Following, before) -> Following:
        return with_project(ours, before, commands, SHORT)

    return lambda line: candidates(line.split(" "), NAMES.__getitem__, more)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("atmos he", ["hello"]),
        ("atmos -C somewhere he", ["hello"]),
        ("atmos two", ["two"]),
        ("atmos auth e", ["env", "exec", "extra"]),
        ("atmos-auth ex", ["exec", "extra"]),
        ("atmos terraform pro", ["provision", "providers"]),
        ("atmos tf provision v", ["vpc", "vpn"]),
        ("atmos terraform plan v", ["vpc", "vpn"]),
        ("atmos terraform plan n", []),
        ("atmos auth login n", []),
        ("atmos auth login d", ["dev-admin"]),
        ("atmos ops ", ["up", "down"]),
        ("atmos ops down ", ["now"]),
        ("atmos ops down now ", []),
        ("atmos ops nonsense ", []),
        ("atmos two w", ["words"]),
        ("atmos two words ", []),
        ("atmos hello ", ["world", "moon"]),
        ("atmos hello m", ["moon"]),
        ("atmos hello moon v", ["vpc", "vpn"]),
        ("atmos hello -l m", ["moon"]),
        ("atmos hello moon vpc ", []),
        ("atmos hello --l", ["--logs-level", "--logs-file", "--loud"]),
        ("atmos hello --loud --lo", ["--logs-level", "--logs-file"]),
        ("atmos hello --loud=", ["--loud=true", "--loud=false"]),
        ("atmos hello -s ", ["dev", "prod"]),
        ("atmos hello --stack=p", ["--stack=prod"]),
        ("atmos hello --tone ", ["high", "low"]),
        ("atmos ops up --identity ", ["dev-admin"]),
        ("atmos ops up --refresh=e", ["--refresh=endpoint"]),
        ("atmos hello -- m", []),
        ("atmos nonsense ", []),
        ("atmos t", ["terraform", "two", "tp"]),
        ("atmos tp v", ["vpc", "vpn"]),
        ("atmos -C x tp vpc -s ", ["dev", "prod"]),
        ("atmos who dot", ["dotenv"]),
    ],
)
def test_what_is_offered_of_a_project(offered, line, words):
    assert [candidate.word for candidate in offered(line)] == words


def test_commands_and_flags_are_offered_with_what_they_are(offered):
    assert [tuple(found) for found in (*offered("atmos he"), *offered("atmos hello --lou"))] == [
        ("hello", "Greet somebody"),
        ("--loud", "say it aloud"),
    ]


def test_a_flag_that_cannot_be_is_no_candidate_but_an_error(tmp_path, environ):
    (tmp_path / "atmos.yaml").write_text("commands: [{ name: x, flags: [{ name: profile }], steps: [echo] }]")
    commands = custom_commands(load(Request(cwd=str(tmp_path), environ=environ, home=environ["HOME"])))
    with pytest.raises(InvalidSetting, match='custom command "x": every command has a flag --profile'):
        candidates(["atmos", "x", ""], NAMES.__getitem__, lambda ours, before: with_project(ours, before, commands, {}))
