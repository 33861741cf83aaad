"""What a GitHub job reads: every value arrives as it was, and no value can pass for a line of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.delivery.formats.github import masking, text


def read_as_the_runner_does(written: str) -> dict[str, str]:
    """Parse an environment file by the rules of its documentation."""
    found: dict[str, str] = {}
    lines = iter(written.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, _, end = line.partition("<<")
            value: list[str] = []
            for inner in lines:
                if inner == end:
                    break
                value.append(inner)
            else:
                raise AssertionError(f"{name} does not end")
            found[name] = "\n".join(value)
        else:
            name, _, found_value = line.partition("=")
            found[name] = found_value
    return found


names = st.from_regex(r"\A[A-Z_][A-Z0-9_]{0,10}\Z")
values = st.one_of(
    st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",))),
    st.lists(st.sampled_from(["ATMOS_EOF_A", "A=1", "", "x<<y", "ATMOS_EOF_A_"])).map("\n".join),
)


@given(variables=st.dictionaries(names, values, max_size=4))
def test_every_value_arrives_as_it_was(variables: dict[str, str]):
    assert read_as_the_runner_does(text(variables)) == variables


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("plain", "A=plain\n"),
        ("a=b<<c $X `y`", "A=a=b<<c $X `y`\n"),
        ("two\nlines", "A<<ATMOS_EOF_A\ntwo\nlines\nATMOS_EOF_A\n"),
        ("x\nATMOS_EOF_A\nB=injected", "A<<ATMOS_EOF_A_\nx\nATMOS_EOF_A\nB=injected\nATMOS_EOF_A_\n"),
        ("cr\rlf", "A<<ATMOS_EOF_A\ncr\rlf\nATMOS_EOF_A\n"),
    ],
)
def test_the_lines(value: str, lines: str):
    assert text({"A": value}) == lines


def test_secrets_are_masked_line_by_line_and_escaped():
    assert masking(["one", "100%\nthree", "one", " ", ""]) == "::add-mask::one\n::add-mask::100%25\n::add-mask::three\n"
