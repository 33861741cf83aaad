"""The sign-in service as botocore's `signin` client sees it: codes, keys, refresh tokens, refusals."""

from __future__ import annotations

import base64
import http.client
import json
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

USER = "arn:aws:iam::111111111111:user/breakglass"
OPERATOR = "arn:aws:iam::111111111111:user/operator"
CROSS_DEVICE = "arn:aws:signin:::devtools/cross-device"
GUARDED = "arn:aws:iam::111111111111:role/GuardedRole"
HALF_A_DAY = 12 * 3600


@pytest.fixture
def tokens(user_sign_in):
    return user_sign_in.trade(user_sign_in.code())


@pytest.fixture
def denied(refused):
    """`with denied("TOKEN_EXPIRED", 401):` - AccessDeniedException whose `error` says why."""
    return lambda member, status: refused("AccessDeniedException", status, member)


@pytest.fixture
def invalid(refused):
    """`with invalid("invalid_grant"):` - ValidationException whose `error` says why."""
    return lambda member: refused("ValidationException", 400, member)


# --- what a sign-in gives -----------------------------------------------------------------------------------


def test_a_code_is_traded_for_keys(api, tokens):
    assert (tokens["tokenType"], tokens["expiresIn"]) == ("aws_sigv4", 900)
    assert api.sts(tokens["accessToken"]).get_caller_identity()["Arn"] == USER
    entry = api.aws.journal.entries()[-2]
    assert (entry.service, entry.operation, entry.caller) == ("signin", "CreateOAuth2Token", USER)
    assert entry.notes == {"grant": "authorization_code"}


def test_the_id_token_names_the_user(api, tokens):
    header, claims, signature = tokens["idToken"].split(".")
    header = json.loads(base64.urlsafe_b64decode(header + "=="))
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    claims = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert (claims["sub"], claims["iss"]) == (USER, api.aws.url)
    assert claims["exp"] - claims["iat"] == 900
    assert signature


def test_another_user(api, user_sign_in):
    tokens = user_sign_in.trade(user_sign_in.code(user=OPERATOR))
    assert api.sts(tokens["accessToken"]).get_caller_identity()["Arn"] == OPERATOR


def test_the_keys_are_a_users_session(api, tokens, refused):
    sts = api.sts(tokens["accessToken"])
    with refused("AccessDenied", 403) as error:
        sts.get_session_token()
    assert error["Message"] == "Cannot call GetSessionToken with session credentials"


def test_signing_in_counts_as_mfa_for_a_user_with_a_device(api, user_sign_in, tokens, refused):
    def assume(keys):
        return api.sts(keys["accessToken"]).assume_role(RoleArn=GUARDED, RoleSessionName="session")

    assert assume(tokens)
    api.aws.state.roles[GUARDED].trusts[0].principal = OPERATOR
    with refused("AccessDenied", 403):
        assume(user_sign_in.trade(user_sign_in.code(user=OPERATOR)))


def test_the_keys_live_a_quarter_of_an_hour(api, tokens, refused):
    api.aws.clock.advance(880)
    assert api.sts(tokens["accessToken"]).get_caller_identity()
    api.aws.clock.advance(20)
    with refused("ExpiredToken", 403):
        api.sts(tokens["accessToken"]).get_caller_identity()


def test_refresh(api, user_sign_in, tokens):
    api.aws.clock.advance(900)
    answer = user_sign_in.refresh(tokens["refreshToken"])
    assert api.sts(answer["accessToken"]).get_caller_identity()["Arn"] == USER
    assert answer["refreshToken"] != tokens["refreshToken"]
    assert "idToken" not in answer
    assert api.aws.journal.count("signin:CreateOAuth2Token", outcome="ok", grant="refresh_token") == 1


def test_lifetimes_come_from_the_state(api, user_sign_in):
    api.aws.state.sign_in_seconds, api.aws.state.sign_in_session_seconds = 60, 100
    tokens = user_sign_in.trade(user_sign_in.code())
    assert tokens["expiresIn"] == 60
    api.aws.clock.advance(60)
    assert 38 <= user_sign_in.refresh(tokens["refreshToken"])["expiresIn"] <= 40  # the session ends before


# --- what it refuses: codes ---------------------------------------------------------------------------------


def test_a_code_works_once_and_ends_its_session_if_used_again(user_sign_in, invalid, denied):
    code = user_sign_in.code()
    tokens = user_sign_in.trade(code)
    with invalid("invalid_grant"):
        user_sign_in.trade(code)
    with denied("TOKEN_EXPIRED", 401):
        user_sign_in.refresh(tokens["refreshToken"])


def test_a_code_lives_five_minutes(api, user_sign_in, denied):
    code = user_sign_in.code()
    api.aws.clock.advance(300)
    with denied("AUTHCODE_EXPIRED", 401):
        user_sign_in.trade(code)
    assert api.aws.journal.count("signin:CreateOAuth2Token", error="AUTHCODE_EXPIRED") == 1


@pytest.mark.parametrize(
    "members",
    [
        {"code": "unknown"},
        {"codeVerifier": "another-verifier" * 4},
        {"redirectUri": "http://127.0.0.1:54322/oauth/callback"},
        {"redirectUri": "http://127.0.0.1:54321/oauth/callback/"},
        {"clientId": CROSS_DEVICE},
    ],
)
def test_what_does_not_belong_to_the_code(user_sign_in, invalid, members):
    code = user_sign_in.code()
    with invalid("invalid_grant"):
        user_sign_in.trade(**{"code": code} | members)
    assert user_sign_in.trade(code)


@pytest.mark.parametrize(
    ("members", "member"),
    [
        ({"clientId": "arn:aws:signin:::devtools/other"}, "INVALID_REQUEST"),
        ({"clientId": ""}, "INVALID_REQUEST"),
        ({"grantType": "password"}, "unsupported_grant_type"),
        ({"grantType": ""}, "INVALID_REQUEST"),
        ({"code": ""}, "INVALID_REQUEST"),
        ({"code": "x" * 513}, "INVALID_REQUEST"),
        ({"codeVerifier": "x" * 42}, "INVALID_REQUEST"),
        ({"codeVerifier": "x" * 129}, "INVALID_REQUEST"),
        ({"codeVerifier": "x" * 42 + "!"}, "INVALID_REQUEST"),
        ({"redirectUri": ""}, "INVALID_REQUEST"),
    ],
)
def test_members_outside_the_model(user_sign_in, invalid, members, member):
    code = user_sign_in.code()
    with invalid(member):
        user_sign_in.trade(**{"code": code} | members)


@pytest.mark.parametrize(
    ("body", "content_type", "query", "expected"),
    [
        (b"{", "application/json", "", (400, "SerializationException")),
        (b"[]", "application/json", "", (400, "SerializationException")),
        (b"{}", "application/json", "", (400, "ValidationException")),
        (b'{"clientId": 1}', "application/json", "", (400, "ValidationException")),
        (b"{}", "text/plain", "", (400, "ValidationException")),
        (b"grant_type=refresh_token", "application/x-www-form-urlencoded", "", (400, "ValidationException")),
        (b"{}", "application/json", "?x-amz-client-auth-method=iam", (404, "UnknownOperationException")),
    ],
)
def test_bodies_that_botocore_never_sends(aws, body, content_type, query, expected):
    connection = http.client.HTTPConnection(urlsplit(aws.url).netloc, timeout=10)
    connection.request("POST", f"/v1/token{query}", body, {"Content-Type": content_type})
    response = connection.getresponse()
    assert (response.status, response.headers["x-amzn-ErrorType"]) == expected
    assert json.loads(response.read())["message"]
    connection.close()


# --- what it refuses: refresh tokens ------------------------------------------------------------------------


def test_a_refresh_token_works_once_and_ends_its_session_if_used_again(user_sign_in, tokens, invalid, denied):
    second = user_sign_in.refresh(tokens["refreshToken"])
    with invalid("invalid_grant"):
        user_sign_in.refresh(tokens["refreshToken"])
    with denied("TOKEN_EXPIRED", 401):
        user_sign_in.refresh(second["refreshToken"])


def test_a_refresh_token_belongs_to_its_key(user_sign_in, tokens, invalid, new_dpop_key):
    own, user_sign_in.key = user_sign_in.key, new_dpop_key()
    for _ in range(2):
        with invalid("invalid_grant"):
            user_sign_in.refresh(tokens["refreshToken"])
    user_sign_in.key = own
    second = user_sign_in.refresh(tokens["refreshToken"])
    user_sign_in.key = new_dpop_key()
    with invalid("invalid_grant"):  # a thief without the key cannot even end the session
        user_sign_in.refresh(tokens["refreshToken"])
    user_sign_in.key = own
    assert user_sign_in.refresh(second["refreshToken"])


def test_a_refresh_token_belongs_to_its_client(user_sign_in, tokens, invalid):
    with invalid("invalid_grant"):
        user_sign_in.refresh(tokens["refreshToken"], clientId=CROSS_DEVICE)
    assert user_sign_in.refresh(tokens["refreshToken"])


@pytest.mark.parametrize(
    ("refresh_token", "member"),
    [("unknown", "invalid_grant"), ("", "INVALID_REQUEST"), ("x" * 2049, "INVALID_REQUEST")],
)
def test_what_is_no_refresh_token(user_sign_in, invalid, refresh_token, member):
    with invalid(member):
        user_sign_in.refresh(refresh_token)


def test_a_sign_in_lasts_twelve_hours(api, user_sign_in, tokens, denied):
    api.aws.clock.advance(HALF_A_DAY - 900)
    tokens = user_sign_in.refresh(tokens["refreshToken"])
    api.aws.clock.advance(900)
    with denied("TOKEN_EXPIRED", 401):
        user_sign_in.refresh(tokens["refreshToken"])


@pytest.mark.parametrize("change", ["rotate", "revoke", "edit", "remove"])
def test_changing_the_users_key_ends_the_sign_in(api, user_sign_in, tokens, denied, change):
    user = api.aws.state.users[USER]
    if change == "rotate":
        api.aws.rotate_key(USER)
    elif change == "revoke":
        api.aws.revoke_key(user.access_key_id)
    elif change == "edit":
        user.secret_access_key = "another"
    else:
        del api.aws.state.users[USER]
    with denied("USER_CREDENTIALS_CHANGED", 403):
        user_sign_in.refresh(tokens["refreshToken"])
    if change != "remove":
        again = user_sign_in.trade(user_sign_in.code())  # the browser does not need the key
        assert user_sign_in.refresh(again["refreshToken"])


def test_a_user_removed_before_the_code_is_traded(api, user_sign_in, denied):
    code = user_sign_in.code()
    del api.aws.state.users[USER]
    with denied("USER_CREDENTIALS_CHANGED", 403):
        user_sign_in.trade(code)


def test_revoking_every_sign_in(api, user_sign_in, tokens, denied):
    api.aws.revoke_sessions()
    with denied("TOKEN_EXPIRED", 401):
        user_sign_in.refresh(tokens["refreshToken"])


def test_a_policy_that_denies_the_keys(api, user_sign_in, tokens, denied):
    code = user_sign_in.code()
    api.aws.state.users[USER].denies.append("signin:CreateOAuth2Token")
    for call in (lambda: user_sign_in.trade(code), lambda: user_sign_in.refresh(tokens["refreshToken"])):
        with denied("INSUFFICIENT_PERMISSIONS", 403) as error:
            call()
        assert error["Message"] == f"User: {USER} is not authorized to perform: signin:CreateOAuth2Token"
    api.aws.state.users[USER].denies.clear()
    assert user_sign_in.trade(code)
    assert user_sign_in.refresh(tokens["refreshToken"])


# --- faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "status", "member"),
    [
        ({"status": 429}, "TooManyRequestsError", 429, "rate_exceeded"),
        ({"status": 500}, "InternalServerException", 500, "server_error"),
        ({"status": 503}, "ServiceUnavailableException", 503, "service_unavailable"),
        ({"status": 400}, "ValidationException", 400, "INVALID_REQUEST"),
        ({"status": 403}, "AccessDeniedException", 403, "INSUFFICIENT_PERMISSIONS"),
        ({"code": "TOKEN_EXPIRED"}, "AccessDeniedException", 401, "TOKEN_EXPIRED"),
        ({"code": "USER_CREDENTIALS_CHANGED"}, "AccessDeniedException", 403, "USER_CREDENTIALS_CHANGED"),
    ],
)
def test_faults_speak_the_services_protocol(api, user_sign_in, fault, code, status, member):
    api.aws.faults.add("signin:CreateOAuth2Token", **fault, times=1)
    with pytest.raises(ClientError) as caught:
        user_sign_in.refresh("any")
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert response.get("error", member) == member


def test_a_bug_looks_like_an_outage(api, user_sign_in, refused, monkeypatch, caplog):
    code = user_sign_in.code()
    monkeypatch.setattr(api.aws.state, "sign_in_seconds", "nonsense")
    with refused("InternalServerException", 500, "server_error") as error:
        user_sign_in.trade(code)
    assert error["kind"] == "InternalServerException"
    assert "CreateOAuth2Token failed" in caplog.text


def test_secrets_stay_out_of_the_journal(api, user_sign_in):
    code = user_sign_in.code()
    tokens = user_sign_in.trade(code)
    user_sign_in.refresh(tokens["refreshToken"])
    text = repr([entry.as_dict() for entry in api.aws.journal.entries()])
    secrets = [code, tokens["refreshToken"], tokens["idToken"], *tokens["accessToken"].values()]
    assert not [secret for secret in secrets if secret in text]
