import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.delivery.profile_text import (
    FALLBACK_REGION,
    config_header,
    credentials_of,
    facts,
    services_header,
    with_config,
    with_credentials,
)
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.names import FORBIDDEN_IN_NAMES
from atmos_auth.testing import NOW, aws_credentials

CHAIN = "0123456789abcdef" * 2
NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="".join(FORBIDDEN_IN_NAMES)), min_size=1, max_size=20
).filter(lambda name: name == name.strip())
# What AWS gives: base64 and friends.
OPAQUE = st.text(st.sampled_from("abcXYZ0189+/=%;#:[]$"), min_size=1, max_size=40)
WORD = st.text(st.sampled_from("abcXYZ0189+/=%:;#-_."), min_size=1, max_size=30)
TIMES = st.integers(1, 4_000_000_000).map(float)
KEYS = st.builds(
    AwsCredentials,
    access_key_id=OPAQUE,
    secret_access_key=OPAQUE,
    session_token=OPAQUE,
    expires_at=st.none() | TIMES,
    issued_at=st.none() | TIMES,
    region=st.none() | WORD,
    account_id=st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True),
    principal=st.none() | WORD,
    session=st.none() | WORD,
    endpoint_url=st.none() | WORD,
)


@given(NAMES, KEYS, NAMES)
def test_credentials_come_back_as_they_were(name, credentials, profile):
    text = with_credentials("", name, credentials, fingerprint=CHAIN, profile=profile)
    found = credentials_of(text, name)
    assert found is not None
    assert found[0] == credentials
    assert (found[1]["chain"], found[1]["profile"]) == (CHAIN, profile)


@given(st.lists(st.tuples(NAMES, KEYS), max_size=4, unique_by=lambda pair: pair[0]))
def test_many_profiles_in_one_file(profiles):
    text = ""
    for name, credentials in profiles:
        text = with_credentials(text, name, credentials, fingerprint=CHAIN)
    assert [(credentials_of(text, name) or [None])[0] for name, _ in profiles] == [c for _, c in profiles]


@given(KEYS.filter(lambda keys: keys.expires_at is not None), st.data())
def test_a_text_that_was_cut_short_gives_the_whole_or_nothing(credentials, data):
    credentials = credentials._replace(account_id=None)
    text = with_credentials("", "dev", credentials, fingerprint=CHAIN)
    cut = text[: data.draw(st.integers(0, len(text)))]
    found = credentials_of(cut, "dev")
    assert found is None or found[0] == credentials


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = x\n",
        "; atmos: chain=1\n[dev]\naws_access_key_id = AKIA\n",
        "; atmos: chain=1\n[dev]\naws_secret_access_key = x\n",
        "; atmos: chain=1 expiration=soon\n[dev]\naws_access_key_id = A\naws_secret_access_key = x\n",
        "; atmos: chain=1 issued=\n[dev]\naws_access_key_id = A\naws_secret_access_key = x\n",
        "; atmos: chain=1 expiration=2026-01-02T03:04:05Z\n[dev]\naws_access_key_id = A\naws_secret_access_key = x\n",
        "; atmos: chain=1\n[other]\naws_access_key_id = A\naws_secret_access_key = x\n",
        "\x00\x01\x02\n",
    ],
    ids=["empty", "blank", "not ours", "no secret", "no key id", "bad end", "bad start", "no token", "other", "noise"],
)
def test_what_is_not_whole_and_ours_is_a_miss(text):
    assert credentials_of(text, "dev") is None


def test_a_marker_of_nonsense_gives_no_facts():
    assert facts("a lonely word =x b=") == {"": "x", "b": ""}
    assert facts("") == {}


def test_no_value_is_written_that_is_not_there():
    text = with_credentials("", "dev", AwsCredentials("AKIA", "secret"), fingerprint=CHAIN)
    assert text == f"; atmos: chain={CHAIN}\n[dev]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n"


def test_secrets_are_in_their_keys_only():
    text = with_credentials("", "dev", aws_credentials(), fingerprint=CHAIN)
    assert [text.count(secret) for secret in aws_credentials().secrets] == [1, 1]


def test_a_profile_without_a_region_gets_the_fallback():
    assert with_config("", "dev", aws_credentials(region=None)) == f"[profile dev]\nregion = {FALLBACK_REGION}\n"


def test_an_endpoint_goes_to_a_services_section_and_leaves_with_it():
    text = with_config("", "dev", aws_credentials(endpoint_url="http://127.0.0.1:1"))
    assert "services = atmos-dev" in text
    assert "endpoint_url = http://127.0.0.1:1" in text
    assert with_config(text, "dev", aws_credentials()) == "[profile dev]\nregion = eu-west-1\n"


@pytest.mark.parametrize(
    ("name", "header"),
    [("default", "default"), ("dev", "profile dev"), ("a b", 'profile "a b"'), ("a/b.c", "profile a/b.c")],
)
def test_the_header_in_a_config_file(name, header):
    assert config_header(name) == header


@given(NAMES, NAMES)
def test_two_profiles_never_share_a_services_section(one, other):
    assert (services_header(one) == services_header(other)) == (one == other)


def test_times_are_whole_seconds_in_utc():
    text = with_credentials("", "dev", aws_credentials(expires_at=NOW + 0.9), fingerprint=CHAIN)
    assert "expiration=2026-01-02T03:04:05Z" in text
