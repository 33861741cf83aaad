import pytest

from atmos_auth.aws_api.sso_oidc import DEVICE_CODE, SsoOidc
from atmos_auth.aws_api.sso_portal import Account, RoleKeys, SsoPortal
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import AccessDenied, CredentialRejected, ServiceError
from atmos_auth.testing import FakeConnections, sso_token


@pytest.fixture
def token(aws, connections) -> SsoToken:
    oidc = SsoOidc(connections, region="us-east-1", endpoint_url=aws.url)
    client = oidc.register(grant=DEVICE_CODE, start_url=aws.start_url)
    device = oidc.start_device_authorization(client, start_url=aws.start_url)
    access = oidc.redeem_device_code(client, device.device_code).access_token
    return sso_token(access_token=access, start_url=aws.start_url, endpoint_url=aws.url)


@pytest.fixture
def portal(connections, token) -> SsoPortal:
    return SsoPortal(connections, token)


def test_every_page_of_the_accounts_is_read(aws, portal):
    names = {account_id: account.name for account_id, account in aws.state.accounts.items()}
    assert dict(portal.accounts()) == names
    assert aws.journal.count("sso:ListAccounts") == -(-len(names) // aws.state.page_size)


def test_every_page_of_the_roles_is_read(aws, portal):
    aws.state.page_size = 1
    assert list(portal.roles("111111111111")) == ["AdminAccess", "ReadOnlyAccess"]


def test_keys_of_a_permission_set(portal):
    keys = portal.role_keys("111111111111", "AdminAccess")
    assert keys.access_key_id.startswith("ASIA")
    assert keys.expires_at > 1_700_000_000, "seconds, not milliseconds"


def test_a_permission_set_that_is_not_assigned_is_denied(portal):
    with pytest.raises(AccessDenied, match="ForbiddenException"):
        portal.role_keys("444444444444", "AdminAccess")


def test_a_dead_token_is_rejected(aws, portal):
    aws.revoke_sessions()
    with pytest.raises(CredentialRejected, match="no longer accepts"):
        portal.role_keys("111111111111", "AdminAccess")


def test_after_a_logout_the_token_is_dead(portal):
    portal.logout()
    with pytest.raises(CredentialRejected):
        list(portal.accounts())


def test_being_too_quick_is_not_being_refused():
    aws = FakeConnections()
    aws.fail("sso:GetRoleCredentials", "TooManyRequestsException", status=429)
    with pytest.raises(ServiceError) as caught:
        SsoPortal(aws, sso_token()).role_keys("111111111111", "AdminAccess")
    assert caught.value.retryable


def test_without_an_endpoint_of_its_own_the_regions_is_called():
    aws = FakeConnections()
    aws.answer("sso:ListAccounts", {"accountList": [{"accountId": "1"}], "nextToken": "n"}, {"accountList": []})
    assert list(SsoPortal(aws, sso_token(region="cn-north-1")).accounts()) == [Account("1", "")]
    assert [call.endpoint_url for call in aws.calls] == ["https://portal.sso.cn-north-1.amazonaws.com.cn"] * 2
    assert aws.calls[1].parameters["nextToken"] == "n"


def test_no_key_shows():
    assert "t0ps3cret" not in repr(RoleKeys("t0ps3cret", "t0ps3cret", "t0ps3cret", 1))
