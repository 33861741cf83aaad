"""What a custom command is given."""

import pytest

from atmos_auth.config.compose import compose
from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import InvalidSetting, UsageError
from atmos_auth.domain.place import Place
from atmos_auth.programs.custom_commands.found import CustomCommand, find
from atmos_auth.programs.custom_commands.found import _command as read
from atmos_auth.programs.custom_commands.given import given


def command_of(text: str) -> CustomCommand:
    return read(compose(text, "atmos.yaml"), Place("atmos.yaml", 1, 1), (), (), "")


COMMAND = """\
name: deploy
arguments:
  - { name: what, required: true }
  - { name: where, default: here }
  - { name: how, values: [fast, slow] }
flags:
  - { name: loud, type: bool }
  - { name: times, default: 2, values: ["2", "3"] }
"""


def test_arguments_and_flags_come_by_their_names():
    command = command_of(COMMAND)
    found = given(command, ["app", "there"], {"loud": "true", "times": "3"}, ["a b"])
    assert found.data() == {
        "Arguments": {"what": "app", "where": "there", "how": ""},
        "Flags": {"loud": True, "times": "3"},
        "TrailingArgs": "'a b'",
    }
    assert given(command, ["app", "x", "fast", "too many"], {}, []).arguments["how"] == "fast"


def test_what_is_not_said_has_its_default():
    found = given(command_of(COMMAND.replace('"2", "3"', "")), ["app"], {}, [])
    assert (found.arguments["where"], found.flags) == ("here", {"loud": False, "times": 2})


@pytest.mark.parametrize(
    ("words", "flags", "message"),
    [
        ([], {}, r"requires at least 1 argument\(s\)"),
        (["a", "b", "medium"], {"times": "2"}, 'how is "medium", and takes one of: fast, slow'),
        (["a"], {"times": "9"}, '--times is "9", and takes one of: 2, 3'),
    ],
)
def test_what_is_missing_or_wrong_is_named(words, flags, message):
    with pytest.raises(UsageError, match=message):
        given(command_of(COMMAND), words, flags, [])


def test_a_flag_that_must_be_there():
    command = command_of("name: x\nflags: [{ name: need, required: true }]")
    with pytest.raises(UsageError, match="atmos x needs --need"):
        given(command, [], {}, [])
    assert given(command, [], {"need": "1"}, []).flags == {"need": "1"}


def test_flags_and_the_folder_are_inherited():
    command = command_of(
        "name: top\nworking_directory: a\nflags: [{ name: f }, { name: g, default: 1 }]\n"
        "commands: [{ name: below, flags: [{ name: g, default: 2 }] }, { name: two words, working_directory: b }]"
    )
    below, two = command.below
    assert [(flag.name, flag.default) for flag in below.flags] == [("g", 2), ("f", None)]
    assert (below.working_directory, two.working_directory) == ("a", "b")
    assert find([command], ["top", "below", "x"]) == (below, ["x"])
    assert find([command], ["top", "two", "words"]) == (two, [])
    assert find([command], ["top", "x"]) == (command, ["x"])
    assert find([command], ["other"]) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: []", "name"),
        ("name: x\nunheard: 1", "unheard"),
        ("name: x\nflags: [{ name: f, type: list }]", "a type"),
        ("name: x\nflags: [{ name: f, shorthand: ff }]", "one letter"),
        ("name: x\nflags: [{ name: f, semantic_type: thing }]", "what it names"),
        ("name: x\narguments: [{ name: a, type: thing }]", "what it names"),
        ("name: -x", "a name"),
        ("name: x\ncommands: [3]", "must be a mapping"),
    ],
)
def test_commands_that_are_written_wrongly_are_named(text, message):
    with pytest.raises(InvalidSetting, match=message) as wrong:
        command_of(text)
    assert isinstance(compose(text, "f"), Map)
    assert wrong.value.place is not None
