import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atmos_auth.usecases.listing import REDACTED, redacted

SECRET_KEYS = [
    "secret_access_key",
    "client_secret",
    "token",
    "refresh_token",
    "sessionToken",
    "PASSWORD",
    "access_key_id",
    "accessKeyId",
    "access-key-id",
    "aws_access_key_id",
    "mySecretThing",
    "apiKey",
    "private_key",
    "passphrase",
]
WRAPS = [lambda v: v, lambda v: [v], lambda v: [[v]], lambda v: {"value": v}, lambda v: [{"any": {"thing": v}}]]


@pytest.mark.parametrize("key", SECRET_KEYS)
@pytest.mark.parametrize("wrap", WRAPS)
def test_whatever_stands_under_a_key_that_says_secret_is_masked(key, wrap):
    settings = {"spec": {"list": [{key: wrap("t0ps3cret")}]}, "name": "kept"}
    before = copy.deepcopy(settings)
    shown = redacted(settings)
    assert "t0ps3cret" not in repr(shown)
    assert REDACTED in repr(shown)
    assert shown["name"] == "kept"
    assert settings == before


trees = st.recursive(
    st.just("t0ps3cret") | st.integers(1),
    lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.text(), inner, min_size=1),
)


@given(trees, st.sampled_from(SECRET_KEYS))
@settings(deadline=None)
def test_no_form_of_a_value_escapes(tree, key):
    assert redacted({"spec": {key: tree}}) == {"spec": {key: REDACTED}}


def test_what_is_empty_needs_no_mask():
    assert redacted({"token": "", "secret": None, "password": 0}) == {"token": "", "secret": None, "password": 0}


@pytest.mark.parametrize("name", ["key", "name"])
def test_a_variable_is_judged_by_the_name_beside_it(name):
    assert redacted([{name: "DB_PASSWORD", "value": "x"}]) == [{name: "DB_PASSWORD", "value": REDACTED}]
    assert redacted([{name: "TEAM", "value": "x"}]) == [{name: "TEAM", "value": "x"}]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://bob:hunter2@idp.example/app", f"https://bob:{REDACTED}@idp.example/app"),
        ("https://:hunter2@idp.example", f"https://:{REDACTED}@idp.example"),
        ("https://b:hun:ter@2@idp.example/a@b", f"https://b:{REDACTED}@idp.example/a@b"),
        ("https://bob@idp.example/", "https://bob@idp.example/"),
        ("https://idp.example:8443/a:b@c", "https://idp.example:8443/a:b@c"),
        ("https://idp.example/?x=a:b@c", "https://idp.example/?x=a:b@c"),
        ("arn:aws:iam::123456789012:role/x@y", "arn:aws:iam::123456789012:role/x@y"),
    ],
)
def test_the_password_of_an_address_is_masked(written, shown):
    assert redacted({"url": written}) == {"url": shown}


def test_harmless_settings_are_shown():
    settings = {"region": "us-east-1", "tags": ["a", "b"], "default": True, "via": {"provider": "p"}, "n": 5}
    assert redacted(settings) == settings
