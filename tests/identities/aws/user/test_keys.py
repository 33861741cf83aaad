"""Where keys come from, what a person is asked, and what is refused as a keyring entry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.domain import errors
from atmos_auth.identities.aws.user.keys import (
    DURATION_FORMAT,
    UserKeys,
    configured_keys,
    duration_complaint,
    key_fields,
    keys_from_answers,
    stored_keys,
)
from atmos_auth.identities.aws.user.settings import Credentials
from atmos_auth.stores.keyring.memory_keyring import MemoryKeyring

PAIR = {"access_key_id": "AKIASAMPLE", "secret_access_key": "sample/secret"}
DEVICE = "arn:aws:iam::111111111111:mfa/me"


def test_both_halves_in_the_configuration_are_keys():
    keys = configured_keys("me", Credentials(**PAIR, mfa_arn=DEVICE))
    assert keys == UserKeys("AKIASAMPLE", "sample/secret", DEVICE, in_configuration=True)


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_neither_half_is_not_configured(empty):
    assert configured_keys("me", Credentials(access_key_id=empty, secret_access_key=empty)) is None


@pytest.mark.parametrize(
    ("half", "missing"), [("access_key_id", "secret_access_key"), ("secret_access_key", "access_key_id")]
)
@pytest.mark.parametrize("empty", ["", " \n"])
def test_one_half_is_an_error_that_names_the_other(half, missing, empty):
    with pytest.raises(errors.InvalidSetting, match="invalid auth config") as refused:
        configured_keys("me", Credentials(**{half: PAIR[half], missing: empty}))
    assert f'"me" has {half} but no {missing}' in refused.value.message
    assert "both must be provided, or both left empty" in refused.value.message
    assert PAIR[half] not in str(refused.value)
    assert "atmos auth user configure --identity me" in " ".join(refused.value.hints)


def test_line_breaks_around_configured_keys_are_not_theirs():
    keys = configured_keys("me", Credentials(access_key_id="AKIASAMPLE\n", secret_access_key="  s\r\n"))
    assert (keys.access_key_id, keys.secret_access_key) == ("AKIASAMPLE", "s")


def test_the_keyrings_entry_brings_device_and_duration_along():
    store = MemoryKeyring()
    store.put("me", PAIR | {"mfa_arn": DEVICE, "session_duration": "36h"})
    assert stored_keys("ME", store)[:4] == ("AKIASAMPLE", "sample/secret", DEVICE, "36h")
    assert stored_keys("you", store) is None


@pytest.mark.parametrize("entry", [{}, {"access_key_id": "AKIA"}, PAIR | {"secret_access_key": ""}])
def test_an_incomplete_entry_is_not_none(entry):
    class Holding(MemoryKeyring):
        def get(self, name):
            return entry

    with pytest.raises(errors.EntryUnreadable, match="failed to read AWS user credentials from keyring"):
        stored_keys("me", Holding())


def test_keys_do_not_show_their_secret():
    keys = UserKeys("AKIASAMPLESAMPLE", "sample/secret")
    assert "sample/secret" not in f"{keys} {keys!r}"
    assert "SAMPLESAMPLE" not in f"{keys} {keys!r}"


def test_the_questions_are_those_of_the_documentation():
    assert [field.label for field in key_fields()] == [
        "AWS Access Key ID",
        "AWS Secret Access Key",
        "AWS User MFA ARN (optional)",
        "Session Duration (optional, default: 12h)",
    ]
    assert [field.name for field in key_fields() if field.secret] == ["secret_access_key"]


def test_what_the_configuration_says_is_shown_and_not_asked():
    managed = [field for field in key_fields(mfa_arn=DEVICE, duration="24h") if field.read_only]
    assert [(f.title, f.default, f.description) for f in managed] == [
        ("AWS User MFA ARN", DEVICE, "managed by Atmos configuration"),
        ("Session Duration", "24h", "managed by Atmos configuration"),
    ]


@pytest.mark.parametrize("text", ["3600", "900", "1h", "12h", "1h30m", "90m", "1d", "36h", " 2d "])
def test_good_durations(text):
    assert duration_complaint(text) is None


@pytest.mark.parametrize("text", ["", "0", "-1", "0h", "1.5d", "d", "12 hours", "1d12h", "h", "twelve", "1w", "1h "])
def test_bad_durations_are_told_what_to_write(text):
    assert duration_complaint(text) == (DURATION_FORMAT if text != "1h " else None)


@given(st.text(max_size=20))
def test_no_text_makes_the_checks_stumble(text):
    for field in key_fields():
        assert field.check is None or field.check(text) is None or field.check(text)


@pytest.mark.parametrize(
    ("name", "text", "fits"),
    [
        ("access_key_id", "AKIAIOSFODNN7EXAMPLE", True),
        ("access_key_id", "AKIA IOS", False),
        ("access_key_id", "AKIA\nIOS", False),
        ("access_key_id", "AKIÄ", False),
        ("access_key_id", "ASIAIOSFODNN7EXAMPLE", False),
        ("access_key_id", "asiaIOSFODNN7EXAMPLE", False),
        ("secret_access_key", "wJalrXUtnFEMI/K7MDENG+bPxRfiCY==", True),
        ("secret_access_key", "with blank", False),
        ("secret_access_key", "with\nline", False),
        ("secret_access_key", "\x1b[2J", False),
        ("mfa_arn", DEVICE, True),
        ("mfa_arn", "arn:aws-us-gov:iam::111111111111:mfa/path/me", True),
        ("mfa_arn", "GAHT12345678", False),
        ("mfa_arn", "arn:aws:iam::111111111111:user/me", False),
        ("mfa_arn", "arn:aws:iam::111111111111:mfa/", False),
        ("mfa_arn", "arn:aws:iam::11:mfa/me", False),
        ("mfa_arn", "arn:aws:iam::111111111111:mfa/me you", False),
        ("mfa_arn", "arn:other:iam::111111111111:mfa/me", False),
    ],
)
def test_answers_are_checked_and_never_repeated(name, text, fits):
    (field,) = (field for field in key_fields() if field.name == name)
    complaint = field.complaint(text)
    assert (complaint is None) == fits
    assert complaint is None or text not in complaint


def test_answers_are_trimmed():
    given_answers = {name: f" {value}\n" for name, value in PAIR.items()}
    assert keys_from_answers(given_answers).entry == PAIR


# --- key_entry -------------------------------------------------------------------------------------------------


def test_an_entry_holds_what_was_answered_and_leaves_out_what_is_empty(world):
    assert world.user().key_entry(PAIR | {"mfa_arn": "", "session_duration": ""}) == PAIR
    full = PAIR | {"mfa_arn": DEVICE, "session_duration": "36h"}
    assert world.user().key_entry(full) == full


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ({}, "AWS Access Key ID is required"),
        ({"access_key_id": "AKIA"}, "AWS Secret Access Key is required"),
        (PAIR | {"access_key_id": "  "}, "AWS Access Key ID is required"),
        (PAIR | {"access_key_id": "ASIASESSION"}, "key of a session"),
        (PAIR | {"session_duration": "forever"}, "invalid duration format"),
        (PAIR | {"mfa_arn": "me"}, "expected arn:aws:iam::ACCOUNT_ID:mfa/NAME"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused(world, answers, word):
    with pytest.raises(errors.UsageError, match=word) as refused:
        world.user().key_entry(answers)
    assert "sample/secret" not in str(refused.value)
    assert refused.value.hints


def test_what_the_configuration_manages_does_not_go_into_the_entry(world):
    user = world.user(credentials={"mfa_arn": DEVICE}, session={"duration": "24h"})
    other = DEVICE.replace("me", "other")
    assert user.key_entry(PAIR | {"mfa_arn": other, "session_duration": "36h"}) == PAIR


def test_members_of_a_session_never_reach_the_entry(world):
    answers = PAIR | {"session_token": "t", "expiration": "2026-01-01T00:00:00Z", "refresh_token": "r"}
    assert world.user().key_entry(answers) == PAIR


def test_where_the_configuration_holds_the_keys_there_is_nothing_to_ask_or_store(world):
    user = world.user(credentials=PAIR)
    assert user.key_fields() is None
    with pytest.raises(errors.UsageError, match="in the configuration"):
        user.key_entry(PAIR)
    with pytest.raises(errors.InvalidSetting):
        world.user(credentials={"access_key_id": "AKIA"}).key_fields()
