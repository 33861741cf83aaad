"""Names of several words."""

import pytest

from atmos_auth.config.compose import compose
from atmos_auth.config.tree import Seq
from atmos_auth.programs.custom_commands.unfolding import unfolded
from atmos_auth.stacks.plain import plain


def commands_of(text: str) -> Seq:
    tree = compose(text, "atmos.yaml")
    assert isinstance(tree, Seq)
    return tree


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[{ name: a b, steps: [x] }]", "[{ name: a, commands: [{ name: b, steps: [x] }] }]"),
        (
            "[{ name: a b c }, { name: a, description: d }, { name: a b, steps: [x] }]",
            "[{ name: a, commands: [{ name: b, commands: [{ name: c }], steps: [x] }], description: d }]",
        ),
        ("[{ name: a, commands: [{ name: b c }] }]", "[{ name: a, commands: [{ name: b, commands: [{ name: c }] }] }]"),
        ("[{ name: a }, { name: a }]", "[{ name: a }, { name: a }]"),
        ("[{ name: a b }, 3, { name: 4 }]", "[{ name: a, commands: [{ name: b }] }, 3, { name: 4 }]"),
    ],
    ids=["two", "merged", "below", "one-word", "no-command"],
)
def test_commands_with_a_name_of_several_words_stand_below_each_other(written: str, expected: str):
    assert plain(unfolded(commands_of(written), lambda tagged: tagged)) == plain(commands_of(expected))


def test_places_of_what_was_written_stay():
    (outer,) = unfolded(commands_of("[{ name: a b, steps: [x] }]"), lambda tagged: tagged)
    (inner,) = outer["commands"]
    assert (str(inner.value_places["name"]), str(inner.key_places["steps"])) == ("atmos.yaml:1:10", "atmos.yaml:1:15")
