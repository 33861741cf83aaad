import pytest

from atmos_auth.config.check import convert
from atmos_auth.domain import errors
from atmos_auth.identities.aws.permission_set import PermissionSet, PermissionSetSettings
from atmos_auth.testing import FakeConnections, sso_token, tools
from aws_emulator.state import Account


def kind(made, account, name="AdminAccess", **settings):
    principal = {"name": name, "account": account} | settings.pop("principal", {})
    written = {"kind": "aws/permission-set", "principal": principal} | settings
    return PermissionSet("base", convert(written, PermissionSetSettings), made)


def test_keys_of_an_account_by_its_id(aws, tools_of, token, clock):
    keys = kind(tools_of(), {"id": "111111111111"}).authenticate(token)
    assert keys.access_key_id.startswith("ASIA")
    assert (keys.account_id, keys.session, keys.issued_at) == ("111111111111", token.session, clock.now())
    assert (keys.region, keys.endpoint_url) == (token.region, aws.url)
    assert aws.journal.count("sso:ListAccounts") == 0, "an id needs no look-up"


@pytest.mark.parametrize(("name", "account"), [("development", "111111111111"), ("management", "777777777777")])
def test_an_account_by_its_name_whatever_page_it_is_on(aws, tools_of, token, name, account):
    assert aws.state.page_size < len(aws.state.accounts)
    assert kind(tools_of(), {"name": name}).authenticate(token).account_id == account


def test_an_id_wins_over_a_name(tools_of, token):
    keys = kind(tools_of(), {"name": "no such", "id": "222222222222"}).authenticate(token)
    assert keys.account_id == "222222222222"


def test_an_unknown_name_is_an_error_that_proposes_the_nearest(tools_of, token):
    with pytest.raises(errors.AuthenticationFailed, match='no account named "develpment" among the 7') as caught:
        kind(tools_of(), {"name": "develpment"}).authenticate(token)
    assert caught.value.hints == ("did you mean development?",)


def test_a_name_that_is_nothing_like_any_is_an_error_with_a_hint(tools_of, token):
    with pytest.raises(errors.AuthenticationFailed) as caught:
        kind(tools_of(), {"name": "xyzzy"}).authenticate(token)
    assert "account.name" in caught.value.hints[0]


def test_a_name_of_two_accounts_is_an_error_that_names_both(aws, tools_of, token):
    aws.state.accounts["222222222222"] = Account("development", "other@example.com")
    with pytest.raises(errors.AuthenticationFailed, match="111111111111, 222222222222") as caught:
        kind(tools_of(), {"name": "development"}).authenticate(token)
    assert 'id: "111111111111"' in caught.value.hints[0]


@pytest.mark.parametrize(
    ("account", "name"),
    [("444444444444", "AdminAccess"), ("111111111111", "NoSuchSet"), ("999999999999", "AdminAccess")],
)
def test_what_is_not_assigned_is_denied_in_words(tools_of, token, account, name):
    with pytest.raises(errors.AccessDenied, match=f'"{name}" is not assigned to you in account {account}') as caught:
        kind(tools_of(), {"id": account}, name).authenticate(token)
    assert "ForbiddenException" in caught.value.details[0]
    assert caught.value.hints


def test_a_dead_token_is_rejected_for_the_engine_to_fetch_anew(aws, tools_of, token):
    aws.revoke_sessions()
    for account in ({"id": "111111111111"}, {"name": "development"}):
        with pytest.raises(errors.CredentialRejected):
            kind(tools_of(), account).authenticate(token)


@pytest.mark.parametrize(
    ("settings", "region"),
    [
        ({}, "us-east-1"),
        ({"region": "eu-north-1"}, "eu-north-1"),
        ({"region": "eu-north-1", "principal": {"region": "eu-south-1"}}, "eu-south-1"),
    ],
)
def test_the_nearest_region_wins(settings, region):
    aws = FakeConnections()
    keys = {"accessKeyId": "A", "secretAccessKey": "S", "sessionToken": "T", "expiration": 1_800_000_000_000}
    aws.answer("sso:GetRoleCredentials", {"roleCredentials": keys})
    found = kind(tools(aws=aws), {"id": "111111111111"}, **settings).authenticate(sso_token())
    assert (found.region, found.expires_at) == (region, 1_800_000_000)


@pytest.mark.usefixtures("hostile")
def test_the_persons_own_aws_settings_are_not_heeded(tools_of, token):
    assert kind(tools_of(), {"id": "111111111111"}).authenticate(token)
