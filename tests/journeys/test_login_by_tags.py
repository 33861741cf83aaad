"""`atmos auth login --tags`, and which flags of login exclude each other."""

import pytest
from person import CTRL_C, ENTER, Person

from aws_emulator import Emulator


@pytest.fixture
def tagged(machine):
    text = machine.atmos_yaml.read_text()
    text = text.replace("    base:\n", "    base:\n      tags: [daily, dev]\n")
    machine.write(text.replace("    staging:\n", "    staging:\n      tags: [Daily]\n"))
    return machine


def test_the_one_identity_that_has_the_tag_is_used(tagged, aws: Emulator):
    result = tagged.login("--tags", "DEV,nothing")
    assert "Identity  base" in result.stderr
    assert aws.journal.count("sts:AssumeRole") == 0


def test_tags_win_over_the_variable_and_the_default(tagged):
    result = tagged.atmos(
        "auth", "login", "--force-tty", "--no-browser", "--tags", "dev", env={"ATMOS_IDENTITY": "prod"}
    )
    assert "Identity  base" in result.stderr


def test_of_several_a_person_picks(tagged):
    person = Person(tagged.terminal("auth", "login", "--no-browser", "--tags", "daily"))
    person.sees("Several identities match. Please choose one:", "base", "staging")
    person.types("\x1b[B" + ENTER)
    assert person.ends() == 0, person.screen
    assert "✓ Selected identity: staging" in person.screen
    leaving = Person(tagged.terminal("auth", "login", "--no-browser", "--tags", "daily"))
    leaving.sees("Several identities match")
    leaving.types(CTRL_C)
    assert leaving.ends() != 0


def test_of_several_none_is_taken_where_nobody_can_be_asked(tagged, aws: Emulator):
    result = tagged.atmos("auth", "login", "--tags", "daily")
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = tagged.findings(result.stderr)
    assert "requires a TTY: base, staging" in finding.message
    assert aws.journal.entries() == []


def test_a_tag_that_nobody_has_is_an_error_that_lists_those_there_are(tagged):
    result = tagged.atmos("auth", "login", "--tags", "green")
    assert (result.returncode, result.stdout) == (1, "")
    (finding,) = tagged.findings(result.stderr)
    assert finding.message == "no identities match the specified tags: green"
    assert finding.details == ("tags of identities: Daily, daily, dev",)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("prod", "--tags", "dev"), "--tags and an identity exclude each other"),
        (("-i", "prod", "--tags", "dev"), "--tags and an identity exclude each other"),
        (("--identity", "--tags", "dev"), "--tags and an identity exclude each other"),
        (("--provider", "my-sso", "--tags", "dev"), "--provider and --tags exclude each other"),
        (("--provider", "my-sso", "prod"), "--provider and an identity exclude each other"),
        (("--provider", "my-sso", "--webflow"), "--provider and --webflow exclude each other"),
        (("--provider", "my-sso", "--with-required"), "--provider and --with-required exclude each other"),
        (("--tags", ""), "--tags names no tag"),
        (("--tags", " , "), "--tags names no tag"),
        (("--tags", "dev", "--webflow"), "--webflow requires an aws/user identity"),
        (("--provider", "nobody"), 'provider "nobody" not found'),
    ],
)
def test_what_does_not_go_together_is_refused_before_anybody_is_asked(tagged, aws: Emulator, words, message):
    result = tagged.atmos("auth", "login", "--force-tty", *words)
    assert (result.returncode, result.stdout) == (1, "")
    assert message in result.stderr
    assert "💡" in result.stderr
    assert aws.journal.entries() == []


@pytest.mark.parametrize("tags", ["dev", "5", "{a: b}", "[[a]]"])
def test_tags_that_are_no_list_of_words_are_an_error_with_a_place(tagged, tags):
    tagged.write(tagged.atmos_yaml.read_text().replace("[daily, dev]", tags))
    result = tagged.atmos("auth", "login", "--tags", "daily")
    assert result.returncode == 1
    (finding,) = tagged.findings(result.stderr)
    assert "tags is not a list of words" in finding.message
    assert finding.place is not None
    assert "atmos.yaml:" in finding.place
