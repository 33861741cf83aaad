"""From keys to a session: durations, MFA codes, and what AWS's refusals become."""

import pytest

from atmos_auth.domain import errors
from atmos_auth.testing import NOW

PAIR = {"access_key_id": "AKIASAMPLE", "secret_access_key": "sample/secret"}
DEVICE = "arn:aws:iam::111111111111:mfa/me"
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
HOUR = 3600


def test_configured_keys_become_a_session_of_the_user(world, scripted):
    world.aws.sessions(1)
    session = world.user(credentials=PAIR).authenticate(None)
    assert session.access_key_id == "ASIASESSION1"
    assert (session.principal, session.account_id) == (scripted.USER_ARN, "111111111111")
    assert (session.issued_at, session.expires_at) == (NOW, NOW + HOUR)
    assert session.session
    call = world.aws.calls[0]
    assert call.credentials[:3] == ("AKIASAMPLE", "sample/secret", None)
    assert world.parameters() == [{"DurationSeconds": 12 * HOUR}]


def test_the_session_is_good_without_an_answer_to_who_it_is(world, scripted):
    world.aws.answer(scripted.GET, scripted.session())
    world.aws.fail(scripted.WHO, "ServiceUnavailable", status=503)
    session = world.user(credentials=PAIR).authenticate(None)
    assert (session.access_key_id, session.principal) == ("ASIASESSION1", None)


@pytest.mark.parametrize(
    ("settings", "signed_in", "exported"),
    [
        ({}, "us-east-1", None),
        ({"region": "eu-west-1"}, "eu-west-1", "eu-west-1"),
        ({"credentials": {"region": "eu-west-2"}}, "eu-west-2", "eu-west-2"),
        ({"region": "eu-west-1", "credentials": {"region": "eu-west-2"}}, "eu-west-2", "eu-west-2"),
    ],
)
def test_a_region_is_exported_only_if_somebody_named_it(world, settings, signed_in, exported):
    world.aws.sessions(1)
    settings = settings | {"credentials": PAIR | settings.get("credentials", {})}
    session = world.user(**settings).authenticate(None)
    assert (world.aws.calls[0].region, session.region) == (signed_in, exported)


def test_the_long_lived_secret_is_hidden_before_anything_is_called(world, scripted):
    world.aws.answer(
        scripted.GET, lambda **_: pytest.fail("not hidden") if not world.log.hidden else scripted.session()
    )
    world.aws.fail(scripted.WHO, "AccessDenied", status=403)
    world.user(credentials=PAIR).authenticate(None)
    assert "sample/secret" in world.log.hidden


# --- durations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configured", "stored", "seconds"),
    [
        (None, "", 12 * HOUR),
        (None, "2h", 2 * HOUR),
        (None, "3600", HOUR),
        ("1h30m", "2h", 5400),
        (1800, "2h", 1800),
        ("1800", "", 1800),
        ("15m", "", 900),
    ],
)
def test_the_configuration_beats_the_keyring_and_that_the_default(world, configured, stored, seconds):
    world.keys.put("me", PAIR | {"session_duration": stored})
    world.aws.sessions(1)
    world.user(**({"session": {"duration": configured}} if configured else {})).authenticate(None)
    assert world.parameters() == [{"DurationSeconds": seconds}]
    assert world.prompter.warnings == []


@pytest.mark.parametrize(
    ("wanted", "device", "seconds"),
    [
        ("36h", "", 12 * HOUR),
        ("13h", "", 12 * HOUR),
        ("1s", "", 900),
        (899, "", 900),
        ("1d", DEVICE, 24 * HOUR),
        ("36h", DEVICE, 36 * HOUR),
        ("2d", DEVICE, 36 * HOUR),
        ("60s", DEVICE, 900),
    ],
)
def test_what_aws_does_not_allow_is_clamped_with_a_word(world, wanted, device, seconds):
    """36 hours with a device were once 12, whatever was configured."""
    world.keys.put("me", PAIR | {"mfa_arn": device, "session_duration": str(wanted)})
    world.codes("123456")
    world.aws.sessions(1)
    world.user().authenticate(None)
    assert world.parameters()[0]["DurationSeconds"] == seconds
    is_allowed = (wanted, device) in (("1d", DEVICE), ("36h", DEVICE))
    assert len(world.prompter.warnings) == (not is_allowed)
    if not is_allowed:
        (warning,) = world.prompter.warnings
        assert '"me"' in warning
        assert f"using {seconds} s" in warning
        assert ("with an MFA device" if device else "without an MFA device") in warning


def test_a_duration_in_the_keyring_that_is_none_does_no_harm(world):
    world.keys.put("me", PAIR | {"session_duration": "for ever"})
    world.aws.sessions(1)
    world.user().authenticate(None)
    assert world.parameters() == [{"DurationSeconds": 12 * HOUR}]
    assert len(world.prompter.warnings) == 1


# --- MFA -------------------------------------------------------------------------------------------------------


def test_the_configured_device_beats_the_keyrings(world):
    other = DEVICE.replace("me", "other")
    world.keys.put("me", PAIR | {"mfa_arn": other})
    codes = world.codes("123456", "654321")
    world.aws.sessions(1, 2)
    world.user(credentials={"mfa_arn": DEVICE}).authenticate(None)
    world.user().authenticate(None)
    assert codes.asked == [(DEVICE, None), (other, None)]
    assert [call["SerialNumber"] for call in world.parameters()] == [DEVICE, other]
    assert [call["TokenCode"] for call in world.parameters()] == ["123456", "654321"]


def test_a_command_for_codes_is_passed_on(world):
    codes = world.codes("123456")
    world.aws.sessions(1)
    world.user(credentials=PAIR | {"mfa_arn": DEVICE, "mfa_command": "show-code"}).authenticate(None)
    assert codes.asked == [(DEVICE, "show-code")]


def test_without_a_device_no_code_is_asked_for(world):
    world.aws.sessions(1)
    world.user(credentials=PAIR | {"mfa_command": "show-code"}).authenticate(None)
    assert world.mfa.asked == []


def test_a_wrong_code_is_asked_for_once_more(world, scripted):
    world.codes("000000", "123456")
    world.aws.fail(scripted.GET, "AccessDenied", message=WRONG_CODE, status=403)
    world.aws.sessions(1)
    assert world.user(credentials=PAIR | {"mfa_arn": DEVICE}).authenticate(None).access_key_id == "ASIASESSION1"
    assert world.prompter.warnings == ["AWS did not accept that MFA code."]
    assert [call["TokenCode"] for call in world.parameters()] == ["000000", "123456"]


@pytest.mark.parametrize(
    "message",
    [
        WRONG_CODE,
        "INVALID MFA",
        "the MFA Token is bad",
        "multiFactorAuthentication FAILED, unable to validate MFA code.",
    ],
)
def test_a_second_wrong_code_is_explained(world, scripted, message):
    world.codes("000000", "111111")
    world.aws.fail(scripted.GET, "AccessDenied", message=message, status=403, times=2)
    with pytest.raises(errors.AccessDenied, match="did not accept the MFA code") as refused:
        world.user(credentials=PAIR | {"mfa_arn": DEVICE}).authenticate(None)
    assert any("30 seconds" in hint for hint in refused.value.hints)
    assert any(DEVICE in hint for hint in refused.value.hints)
    assert len(world.parameters()) == 2
    assert "111111" not in f"{refused.value} {refused.value.details}".replace(DEVICE, "")


def test_a_cancelled_code_ends_it(world, scripted):
    class Leaving:
        def code(self, serial, command=None):
            raise errors.Cancelled("user aborted")

    world.mfa = Leaving()
    with pytest.raises(errors.Cancelled):
        world.user(credentials=PAIR | {"mfa_arn": DEVICE}).authenticate(None)
    assert world.aws.calls == []


def test_a_missing_permission_is_no_wrong_code(world, scripted):
    world.codes("123456")
    world.aws.fail(scripted.GET, "AccessDenied", message="User: x is not authorized to perform", status=403)
    with pytest.raises(errors.AccessDenied, match="may not call sts:GetSessionToken") as refused:
        world.user(credentials=PAIR | {"mfa_arn": DEVICE}).authenticate(None)
    assert any("IAM policies" in hint for hint in refused.value.hints)
    assert len(world.parameters()) == 1


def test_a_missing_permission_after_a_wrong_code_is_told_as_what_it_is(world, scripted):
    world.codes("000000", "123456")
    world.aws.fail(scripted.GET, "AccessDenied", message=WRONG_CODE, status=403)
    world.aws.fail(scripted.GET, "AccessDenied", message="User: x is not authorized to perform", status=403)
    with pytest.raises(errors.AccessDenied, match="may not call sts:GetSessionToken"):
        world.user(credentials=PAIR | {"mfa_arn": DEVICE}).authenticate(None)


# --- other refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException"])
def test_an_expired_token_leads_to_a_new_login(world, scripted, code):
    world.keys.put("me", PAIR)
    world.aws.fail(scripted.GET, code, message="expired", status=403)
    with pytest.raises(errors.AuthenticationFailed, match="AWS session token has expired") as refused:
        world.user().authenticate(None)
    assert refused.value.hints == ("atmos auth login --identity me",)
    assert world.keys.get("me") == PAIR


@pytest.mark.parametrize(
    "message",
    [
        "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z",
        "Signature not yet current: 20260101T020000Z is still later than 20260101T010500Z",
    ],
)
def test_a_clock_that_is_wrong_costs_nobody_the_keys(world, scripted, message):
    """AWS says SignatureDoesNotMatch for that too."""
    world.keys.put("me", PAIR)
    world.aws.fail(scripted.GET, "SignatureDoesNotMatch", message=message, status=403)
    with pytest.raises(errors.AuthenticationFailed, match="clock") as refused:
        world.user().authenticate(None)
    assert any("date" in hint for hint in refused.value.hints)
    assert world.keys.get("me") == PAIR


@pytest.mark.parametrize(
    ("code", "status"), [("ServiceUnavailable", 503), ("Throttling", 400), ("ValidationError", 400)]
)
def test_whatever_else_fails_leaves_the_keys_alone(world, scripted, code, status):
    world.keys.put("me", PAIR)
    world.aws.fail(scripted.GET, code, status=status)
    with pytest.raises(errors.ServiceError):
        world.user().authenticate(None)
    assert world.keys.get("me") == PAIR


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"])
def test_dead_keys_of_the_configuration_are_left_to_whoever_wrote_them(world, scripted, code):
    world.keys.put("me", PAIR)
    world.aws.fail(scripted.GET, code, status=403)
    with pytest.raises(errors.KeysRejected, match='keys of "me" in the configuration') as refused:
        world.user(credentials=PAIR).authenticate(None)
    assert refused.value.in_configuration
    assert world.prompter.questions == []
    assert world.keys.get("me") == PAIR


# --- recovery --------------------------------------------------------------------------------------------------

NEW = {"access_key_id": "AKIANEW", "secret_access_key": "new/secret"}


@pytest.fixture
def stale(world, scripted):
    world.keys.put("me", PAIR)
    world.aws.fail(scripted.GET, "InvalidClientTokenId", message="The security token is invalid.", status=403)
    return world


def test_new_keys_are_asked_for_used_saved_and_work_next_time(stale):
    prompter = stale.answers(NEW | {"session_duration": "36h", "mfa_arn": DEVICE})
    stale.codes("123456")
    stale.aws.sessions(1)
    assert stale.user().authenticate(None).access_key_id == "ASIASESSION1"
    ((header, fields),) = prompter.questions
    assert header == "⚠ AWS credentials are required for identity: me"
    assert [field.label for field in fields] == [
        "AWS Access Key ID",
        "AWS Secret Access Key",
        "MFA ARN (optional)",
        "Session Duration (optional, default: 12h)",
    ]
    assert prompter.lines == ["✓ Credentials saved to keyring: me"]
    assert stale.keys.get("me") == NEW | {"session_duration": "36h", "mfa_arn": DEVICE}
    assert stale.parameters()[-1]["DurationSeconds"] == 36 * HOUR

    stale.codes("654321")
    stale.aws.sessions(2)
    stale.answers()
    assert stale.user().authenticate(None).access_key_id == "ASIASESSION2"


def test_the_stale_keys_are_gone_before_anybody_is_asked(stale):
    class Looking(type(stale.prompter)):
        def form(self, header, fields):
            assert stale.keys.get("me") is None
            raise errors.Cancelled("user aborted")

    stale.prompter = Looking()
    with pytest.raises(errors.Cancelled, match="stale ones were removed") as left:
        stale.user().authenticate(None)
    assert left.value.hints == ("atmos auth user configure --identity me",)


def test_new_keys_are_kept_only_if_aws_accepts_them_and_nobody_is_asked_a_third_time(stale, scripted):
    stale.aws.fail(scripted.GET, "InvalidClientTokenId", status=403)
    stale.answers(NEW)
    with pytest.raises(errors.KeysRejected, match="invalid or have been revoked") as refused:
        stale.user().authenticate(None)
    assert "atmos auth user configure --identity me" in refused.value.hints
    assert "in the keyring" not in refused.value.message
    assert stale.keys.get("me") is None
    assert len(stale.prompter.questions) == 1


@pytest.mark.parametrize("code", ["AccessDenied", "ServiceUnavailable"])
def test_new_keys_are_not_kept_if_anything_else_comes_between(stale, scripted, code):
    stale.aws.fail(scripted.GET, code, status=403)
    stale.answers(NEW)
    with pytest.raises(errors.AtmosAuthError):
        stale.user().authenticate(None)
    assert stale.keys.get("me") is None


def test_a_cancelled_code_for_new_keys_keeps_none(stale):
    class Leaving:
        def code(self, serial, command=None):
            raise errors.Cancelled("user aborted")

    stale.mfa = Leaving()
    stale.answers(NEW | {"mfa_arn": DEVICE})
    with pytest.raises(errors.Cancelled):
        stale.user().authenticate(None)
    assert stale.keys.get("me") is None


def test_where_nobody_can_be_asked_nothing_is_thrown_away(stale):
    stale.answers(can_ask=False)
    with pytest.raises(errors.KeysRejected) as refused:
        stale.user().authenticate(None)
    assert refused.value.message == 'the AWS keys of "me" in the keyring are invalid or have been revoked'
    assert refused.value.hints == ("atmos auth user configure --identity me",)
    assert stale.keys.get("me") is not None


def test_a_session_pasted_in_place_of_keys_is_complained_about(stale):
    prompter = stale.answers({"access_key_id": "ASIASESSION", "secret_access_key": "s"}, NEW)
    stale.aws.sessions(1)
    stale.user().authenticate(None)
    assert "key of a session" in prompter.complaints[0]
    assert stale.keys.get("me") == NEW | {"session_duration": "12h"}


def test_a_keyring_that_refuses_says_so_after_all(stale):
    """The session is lost, but nobody believes that the keys were saved."""

    class Refusing(type(stale.keys)):
        def put(self, name, secret):
            raise errors.StoreError("the keyring is full")

    stale.keys = Refusing()
    type(stale.keys).get = lambda self, name: PAIR
    stale.answers(NEW)
    stale.aws.sessions(1)
    with pytest.raises(errors.StoreError, match="full"):
        stale.user().authenticate(None)
    assert stale.prompter.lines == []
