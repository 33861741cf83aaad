"""SSO OIDC as botocore sees it: registration, the device flow, refresh."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def test_registration_lives_ninety_days(api):
    answer = api.oidc.register_client(clientName="test", clientType="public")
    assert answer["clientSecretExpiresAt"] - answer["clientIdIssuedAt"] == 90 * 24 * 3600
    assert answer["tokenEndpoint"] == f"{api.aws.url}/token"
    assert answer["authorizationEndpoint"] == f"{api.aws.url}/authorize"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"clientType": "confidential"}, "InvalidClientMetadataException"),
        ({"clientName": ""}, "InvalidRequestException"),
        ({"scopes": ["sso:everything"]}, "InvalidScopeException"),
        ({"grantTypes": ["password"]}, "UnsupportedGrantTypeException"),
        ({"grantTypes": ["authorization_code"]}, "InvalidClientMetadataException"),
        ({"redirectUris": ["http://example.com/callback"]}, "InvalidRedirectUriException"),
        ({"redirectUris": ["http://localhost/callback"]}, "InvalidRedirectUriException"),
        ({"redirectUris": ["http://127.0.0.1/callback#fragment"]}, "InvalidRedirectUriException"),
        ({"redirectUris": ["http://user@127.0.0.1/callback"]}, "InvalidRedirectUriException"),
        ({"redirectUris": ["https:///nowhere"]}, "InvalidRedirectUriException"),
        ({"redirectUris": ["http://127.0.0.1:port/"]}, "InvalidRedirectUriException"),
        ({"issuerUrl": "https://example.awsapps.com/start"}, "InvalidRequestException"),
    ],
)
def test_registration_refuses(api, refused, members, code):
    with refused(code) as error:
        api.register(**members)
    assert error["kind"] == code  # botocore knows the exception by its model


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "InvalidRequestException"),
        (b"{", "SerializationException"),
        (b"[]", "SerializationException"),
        (b"\xff", "SerializationException"),
        (b'{"clientName": 1, "clientType": "public"}', "InvalidRequestException"),
        (b'{"clientName": "\\ud800", "clientType": "public"}', "InvalidRequestException"),
        (b'{"clientName": "a", "clientType": "public", "scopes": "openid"}', "InvalidRequestException"),
        (b'{"clientName": "a", "clientType": "public", "scopes": [1]}', "InvalidRequestException"),
    ],
)
def test_registration_refuses_bodies_that_botocore_never_sends(aws, body, code):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(f"{aws.url}/client/register", data=body))
    with caught.value as response:
        assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, code)
        assert json.loads(response.read())


def test_error_body_is_oauth(api):
    client = api.register()
    started = api.start(client)
    with pytest.raises(api.oidc.exceptions.AuthorizationPendingException) as caught:
        api.poll(client, started)
    assert caught.value.response["error"] == "authorization_pending"
    assert caught.value.response["error_description"]


@pytest.mark.parametrize("ending", ["", "/", "#", "#/", "/#/"])
def test_start_url_in_every_form_people_copy(api, ending):
    answer = api.oidc.start_device_authorization(**api.register(), startUrl=api.aws.start_url + ending)
    assert answer["verificationUri"] == f"{api.aws.url}/device"
    assert answer["verificationUriComplete"].endswith(f"?user_code={answer['userCode']}")
    assert (answer["expiresIn"], answer["interval"]) == (600, 1)


@pytest.mark.parametrize("path", ["", "/", "/other", "/start/x", "/start?a=b"])
def test_foreign_start_url(api, refused, path):
    with refused("InvalidRequestException"):
        api.oidc.start_device_authorization(**api.register(), startUrl=api.aws.url + path)


def test_official_start_url(api):
    (official,) = api.aws.state.start_urls
    assert api.oidc.start_device_authorization(**api.register(), startUrl=official)["userCode"]


def test_device_authorization_needs_a_known_client(api, refused):
    client = api.register()
    for wrong in ({**client, "clientId": "unknown"}, {**client, "clientSecret": "wrong"}):
        with refused("InvalidClientException", 401):
            api.start(wrong)
    api.aws.clock.advance(90 * 24 * 3600)
    with refused("InvalidClientException", 401):
        api.start(client)


def test_device_flow(api, refused):
    client = api.register()
    started = api.start(client)
    assert api.aws.pending_user_codes() == [started["userCode"]]
    with refused("AuthorizationPendingException"):
        api.poll(client, started)
    api.aws.approve(started["userCode"])
    tokens = api.poll(client, started)
    assert (tokens["tokenType"], tokens["expiresIn"]) == ("Bearer", 3600)
    assert tokens["refreshToken"]
    with refused("InvalidGrantException"):
        api.poll(client, started)
    assert api.aws.pending_user_codes() == []


def test_polling_too_often_slows_the_device_down_for_good(api, refused):
    client = api.register()
    started = api.start(client)
    for advance, code in [
        (0, "AuthorizationPendingException"),  # the first poll has none before it
        (0, "SlowDownException"),  # now 6 seconds
        (5, "SlowDownException"),  # now 11
        (10, "SlowDownException"),  # now 16
        (16, "AuthorizationPendingException"),
        (16, "AuthorizationPendingException"),
    ]:
        api.aws.clock.advance(advance)
        with refused(code):
            api.poll(client, started)
    api.aws.approve(started["userCode"])
    assert api.poll(client, started)["accessToken"]


def test_interval_comes_from_the_state(api, refused):
    api.aws.state.interval = 5
    client = api.register()
    started = api.start(client)
    assert started["interval"] == 5
    for advance, code in [(0, "AuthorizationPendingException"), (4, "SlowDownException")]:
        api.aws.clock.advance(advance)
        with refused(code):
            api.poll(client, started)


def test_denied(api, refused):
    client = api.register()
    started = api.start(client)
    api.aws.deny(started["userCode"])
    with refused("AccessDeniedException"):
        api.poll(client, started)


@pytest.mark.parametrize("approve", [True, False])
def test_device_code_expires(api, refused, approve):
    client = api.register()
    started = api.start(client)
    if approve:
        api.aws.approve(started["userCode"])
    api.aws.clock.advance(600)
    with refused("ExpiredTokenException"):
        api.poll(client, started)
    with pytest.raises(LookupError, match=started["userCode"]):
        api.aws.approve(started["userCode"])


def test_device_code_belongs_to_its_client(api, refused):
    started = api.start(api.register())
    api.aws.approve(started["userCode"])
    with refused("InvalidGrantException"):
        api.poll(api.register(), started)


def test_auto_approve_answers_at_once(api):
    api.aws.auto_approve = True
    client = api.register()
    started = api.start(client)
    api.aws.auto_approve = False
    assert api.poll(client, started)["accessToken"]


def test_auto_approve_may_be_switched_on_while_a_device_polls(api, refused):
    client = api.register()
    started = api.start(client)
    with refused("AuthorizationPendingException"):
        api.poll(client, started)
    api.aws.auto_approve = True
    assert api.poll(client, started)["accessToken"]


@pytest.mark.parametrize(
    "members",
    [
        {"grantTypes": [DEVICE]},
        {"scopes": []},
        {"scopes": ["openid"]},
    ],
)
def test_no_refresh_token_without_its_grant_and_scope(api, members):
    assert "refreshToken" not in api.sign_in(api.register(**members))


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"grantType": DEVICE}, "InvalidRequestException"),
        ({"grantType": DEVICE, "deviceCode": "unknown"}, "InvalidGrantException"),
        ({"grantType": "refresh_token"}, "InvalidRequestException"),
        ({"grantType": "refresh_token", "refreshToken": "unknown"}, "InvalidGrantException"),
        ({"grantType": "authorization_code", "code": "x"}, "UnauthorizedClientException"),
        ({"grantType": "password"}, "UnsupportedGrantTypeException"),
    ],
)
def test_token_refuses(api, refused, members, code):
    with refused(code) as error:
        api.oidc.create_token(**api.register(), **members)
    assert error["kind"] == code


def test_a_client_uses_only_the_grants_it_registered(api, refused):
    client = api.register(grantTypes=["refresh_token"])
    with refused("UnauthorizedClientException"):
        api.start(client)


def test_refresh_rotates(api):
    client = api.register()
    first = api.sign_in(client)
    second = api.refresh(client, first["refreshToken"])
    third = api.refresh(client, second["refreshToken"], scope=["sso:account:access"])
    assert len({first["refreshToken"], second["refreshToken"], third["refreshToken"]}) == 3
    for tokens in (first, second, third):
        assert api.portal.list_accounts(accessToken=tokens["accessToken"])["accountList"]


def test_a_refresh_token_used_twice_ends_the_session(api, refused):
    client = api.register()
    first = api.sign_in(client)
    second = api.refresh(client, first["refreshToken"])
    with refused("InvalidGrantException"):
        api.refresh(client, first["refreshToken"])
    with refused("InvalidGrantException"):
        api.refresh(client, second["refreshToken"])
    for tokens in (first, second):
        with refused("UnauthorizedException", 401):
            api.portal.list_accounts(accessToken=tokens["accessToken"])


def test_refresh_outlives_the_access_token_but_not_the_session(api, refused):
    client = api.register()
    tokens = api.sign_in(client)
    api.aws.clock.advance(3600)
    with refused("UnauthorizedException", 401):
        api.portal.list_accounts(accessToken=tokens["accessToken"])
    tokens = api.refresh(client, tokens["refreshToken"])
    api.aws.clock.advance(28800 - 3600 - 600)
    tokens = api.refresh(client, tokens["refreshToken"])
    assert 590 <= tokens["expiresIn"] <= 600  # never beyond the session
    api.aws.clock.advance(600)
    with refused("InvalidGrantException"):
        api.refresh(client, tokens["refreshToken"])


def test_refresh_token_belongs_to_its_client(api, refused):
    client, other = api.register(), api.register()
    tokens = api.sign_in(client)
    with refused("InvalidGrantException"):
        api.refresh(other, tokens["refreshToken"])
    assert api.refresh(client, tokens["refreshToken"])["accessToken"]


def test_refresh_refuses_a_wider_scope(api, refused):
    client = api.register()
    with refused("InvalidScopeException"):
        api.refresh(client, api.sign_in(client)["refreshToken"], scope=["openid"])


def test_expired_registration_cannot_refresh(api, refused):
    api.aws.state.registration_seconds = 60
    client = api.register()
    tokens = api.sign_in(client)
    api.aws.clock.advance(60)
    with refused("InvalidClientException", 401):
        api.refresh(client, tokens["refreshToken"])


def test_revoked_sessions(api, refused):
    client = api.register()
    tokens = api.sign_in(client)
    api.aws.revoke_sessions()
    with refused("UnauthorizedException", 401):
        api.portal.list_accounts(accessToken=tokens["accessToken"])
    with refused("InvalidGrantException"):
        api.refresh(client, tokens["refreshToken"])


def test_the_person_at_the_browser_signs_in(api, refused):
    api.aws.state.person = "second.user"
    token = api.sign_in()["accessToken"]
    accounts = api.portal.list_accounts(accessToken=token)["accountList"]
    assert [account["accountName"] for account in accounts] == ["development"]
