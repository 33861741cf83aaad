"""What a custom command is given."""

import pytest

from atmos_auth.domain.errors import UsageError
from atmos_auth.programs.custom_commands.given import given

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


def test_arguments_and_flags_come_by_their_names(command_of):
    command = command_of(COMMAND)
    found = given(command, ["app", "there"], {"loud": "true", "times": "3"}, ["a b"])
    assert found.data() == {
        "Arguments": {"what": "app", "where": "there", "how": ""},
        "Flags": {"loud": True, "times": "3"},
        "TrailingArgs": "'a b'",
    }
    assert given(command, ["app", "x", "fast", "too many"], {}, []).arguments["how"] == "fast"


def test_what_is_not_said_has_its_default(command_of):
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
def test_what_is_missing_or_wrong_is_named(command_of, words, flags, message):
    with pytest.raises(UsageError, match=message):
        given(command_of(COMMAND), words, flags, [])


def test_a_flag_that_must_be_there(command_of):
    command = command_of("name: x\nflags: [{ name: need, required: true }]")
    with pytest.raises(UsageError, match="atmos x needs --need"):
        given(command, [], {}, [])
    assert given(command, [], {"need": "1"}, []).flags == {"need": "1"}
