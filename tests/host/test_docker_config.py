import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.docker_config import DockerConfig

REGISTRY = "1.example.com"
# What a JSON file may hold.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=8,
)
OTHERS = st.dictionaries(st.text().filter(lambda n: n not in ("auths", "credHelpers")), JSON, max_size=4)
INDENTS = st.sampled_from([None, "\t", "  ", "    "])


def put(text: str | None, auth: str | None = "YTpi") -> str:
    config = DockerConfig(text, "/c.json")
    config.put(REGISTRY, auth)
    return config.text()


@settings(deadline=None)
@given(OTHERS, INDENTS, st.sampled_from(["", "\n"]))
def test_what_others_wrote_stays_in_order_and_form(others, indent, end):
    config = {**others, "auths": {"theirs": {"auth": "eDp5", "extra": 1}}}
    text = json.dumps(config, indent=indent, ensure_ascii=False) + end
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(config, indent=indent) + end
    there = put(text)
    assert list(json.loads(there)) == list(config)
    assert json.loads(there)["auths"][REGISTRY] == {"auth": "YTpi"}
    gone = DockerConfig(there, "/c.json")
    gone.drop(REGISTRY)
    assert gone.text() == text


def test_without_a_file_one_is_written_as_docker_does():
    assert put(None) == '{\n\t"auths": {\n\t\t"1.example.com": {\n\t\t\t"auth": "YTpi"\n\t\t}\n\t}\n}'
    assert put(" \n") == put(None) + "\n"


def test_a_former_token_goes_and_what_else_the_entry_says_stays():
    text = json.dumps({"auths": {REGISTRY: {"auth": "old", "identitytoken": "t", "email": "me"}}})
    assert json.loads(put(text))["auths"] == {REGISTRY: {"email": "me", "auth": "YTpi"}}
    assert json.loads(put(text, None))["auths"] == {REGISTRY: {"email": "me"}}


def test_helpers_are_told_apart():
    config = DockerConfig('{"credsStore": "desktop", "credHelpers": {"1.example.com": "ecr-login"}}', "/c.json")
    assert (config.store, config.own_helper(REGISTRY), config.own_helper("2.example.com")) == (
        "desktop",
        "ecr-login",
        None,
    )
    assert DockerConfig('{"credsStore": "", "credHelpers": null}', "/c.json").store is None


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{\n  "auths": {,}\n}', 2, 13),
        ('{"a": 1', 1, 8),
        ("[]", 1, 1),
        ('{"a": NaN}', 1, 1),
        ('{"a": 1,\n "auths": []}', 2, 2),
        ('{"credHelpers": "x"}', 1, 2),
        ("[" * 100_000, 1, 1),
    ],
    ids=["a comma", "no end", "a list", "no number", "auths", "helpers", "too deep"],
)
def test_what_is_no_configuration_is_named_with_its_place(text, line, column):
    with pytest.raises(StoreError) as caught:
        DockerConfig(text, "/home/me/config.json")
    assert (caught.value.place.file, caught.value.place.line, caught.value.place.column) == (
        "/home/me/config.json",
        line,
        column,
    )
    assert "nothing was written" in caught.value.hints[0]


def test_a_message_holds_none_of_the_file():
    with pytest.raises(StoreError) as caught:
        DockerConfig('{"auths": {"r": {"auth": "QVdTOnNlY3JldA=="}}', "/c.json")
    assert "QVdTOnNlY3JldA" not in f"{caught.value}{caught.value.details}{caught.value.hints}"
