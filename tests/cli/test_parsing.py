"""Words become a command and its arguments, or a complaint that names the way out."""

import pytest

from atmos_auth.cli.flags import PICK, WIDTH
from atmos_auth.cli.parsing import build_parser, parse
from atmos_auth.domain.errors import UsageError

IDENTITIES = [
    (["auth", "exec", "--identity", "prod", "--", "ls"], "prod", ["ls"]),
    (["auth", "exec", "--identity=prod", "--", "ls", "--identity", "x"], "prod", ["ls", "--identity", "x"]),
    (["auth", "exec", "-iprod", "--", "--", "ls"], "prod", ["--", "ls"]),
    (["auth", "-i", "prod", "exec", "--"], "prod", []),
    (["auth", "exec", "--identity", "--", "ls"], PICK, ["ls"]),
    (["auth", "exec", "-i", "--no-browser", "--", "ls"], PICK, ["ls"]),
    (["auth", "--identity", "base", "exec", "-i", "prod", "--", "ls"], "prod", ["ls"]),
]


@pytest.mark.parametrize(("words", "identity", "rest"), IDENTITIES)
def test_identity_stands_before_or_after_the_verb_and_never_behind_the_dashes(words, identity, rest):
    invocation = parse(words)
    assert (invocation.arguments.identity, invocation.arguments.rest) == (identity, rest)


def test_the_dashes_of_a_verb_that_runs_nothing_only_end_its_flags():
    invocation = parse(["auth", "login", "--", "-odd-"])
    assert (invocation.arguments.positional, invocation.arguments.rest) == (["-odd-"], None)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["--interactive", "auth", "list"], "true"),
        (["--interactive=false", "auth", "list"], "false"),
        (["--interactive", "off", "auth", "list"], "off"),
        (["auth", "list", "--interactive"], "true"),
    ],
)
def test_a_bare_switch_leaves_the_command_alone(words, value):
    invocation = parse(words)
    assert (invocation.arguments.interactive, invocation.module.__name__) == (value, "atmos_auth.cli.auth.list")


@pytest.mark.parametrize(
    ("words", "refresh", "positional", "rest"),
    [
        (["auth", "shell"], None, [], None),
        (["auth", "shell", "--refresh"], "", [], None),
        (["auth", "shell", "--refresh", "prod"], "", ["prod"], None),
        (["auth", "shell", "--refresh=endpoint", "prod"], "endpoint", ["prod"], None),
        (["auth", "shell", "prod", "--refresh", "--", "process"], "", ["prod"], ["process"]),
        (["auth", "shell", "--", "--refresh"], None, [], ["--refresh"]),
    ],
)
def test_refresh_takes_a_value_after_an_equals_sign_only(words, refresh, positional, rest):
    arguments = parse(words).arguments
    assert (arguments.refresh, arguments.positional, arguments.rest) == (refresh, positional, rest)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["--skip-planfile", "vpc"], "true"),
        (["--skip-planfile=false", "vpc"], "false"),
        (["vpc", "--skip-planfile"], "true"),
        (["vpc"], None),
    ],
)
def test_a_switch_takes_a_value_after_an_equals_sign_only(words, value):
    arguments = parse(["terraform", "plan", *words]).arguments
    assert (arguments.skip_planfile, arguments.positional) == (value, ["plan", "vpc"])


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["auth", "exec", "aws", "s3", "ls"], "'aws' must come after `--`", "atmos auth exec -- aws s3 ls"),
        (["auth", "exec", "-i", "prod", "aws", "s3"], "'aws' must come after `--`", "atmos auth exec -- aws s3"),
        (["auth", "exec", "--browser", "--", "ls"], "unknown flag --browser", "atmos auth exec --help"),
        (["auth", "login", "a", "b"], "unexpected 'b'", "atmos auth login --help"),
        (["auth", "login", "a", "--", "b"], "unexpected 'b'", "atmos auth login --help"),
        (["auth", "list", "--", "b"], "unexpected 'b'", "atmos auth list --help"),
        (["auth", "env", "--", "a", "--login"], "unexpected '--login'", "atmos auth env --help"),
        (["auth", "--identity", "env"], '"env" was taken for the name', "atmos auth env --identity"),
        (["auth", "login", "--login-flow", "x"], "--login-flow", "atmos auth login --help"),
        (["--chdir"], "expected one argument", "atmos --help"),
    ],
)
def test_a_misfit_is_told_with_the_words_that_would_fit(words, message, hint):
    with pytest.raises(UsageError) as raised:
        parse(words)
    assert message in raised.value.message
    assert hint in raised.value.hints


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["atuh"], 'unknown command "atmos atuh"', "atmos auth"),
        (["auth", "whoam"], 'unknown command "atmos auth whoam"', "atmos auth whoami"),
    ],
)
def test_what_is_none_of_ours_may_be_the_projects(words, message, hint):
    arguments = parse(["--no-color", *words]).arguments
    assert (arguments.words, arguments.no_color) == (words, True)
    assert message in arguments.unknown.message
    assert hint in arguments.unknown.hints


@pytest.mark.parametrize("words", [[], ["auth"], ["--help"], ["auth", "--help"], ["auth", "env", "-h"]])
def test_help_fits_the_screen_and_names_common_flags_last(words, capsys):
    with pytest.raises(SystemExit) as left:
        parse(words)
    assert left.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < WIDTH
    titles = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert titles[-1] == "flags of every command:"
    # One value, one mention.
    assert not [line for line in lines if line.count("[NAME]") > 1]


def test_no_command_is_loaded_before_it_is_called():
    import sys

    before = {name for name in sys.modules if name.startswith("atmos_auth.cli.auth.")}
    build_parser()
    assert {name for name in sys.modules if name.startswith("atmos_auth.cli.auth.")} == before
