"""The portal as botocore sees it: paging, assignment, dead tokens, the rate limit."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from datetime import UTC, datetime
from urllib.parse import quote

import pytest


@pytest.fixture
def token(api):
    return api.sign_in()["accessToken"]


def test_accounts_come_in_pages(api, token):
    pages = list(api.portal.get_paginator("list_accounts").paginate(accessToken=token))
    assert [len(page["accountList"]) for page in pages] == [3, 3, 1]
    accounts = [account for page in pages for account in page["accountList"]]
    assert [account["accountId"] for account in accounts] == list(api.aws.state.accounts)
    assert accounts[0]["accountName"] == "development"
    assert accounts[0]["emailAddress"] == "development@example.com"


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (2, 2), (3, 3), (100, 3)])
def test_page_size_is_capped(api, token, asked, given):
    page = api.portal.list_accounts(accessToken=token, maxResults=asked)
    assert len(page["accountList"]) == given
    assert page["nextToken"]


def test_the_last_page_has_no_token(api, token):
    api.aws.state.page_size = 7
    assert "nextToken" not in api.portal.list_accounts(accessToken=token)


@pytest.mark.parametrize("asked", ["0", "101", "-1", "x", "1.5", "\u0661"])
def test_bad_max_result(aws, token, asked):
    url = f"{aws.url}/assignment/accounts?max_result={quote(asked)}"
    request = urllib.request.Request(url, headers={"x-amz-sso_bearer_token": token})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as response:
        assert (response.status, response.headers["x-amzn-ErrorType"]) == (400, "InvalidRequestException")


@pytest.mark.parametrize("forge", ["AAAAAw==", "3", "not base64!", "%s=", "A%s"])
def test_forged_next_token(api, refused, token, forge):
    given = api.portal.list_accounts(accessToken=token)["nextToken"]
    with refused("InvalidRequestException"):
        api.portal.list_accounts(accessToken=token, nextToken=forge.replace("%s", given))


def test_a_next_token_works_only_in_its_own_listing(api, refused, token):
    given = api.portal.list_accounts(accessToken=token)["nextToken"]
    with refused("InvalidRequestException"):
        api.portal.list_account_roles(accessToken=token, accountId="111111111111", nextToken=given)


def test_roles_come_in_pages(api, token):
    api.aws.state.page_size = 1
    pages = list(api.portal.get_paginator("list_account_roles").paginate(accessToken=token, accountId="111111111111"))
    names = [role["roleName"] for page in pages for role in page["roleList"]]
    assert (names, len(pages)) == (["AdminAccess", "ReadOnlyAccess"], 2)


@pytest.mark.parametrize("account", ["999999999999", "222222222222"])
def test_roles_of_an_account_without_assignment(api, refused, token, account):
    api.aws.state.person = "second.user"
    token = api.sign_in()["accessToken"]
    with refused("ResourceNotFoundException", 404):
        api.portal.list_account_roles(accessToken=token, accountId=account)


def test_role_credentials(api, token):
    answer = api.portal.get_role_credentials(accessToken=token, accountId="111111111111", roleName="AdminAccess")
    keys = answer["roleCredentials"]
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", keys["accessKeyId"])
    assert len(keys["secretAccessKey"]) == 40
    left = keys["expiration"] / 1000 - datetime.now(UTC).timestamp()
    assert 3500 < left <= 3600


def test_role_credentials_are_fresh_each_time(api, token):
    first, second = (
        api.portal.get_role_credentials(accessToken=token, accountId="111111111111", roleName="AdminAccess")
        for _ in range(2)
    )
    for name in ("accessKeyId", "secretAccessKey", "sessionToken"):
        assert first["roleCredentials"][name] != second["roleCredentials"][name]


@pytest.mark.parametrize(
    ("account", "role"),
    [
        ("444444444444", "AdminAccess"),
        ("111111111111", "Unknown"),
        ("999999999999", "AdminAccess"),
    ],
)
def test_no_access(api, refused, token, account, role):
    with refused("ForbiddenException", 403) as error:
        api.portal.get_role_credentials(accessToken=token, accountId=account, roleName=role)
    assert error["Message"] == "No access"


@pytest.mark.parametrize(("account", "role"), [("12", "AdminAccess"), ("11111111111x", "AdminAccess")])
def test_malformed_account_id(api, refused, token, account, role):
    with refused("InvalidRequestException"):
        api.portal.get_role_credentials(accessToken=token, accountId=account, roleName=role)


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("list_accounts", {}),
        ("list_account_roles", {"accountId": "111111111111"}),
        ("get_role_credentials", {"accountId": "111111111111", "roleName": "AdminAccess"}),
        ("logout", {}),
    ],
)
def test_unknown_and_expired_tokens(api, refused, token, operation, members):
    call = getattr(api.portal, operation)
    with refused("UnauthorizedException", 401):
        call(accessToken="unknown", **members)
    api.aws.clock.advance(3600)
    with refused("UnauthorizedException", 401):
        call(accessToken=token, **members)


def test_a_missing_token(aws):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{aws.url}/assignment/accounts")
    with caught.value as response:
        assert response.status == 401


def test_logout_ends_the_session(api, refused):
    client = api.register()
    tokens = api.sign_in(client)
    other = api.sign_in(client)
    api.portal.logout(accessToken=tokens["accessToken"])
    with refused("UnauthorizedException", 401):
        api.portal.list_accounts(accessToken=tokens["accessToken"])
    with refused("UnauthorizedException", 401):
        api.portal.logout(accessToken=tokens["accessToken"])
    with refused("InvalidGrantException"):
        api.refresh(client, tokens["refreshToken"])
    assert api.portal.list_accounts(accessToken=other["accessToken"])["accountList"]


def test_too_many_requests(api, refused, token):
    # So slow a rate that the bucket does not fill while the test runs.
    api.aws.state.portal_rate, api.aws.state.portal_burst = 1 / 60, 2
    for _ in range(2):
        api.portal.list_accounts(accessToken=token)
    with refused("TooManyRequestsException", 429):
        api.portal.list_accounts(accessToken=token)
    api.aws.clock.advance(60)
    api.portal.list_accounts(accessToken=token)
    with refused("TooManyRequestsException", 429):
        api.portal.list_accounts(accessToken=token)
    api.aws.state.portal_rate = None
    api.portal.list_accounts(accessToken=token)


def test_an_unassigned_permission_set_is_gone_at_once(api, refused, token):
    api.aws.state.people["demo.user"].assignments["111111111111"].remove("AdminAccess")
    with refused("ForbiddenException", 403):
        api.portal.get_role_credentials(accessToken=token, accountId="111111111111", roleName="AdminAccess")
