from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.domain.errors import Cancelled, InvalidSetting, SelectionError, UsageError
from atmos_auth.testing import FakePrompter
from atmos_auth.usecases.tags import select_tagged, tagged

AUTH = """
    providers:
      portal: {kind: aws/iam-identity-center, tags: [Production, blue]}
      other: {kind: aws/iam-identity-center, tags: [sandbox]}
      plain: {kind: aws/iam-identity-center}
    identities:
      dev: {kind: ambient, tags: [sandbox, "two words"]}
      ops: {kind: ambient, tags: [production]}
      prod: {kind: ambient, tags: [PRODUCTION, blue]}
      untagged: {kind: ambient, tags: null}
"""


@pytest.fixture
def catalog(catalog_of):
    return catalog_of(AUTH)


@pytest.mark.parametrize(
    ("role", "tags", "names"),
    [
        (IDENTITY, "production", ["ops", "prod"]),
        (IDENTITY, "SANDBOX", ["dev"]),
        (IDENTITY, " blue , ,sandbox,", ["dev", "prod"]),
        (IDENTITY, "two words", ["dev"]),
        (PROVIDER, "production,sandbox", ["other", "portal"]),
    ],
)
def test_any_tag_will_do_in_any_case(catalog, role, tags, names):
    assert tagged(catalog, role, tags) == names


def test_no_match_is_an_error_that_names_the_known_tags(catalog):
    with pytest.raises(SelectionError, match="no identities match the specified tags: green, nine") as caught:
        tagged(catalog, IDENTITY, "green,nine")
    assert caught.value.details == ("tags of identities: blue, PRODUCTION, production, sandbox, two words",)
    with pytest.raises(SelectionError, match="no providers match") as caught:
        tagged(catalog, PROVIDER, "two words")
    assert "tags of providers: blue, Production, sandbox" in caught.value.details


def test_where_nothing_has_tags_that_is_said(catalog_of):
    with pytest.raises(SelectionError) as caught:
        tagged(catalog_of("identities: {dev: {kind: ambient}}"), IDENTITY, "x")
    assert caught.value.details == ("no identities have tags",)


@pytest.mark.parametrize("tags", ["", " ", ",", " , ,"])
def test_no_tag_at_all_is_a_mistake(catalog, tags):
    with pytest.raises(UsageError, match="names no tag"):
        tagged(catalog, IDENTITY, tags)


@pytest.mark.parametrize("tags", ["production", "{a: b}", "[1]", "[[a]]", "5"])
def test_tags_that_are_no_list_of_words_are_an_error_with_a_place(catalog_of, tags):
    catalog = catalog_of(f"identities:\n  dev: {{kind: ambient, tags: {tags}}}")
    with pytest.raises(InvalidSetting, match="tags is not a list of words") as caught:
        tagged(catalog, IDENTITY, "a")
    assert caught.value.place.line == 3


def test_functions_of_other_settings_are_not_run(catalog_of):
    catalog = catalog_of("identities:\n  dev: {kind: ambient, tags: [a], region: !exec 'exit 3'}")
    assert tagged(catalog, IDENTITY, "a") == ["dev"]


def test_one_match_is_taken_without_asking(catalog):
    assert select_tagged(catalog, "sandbox", prompter=FakePrompter(forbidden=True)) == "dev"


def test_of_several_the_person_picks(catalog):
    prompter = FakePrompter(["prod"])
    assert select_tagged(catalog, "production", prompter=prompter) == "prod"
    assert prompter.questions == [("Several identities match. Please choose one:", ("ops", "prod"))]
    with pytest.raises(Cancelled):
        select_tagged(catalog, "production", prompter=FakePrompter([None]))


def test_of_several_none_is_taken_where_nobody_can_be_asked(catalog):
    with pytest.raises(SelectionError, match="requires a TTY: ops, prod") as caught:
        select_tagged(catalog, "production", prompter=FakePrompter(can_ask=False))
    assert caught.value.hints == ("name one: --identity ops",)


@given(st.text(st.characters(codec="utf-8"), max_size=20))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_typed_gives_names_or_a_sentence(catalog, tags):
    with suppress(SelectionError, UsageError):
        assert set(tagged(catalog, IDENTITY, tags)) <= {"dev", "ops", "prod"}
