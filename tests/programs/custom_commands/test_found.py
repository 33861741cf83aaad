"""Which command words name, and what is wrong with one that cannot be run."""

import pytest

from atmos_auth.programs.custom_commands.found import below, find, with_default


def test_flags_and_the_folder_are_inherited(command_of):
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


TREE = """\
name: ops
aliases: [o, "the ops"]
default: status
commands:
  - { name: status, aliases: [st], steps: [echo] }
  - { name: st, steps: [echo], internal: true }
  - { name: deep, default: deeper, commands: [{ name: deeper, steps: [echo] }] }
"""


@pytest.mark.parametrize(
    ("words", "found", "rest"),
    [
        ("ops", "ops status", []),
        ("ops -x", "ops status", ["-x"]),
        ("ops --help", "ops", ["--help"]),
        ("o", "ops status", []),
        ("the ops status", "ops status", []),
        ("ops st x", "ops st", ["x"]),
        ("o deep", "ops deep deeper", []),
        ("ops deep deeper", "ops deep deeper", []),
        ("ops nothing", "ops", ["nothing"]),
    ],
)
def test_which_command_is_meant(command_of, words, found, rest):
    named = find([command_of(TREE)], words.split())
    assert named is not None
    command, behind = with_default(*named)
    assert (" ".join(command.words), behind) == (found, rest)


def test_what_is_there_for_other_commands_only_is_not_shown(command_of):
    ops = command_of(TREE)
    assert [one.settings.name for one in below([ops], ("ops",))] == ["status", "deep"]
    hidden = command_of("name: x\ninternal: true")
    assert (below([hidden], ()), find([hidden], ["x"])) == ([], (hidden, []))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nunheard: 1", "unheard"),
        ("name: x\ndependencies: { tools: {} }", "dependencies"),
        ("name: x\ndependencies: {}", "dependencies"),
        ("name: x\nflags: [{ name: f, type: list }]", "a type"),
        ("name: x\nflags: [{ name: f, shorthand: ff }]", "one letter"),
        ("name: x\nflags: [{ name: f, semantic_type: thing }]", "what it names"),
        ("name: x\narguments: [{ name: a, type: thing }]", "what it names"),
        ("name: x\ndefault: y\ncommands: [{ name: z }]", 'default is "y", and below it are: z'),
        ("name: x\ndefault: y", 'default is "y", and below it are: none'),
        ("name: x\ndefault: z\nsteps: [echo]\ncommands: [{ name: z }]", "it has steps of its own"),
    ],
)
def test_what_is_wrong_with_a_command_is_kept_with_it(command_of, text, message):
    command = command_of(text)
    assert message in (command.wrong.message if command.wrong else "")
    assert command.wrong is not None
    assert command.wrong.place is not None
    assert command.words == ("x",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: []", "name"),
        ("name:", "name"),
        ("name: -x", "a name"),
        ("name: [a]", "is not a name"),
        ("3", "must be a mapping"),
        ("[a]", "must be a mapping"),
    ],
)
def test_what_has_no_name_that_can_be_typed_leaves_all_others_as_they_are(command_of, text, message):
    top = command_of(f"name: top\ncommands:\n  - {{ name: good, steps: [echo] }}\n  - {text}")
    good, bad = top.below
    assert message in (bad.wrong.message if bad.wrong else "")
    assert bad.wrong is not None
    assert bad.wrong.place is not None
    assert (top.wrong, good.wrong, find([top], ["top", "good"])) == (None, None, (good, []))
    assert find([top], ["top", "-x"]) == (top, ["-x"])
    assert good in top.shown_below
