"""Signing in through the browser: the conversation, twelve hours of renewals, and hostile answers."""

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.aws_api.dpop import DpopKey
from atmos_auth.aws_api.sign_in import CROSS_DEVICE, SAME_DEVICE
from atmos_auth.domain import errors
from atmos_auth.identities.aws.user.browser_session import _subject, code_of
from atmos_auth.testing import NOW, FakeBrowser, FakeListen

STATE = "AAECAwQFBgcICQoLDA0ODw"  # what the fake random bytes make
VERIFIER = urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()


def id_token(subject: object) -> str:
    return f"h.{urlsafe_b64encode(json.dumps({'sub': subject}).encode()).rstrip(b'=').decode()}.s"


def url_query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


# --- a person --------------------------------------------------------------------------------------------------


def test_the_browser_is_opened_on_the_page_and_its_code_redeemed(world, scripted):
    world.aws.answer(scripted.TOKEN, scripted.token(1, idToken=id_token(scripted.USER_ARN)))
    session = world.user().authenticate(None)
    assert (session.access_key_id, session.expires_at, session.issued_at) == ("ASIABROWSER1", NOW + 900, NOW)
    assert (session.principal, session.account_id) == (scripted.USER_ARN, "111111111111")

    (url,) = world.browser.opened
    query = url_query(url)
    assert url.startswith("https://us-east-1.signin.aws.amazon.com/v1/authorize?")
    assert query["client_id"] == SAME_DEVICE
    assert query["redirect_uri"] == "http://127.0.0.1:49152/oauth/callback"
    assert query["state"] == STATE
    assert query["code_challenge"] == urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    assert world.listen.asked == [("/oauth/callback", STATE, 0)]
    assert world.listen.deadlines == [NOW + 300]
    (invitation,) = world.prompter.invitations
    assert (invitation.url, invitation.code, invitation.expires_at) == (url, None, NOW + 300)
    assert "me" in invitation.title
    assert world.parameters(scripted.TOKEN) == [
        {
            "tokenInput": {
                "clientId": SAME_DEVICE,
                "grantType": "authorization_code",
                "code": "authorization-code",
                "redirectUri": "http://127.0.0.1:49152/oauth/callback",
                "codeVerifier": VERIFIER,
            }
        }
    ]


def test_what_renews_it_is_kept_for_twelve_hours_and_nothing_in_the_keyring(world, scripted):
    world.aws.answer(scripted.TOKEN, scripted.token(1))
    world.user().authenticate(None)
    kept = world.sessions.read("me")
    assert (kept.refresh_token, kept.client_id, kept.region) == ("refresh-1", SAME_DEVICE, "us-east-1")
    assert kept.expires_at == NOW + 12 * 3600
    assert DpopKey.from_text(kept.dpop_key)
    assert world.keys.names() == []
    assert {"refresh-1", kept.dpop_key} <= set(world.log.hidden)


@pytest.mark.parametrize(
    "failure",
    [
        errors.AccessDenied("the sign-in was refused in the browser"),
        errors.SignInExpired("nobody finished the sign-in in the browser in time"),
        errors.AuthenticationFailed("the sign-in page reported an error"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_sign_in_that_does_not_come_to_its_end_keeps_nothing(world, failure):
    world.listen = FakeListen(failure)
    with pytest.raises(type(failure)) as met:
        world.user().authenticate(None)
    assert met.value is failure
    assert world.sessions.read("me") is None
    assert not world.listen.is_open


def test_a_code_that_is_refused_is_an_error_and_keeps_nothing(world):
    world.aws.refuse("invalid_grant")
    with pytest.raises(errors.ServiceError) as refused:
        world.user().authenticate(None)
    assert "authorization-code" not in f"{refused.value} {refused.value.details}"
    assert world.sessions.read("me") is None


def test_a_browser_that_cannot_be_started_leaves_the_address(world, scripted):
    world.browser = FakeBrowser(opens=False)
    world.aws.answer(scripted.TOKEN, scripted.token())
    assert world.user().authenticate(None)
    assert world.prompter.invitations[0].url == world.browser.opened[0]


def test_where_nobody_looks_nothing_is_opened(world):
    world.answers(can_show=False, can_ask=False)
    with pytest.raises(errors.NeedsPerson, match="needs a person") as refused:
        world.user().authenticate(None)
    assert (world.browser.opened, world.listen.asked, world.aws.calls) == ([], [], [])
    assert refused.value.exit_code == 2
    assert refused.value.hints


def test_elsewhere_the_person_carries_the_code_over(world, scripted):
    world.browser = FakeBrowser(is_local=False)
    pasted = b64encode(urlencode({"state": STATE, "code": "carried"}).encode()).decode()
    prompter = world.answers({"code": pasted})
    world.aws.answer(scripted.TOKEN, scripted.token())
    assert world.user().authenticate(None)
    assert (world.browser.opened, world.listen.asked) == ([], [])
    url = next(line for line in prompter.lines[0].splitlines() if "://" in line)
    query = url_query(url)
    assert query["client_id"] == CROSS_DEVICE
    assert query["redirect_uri"] == "https://us-east-1.signin.aws.amazon.com/v1/sessions/confirmation"
    sent = world.parameters(scripted.TOKEN)[0]["tokenInput"]
    assert (sent["clientId"], sent["code"], sent["redirectUri"]) == (CROSS_DEVICE, "carried", query["redirect_uri"])
    assert world.sessions.read("me").client_id == CROSS_DEVICE
    ((_, (field,)),) = prompter.questions
    assert field.secret


def test_elsewhere_where_nobody_can_type_the_callback_is_waited_for(world, scripted):
    world.browser = FakeBrowser(is_local=False)
    world.answers(can_ask=False)
    world.aws.answer(scripted.TOKEN, scripted.token())
    assert world.user().authenticate(None)
    assert len(world.prompter.invitations) == len(world.listen.asked) == 1


def test_webflow_off_is_never_tried(world):
    settings = {"credentials": {"webflow_enabled": False}}
    world.answers(can_ask=False)
    with pytest.raises(errors.NeedsPerson, match='aws user not configured: "me"') as refused:
        world.user(**settings).authenticate(None)
    assert refused.value.hints == ("atmos auth user configure --identity me",)
    with pytest.raises(errors.AuthenticationFailed, match="browser authentication is disabled"):
        world.user(**settings).through_browser()
    assert (world.browser.opened, world.aws.calls) == ([], [])


def test_webflow_off_asks_for_keys_instead(world):
    world.answers({"access_key_id": "AKIANEW", "secret_access_key": "new"})
    world.aws.sessions(1)
    assert world.user(credentials={"webflow_enabled": False}).authenticate(None).access_key_id == "ASIASESSION1"
    assert world.keys.get("me")["access_key_id"] == "AKIANEW"


def test_webflow_off_does_not_renew_what_was_left_behind(world, signed_in):
    world.sessions.write("me", signed_in())
    world.answers(can_ask=False)
    user = world.user(credentials={"webflow_enabled": False})
    assert user.refresh(None) is None
    with pytest.raises(errors.NeedsPerson):
        user.authenticate(None)
    assert world.aws.calls == []


def test_asked_for_by_name_the_browser_is_used_whatever_is_stored(world, scripted, signed_in):
    world.keys.put("me", {"access_key_id": "AKIA", "secret_access_key": "s"})
    world.sessions.write("me", signed_in())
    world.aws.answer(scripted.TOKEN, scripted.token(7))
    session = world.user(credentials={"access_key_id": "AKIA", "secret_access_key": "s"}).through_browser()
    assert session.authenticate(None).access_key_id == "ASIABROWSER7"
    assert world.keys.get("me") == {"access_key_id": "AKIA", "secret_access_key": "s"}
    assert world.parameters(scripted.TOKEN)[0]["tokenInput"]["grantType"] == "authorization_code"
    assert world.sessions.read("me") is None, "where there are keys, it is for once"


# --- renewal ---------------------------------------------------------------------------------------------------


def test_a_renewal_asks_nobody_and_keeps_the_new_token_key_and_end(world, scripted, signed_in):
    before = signed_in()
    world.sessions.write("me", before)
    world.answers(can_show=False, can_ask=False)
    world.aws.answer(scripted.TOKEN, scripted.token(1))
    renewed = world.user().refresh(None)
    assert (renewed.access_key_id, renewed.principal) == ("ASIABROWSER1", before.principal)
    assert renewed.expires_at == NOW + 900
    assert world.sessions.read("me") == before._replace(refresh_token="refresh-1")
    assert world.parameters(scripted.TOKEN) == [
        {"tokenInput": {"clientId": SAME_DEVICE, "grantType": "refresh_token", "refreshToken": "refresh-0"}}
    ]


def test_signing_in_again_starts_with_the_renewal(world, scripted, signed_in):
    world.sessions.write("me", signed_in())
    world.aws.answer(scripted.TOKEN, scripted.token(1))
    assert world.user().authenticate(None).access_key_id == "ASIABROWSER1"
    assert world.browser.opened == []


def test_renewals_go_on_for_twelve_hours_and_not_longer(world, scripted):
    world.aws.answer(scripted.TOKEN, *(scripted.token(n) for n in range(60)))
    world.user().authenticate(None)
    rounds = 0
    while (renewed := world.user().refresh(None)) is not None:
        assert renewed.expires_at == world.clock.now() + 900
        rounds += 1
        world.clock.advance(900)
    assert rounds == 48
    assert world.clock.now() == NOW + 12 * 3600
    sent = [call["tokenInput"].get("refreshToken") for call in world.parameters(scripted.TOKEN)[1:]]
    assert sent == [f"refresh-{n}" for n in range(48)]


@pytest.mark.parametrize(
    "changes",
    [
        {"region": "eu-west-1"},
        {"expires_at": NOW},
        {"expires_at": NOW + 60},
        {"expires_at": NOW - 1e6},
    ],
)
def test_a_sign_in_that_is_over_or_of_another_region_is_not_redeemed(world, signed_in, changes):
    world.sessions.write("me", signed_in(**changes))
    assert world.user().refresh(None) is None
    assert world.aws.calls == []
    assert world.sessions.read("me") is not None


@pytest.mark.parametrize(
    "reason",
    ["invalid_grant", "invalid_token", "TOKEN_EXPIRED", "AUTHCODE_EXPIRED", "USER_CREDENTIALS_CHANGED"],
)
def test_a_sign_in_that_the_service_ended_is_forgotten_and_the_browser_opens(world, scripted, signed_in, reason):
    world.sessions.write("me", signed_in())
    world.aws.refuse(reason)
    assert world.user().refresh(None) is None
    assert world.sessions.read("me") is None
    world.aws.answer(scripted.TOKEN, scripted.token(1))
    world.user().authenticate(None)
    assert len(world.browser.opened) == 1


@pytest.mark.parametrize("reason", ["service_unavailable", "rate_exceeded", "server_error", "INVALID_REQUEST", ""])
def test_whatever_else_the_service_says_keeps_the_token(world, signed_in, reason):
    world.sessions.write("me", signed_in())
    world.aws.refuse(reason, status=503)
    with pytest.raises(errors.ServiceError):
        world.user().refresh(None)
    assert world.sessions.read("me") == signed_in()
    assert world.browser.opened == []


def test_a_refused_token_is_not_the_end_when_another_came_meanwhile(world, scripted, signed_in):
    """A program that heeds no lock of ours has redeemed it."""
    world.sessions.write("me", signed_in())

    def spent(**_):
        world.sessions.write("me", signed_in(refresh_token="refresh-of-another"))
        world.aws.answer(scripted.TOKEN, scripted.token(5))
        raise scripted.refusal("invalid_grant")

    world.aws.answer(scripted.TOKEN, spent)
    renewed = world.user().refresh(None)
    assert renewed is not None
    assert world.parameters(scripted.TOKEN)[1]["tokenInput"]["refreshToken"] == "refresh-of-another"
    assert world.sessions.read("me").refresh_token == "refresh-5"


def test_two_dead_tokens_in_a_row_end_it(world, scripted, signed_in):
    world.sessions.write("me", signed_in())
    reads = iter([signed_in(), signed_in(refresh_token="other")])
    world.sessions.read = lambda name: next(reads)
    world.aws.refuse("invalid_grant")
    world.aws.refuse("invalid_grant")
    assert world.user().refresh(None) is None
    assert len(world.parameters(scripted.TOKEN)) == 2


@pytest.mark.parametrize("key", ["garbage", "", "é", b64encode(b"x").decode()])
def test_a_damaged_key_leads_to_the_browser(world, scripted, signed_in, key):
    world.sessions.write("me", signed_in(dpop_key=key))
    world.aws.answer(scripted.TOKEN, scripted.token(1))
    assert world.user().authenticate(None).access_key_id == "ASIABROWSER1"
    assert len(world.browser.opened) == 1


@pytest.mark.parametrize(
    "principal", ["", "me", "arn:aws:iam::1:user/me", ":::::", "arn:aws:iam::111111111111:user/a\nb"]
)
def test_a_damaged_name_in_the_file_is_no_name(world, scripted, signed_in, principal):
    world.sessions.write("me", signed_in(principal=principal))
    world.aws.answer(scripted.TOKEN, scripted.token(1))
    renewed = world.user().refresh(None)
    assert (renewed.principal, renewed.account_id) == (None, None)


def test_keys_come_before_the_browser_session(world, signed_in):
    world.sessions.write("me", signed_in())
    world.keys.put("me", {"access_key_id": "AKIA", "secret_access_key": "s"})
    assert world.user().refresh(None) is None
    world.aws.sessions(1)
    assert world.user().authenticate(None).access_key_id == "ASIASESSION1"


def test_signing_out_forgets_token_and_key(world, signed_in):
    user = world.user()
    assert (user.is_signed_in_to_browser(), user.sign_out_of_browser()) == (False, False)
    world.sessions.write("ME", signed_in())
    assert (user.is_signed_in_to_browser(), user.sign_out_of_browser()) == (True, True)
    assert world.sessions.read("me") is None


# --- what is pasted --------------------------------------------------------------------------------------------

QUERY = urlencode({"state": STATE, "code": "a+/=&b"})
TEXT = b64encode(QUERY.encode()).decode()
LONG = b64encode(urlencode({"state": STATE, "code": "c" * 301}).encode()).decode()


@pytest.mark.parametrize(
    "pasted",
    [
        TEXT,
        TEXT.rstrip("="),
        f"  {TEXT}\r\n",
        "\n".join(TEXT[i : i + 20] for i in range(0, len(TEXT), 20)),
        QUERY,
        f"https://us-east-1.signin.aws.amazon.com/v1/sessions/confirmation?{QUERY}",
        f"http://127.0.0.1:50123/oauth/callback?{QUERY}\n",
        f"{QUERY}&other=1",
        b64encode(f"http://127.0.0.1/x?{QUERY}".encode()).decode(),
    ],
    ids=range(9),
)
def test_the_code_is_found_in_whatever_form_it_comes(pasted):
    assert code_of(pasted, STATE) == "a+/=&b"


def test_a_long_text_survives_broken_lines():
    broken = "\r\n  ".join(LONG[i : i + 64] for i in range(0, len(LONG), 64))
    assert code_of(broken, STATE) == "c" * 301


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        " \n",
        "garbage",
        "canary",
        TEXT[3:],
        "é" * 10,
        "http://[canary",
        "http://[canary?code=1&state=2",
        "https://example.com/",
        b64encode(b"\xff\xfe").decode(),
        b64encode(b"http://[canary").decode(),
        f"code=canary&code=other&state={STATE}",
        f"state={STATE}",
        f"code=&state={STATE}",
        "%%%",
        "://",
    ],
)
def test_without_a_code_it_says_what_to_copy(pasted):
    with pytest.raises(errors.AuthenticationFailed, match="missing authorization code") as refused:
        code_of(pasted, STATE)
    assert refused.value.hints
    assert "canary" not in f"{refused.value} {refused.value.hints}"


@pytest.mark.parametrize("state", [None, "", "other", STATE[:-1], STATE + "A", STATE.lower(), "é", "%ff"])
def test_a_code_for_another_sign_in_is_refused_and_not_repeated(state):
    query = "code=canary" + (f"&state={state}" if state is not None else "")
    for pasted in (query, b64encode(query.encode()).decode()):
        with pytest.raises(errors.AuthenticationFailed, match="state mismatch") as refused:
            code_of(pasted, STATE)
        assert "canary" not in f"{refused.value} {refused.value.hints}"


def test_a_refusal_that_is_pasted_has_no_code():
    with pytest.raises(errors.AuthenticationFailed, match="missing authorization code"):
        code_of(f"http://127.0.0.1:1/oauth/callback?error=access_denied&state={STATE}", STATE)


@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda raw: b64encode(raw).decode()))
def test_nothing_pasted_makes_it_stumble(pasted):
    with pytest.raises(errors.AuthenticationFailed):
        code_of(pasted, STATE)


@given(st.text(min_size=1, max_size=60))
def test_any_code_survives(code):
    assert code_of(b64encode(urlencode({"code": code, "state": STATE}).encode()).decode(), STATE) == code


# --- whom the id token names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject",
    [
        "arn:aws:iam::111111111111:user/me",
        "arn:aws:iam::111111111111:root",
        "arn:aws-us-gov:iam::111111111111:user/path/me@example.com",
        "arn:aws:sts::111111111111:assumed-role/Admin/me",
    ],
)
def test_an_arn_is_whom_it_names(subject):
    assert _subject(id_token(subject)) == subject


@pytest.mark.parametrize(
    "subject",
    [
        None,
        7,
        True,
        [],
        {},
        "",
        "me",
        "arn:::::",
        "arn:aws:iam::1:user/me",
        "arn:aws:iam::111111111111:",
        "arn:aws:iam::111111111111:user/me\n[default]",
        "arn:aws:iam::111111111111:user/me endpoint=http://evil",
        "arn:aws:iam::111111111111:user/\x1b[2J",
        "arn:aws:iam::111111111111:user/m\u202ee",
        "arn:aws:s3:::bucket",
        "x" * 10,
    ],
)
def test_whatever_else_it_names_is_nobody(subject):
    assert _subject(id_token(subject)) is None


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        ".",
        "..",
        "a.b.c",
        "a.é.c",
        "a." + "A" * 9 + ".c",
        f"a.{b64encode(b'[' * 5000).decode()}.c",
        "h.bnVsbA.s",
        "h.W10.s",
    ],
)
def test_no_token_makes_it_stumble(token):
    assert _subject(token) is None


@given(st.binary(max_size=80))
def test_no_payload_makes_it_stumble(payload):
    assert _subject(f"h.{urlsafe_b64encode(payload).decode()}.s") is None


def test_what_is_secret_stays_out_of_the_log(world, scripted, signed_in):
    world.sessions.write("me", signed_in())
    world.aws.refuse("invalid_grant")
    world.aws.answer(scripted.TOKEN, scripted.token(1, idToken=id_token(scripted.USER_ARN)))
    world.user().authenticate(None)
    secrets = ("refresh-", "authorization-code", VERIFIER, "browser-secret", signed_in().dpop_key)
    assert [secret for secret in secrets if secret in world.log.text] == []
    assert b64decode(signed_in().dpop_key)
